"""Held customers whom nobody looks after any more, found at the return and brought to somebody.

A talk needs us no more, but a customer who is held does: whoever consulted may have hung up, or the
colleague, or the command itself was cut in two. What still goes on as it was is left alone.
"""

import structlog

from callcenter.calls.states import CallEvent, CallState
from callcenter.telephony.control import Control
from callcenter.telephony.live import LiveCall
from callcenter.telephony.switchboard import Switchboard

log = structlog.get_logger()


class Resumption:
    def __init__(self, board: Switchboard, control: Control) -> None:
        self._board = board
        self._control = control

    async def run(self) -> None:
        """After a reconciliation, for only then it is known who is there."""
        for call in list(self._board.calls.values()):
            if call.state is not CallState.ENDED and self._board.is_held(call):
                await self._see_to(call)

    async def _see_to(self, call: LiveCall) -> None:
        agent_id = call.consult.agent_id if call.consult else call.agent_id
        agent = next((leg for leg, owner in self._board.agents_of(call) if owner == agent_id), None)
        if call.consult is None:
            self._board.step(call, CallEvent.CONSULT)
        if agent is None:
            log.info("resume.served_again", call_id=str(call.id))
            await self._control.serve_again(call)
        elif call.consult is None:
            # The command was carried out and not written down: as if it had not been given.
            log.info("resume.returned", call_id=str(call.id))
            await self._control.return_customer(call, "cancelled")
