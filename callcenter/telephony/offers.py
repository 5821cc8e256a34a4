"""What those who wait may choose instead: to be called back, or to leave a message.

The waiting leads there and knows no more; who takes it is joined in the composition root.
"""

from typing import Protocol
from uuid import UUID

from callcenter.routing.service import ServicePlan
from callcenter.telephony.live import LiveCall
from callcenter.telephony.session import Session


class Offers(Protocol):
    """Both run in the caller's session, who is out of the queue meanwhile and keeps the place.

    Whoever keeps something of a caller says so on the call at once (`call.settled`), before the
    caller can hang up: then such a call is no abandoned one. Raises SessionGone.
    """

    async def callback(self, session: Session, call: LiveCall, service: ServicePlan) -> bool:
        """Ask for and confirm the number to call back; True: taken, and the caller is done."""
        ...

    async def voicemail(self, session: Session, call: LiveCall, target_id: UUID) -> bool:
        """Greeting, beep, recording, for a service or a seat. True: something was left, or the

        caller is done.
        """
        ...
