"""Somebody is put into a calling task that there is: `objects.service.triggers.calls.Tasks`.

Locks are taken in one order, here as where an attempt ends: the contact, then its task.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
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
        (came,) = _put(session, found.id, [callee]).elements()
        resumed = False
        if came in _CALLED:
            found = locked_task(session, found.id)
            resumed = _resume(found)
            self._tell(session, found, came.value, resumed=resumed)
        return Placed(found.name, came, found.status, resumed)

    def add_all(self, session: Session, task_id: UUID, callees: Sequence[Callee]) -> Counter[Came]:
        """As `add`, of many at once: they are told of and logged as one."""
        counts = _put(session, task_id, callees)
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


def _put(session: Session, task_id: UUID, callees: Sequence[Callee]) -> Counter[Came]:
    """How they came. Rows are locked in the order of their numbers, whoever else adds some."""
    named = [str(callee.number) for callee in callees if _is_dialable(callee)]
    counts = Counter({Came.NO_NUMBER: len(callees) - len(named)})
    listed = set(session.scalars(select(DoNotCall.number).where(DoNotCall.number.in_(named))))
    counts[Came.DO_NOT_CALL] = sum(number in listed for number in named)
    last = _last(session, task_id)
    placed: dict[str, tuple[int, Callee]] = {}
    for place, callee in enumerate(filter(_is_dialable, callees), last):
        number = str(callee.number)
        if number in placed:
            counts[Came.THERE] += 1
        elif number not in listed:
            placed[number] = place, callee
    made = _made(session, task_id, placed)
    counts[Came.ADDED] += len(made)
    query = select(Contact).where(
        Contact.task_id == task_id, Contact.number.in_(placed.keys() - made)
    )
    for contact in session.scalars(query.order_by(Contact.number).with_for_update()):
        counts[_again(contact, *placed[contact.number])] += 1
    return counts


def _is_dialable(callee: Callee) -> bool:
    return callee.number is not None and callee.number.kind is not NumberKind.WITHHELD


def _last(session: Session, task_id: UUID) -> int:
    """The place behind all who are still to be called."""
    query = select(func.max(Contact.sort)).where(
        Contact.task_id == task_id, Contact.state == ContactState.OPEN
    )
    highest = session.scalar(query)
    return 0 if highest is None else highest + 1


def _made(session: Session, task_id: UUID, placed: Mapping[str, tuple[int, Callee]]) -> set[str]:
    """The numbers that the task did not have yet."""
    if not placed:
        return set()
    scope: Scope = session.info["scope"]
    rows = [
        {
            "enterprise_id": scope.enterprise_id,
            "task_id": task_id,
            "number": number,
            "name": callee.name[:LONGEST_NAME],
            "customer_id": callee.customer_id,
            "state": ContactState.OPEN,
            "sort": sort,
        }
        for number, (sort, callee) in sorted(placed.items(), key=lambda item: item[0])
    ]
    statement = insert(Contact).on_conflict_do_nothing(
        index_elements=[Contact.task_id, Contact.number]
    )
    return set(session.scalars(statement.returning(Contact.number), rows))


def _again(contact: Contact, sort: int, callee: Callee) -> Came:
    if contact.state in _UNDER_WAY:
        return Came.THERE
    contact.state, contact.attempts, contact.next_at = ContactState.OPEN, 0, None
    contact.name, contact.sort = callee.name[:LONGEST_NAME], sort
    contact.customer_id = callee.customer_id or contact.customer_id
    return Came.AGAIN
