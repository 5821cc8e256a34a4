"""A calling task gets whom a query names: told and logged once, all in one transaction."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.core.errors import NotFound
from callcenter.objects.triggers.calling import Callee, Came
from callcenter.queries.service import Selecting
from dialer.adding import Adding
from dialer.models import CallingTask
from dialer.schemas import MOST_CONTACTS


class Filling:
    def __init__(self, selecting: Selecting, adding: Adding) -> None:
        self._selecting = selecting
        self._adding = adding

    def asking(
        self, session: Session, task_id: UUID, query: str, parameters: Mapping[str, Sequence[str]]
    ) -> Callable[[], list[Callee]]:
        """Whom, to be called for when the transaction is over: it may be a data source that is asked.

        Raises NotFound (task, query), Invalid, Forbidden, at once or when it is called.
        """
        _check_there(session, task_id)
        return self._selecting.begun(session, query, parameters, MOST_CONTACTS)

    def fill(self, session: Session, task_id: UUID, callees: Sequence[Callee]) -> dict[str, int]:
        """How many came, by how (`Came`). Raises NotFound."""
        _check_there(session, task_id)
        counts: Counter[Came] = self._adding.add_all(session, task_id, callees)
        return {came.value: counts[came] for came in Came}


def _check_there(session: Session, task_id: UUID) -> None:
    if session.scalar(select(CallingTask.id).where(CallingTask.id == task_id)) is None:
        raise NotFound
