"""A waiting caller's session in memory, answered by the test. Its contract is telephony's `Session`.

What it assumes of the real one, which tests/integration/telephony proves:
- dial returns only when the ringing or the talk is over; a cancelled dial raises SessionGone;
- once the caller is gone every command raises SessionGone, also the one that is under way;
- `gone` is set whether or not a command is under way.
"""

import asyncio
from collections.abc import Mapping, Sequence

from callcenter.telephony.session import DialOutcome, SessionGone


class Caller:
    def __init__(self, uniqueid: str, call_id: str = "", **variables: str) -> None:
        self.uniqueid = uniqueid
        self.channel = "PJSIP/demo-00000000"
        self.call_id = call_id
        self.variables: Mapping[str, str] = variables
        self.gone = asyncio.Event()
        self.ringing: asyncio.Queue[str] = asyncio.Queue()
        self.keys: asyncio.Queue[str] = asyncio.Queue()
        self.done: list[str] = []
        self.set: dict[str, str] = {}
        self._outcome: asyncio.Future[DialOutcome] | None = None

    # -- the test's side ------------------------------------------------------------------------

    async def rings(self) -> str:
        """The endpoint that rings now, or next."""
        return await asyncio.wait_for(self.ringing.get(), 2)

    async def hears(self, command: str) -> None:
        """Wait until the script has done that to the caller."""
        async with asyncio.timeout(2):
            while command not in self.done:  # noqa: ASYNC110 (a list has no event)
                await asyncio.sleep(0)

    def outcome(self, status: str, cause: int = 0) -> None:
        assert self._outcome is not None
        self._outcome.set_result(DialOutcome(status, cause))

    def hang_up(self) -> None:
        self.gone.set()

    # -- Session --------------------------------------------------------------------------------

    async def answer(self) -> None:
        await self._command("answer")

    async def play(self, files: Sequence[str], digits: str = "") -> str:
        await self._command(f"play {' '.join(files)}{digits}")
        return ""

    async def collect(
        self,
        files: Sequence[str],
        max_digits: int,
        timeout: float,  # noqa: ASYNC109
        inter_digit: float,
        terminator: str = "#",
    ) -> str:
        await self._command(f"collect {max_digits} {timeout} {inter_digit} {terminator}")
        return ""

    async def wait_key(self, seconds: float) -> str:
        """Until the test presses a key, the caller is gone, or the time is up."""
        await self._command(f"wait_key {seconds:g}")
        gone = asyncio.ensure_future(self.gone.wait())
        pressed = asyncio.ensure_future(self.keys.get())
        try:
            await asyncio.wait(
                {pressed, gone}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED
            )
            if pressed.done():
                return pressed.result()
            if gone.done():
                raise SessionGone
            return ""
        finally:
            gone.cancel()
            pressed.cancel()

    async def music(self, on: bool, klass: str = "default") -> None:
        await self._command(f"music {klass} {on}")

    async def set_variable(self, name: str, value: str) -> None:
        await asyncio.sleep(0)
        if self.gone.is_set():
            raise SessionGone
        self.set[name] = value

    async def get_variable(self, name: str) -> str:
        await self._command("get")
        return self.set.get(name, "")

    async def dial(
        self,
        endpoint: str,
        timeout: float,  # noqa: ASYNC109
        options: str = "",
    ) -> DialOutcome:
        await self._command(f"dial {endpoint} {timeout:.0f} {options}".strip())
        self._outcome = asyncio.get_running_loop().create_future()
        self.ringing.put_nowait(endpoint)
        gone = asyncio.ensure_future(self.gone.wait())
        await asyncio.wait({self._outcome, gone}, return_when=asyncio.FIRST_COMPLETED)
        gone.cancel()
        if not self._outcome.done():
            raise SessionGone
        return self._outcome.result()

    async def leave(self, where: str) -> None:
        await self.set_variable("CC_NEXT", where)

    async def _command(self, what: str) -> None:
        await asyncio.sleep(0)
        if self.gone.is_set():
            raise SessionGone
        self.done.append(what)
