"""Recording: MixMonitor on the customer's channel, one file for each side.

No third file mixes them: the worker makes one of stereo. It stays on that channel through holds,
consultations and transfers, so a call has one recording without a gap. But what Asterisk writes to
the customer is lost to it when another agent's sound takes the place of the first one's
(`docs/asterisk-notes.md`), so each later agent is recorded at their own phone as well: a *take*,
named by the moment it began, that the worker lays over the agents' side. Each call has a folder;
it and the files in it are named by the call's id and a time, never by anything a caller sent.
"""

from pathlib import Path

import structlog

from callcenter.calls.events import FactType
from callcenter.core.clock import Clock
from callcenter.telephony.ami import AmiClient, AmiError
from callcenter.telephony.live import LiveCall
from callcenter.telephony.nails import is_nail
from callcenter.telephony.switchboard import Joined, Switchboard

log = structlog.get_logger()

INCOMING = "incoming"


class Recorder:
    """folder: the recordings' root; the worker takes finished files out of `incoming`."""

    def __init__(self, folder: Path, clock: Clock, ami: AmiClient, board: Switchboard) -> None:
        self._folder = folder
        self._clock = clock
        self._ami = ami
        self._board = board

    async def joined(self, joined: Joined) -> None:
        """Begin when customer and agent are first joined; later only their agent's take.

        Both legs tell of a joining: what is recorded in this bridge already is not asked for again.
        """
        call, leg = joined.call, joined.agent_leg
        if call.recorded_in == leg.bridge_id:
            return
        call.recorded_in = leg.bridge_id
        if not call.recording:
            await self._begin(call, joined.customer_leg.channel)
        elif not is_nail(leg.uniqueid):
            # To a nailed line callers are joined by Bridge, which gives their channel new hooks.
            at = int(self._clock.now().timestamp() * 1000)
            await self._mix(call, leg.channel, f"r({self._raw(call)}/agent-{at}.wav)")

    async def _begin(self, call: LiveCall, channel: str) -> None:
        call.recording = f"{call.id}"
        raw = self._raw(call)
        raw.mkdir(parents=True, exist_ok=True)
        if await self._mix(call, channel, f"r({raw}/customer.wav)t({raw}/agent.wav)"):
            self._tell(call, FactType.RECORDING_STARTED)
        else:
            call.recording = call.recorded_in = ""

    def _raw(self, call: LiveCall) -> Path:
        return self._folder / INCOMING / str(call.enterprise_id) / call.recording

    async def _mix(self, call: LiveCall, channel: str, options: str) -> bool:
        action = {"Action": "MixMonitor", "Channel": channel, "File": "", "Options": options}
        try:
            await self._ami.call(action)
        except AmiError as error:
            log.warning("recording.not_started", call_id=str(call.id), reason=repr(error))
            return False
        return True

    def stopped(self, call: LiveCall) -> None:
        """The customer's channel is gone, and Asterisk has closed the files."""
        if call.recording:
            self._tell(call, FactType.RECORDING_STOPPED)

    def _tell(self, call: LiveCall, type_: FactType) -> None:
        data = {"name": call.recording, "uniqueid": call.customer_leg}
        now = self._clock.now()
        self._board.chronicle.call(call, type_, now, (call.recording,), data, source="ami")
