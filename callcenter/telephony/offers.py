"""What those who wait may choose instead of waiting."""

from typing import Protocol

from callcenter.routing.service import ServicePlan
from callcenter.telephony.live import LiveCall
from callcenter.telephony.session import Session


class Offers(Protocol):
    async def callback(self, session: Session, call: LiveCall, service: ServicePlan) -> bool:
        """Ask for and confirm the number to call back; True: taken, and the caller is done."""
        ...

    async def voicemail(self, session: Session, call: LiveCall, service: ServicePlan) -> bool:
        """Greeting, beep, recording. True: something was left, or the caller is done."""
        ...
