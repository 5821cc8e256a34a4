"""A manager interface that does what a real Asterisk cannot be made to do.

tests/integration/telephony/ami/test_fake_contract.py holds what it says against the real one.
"""

import asyncio
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

GREETING = b"Asterisk Call Manager/11.0.0\r\n"
BOOTED = {"Event": "FullyBooted", "Privilege": "system,all", "Status": "Fully Booted"}
EOL = "\r\n"


def encode(message: dict[str, str]) -> bytes:
    return (EOL.join(f"{name}: {value}" for name, value in message.items()) + EOL * 2).encode()


@dataclass
class FakeAsterisk:
    """silent: accepts connections and says nothing. mute: answers no action after the login.

    refusals: how many logins it refuses first. boots: whether FullyBooted follows the login.
    """

    silent: bool = False
    mute: bool = False
    refusals: int = 0
    boots: bool = True
    answers: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    actions: list[dict[str, str]] = field(default_factory=list)
    connections: int = 0
    port: int = 0

    async def __aenter__(self) -> Self:
        self._writers: list[asyncio.StreamWriter] = []
        self._arrived = asyncio.Condition()
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.close()
        self.cut()

    def cut(self) -> None:
        """End every connection as a dying Asterisk does."""
        for writer in self._writers:
            writer.transport.abort()
        self._writers.clear()

    def send(self, data: bytes | dict[str, str]) -> None:
        for writer in self._writers:
            writer.write(encode(data) if isinstance(data, dict) else data)

    async def received(self, name: str, times: int = 1) -> list[dict[str, str]]:
        """Wait until that action came so many times."""
        async with self._arrived, asyncio.timeout(10):
            await self._arrived.wait_for(lambda: len(self.named(name)) >= times)
        return self.named(name)

    async def connected(self, times: int) -> None:
        """Wait until somebody has connected so many times."""
        async with self._arrived, asyncio.timeout(10):
            await self._arrived.wait_for(lambda: self.connections >= times)

    def named(self, name: str) -> list[dict[str, str]]:
        return [action for action in self.actions if action["Action"] == name]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async with self._arrived:
            self.connections += 1
            self._arrived.notify_all()
        self._writers.append(writer)
        if not self.silent:
            writer.write(GREETING)
        try:
            while True:
                await self._take((await reader.readuntil(b"\r\n\r\n")).decode(), writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    async def _take(self, text: str, writer: asyncio.StreamWriter) -> None:
        action = dict(line.split(": ", 1) for line in text.split(EOL) if line)
        async with self._arrived:
            self.actions.append(action)
            self._arrived.notify_all()
        if not self.silent:
            for message in self._answers_to(action):
                writer.write(encode(message))

    def _answers_to(self, action: dict[str, str]) -> list[dict[str, str]]:
        if action["Action"] == "Login":
            return self._login(action)
        if self.mute:
            return []
        if action["Action"] == "Ping":
            return [{"Response": "Success", "ActionID": action["ActionID"], "Ping": "Pong"}]
        scripted = self.answers.get(action["Action"], [])
        return [{**message, "ActionID": action["ActionID"]} for message in scripted]

    def _login(self, action: dict[str, str]) -> list[dict[str, str]]:
        answer = {"Response": "Success", "ActionID": action["ActionID"]}
        if self.refusals:
            self.refusals -= 1
            return [{**answer, "Response": "Error", "Message": "Authentication failed"}]
        accepted = {**answer, "Message": "Authentication accepted"}
        return [accepted, BOOTED] if self.boots else [accepted]
