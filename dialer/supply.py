"""Who is called next. Many agents ask at once: each gets another contact, none waits.

Index: ix_contact_supply (task_id, state, next_at, sort).
"""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import exists, or_, select, update
from sqlalchemy.orm import Session

from callcenter.core.ids import new_id
from dialer.models import Attempt, CallingTask, Contact, DoNotCall
from dialer.rules import AttemptState, ContactState

HELD = timedelta(minutes=30)
"""How long an agent may hold a contact that was never dialled."""


def current(session: Session, task_id: UUID, agent_id: UUID) -> Attempt | None:
    """The attempt the agent took and did not dial yet."""
    query = select(Attempt).where(
        Attempt.task_id == task_id,
        Attempt.agent_id == agent_id,
        Attempt.state == AttemptState.OFFERED,
    )
    return session.scalar(query.order_by(Attempt.made_at))


def take(session: Session, task_id: UUID, agent_id: UUID, now: datetime) -> Attempt | None:
    """Take the next contact and write its attempt; None when nobody is left for now."""
    _block(session, task_id)
    query = (
        select(Contact)
        .where(
            Contact.task_id == task_id,
            Contact.state == ContactState.OPEN,
            or_(Contact.next_at.is_(None), Contact.next_at <= now),
        )
        .order_by(Contact.next_at.nulls_first(), Contact.sort)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    contact = session.scalar(query)
    if contact is None:
        return None
    contact.state, contact.taken_by, contact.taken_at = ContactState.TAKEN, agent_id, now
    contact.attempts += 1
    attempt = Attempt(
        id=new_id(),
        task_id=task_id,
        contact_id=contact.id,
        agent_id=agent_id,
        state=AttemptState.OFFERED,
        made_at=now,
    )
    session.add(attempt)
    return attempt


def release_held(session: Session, task_id: UUID, now: datetime) -> None:
    """Give back contacts whose agents went away without dialling them."""
    query = (
        select(Attempt)
        .where(
            Attempt.task_id == task_id,
            Attempt.state == AttemptState.OFFERED,
            Attempt.made_at < now - HELD,
        )
        .with_for_update(skip_locked=True)
    )
    for attempt in list(session.scalars(query)):
        attempt.state, attempt.ended_at = AttemptState.SKIPPED, now
        contact = session.scalars(select(Contact).where(Contact.id == attempt.contact_id)).one()
        contact.state, contact.taken_by, contact.taken_at = ContactState.OPEN, None, None
        contact.attempts -= 1
    session.flush()


def locked_task(session: Session, task_id: UUID) -> CallingTask:
    """As it is now, and so until the transaction ends: it ends with its last contact, or goes on.

    Contacts may be added to it meanwhile, whose rows point at it; they wait here in their turn.
    """
    query = select(CallingTask).where(CallingTask.id == task_id).with_for_update(key_share=True)
    return session.scalars(query, execution_options={"populate_existing": True}).one()


def _block(session: Session, task_id: UUID) -> None:
    """Numbers that asked not to be called since the task was made."""
    listed = exists().where(
        DoNotCall.number == Contact.number, DoNotCall.enterprise_id == Contact.enterprise_id
    )
    session.execute(
        update(Contact)
        .where(Contact.task_id == task_id, Contact.state == ContactState.OPEN, listed)
        .values(state=ContactState.BLOCKED),
        execution_options={"synchronize_session": False},
    )
