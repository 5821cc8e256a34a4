"""The Asterisk side of an AGI connection, for what a real one cannot be made to do."""

import asyncio
from contextlib import suppress


class AgiPeer:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    def say(self, *lines: str) -> None:
        self.writer.write("".join(f"{line}\n" for line in lines).encode())

    async def heard(self) -> str:
        async with asyncio.timeout(5):
            return (await self.reader.readline()).decode().rstrip("\n")

    async def closed(self) -> bool:
        """Wait until the other side has closed."""
        async with asyncio.timeout(5):
            try:
                return not await self.reader.read()
            except ConnectionError:
                return True

    async def close(self) -> None:
        self.writer.close()
        with suppress(ConnectionError):
            await self.writer.wait_closed()


class AgiPeers:
    """Makes peers of one server, and closes them all at the end."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._made: list[AgiPeer] = []

    async def connect(self) -> AgiPeer:
        peer = AgiPeer(*await asyncio.open_connection("127.0.0.1", self._port))
        self._made.append(peer)
        return peer

    async def call(self, script: str = "echo", token: str = "token") -> AgiPeer:
        """Connect and say what Asterisk says first."""
        peer = await self.connect()
        peer.say(
            "agi_network: yes",
            f"agi_network_script: {script}?token={token}",
            "agi_channel: PJSIP/trunk-00000001",
            "agi_uniqueid: 1700000000.1",
            "agi_callerid: 13800000001",
            "agi_calleridname: 张三",
            "agi_arg_1: 0192aaaa",
            "",
        )
        return peer

    async def close(self) -> None:
        for peer in self._made:
            await peer.close()
