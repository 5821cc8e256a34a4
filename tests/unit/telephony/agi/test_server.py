"""Peers that behave badly cost the others nothing; sessions notice their end at once."""

import asyncio
import os
import resource
from collections import Counter
from collections.abc import AsyncIterator

import pytest

from callcenter.telephony.agi import AgiLimits, AgiRefused, AgiServer, AgiSession, AgiTimeout
from callcenter.telephony.session import SessionGone
from tests.fakes.agi_peer import AgiPeer, AgiPeers


class Scripts:
    """What the sessions of a test do, and what became of them."""

    def __init__(self) -> None:
        self.ended: asyncio.Queue[str] = asyncio.Queue()
        self.seen: asyncio.Queue[AgiSession] = asyncio.Queue()
        self.counts: Counter[str] = Counter()

    async def echo(self, session: AgiSession) -> None:
        await session.set_variable("NAME", session.variables["agi_calleridname"])
        await session.leave("hangup")

    async def idle(self, session: AgiSession) -> None:
        self.seen.put_nowait(session)
        await session.gone.wait()
        self.ended.put_nowait("gone")

    async def broken(self, session: AgiSession) -> None:
        raise RuntimeError("a bug")

    def meter(self, name: str, amount: float) -> None:
        self.counts[name] += int(amount)


@pytest.fixture
def scripts() -> Scripts:
    return Scripts()


@pytest.fixture
def environment() -> float:
    """Seconds in which a peer must have said who it is."""
    return 0.3


@pytest.fixture
async def server(scripts: Scripts, environment: float) -> AsyncIterator[AgiServer]:
    handlers = {"echo": scripts.echo, "idle": scripts.idle, "broken": scripts.broken}
    limits = AgiLimits(sessions=600, environment=environment)
    server = AgiServer("127.0.0.1", 0, "token", handlers, limits=limits, meter=scripts.meter)
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
async def peers(server: AgiServer) -> AsyncIterator[AgiPeers]:
    peers = AgiPeers(server.port)
    yield peers
    await peers.close()


async def serves(peers: AgiPeers) -> bool:
    """Whether a well-behaved call is still served."""
    peer = await peers.call()
    assert await peer.heard() == 'SET VARIABLE "NAME" "张三"'
    peer.say("200 result=1")
    assert await peer.heard() == 'SET VARIABLE "CC_NEXT" "hangup"'
    peer.say("200 result=1")
    return await peer.closed()


async def test_a_script_serves_a_call_and_closes(peers: AgiPeers) -> None:
    assert await serves(peers)


async def test_a_bare_connection_costs_nothing(peers: AgiPeers) -> None:
    for _ in range(50):
        await (await peers.connect()).close()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_utime
    assert await serves(peers)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_utime - before < 0.5


async def test_half_a_connection_is_closed_after_its_time(
    peers: AgiPeers, scripts: Scripts
) -> None:
    peer = await peers.connect()
    peer.say("agi_network: yes")
    assert await serves(peers)
    assert await peer.closed()
    assert scripts.counts["agi_refused"] == 1


async def test_garbage_is_refused(peers: AgiPeers) -> None:
    peer = await peers.connect()
    peer.writer.write(os.urandom(4096) + b"\n\n")
    assert await peer.closed()
    assert await serves(peers)


@pytest.mark.parametrize(
    ("script", "token"), [("echo", "wrong"), ("echo", ""), ("secret", "token")]
)
async def test_a_wrong_token_or_script_is_refused(peers: AgiPeers, script: str, token: str) -> None:
    peer = await peers.call(script, token)
    assert await peer.closed()


async def test_a_broken_script_ends_its_own_session_only(peers: AgiPeers, scripts: Scripts) -> None:
    peer = await peers.call("broken")
    assert await peer.closed()
    assert scripts.counts["agi_failures"] == 1
    assert await serves(peers)


@pytest.mark.parametrize("end", ["HANGUP", "closed"])
async def test_an_idle_session_notices_the_end(peers: AgiPeers, scripts: Scripts, end: str) -> None:
    peer = await peers.call("idle")
    await scripts.seen.get()
    if end == "HANGUP":
        peer.say("HANGUP")
    else:
        await peer.close()
    async with asyncio.timeout(1):
        assert await scripts.ended.get() == "gone"


@pytest.mark.parametrize("environment", [60.0])  # on a busy machine the last waits for the others
async def test_five_hundred_sessions_at_once(
    server: AgiServer, peers: AgiPeers, scripts: Scripts
) -> None:
    idle = await asyncio.gather(*(peers.call("idle") for _ in range(500)))
    for _ in idle:
        await scripts.seen.get()
    assert server.sessions == 500
    assert await serves(peers)
    for peer in idle:
        await peer.close()
    for _ in idle:
        await scripts.ended.get()


@pytest.mark.parametrize("environment", [60.0])
async def test_more_sessions_than_allowed_are_refused_at_once(
    peers: AgiPeers, scripts: Scripts
) -> None:
    for _ in range(600):
        await peers.call("idle")
        await scripts.seen.get()
    peer = await peers.connect()
    assert await peer.closed()


async def test_a_dead_channel_ends_the_session(peers: AgiPeers, scripts: Scripts) -> None:
    peer, session = await _idle_session(peers, scripts)
    answering = asyncio.create_task(session.answer())
    assert await peer.heard() == "ANSWER"
    peer.say("511 Command Not Permitted on a dead channel or intercept routine")
    with pytest.raises(SessionGone):
        await answering
    assert session.gone.is_set()


async def test_a_command_of_unknown_syntax_is_refused(peers: AgiPeers, scripts: Scripts) -> None:
    peer, session = await _idle_session(peers, scripts)
    setting = asyncio.create_task(session.set_variable("A", "1"))
    await peer.heard()
    peer.say(
        "520-Invalid command syntax.  Proper usage follows:", "Usage", "520 End of proper usage."
    )
    with pytest.raises(AgiRefused):
        await setting


async def test_a_late_reply_is_not_taken_for_the_next_commands(
    peers: AgiPeers, scripts: Scripts
) -> None:
    peer, session = await _idle_session(peers, scripts)
    with pytest.raises(AgiTimeout):
        await session._link.command("GET VARIABLE", "SLOW", deadline=0.05)
    asking = asyncio.create_task(session.get_variable("QUICK"))
    await peer.heard()
    await peer.heard()
    peer.say("200 result=1 (slow)", "200 result=1 (quick)")
    assert await asking == "quick"


async def test_the_end_in_the_middle_of_a_command_raises(peers: AgiPeers, scripts: Scripts) -> None:
    peer, session = await _idle_session(peers, scripts)
    dialling = asyncio.create_task(session.dial("PJSIP/e1", 20))
    assert await peer.heard() == 'EXEC "Dial" "PJSIP/e1,20,"'
    await peer.close()
    with pytest.raises(SessionGone):
        await dialling


async def test_keys_are_read_by_one_application(peers: AgiPeers, scripts: Scripts) -> None:
    peer, session = await _idle_session(peers, scripts)
    collecting = asyncio.create_task(session.collect(["a", "b"], 4, 5, 2))
    said = []
    for answer in ("1", "1", "0"):
        said.append(await peer.heard())
        peer.say(f"200 result={answer}")
    said.append(await peer.heard())
    peer.say("200 result=1 (1234)")
    assert await collecting == "1234"
    assert said[2] == 'EXEC "Read" "CC_DIGITS,a&b,4,t(#),1"'


async def _idle_session(peers: AgiPeers, scripts: Scripts) -> tuple[AgiPeer, AgiSession]:
    peer = await peers.call("idle")
    return peer, await scripts.seen.get()
