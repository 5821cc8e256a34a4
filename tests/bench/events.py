"""At 2,000 AMI events a second: from an event to the change that it causes at a signed-in socket.

The whole product runs, with a manager interface of ours in Asterisk's place: a real one cannot say
so much on a machine that also plays the callers. Every agent talks; 400 times a second one of them
holds or resumes; the rest is what a busy Asterisk says besides.
"""

import asyncio
import tempfile
import time
from collections import defaultdict, deque
from contextlib import closing
from pathlib import Path
from typing import Any

from callcenter.people.service.roster import endpoint_name
from tests.bench.floor import CODE, Floor
from tests.bench.samples import Raw, Samples, made
from tests.bench.sockets import Told, listening
from tests.bench.story import Talk, begin
from tests.fakes.ami import FakeAsterisk
from tests.support.stack import Stack
from tests.support.waiting import wait_until

AGENTS, SECONDS, EVENTS, HOLDS, SLICE = 100, 15, 2_100, 400, 0.01
SETTLES, WITHIN = 2.0, 120
LISTS = ("CoreShowChannels", "QueueStatus", "PJSIPShowContacts", "PJSIPShowEndpoints")
DONE = ("Reload", "QueueAdd", "QueuePause", "QueueRemove", "MixMonitor", "Setvar", "Hangup")


class Measured:
    """What was told of each agent and when, and how long it took to the agent's socket."""

    def __init__(self) -> None:
        self.milliseconds: list[float] = []
        self.overtaken = 0
        self._sent: dict[str, deque[tuple[str, float]]] = defaultdict(deque)

    def sent(self, seat: str, state: str, at: float) -> None:
        self._sent[seat].append((state, at))

    @property
    def missing(self) -> int:
        return sum(map(len, self._sent.values()))

    def by(self, seat: str) -> Told:
        def told(change: dict[str, Any], at: float) -> None:
            if change["key"] == "agent" and change["room"].startswith("agent:"):
                self._take(seat, change["value"]["state"], at)

        return told

    def _take(self, seat: str, state: str, at: float) -> None:
        """A change that was overtaken by the next of its kind is not told; it is counted."""
        waiting = self._sent[seat]
        while waiting:
            expected, sent_at = waiting.popleft()
            if expected == state:
                self.milliseconds.append((at - sent_at) * 1000)
                return
            self.overtaken += 1


def run(number: int) -> Raw:
    with tempfile.TemporaryDirectory(prefix="cc-") as folder:
        return asyncio.run(_run(number, Path(folder)))


async def _run(number: int, folder: Path) -> Raw:
    idle = folder / "asterisk"
    idle.write_text("#!/bin/sh\nexec sleep infinity\n")
    idle.chmod(0o755)
    answers = {name: _empty(name) for name in LISTS} | {name: [SUCCESS] for name in DONE}
    measured = Measured()
    with Stack(CALLCENTER_ASTERISK_BINARY=str(idle)) as stack:
        ports = stack.home / "ports.json"
        await asyncio.to_thread(wait_until, ports.exists, WITHIN, "ports are settled")
        port = stack.settings.asterisk.ami_port
        async with FakeAsterisk(port=port, answers=answers) as asterisk:
            await asyncio.to_thread(stack.wait_ready, 300)
            with closing(await asyncio.to_thread(Floor, stack, AGENTS)) as floor:
                async with listening(floor, list(floor.agents), measured.by):
                    talks = await _begin_talks(floor, asterisk)
                    seconds = await _replay(asterisk, talks, measured)
    samples: Samples = {
        "change_ms": measured.milliseconds,
        "changes_per_second": [len(measured.milliseconds) / seconds],
        "events_per_second": [EVENTS * SECONDS / seconds],
    }
    notes = {"agents": AGENTS, "overtaken": measured.overtaken, "missing": measured.missing}
    return made("events", number, samples, notes)


SUCCESS = {"Response": "Success"}


def _empty(name: str) -> list[dict[str, str]]:
    complete = {"Event": f"{name}Complete", "EventList": "Complete", "ListItems": "0"}
    return [SUCCESS | {"EventList": "start"}, complete]


async def _begin_talks(floor: Floor, asterisk: FakeAsterisk) -> list[Talk]:
    await floor.be_provisioned()
    for seat in floor.agents:
        endpoint = endpoint_name(CODE, seat)
        status = {"Event": "ContactStatus", "AOR": endpoint, "ContactStatus": "Reachable"}
        asterisk.send(status | {"EndpointName": endpoint})
    await floor.be_ready()
    secrets = floor.stack.secrets
    agi = floor.stack.settings.asterisk.agi_port, secrets.agi_token
    return [await begin(asterisk, agi, number) for number in range(len(floor.agents))]


async def _replay(asterisk: FakeAsterisk, talks: list[Talk], measured: Measured) -> float:
    """Send the events, evenly; the seconds it took."""
    await asyncio.sleep(SETTLES)
    measured.milliseconds.clear()
    began, holds, chatter = time.monotonic(), int(HOLDS * SLICE), int((EVENTS - HOLDS) * SLICE)
    for turn in range(int(SECONDS / SLICE)):
        lines = []
        for number in range(turn * holds, (turn + 1) * holds):
            talk = talks[number % len(talks)]
            lines.append(talk.toggle())
            measured.sent(talk.seat, "hold" if talk.held else "talking", time.time())
        rest = range(turn * chatter, (turn + 1) * chatter)
        lines += [talks[number % len(talks)].chatter(number) for number in rest]
        asterisk.send(b"".join(lines))
        await asyncio.sleep(max(0.0, began + (turn + 1) * SLICE - time.monotonic()))
    took = time.monotonic() - began
    await asyncio.sleep(SETTLES)
    return took
