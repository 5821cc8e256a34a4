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
    def before(
        self, session: Session, moment: datetime, since: datetime | None = None
    ) -> tuple[int, datetime | None]:
        """A batch of those taken before then that are over: how many, and the moment of the last.

        since: that of the batch before this one, so that none looks again at what that has looked at.
        """
        old = (
            select(Message.id, Message.made_at)
            .where(Message.made_at < moment, Message.text != "", Message.state.not_in(_OPEN))
            .order_by(Message.made_at)
            .limit(BATCH)
            .with_for_update(skip_locked=True)
        )
        if since is not None:
            old = old.where(Message.made_at >= since)
        found = session.execute(old).all()
        emptied = update(Message).where(Message.id.in_([row.id for row in found]))
        session.execute(
            emptied.values(
                subject="",
                text="",
                address="",
                reason=None,
                history=[],
                attachments=[],
                report="",
            ),
            execution_options={"synchronize_session": False},
        )
        return len(found), found[-1].made_at if found else since
