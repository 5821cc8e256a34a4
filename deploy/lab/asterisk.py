"""One Asterisk process out of a folder of configuration."""

import asyncio
import signal
from pathlib import Path
from typing import Self

from callcenter.processes.parent import die_with_parent

STARTS_WITHIN = 20.0
ENDS_WITHIN = 10.0


class AsteriskFailed(Exception):
    """It ended, or did not begin to listen; carries the end of its output."""


class AsteriskProcess:
    """binary: of `deploy/setup`. home: has etc/asterisk.conf. ami_port: answers once it is booted."""

    def __init__(self, binary: Path, home: Path, ami_port: int) -> None:
        self.home = home
        self._binary = binary
        self._ami_port = ami_port
        self._process: asyncio.subprocess.Process | None = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        # Nobody is left to whom a clean end would matter, and it takes up to a second.
        await self.kill()

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    async def start(self) -> None:
        output = self.home / "output.log"
        with output.open("ab") as stream:
            self._process = await asyncio.create_subprocess_exec(
                str(self._binary), "-C", str(self.home / "etc" / "asterisk.conf"), "-f",
                stdin=asyncio.subprocess.DEVNULL, stdout=stream, stderr=stream,
                preexec_fn=lambda: die_with_parent(signal.SIGKILL),
            )  # fmt: skip
        try:
            async with asyncio.timeout(STARTS_WITHIN):
                await self._listens(self._process)
        except TimeoutError:
            await self.stop()
            raise AsteriskFailed(self.output()) from None

    async def stop(self) -> None:
        process = self._process
        if process is None or process.returncode is not None:
            return
        process.send_signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(process.wait(), ENDS_WITHIN)
        except TimeoutError:
            await self.kill()

    async def kill(self) -> None:
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()

    def signal(self, number: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(number)

    def output(self) -> str:
        return (self.home / "output.log").read_text(errors="replace")[-4000:]

    async def _listens(self, process: asyncio.subprocess.Process) -> None:
        while True:
            if process.returncode is not None:
                raise AsteriskFailed(self.output())
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", self._ami_port)
            except OSError:
                await asyncio.sleep(0.05)
            else:
                writer.close()
                return
