"""A caller leaves a message for a service or a seat: greeting, tone, recording, thanks.

There is no menu in it and so no way out of it: whoever leaves a message can dial nobody from here.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple, Protocol
from uuid import UUID

import structlog

from callcenter.calls.events import FactType
from callcenter.core.clock import Clock
from callcenter.telephony.agents import Agents
from callcenter.telephony.live import LiveCall
from callcenter.telephony.session import TAIL, LeftRecording, RecordEnd, Session
from callcenter.telephony.switchboard import Switchboard
from callcenter.voicemail.boxes import BoxPlan
from callcenter.voicemail.events import message_name, raw_place
from callcenter.voicemail.states import TargetKind
from callcenter.voicemail.tasks import SHORTEST

log = structlog.get_logger()

_DEFAULT = BoxPlan()


class Wording(Protocol):
    """Files that say something in the caller's language; none where there is nothing to say it with."""

    def text(self, call: LiveCall, texts: Mapping[str, str]) -> Sequence[str]:
        """texts: by language."""
        ...

    def phrase(self, call: LiveCall, key: str) -> Sequence[str]: ...


class _Limits(NamedTuple):
    """As `Session.record` takes them."""

    seconds: float
    silence: float
    terminator: str = "#"
    beep: bool = True

    @classmethod
    def of(cls, box: BoxPlan) -> "_Limits":
        return cls(box.longest_seconds, box.silence_seconds)


class VoicemailDesk:
    """folder: the recordings' root."""

    def __init__(
        self, folder: Path, clock: Clock, agents: Agents, board: Switchboard, wording: Wording
    ) -> None:
        self._folder = folder
        self._clock = clock
        self._agents = agents
        self._board = board
        self._wording = wording

    async def take(self, session: Session, call: LiveCall, target_id: UUID) -> bool:
        """target_id: of a service or a seat's user. Whether a message was left.

        Raises SessionGone; what the caller had said until then is a message all the same.
        """
        kind = self._kind(call, target_id)
        if kind is None:
            return False
        box = self._agents.directory.boxes.get(target_id, _DEFAULT)
        await session.answer()
        await session.music(False)
        await session.play(self._greeting(call, box))
        try:
            kept = await self._recorded(session, call, kind, target_id, _Limits.of(box))
        except OSError:
            log.exception("voicemail.not_written", call_id=str(call.id))
            kept = False
        said = "voicemail.thanks" if kept else "voicemail.nothing"
        await session.play(self._wording.phrase(call, said))
        return kept

    async def record(
        self,
        session: Session,
        call: LiveCall,
        target_id: UUID,
        seconds: float,
        silence: float,
        terminator: str,
        *,
        beep: bool,
    ) -> bool | None:
        """As `take`, for who has been told what to say and goes on afterwards; None: no such target."""
        kind = self._kind(call, target_id)
        if kind is None:
            return None
        limits = _Limits(seconds, silence, terminator, beep)
        return await self._recorded(session, call, kind, target_id, limits)

    async def _recorded(
        self, session: Session, call: LiveCall, kind: TargetKind, target_id: UUID, limits: "_Limits"
    ) -> bool:
        at = self._clock.now()
        place = raw_place(call.enterprise_id, kind, target_id, message_name(call.id, at))
        file = str((self._folder / place).with_suffix(""))
        try:
            recorded = await session.record(file, *limits)
        except LeftRecording as left:
            self._keep(call, kind, target_id, at, left.seconds)
            raise
        silent = TAIL if recorded.ended_by is RecordEnd.SILENCE else 0.0
        return recorded.seconds > silent and self._keep(call, kind, target_id, at, recorded.seconds)

    def _kind(self, call: LiveCall, target_id: UUID) -> TargetKind | None:
        """None for what is not there, or another enterprise's."""
        service = self._agents.directory.service(target_id)
        if service is not None and service.enterprise_id == call.enterprise_id:
            return TargetKind.SERVICE
        seat = self._agents.directory.seats.get(target_id)
        if seat is not None and seat.enterprise_id == call.enterprise_id:
            return TargetKind.SEAT
        return None

    def _greeting(self, call: LiveCall, box: BoxPlan) -> Sequence[str]:
        own = self._wording.text(call, box.greeting) if box.greeting else ()
        # One that was written a moment ago may not be spoken yet: nobody is met by a mere tone.
        return own or self._wording.phrase(call, "voicemail.greeting")

    def _keep(
        self, call: LiveCall, kind: TargetKind, target_id: UUID, at: datetime, seconds: float
    ) -> bool:
        """Tell of it, unless there is no more in it than the tone and a breath."""
        if seconds < SHORTEST:
            return False
        # At once: whoever hangs up after it was not abandoned.
        if call.in_queue or call.turned_away:
            self._board.settle(call, "voicemail")
        name = message_name(call.id, at)
        data = {
            "name": name,
            "target_kind": kind.value,
            "target_id": str(target_id),
            "number": str(call.customer),
            "caller_name": call.caller_name,
            "seconds": round(seconds, 3),
        }
        self._board.chronicle.call(call, FactType.VOICEMAIL_LEFT, at, (name,), data)
        return True
