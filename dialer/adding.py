"""Somebody is put into a calling task that there is: `objects.service.triggers.calls.Tasks`.

Locks are taken in one order, here as where an attempt ends: the contact, then its task.
"""

from collections import Counter
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from callcenter.core.audit import Audit
from callcenter.core.bus import Outbox
from callcenter.core.numbers import NumberKind
from callcenter.core.tenant import Scope
from callcenter.objects.triggers.calling import Callee, Came, Placed
from dialer.errors import NoSuchTask
from dialer.models import CallingTask, Contact, DoNotCall
from dialer.rules import ContactState
from dialer.schemas import LONGEST_NAME
from dialer.supply import locked_task

_UNDER_WAY = (ContactState.OPEN, ContactState.TAKEN)
_CALLED = (Came.ADDED, Came.AGAIN)


class Adding:
    def __init__(self, audit: Audit, outbox: Outbox) -> None:
        self._audit = audit
        self._outbox = outbox

    def add(self, session: Session, task: str, callee: Callee) -> Placed:
        """In the transaction at hand. A finished task runs again; one that does not run, waits.

        task: its name; of several the newest that is not finished. Raises NoSuchTask.
        """
        found = _named(session, task)
        came = _put(session, found.id, callee)
        resumed = False
        if came in _CALLED:
            found = locked_task(session, found.id)
            resumed = _resume(found)
            self._tell(session, found, came.value, resumed=resumed)
        return Placed(found.name, came, found.status, resumed)

    def add_all(self, session: Session, task_id: UUID, callees: Sequence[Callee]) -> Counter[Came]:
        """As `add`, of many at once: they are told of and logged as one."""
        counts = Counter(_put(session, task_id, callee) for callee in callees)
        if many := sum(counts[came] for came in _CALLED):
            found = locked_task(session, task_id)
            self._tell(session, found, str(many), resumed=_resume(found))
        return counts

    def _tell(self, session: Session, task: CallingTask, came: str, *, resumed: bool) -> None:
        after = {"contacts": came, **({"status": task.status} if resumed else {})}
        session.flush()
        self._outbox.record(session, "calling_task.changed", task.id, sorted(after))
        self._audit.record(
            session, "calling_task.add", "calling_task", task.id, name=task.name, after=after
        )


def _resume(task: CallingTask) -> bool:
    """Whether it was finished, and runs again."""
    finished = task.status == "finished"
    if finished:
        task.status = "running"
    return finished


def _named(session: Session, name: str) -> CallingTask:
    query = select(CallingTask).where(CallingTask.name == name)
    query = query.order_by(CallingTask.status == "finished", CallingTask.made_at.desc()).limit(1)
    if (task := session.scalar(query)) is None:
        raise NoSuchTask({"task": name})
    return task


def _put(session: Session, task_id: UUID, callee: Callee) -> Came:
    if callee.number is None or callee.number.kind is NumberKind.WITHHELD:
        return Came.NO_NUMBER
    number = str(callee.number)
    if session.scalar(select(DoNotCall.id).where(DoNotCall.number == number)) is not None:
        return Came.DO_NOT_CALL
    last = _last(session, task_id)
    if _made(session, task_id, number, callee, last):
        return Came.ADDED
    query = select(Contact).where(Contact.task_id == task_id, Contact.number == number)
    contact = session.scalars(query.with_for_update()).one()
    if contact.state in _UNDER_WAY:
        return Came.THERE
    contact.state, contact.attempts, contact.next_at = ContactState.OPEN, 0, None
    contact.name, contact.sort = callee.name[:LONGEST_NAME], last
    contact.customer_id = callee.customer_id or contact.customer_id
    return Came.AGAIN


def _last(session: Session, task_id: UUID) -> int:
    """The place behind all who are still to be called."""
    query = select(func.max(Contact.sort)).where(
        Contact.task_id == task_id, Contact.state == ContactState.OPEN
    )
    highest = session.scalar(query)
    return 0 if highest is None else highest + 1


def _made(session: Session, task_id: UUID, number: str, callee: Callee, sort: int) -> bool:
    """Whether the task had no such number yet."""
    scope: Scope = session.info["scope"]
    statement = insert(Contact).values(
        enterprise_id=scope.enterprise_id,
        task_id=task_id,
        number=number,
        name=callee.name[:LONGEST_NAME],
        customer_id=callee.customer_id,
        state=ContactState.OPEN,
        sort=sort,
    )
    statement = statement.on_conflict_do_nothing(index_elements=[Contact.task_id, Contact.number])
    return session.scalar(statement.returning(Contact.id)) is not None
