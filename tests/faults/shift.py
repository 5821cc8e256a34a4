"""People at desk phones, and callers in every stage of a call at once.

Agents act through the product's API; their phones and their callers are the laboratory's.
"""

import asyncio
import json
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np
from redis import Redis

from callcenter.core.addresses import redis_url
from callcenter.people.service.roster import endpoint_name
from callcenter.telephony.ami import AmiError
from callcenter.telephony.session import SessionGone
from deploy.lab.call import LabCall
from deploy.lab.network_files import Phone
from deploy.lab.publicnet import PublicNetwork
from deploy.lab.script import Step
from tests.e2e.people import ENTERPRISE, FLOW_HOTLINE, HOTLINE, Api
from tests.support.stack import Stack

AFTER_IT = {"wrap_up", "not_ready"}
AS_THEY_WERE = ("talking", "consulting", "talking")
DESKS = ("8001", "8002", "8003", "8004", "8101")
TALKER, ASKER, RUNG, SPARE, ASKED = DESKS
WITHIN = 20.0
VOICE, SECOND = 100, 8000
"""Mean amplitude where somebody speaks, and samples."""


@dataclass
class Stages:
    """The callers: in the flow, waiting, offered, in talk, and held while the agent asks."""

    in_flow: LabCall
    waiting: LabCall
    offered: LabCall
    connected: LabCall
    consulting: LabCall

    def lost(self) -> list[str]:
        """Whose call has ended."""
        return [one.name for one in fields(self) if getattr(self, one.name).ended.is_set()]


@dataclass
class Shift:
    stack: Stack
    network: PublicNetwork
    agents: dict[str, Api]
    callers: list[LabCall] = field(default_factory=list)
    phones: list[LabCall] = field(default_factory=list)
    by_number: dict[str, LabCall] = field(default_factory=dict)
    _number: int = 0

    def __post_init__(self) -> None:
        url = redis_url(self.stack.settings, self.stack.secrets)
        self._redis = Redis.from_url(url, decode_responses=True, socket_timeout=2)

    @classmethod
    async def hire(cls, stack: Stack, codes: Iterable[str]) -> tuple[dict[str, Api], list[Phone]]:
        """The administrator puts desk phones on the desks; everybody signs in."""
        admin = await Api.sign_in(stack.url, ENTERPRISE, "admin", stack.password)
        extensions = await admin.get("/extensions", page_size=100)
        by_number = {one["number"]: one for one in extensions["items"]}
        phones = [await _desk_phone(admin, by_number[code]) for code in codes]
        await admin.close()
        agents = {
            code: await Api.sign_in(stack.url, ENTERPRISE, code, stack.password) for code in codes
        }
        return agents, phones

    # -- agents ---------------------------------------------------------------------------------

    async def begin(self) -> None:
        for code, api in self.agents.items():
            await self.registered(code)
            await api.post("/console/sign-in")
            await self.pause(code)

    async def registered(self, code: str) -> None:
        def is_there() -> bool:
            return bool(self._room(code).get("phone", {}).get("registered"))

        await eventually(is_there, f"the phone of {code} is registered")

    def _room(self, code: str) -> dict[str, Any]:
        """What the agent's page would be told; read where it stands, for the page is not open."""
        held = self._redis.hgetall(f"room:agent:{self.id_of(code)}")
        return {key: json.loads(value) for key, value in held.items() if key != "#seq"}

    def _queues(self) -> list[dict[str, Any]]:
        rooms = [self._redis.hgetall(name) for name in self._redis.scan_iter("room:queues:*")]
        return [
            json.loads(v) for held in rooms for k, v in held.items() if k.startswith("service:")
        ]

    def queued(self) -> int:
        return sum(queue["waiting"] for queue in self._queues())

    def longest_since(self) -> str:
        """When the caller came who waits longest; empty where nobody waits."""
        since = (queue["longest_since"] for queue in self._queues() if queue["longest_since"])
        return min(since, default="")

    def telephony_is_ready(self) -> bool:
        """Says the one that runs now, not one that has died."""
        told = json.loads(self._redis.get("status:telephony") or "{}")
        return told.get("pid") == self.stack.process("telephony").pid and told["ready"]

    def call_with(self, code: str) -> str:
        """The id of the call that this agent is on."""
        return str(self._room(code)["agent"]["call_id"])

    async def administrator(self) -> Api:
        stack = self.stack
        return await Api.sign_in(stack.url, ENTERPRISE, "admin", stack.password)

    async def ready(self, code: str) -> None:
        if self.state(code) != "ready":
            await self._state(code, {"state": "ready"})

    async def pause(self, code: str) -> None:
        reason = (await self.agents[code].get("/console"))["reasons"][0]
        await self._state(code, {"state": "not_ready", "reason_id": reason["id"]})

    async def _state(self, code: str, body: dict[str, Any]) -> None:
        answer = await self.agents[code].http.put("/console/state", json=body)
        assert answer.is_success, answer.text

    def state(self, code: str) -> str:
        return str(self._room(code).get("agent", {}).get("state", "offline"))

    def follows(self, code: str) -> str | None:
        """What the agent asked for after the contact under way."""
        return self._room(code)["agent"]["after"]

    async def has_state(self, code: str, *states: str) -> None:
        what = f"{code} is {' or '.join(states)}"
        await eventually(lambda: self.state(code) in states, what, lambda: self.state(code))

    async def rings(self, code: str, within: float = WITHIN) -> LabCall:
        """The call that rings the desk's phone now; what has rung in vain is passed over."""
        phone = endpoint_name(ENTERPRISE, code)
        while True:
            call = await self.network.rings(phone, within)
            self.phones.append(call)
            if not call.ended.is_set():
                return call

    async def answers(self, code: str, within: float = WITHIN) -> LabCall:
        while True:
            call = await self.rings(code, within)
            with suppress(SessionGone):
                await call.answer()
                await self.has_state(code, "talking")
                return call

    async def asks(self, code: str, verb: str, **body: Any) -> None:
        """A verb about the call the agent is on."""
        await self.agents[code].post(f"/calls/{self.call_with(code)}/{verb}", body or None)

    # -- callers --------------------------------------------------------------------------------

    async def caller(self, number: str = HOTLINE, *script: Step) -> LabCall:
        self._number += 1
        own = f"1380000{self._number:04}"
        call = await self.network.call(number, own, script=script)
        self.callers.append(call)
        self.by_number[own] = call
        return call

    async def everybody_busy(self) -> Stages:
        """One caller in each stage of a call."""
        await self.ready(TALKER)
        connected = await self.caller()
        await self.answers(TALKER)
        await self.ready(ASKER)
        consulting = await self.caller()
        await self.answers(ASKER)
        await self.asks(ASKER, "consult", target={"kind": "seat", "value": self.id_of(ASKED)})
        await self.answers(ASKED)
        await self.has_state(ASKER, "consulting")
        # Their wrap-up may be over before a slow machine looks: then they take no other call.
        for code in (TALKER, ASKER):
            await self.pause(code)
        in_flow = await self.caller(FLOW_HOTLINE)
        await asyncio.wait_for(in_flow.answered.wait(), WITHIN)
        await self.ready(RUNG)
        offered = await self.caller()
        await self.has_state(RUNG, "ringing")
        waiting = await self.caller()
        await self.waiting(1)
        return Stages(in_flow, waiting, offered, connected, consulting)

    def on_the_phone(self) -> tuple[str, str, str]:
        """The states of who talks, who consults and who is consulted."""
        return self.state(TALKER), self.state(ASKER), self.state(ASKED)

    def id_of(self, code: str) -> str:
        return str(self.agents[code].me["user"]["id"])

    async def waiting(self, count: int) -> None:
        await eventually(lambda: self.queued() == count, f"{count} waiting", self.queued)

    async def goes_on_meanwhile(self, stages: Stages) -> LabCall:
        """What needs nobody's page: a waiting caller is answered, one hangs up, another comes.

        SPARE must have become ready before; returns the one who came.
        """
        newcomer = await self.caller()
        phone = await self.rings(SPARE)
        await phone.answer()
        await stages.connected.hang_up()
        await asyncio.wait_for(stages.connected.ended.wait(), WITHIN)
        await asyncio.wait_for(newcomer.answered.wait(), WITHIN)
        return newcomer

    async def everybody_is_served(self) -> None:
        """Who was offered and who waited come to talk; the consultation ends as the agent wishes."""
        if self.state(RUNG) == "not_ready":  # it took so long that the ringing was in vain
            await self.ready(RUNG)
        await self.answers(RUNG)
        await self.asks(ASKER, "consult/complete")
        await self.has_state(ASKER, "wrap_up")
        await self.has_state(ASKED, "talking")
        if self.state(SPARE) != "talking":
            await self.ready(SPARE)
            await self.answers(SPARE)

    async def hang_up_all(self) -> None:
        """Every caller; the agents' phones follow by themselves, unless Asterisk has died."""
        await self._hang_up(self.callers)

    async def lines_are_dead(self) -> None:
        """Asterisk died, and told nobody: callers and phones find out by themselves."""
        await self._hang_up(self.callers)
        await self._hang_up(self.phones)

    async def _hang_up(self, calls: list[LabCall]) -> None:
        living = [call for call in calls if not call.ended.is_set()]
        for call in living:
            with suppress(AmiError):
                await call.hang_up()
        for call in living:
            await asyncio.wait_for(call.ended.wait(), WITHIN)
        calls.clear()

    async def finish(self) -> None:
        """Whatever a drill left: no caller, no ringing phone, nobody in wrap-up, nobody ready."""
        await self._hang_up(self.callers)
        await self._hang_up(self.phones)
        for code, api in self.agents.items():
            await self.has_state(code, "ready", "not_ready", "wrap_up", "offline")
            if self.state(code) == "wrap_up":
                await api.post("/console/wrap-up/finish")
            await api.post("/console/sign-out")

    async def close(self) -> None:
        self._redis.close()
        for api in self.agents.values():
            await api.close()


async def _desk_phone(admin: Api, extension: dict[str, Any]) -> Phone:
    path = f"/extensions/{extension['id']}"
    header = {"If-Match": f'"{extension["version"]}"'}
    answer = await admin.http.patch(path, json={"kind": "desk"}, headers=header)
    answer.raise_for_status()
    account = await admin.post(f"{path}/secret")
    return Phone(account["authorization_user"], account["password"])


async def voice_arrives(call: LabCall) -> None:
    """From now on, for a second at least, somebody is heard to speak on the other side."""
    began = len(recorded(call))

    def heard() -> float:
        samples = np.frombuffer(recorded(call)[began & ~1 :], "<i2").astype(int)
        return float(np.abs(samples).mean()) if len(samples) > SECOND else 0.0

    await eventually(lambda: heard() > VOICE, "a voice arrives", heard)


def recorded(call: LabCall) -> bytes:
    """What the caller's side has heard up to now; its file comes into being with the first of it."""
    return call.heard.read_bytes() if call.heard.exists() else b""


async def eventually(
    holds: Callable[[], bool], what: str, seen: Callable[[], object] = lambda: ""
) -> None:
    """Look again until it holds, letting the laboratory's own work go on."""
    try:
        async with asyncio.timeout(WITHIN):
            while not holds():  # noqa: ASYNC110 (what stands in Redis has no event of its own)
                await asyncio.sleep(0.05)
    except TimeoutError:
        raise AssertionError(f"not within {WITHIN:g} s: {what}; seen: {seen()}") from None
