"""Recording: MixMonitor on the customer's channel, one file for each side.

No third file mixes them: the worker makes one of stereo. It stays on that channel through holds,
consultations and transfers, so a call has one recording without a gap. Files are named by the call's id alone, never by anything a caller sent.
"""

from pathlib import Path

import structlog

from callcenter.calls.events import FactType
from callcenter.core.clock import Clock
from callcenter.telephony.ami import AmiClient, AmiError
from callcenter.telephony.live import LiveCall
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

    async def start(self, joined: Joined) -> None:
        """Begin when customer and agent are first joined; a second joining finds it running."""
        call = joined.call
        if call.recording:
            return
        call.recording = f"{call.id}"
        folder = self._folder / INCOMING / str(call.enterprise_id)
        folder.mkdir(parents=True, exist_ok=True)
        base = folder / call.recording
        try:
            await self._ami.call(
                {
                    "Action": "MixMonitor",
                    "Channel": joined.customer_leg.channel,
                    "File": "",
                    "Options": f"r({base}-customer.wav)t({base}-agent.wav)",
                }
            )
        except AmiError as error:
            call.recording = ""
            log.warning("recording.not_started", call_id=str(call.id), reason=repr(error))
            return
        self._tell(call, FactType.RECORDING_STARTED)

    def stopped(self, call: LiveCall) -> None:
        """The customer's channel is gone, and Asterisk has closed the files."""
        if call.recording:
            self._tell(call, FactType.RECORDING_STOPPED)

    def _tell(self, call: LiveCall, type_: FactType) -> None:
        data = {"name": call.recording, "uniqueid": call.customer_leg}
        now = self._clock.now()
        self._board.chronicle.call(call, type_, now, (call.recording,), data, source="ami")
