"""Commands from the web: read from the stream, carried out once, answered."""

import asyncio
import json
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from callcenter.acd.agent import AgentEvent, AgentState
from callcenter.callbacks.line import Source
from callcenter.core.bus import entries
from callcenter.core.clock import Clock
from callcenter.core.numbers import Number
from callcenter.telephony.agents import Agents
from callcenter.telephony.ami import AmiError
from callcenter.telephony.callbacks import Callbacks
from callcenter.telephony.control import Control, DialRequest, Refused
from callcenter.telephony.live import RING_SECONDS, Target, TargetKind

log = structlog.get_logger()

STREAM = "telephony.commands"
REPLY_KEPT = 30
REPLY_AGAIN = (0.05, 0.1, 0.2, 0.4, 0.8)
"""Seconds before another try; who asked waits for some five."""

_REMEMBERED = 10_000
_WRAP_UP_EXTENSION = 60

Answer = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Command:
    id: str
    verb: str
    enterprise_id: UUID
    actor_id: UUID
    deadline: float
    reply: str
    body: Mapping[str, Any]

    @classmethod
    def load(cls, fields: Mapping[str, str]) -> "Command":
        """Raises KeyError or ValueError for what the web cannot have meant."""
        body = json.loads(fields["body"])
        if not isinstance(body, dict):
            raise ValueError("the body is no object")  # noqa: TRY004 (one kind of error)
        return cls(
            fields["id"],
            fields["verb"],
            UUID(fields["enterprise_id"]),
            UUID(fields["actor_id"]),
            float(fields["deadline"]) / 1000,
            fields["reply"],
            body,
        )


Verb = Callable[[Command], Awaitable[Answer]]


class VerbGroup(Protocol):
    """Verbs of one matter."""

    def table(self) -> Mapping[str, Verb]: ...


class CallbackVerbs:
    """What is asked of callbacks; every one is the actor's enterprise's."""

    def __init__(self, agents: Agents, callbacks: Callbacks) -> None:
        self._agents = agents
        self._callbacks = callbacks

    def table(self) -> Mapping[str, Verb]:
        return {
            "callback.ask": self._ask,
            "callback.change": self._change,
            "callback.cancel": self._cancel,
        }

    async def _ask(self, command: Command) -> Answer:
        body = command.body
        service = self._agents.directory.service(UUID(body["service_id"]))
        if service is None or service.enterprise_id != command.enterprise_id:
            raise Refused("target-unavailable")
        one, fresh = self._callbacks.ask(
            service, Number.load(body["number"]), Source(body["source"]),
            asked_by=command.actor_id, language=body["language"], note=body["note"],
            not_before=_moment(body.get("not_before")), not_after=_moment(body.get("not_after")),
        )  # fmt: skip
        return {"id": str(one.id), "known": not fresh}

    async def _change(self, command: Command) -> Answer:
        body = command.body
        values: dict[str, Any] = {}
        if "number" in body:
            values["number"] = str(Number.load(body["number"]))
        values |= {key: _moment(body[key]) for key in ("not_before", "not_after") if key in body}
        callback_id = UUID(body["callback_id"])
        self._callbacks.change(callback_id, command.enterprise_id, values)
        return {}

    async def _cancel(self, command: Command) -> Answer:
        callback_id = UUID(command.body["callback_id"])
        self._callbacks.cancel(callback_id, command.enterprise_id, command.actor_id)
        return {}


class Verbs:
    """verb → what it does; each checks that what it touches is the actor's enterprise's."""

    def __init__(
        self,
        agents: Agents,
        control: Control,
        changed: Callable[[], Awaitable[None]],
        *groups: VerbGroup,
    ) -> None:
        self._agents = agents
        self._control = control
        self._changed = changed
        self._table: dict[str, Verb] = {
            "agent.sign_in": self._wish(AgentEvent.SIGN_IN),
            "agent.sign_out": self._wish(AgentEvent.SIGN_OUT),
            "agent.set_ready": self._set_ready,
            "agent.set_not_ready": self._set_not_ready,
            "agent.finish_wrap_up": self._wish(AgentEvent.FINISH),
            "agent.extend_wrap_up": self._extend_wrap_up,
            "agent.force": self._force,
            "presence.lost": self._presence_lost,
            "call.dial": self._dial,
            "call.join": self._join,
            "call.transfer": self._transfer,
            "call.consult": self._consult,
            "call.consult_complete": self._consult_complete,
            "call.consult_cancel": self._consult_cancel,
            "call.rejoin": self._rejoin,
            "call.hang_up": self._hang_up,
            "supervision.listen": self._listen,
            "supervision.stop": self._stop_listening,
            "configuration.changed": self._configuration_changed,
        }
        for group in groups:
            self._table |= group.table()

    async def carry_out(self, command: Command) -> Answer:
        verb = self._table.get(command.verb)
        if verb is None:
            return {"ok": False, "code": "unknown-command", "details": {}}
        try:
            return {"ok": True, "result": await verb(command)}
        except Refused as refusal:
            return {"ok": False, "code": refusal.code, "details": refusal.details}
        except AmiError as error:
            log.warning("command.failed", verb=command.verb, reason=repr(error))
            return {"ok": False, "code": "telephony-unavailable", "details": {}}
        except (KeyError, ValueError, TypeError, AttributeError) as error:
            # Whatever JSON may hold where an id, a text or an object was expected.
            log.warning("command.malformed", verb=command.verb, reason=repr(error))
            return {"ok": False, "code": "malformed-command", "details": {}}

    def _wish(self, event: AgentEvent) -> Callable[[Command], Awaitable[Answer]]:
        async def fire(command: Command) -> Answer:
            return self._fire(command.actor_id, event)

        return fire

    def _fire(self, agent_id: UUID, event: AgentEvent, **details: Any) -> Answer:
        state = self._agents.status(agent_id).state
        if event is AgentEvent.SIGN_IN and state is not AgentState.OFFLINE:
            return {"state": state.value}  # another page of the same agent
        if not self._agents.fire(agent_id, event, **details):
            raise Refused("illegal-state", state=state.value)
        return {"state": self._agents.status(agent_id).state.value}

    async def _set_ready(self, command: Command) -> Answer:
        seat = self._agents.seat(command.actor_id)
        if seat is not None and not self._agents.is_registered(seat):
            raise Refused("phone-not-registered")
        return self._fire(command.actor_id, AgentEvent.SET_READY)

    async def _set_not_ready(self, command: Command) -> Answer:
        reason = command.body.get("reason_id")
        return self._fire(
            command.actor_id, AgentEvent.SET_NOT_READY, reason_id=UUID(reason) if reason else None
        )

    async def _extend_wrap_up(self, command: Command) -> Answer:
        if not self._agents.extend_wrap_up(command.actor_id, _WRAP_UP_EXTENSION):
            raise Refused("illegal-state")
        return {}

    async def _force(self, command: Command) -> Answer:
        agent_id = self._colleague(command)
        event = {
            "ready": AgentEvent.SET_READY,
            "not_ready": AgentEvent.SET_NOT_READY,
            "offline": AgentEvent.SIGN_OUT,
        }[command.body["state"]]
        return self._fire(agent_id, event)

    def _colleague(self, command: Command) -> UUID:
        agent_id = UUID(command.body["agent_id"])
        seat = self._agents.seat(agent_id)
        if seat is None or seat.enterprise_id != command.enterprise_id:
            raise Refused("target-unavailable")
        return agent_id

    async def _presence_lost(self, command: Command) -> Answer:
        if self._agents.status(command.actor_id).state is not AgentState.OFFLINE:
            self._agents.fire(command.actor_id, AgentEvent.PRESENCE_LOST)
            await self._control.desert(command.actor_id)
        return {}

    async def _dial(self, command: Command) -> Answer:
        body = command.body
        request = DialRequest(
            number=body["number"],
            display_number=body["display_number"],
            call_id=_optional(body.get("call_id")),
            customer_id=_optional(body.get("customer_id")),
            attempt_id=_optional(body.get("attempt_id")),
            ring_seconds=body.get("ring_seconds") or RING_SECONDS,
        )
        return {"call_id": str(await self._control.dial(command.actor_id, request))}

    async def _join(self, command: Command) -> Answer:
        conference_id = UUID(command.body["conference_id"])
        return {"call_id": str(await self._control.join(command.actor_id, conference_id))}

    async def _transfer(self, command: Command) -> Answer:
        await self._control.transfer(command.actor_id, _call(command), _target(command))
        return {}

    async def _consult(self, command: Command) -> Answer:
        await self._control.consult(command.actor_id, _call(command), _target(command))
        return {}

    async def _consult_complete(self, command: Command) -> Answer:
        await self._control.consult_complete(command.actor_id, _call(command))
        return {}

    async def _consult_cancel(self, command: Command) -> Answer:
        await self._control.consult_cancel(command.actor_id, _call(command))
        return {}

    async def _rejoin(self, command: Command) -> Answer:
        await self._control.rejoin(command.actor_id, _call(command))
        return {}

    async def _hang_up(self, command: Command) -> Answer:
        await self._control.hang_up(command.actor_id, _call(command))
        return {}

    async def _listen(self, command: Command) -> Answer:
        agent_id = self._colleague(command)
        return {"id": await self._control.listen(command.actor_id, agent_id)}

    async def _stop_listening(self, command: Command) -> Answer:
        await self._control.stop_listening(command.enterprise_id, command.body["id"])
        return {}

    async def _configuration_changed(self, _command: Command) -> Answer:
        await self._changed()
        return {}


class CommandReader:
    """Reads the stream; each command in a task of its own, so a slow one delays no other."""

    def __init__(self, redis: Redis, clock: Clock, verbs: Verbs) -> None:
        self._redis = redis
        self._clock = clock
        self._verbs = verbs
        self._answers: OrderedDict[str, asyncio.Future[Answer]] = OrderedDict()
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        last = "$"
        while True:
            try:
                if last == "$":
                    last = await self._newest()
                answer = await self._redis.xread({STREAM: last}, count=100, block=2_000)
            except (RedisError, OSError) as error:
                log.warning("commands.no_redis", reason=repr(error))
                await asyncio.sleep(0.2)
                continue
            for entry_id, fields in entries(answer):
                last = entry_id
                task = asyncio.create_task(self._handle(fields))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)

    async def _newest(self) -> str:
        """Where the stream ends now: commands of an earlier life have met their deadline."""
        newest = await self._redis.xrevrange(STREAM, count=1)
        return str(newest[0][0]) if newest else "0-0"

    async def _handle(self, fields: Mapping[str, str]) -> None:
        try:
            command = Command.load(fields)
        except (KeyError, ValueError) as error:
            log.warning("command.unreadable", reason=repr(error))
            return
        with structlog.contextvars.bound_contextvars(command=command.verb, id=command.id):
            await self._reply(command, await self._once(command))

    async def _reply(self, command: Command, answer: Answer) -> None:
        """Several times, if need be: a connection that Redis's own restart broke fails only once,

        and who asked would take what was done for not done.
        """
        for pause in REPLY_AGAIN:
            try:
                pipeline = self._redis.pipeline()
                pipeline.lpush(command.reply, json.dumps(answer))
                pipeline.expire(command.reply, REPLY_KEPT)
                await pipeline.execute()
            except (RedisError, OSError) as error:
                log.warning("command.unanswered", reason=repr(error), again_in=pause)
                await asyncio.sleep(pause)
            else:
                return

    async def _once(self, command: Command) -> Answer:
        """A repeat answers as the first one does, also while that is still under way."""
        if (earlier := self._answers.get(command.id)) is not None:
            return await asyncio.shield(earlier)
        if self._clock.now().timestamp() > command.deadline:
            return {"ok": False, "code": "too-late", "details": {}}
        doing = self._answers[command.id] = asyncio.ensure_future(self._verbs.carry_out(command))
        if len(self._answers) > _REMEMBERED:
            self._answers.popitem(last=False)
        return await asyncio.shield(doing)


def _call(command: Command) -> UUID:
    return UUID(command.body["call_id"])


def _target(command: Command) -> Target:
    target = command.body["target"]
    return Target(TargetKind(target["kind"]), target["value"])


def _moment(value: str | None) -> datetime | None:
    return datetime.fromisoformat(value) if value else None


def _optional(value: str | None) -> UUID | None:
    return UUID(value) if value else None
