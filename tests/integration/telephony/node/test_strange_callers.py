"""Callers whose names and numbers are no names and numbers: each is served, and nothing is injected."""

import pytest

from callcenter.acd.agent import AgentState
from callcenter.telephony.cel import Row
from callcenter.telephony.live import LiveCall
from tests.support.centre import NUMBER, Centre, until
from tests.support.raw_sip import RawCaller

pytestmark = pytest.mark.integration

LONG = "9" * 60
STRANGE = (
    ('"A & B | C" <sip:13800000001@x>', "A & B | C", "e164:+8613800000001"),
    ('"Zoë \\"Bob\\" <O\'Neil>" <sip:13800000001@x>', 'Zoë "Bob" <O\'Neil>', "e164:+8613800000001"),
    ('"热水器🚿𠮷𠮷" <sip:13800000001@x>', "热水器🚿𠮷𠮷", "e164:+8613800000001"),
    ('"a\x01b\x07c\x7fd\te" <sip:13800000001@x>', "a b c d e", "e164:+8613800000001"),
    ('"${SHELL(id)},1,Hangup" <sip:13800000001@x>', "${SHELL(id)},1,Hangup", "e164:+8613800000001"),
    ("\"'; DROP TABLE call; --\" <sip:13800000001@x>", "'; DROP TABLE call; --", "e164:+8613800000001"),
    (f'"{"长" * 300}" <sip:13800000001@x>', "长" * 26, "e164:+8613800000001"),  # cut by Asterisk
    ("<sip:anonymous@anonymous.invalid>", "", "withheld:"),
    ('"Anonymous" <sip:anonymous@anonymous.invalid>', "Anonymous", "withheld:"),
    ("<sip:x>", "", "withheld:"),
    ("<sip:1%3B2%263@x>", "", "withheld:"),
    ("<sip:%24%7BSHELL(id)%7D@x>", "", "withheld:"),
    (f"<sip:{LONG}@x>", "", "withheld:"),
    ("<sip:+8613800000001;phone-context=+86@x>", "", "e164:+8613800000001"),
)  # fmt: skip

NO_NUMBERS = {"s": 200, f"{NUMBER}&02160000002": 200, "0" * 200: 200, "h": 404,
              "%24%7BSHELL(id)%7D": 404}  # fmt: skip
"""With how each is answered: the words that a number is unknown, or nothing at all."""


def target(centre: Centre) -> tuple[str, int]:
    return centre.settings.asterisk.host, centre.settings.asterisk.sip_port


def under_way(centre: Centre) -> list[LiveCall]:
    return [one for one in centre.node.board.calls.values() if one.ended_at is None]


async def test_each_is_served_shown_and_written_down_as_what_it_is(centre: Centre) -> None:
    await centre.sign_in("8001")
    seen = []
    for sender, _, _ in STRANGE:
        async with RawCaller(target(centre), NUMBER, sender.encode()) as caller:
            caller.dial()
            await centre.network.rings(centre.phone("8001"))
            (call,) = under_way(centre)
            seen.append((call.caller_name, str(call.customer)))
            assert await caller.give_up() == 487
        await centre.has_state("8001", AgentState.READY)
        await until(lambda: under_way(centre) == [], "the call before is over")
    wanted = [(name, number) for _, name, number in STRANGE]
    assert seen == wanted

    await centre.ended_call(len(STRANGE))
    written = [(call.caller_name, call.customer_number) for call in centre.calls()]
    assert written == wanted
    assert {call.result for call in centre.calls()} == {"abandoned"}
    lines = centre.settings.paths.cel.read_bytes().splitlines()
    started = [row for row in map(Row.read, lines) if row.kind == "CHAN_START"]
    assert len(started) == 2 * len(STRANGE)


async def test_who_says_to_be_an_agents_phone_is_asked_for_its_secret(centre: Centre) -> None:
    sender = f"<sip:{centre.phone('8001')}@x>".encode()
    async with RawCaller(target(centre), NUMBER, sender) as caller:
        assert await caller.call() == 401
    assert centre.calls() == []


async def test_a_number_that_is_none_reaches_nobody(centre: Centre) -> None:
    await centre.sign_in("8001")
    for number, status in NO_NUMBERS.items():
        async with RawCaller(target(centre), number, b"<sip:13800000001@x>") as caller:
            assert await caller.call() == status, number
    assert centre.state("8001") is AgentState.READY
    assert centre.calls() == []
