"""Old messages lose what was written and to whom; that they were sent, and what it cost, stays.

The row stays for good: by its id the same message is known, and is not sent a second time.
"""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from callcenter.messaging.models import Message, MessageState

BATCH = 500
_OPEN = (MessageState.QUEUED, MessageState.SENDING)


class Emptying:
    def before(self, session: Session, moment: datetime) -> int:
        """A batch of those taken before then that are over; how many."""
        old = (
            select(Message.id)
            .where(Message.made_at < moment, Message.state.not_in(_OPEN), Message.text != "")
            .order_by(Message.made_at)
            .limit(BATCH)
            .with_for_update(skip_locked=True)
        )
        ids = session.scalars(old).all()
        emptied = update(Message).where(Message.id.in_(ids))
        session.execute(
            emptied.values(subject="", text="", address="", reason=None, history=[]),
            execution_options={"synchronize_session": False},
        )
        return len(ids)
