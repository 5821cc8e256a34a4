"""A calling task gets whom a query names: in one transaction, told and logged once."""

from collections import Counter
from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.core.errors import NotFound
from callcenter.objects.triggers.calling import Came
from callcenter.queries.service import Selecting
from dialer.adding import Adding
from dialer.models import CallingTask
from dialer.schemas import MOST_CONTACTS


class Filling:
    def __init__(self, selecting: Selecting, adding: Adding) -> None:
        self._selecting = selecting
        self._adding = adding

    def fill(
        self, session: Session, task_id: UUID, query: str, parameters: Mapping[str, Sequence[str]]
    ) -> dict[str, int]:
        """How many came, by how (`Came`). Raises NotFound (task, query), Invalid, Forbidden."""
        if session.scalar(select(CallingTask.id).where(CallingTask.id == task_id)) is None:
            raise NotFound
        callees = self._selecting.callees(session, query, parameters, MOST_CONTACTS)
        counts: Counter[Came] = self._adding.add_all(session, task_id, callees)
        return {came.value: counts[came] for came in Came}
