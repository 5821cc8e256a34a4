"""What the waiting may choose, joined with who takes it."""

from uuid import UUID

from callcenter.routing.service import ServicePlan
from callcenter.telephony.callbacks import Callbacks
from callcenter.telephony.live import LiveCall
from callcenter.telephony.session import Session
from callcenter.telephony.voicemail import VoicemailDesk


class QueueOffers:
    """`telephony.offers.Offers`."""

    def __init__(self, callbacks: Callbacks, desk: VoicemailDesk) -> None:
        self._callbacks = callbacks
        self._desk = desk

    async def callback(self, session: Session, call: LiveCall, service: ServicePlan) -> bool:
        return await self._callbacks.ask_caller(session, call, service)

    async def voicemail(self, session: Session, call: LiveCall, target_id: UUID) -> bool:
        return await self._desk.take(session, call, target_id)
