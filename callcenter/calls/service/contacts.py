"""Who has talked with a number."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.calls.models import Call
from callcenter.core.numbers import Number


def last_agent(session: Session, number: Number, since: datetime, but: UUID) -> UUID | None:
    """Who was the last to talk with this number. but: a call that does not count, the present one.

    By ix_call_customer_number.
    """
    query = (
        select(Call.agent_id)
        .where(
            Call.customer_number == str(number),
            Call.started_at >= since,
            Call.agent_id.is_not(None),
            Call.connected_at.is_not(None),
            Call.id != but,
        )
        .order_by(Call.started_at.desc())
        .limit(1)
    )
    return session.scalar(query)
