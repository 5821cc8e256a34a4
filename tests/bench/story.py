"""A call as Asterisk tells it to the manager interface and to AGI, up to the talk and through it."""

import asyncio
import re
import time
from dataclasses import dataclass

from tests.bench.floor import NUMBER
from tests.fakes.agi_peer import AgiPeer
from tests.fakes.ami import EOL, FakeAsterisk

_ENDPOINT = re.compile(r"PJSIP/(e\d+-(\d+))")
_UP, _RINGING = "6", "5"


def told(name: str, channel: str, uniqueid: str, **more: str) -> bytes:
    """An event with the headers that each event about a channel has."""
    headers = {
        "Event": name, "Privilege": "call,all", "Timestamp": f"{time.time():.6f}",
        "Channel": channel, "ChannelState": _UP, "ChannelStateDesc": "Up",
        "CallerIDNum": "13800000001", "CallerIDName": "<unknown>",
        "ConnectedLineNum": "<unknown>", "ConnectedLineName": "<unknown>", "Language": "en",
        "AccountCode": "100001", "Context": "ask", "Exten": NUMBER, "Priority": "4",
        "Uniqueid": uniqueid, "Linkedid": uniqueid,
    } | more  # fmt: skip
    lines = [f"{key}: {value}" for key, value in headers.items()]
    lines += ["ChanVariable: CC_CALL_ID=", "ChanVariable: CC_ENT="]
    return (EOL.join(lines) + EOL * 2).encode()


@dataclass
class Talk:
    """One caller with one agent."""

    seat: str
    customer: tuple[str, str]
    agent: tuple[str, str]
    peer: AgiPeer
    held: bool = False

    def toggle(self) -> bytes:
        """The agent holds, or resumes."""
        self.held = not self.held
        return told("Hold" if self.held else "Unhold", *self.agent)

    def chatter(self, number: int) -> bytes:
        """What else is told of a talk: half of it is read by the tracker, half by nobody."""
        if number % 2:
            return told("Newstate", *self.customer)
        return told("VarSet", *self.customer, Variable="RTPAUDIOQOSJITTER", Value="0.000125")


async def begin(asterisk: FakeAsterisk, agi: tuple[int, str], number: int) -> Talk:
    """A caller comes, is given an agent, who answers."""
    uniqueid, channel = f"1764000000.{2 * number}", f"PJSIP/trunk-demo-{2 * number:08x}"
    asterisk.send(told("Newchannel", channel, uniqueid, ChannelState="4", Context="inbound"))
    port, token = agi
    peer = AgiPeer(*await asyncio.open_connection("127.0.0.1", port))
    peer.say(
        "agi_network: yes", f"agi_network_script: inbound?token={token}",
        f"agi_channel: {channel}", f"agi_uniqueid: {uniqueid}", "agi_callerid: 13800000001",
        "agi_calleridname: unknown", f"agi_extension: {NUMBER}", "",
    )  # fmt: skip
    endpoint, seat = await _dialled(peer)
    agent = f"PJSIP/{endpoint}-{2 * number + 1:08x}", f"1764000000.{2 * number + 1}"
    talk = Talk(seat, (channel, uniqueid), agent, peer)
    _answer(asterisk, talk)
    return talk


async def _dialled(peer: AgiPeer) -> tuple[str, str]:
    """Everything succeeds until somebody is dialled; that goes on."""
    while True:
        command = await peer.heard()
        if "Dial" in command and (found := _ENDPOINT.search(command)):
            return found[1], found[2]
        peer.say("200 result=0")


def _answer(asterisk: FakeAsterisk, talk: Talk) -> None:
    bridge = {"BridgeUniqueid": f"bridge-{talk.seat}", "BridgeNumChannels": "2"}
    of_call = {"Linkedid": talk.customer[1]}
    for name, leg, more in (
        ("Newchannel", talk.agent, {"ChannelState": "0", **of_call}),
        ("Newstate", talk.agent, {"ChannelState": _RINGING, **of_call}),
        ("Newstate", talk.agent, of_call),
        ("Newstate", talk.customer, {}),
        ("BridgeEnter", talk.agent, bridge | of_call),
        ("BridgeEnter", talk.customer, bridge),
    ):
        asterisk.send(told(name, *leg, **more))
