"""Drafts that are tried on a phone: led as real calls are, and nothing of them stays behind.

A trial is no call of the ledger. Records are read, and what changes something is done, only where the
tester chose it; for all else the tester says how it turns out, and waits with music until then.
Ratings, callbacks and messages are always the tester's to say: they are kept with calls, and there
is none.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import structlog

from callcenter.core.clock import Clock
from callcenter.core.db import Database
from callcenter.core.errors import AppError
from callcenter.core.ids import new_id
from callcenter.core.numbers import Number
from callcenter.core.tenant import Scope
from callcenter.processes.seams import standing
from callcenter.processes.telephony.beyond import Beyonds
from callcenter.processes.telephony.customers import FlowCustomers
from callcenter.telephony.commands import Answer, Command, Verb
from callcenter.telephony.control import Refused
from callcenter.telephony.directory import Directory
from callcenter.telephony.errands import Errand, Errands
from callcenter.telephony.live import Direction, LiveCall
from callcenter.telephony.outlet import Rooms, flow_room
from callcenter.telephony.session import Session
from ivr.dialogue import Dialogue, Waits
from ivr.effects import (
    Effect,
    KeepAnswer,
    Notify,
    Outcome,
    Outside,
    Query,
    Request,
    Standing,
    Verify,
    Write,
    awaits,
)
from ivr.expressions import Value
from ivr.model import Flow
from ivr.phrases import fixed
from ivr.playing import turned_out
from ivr.prompts import PromptLibrary
from ivr.runner import Beyond, EndKind, FlowEnd, FlowRunner, Taken
from ivr.shapes import dump
from ivr.transcript import Transcript, waits
from ivr.trying import drafted

log = structlog.get_logger()

SHOWN_SECONDS = 120.0
"""That a trial is still shown after its end."""

_READS = (Query,)
_ACTS = (Write, Request, Verify, Notify)


@dataclass(frozen=True)
class Wish:
    """What is tried. reads, acts: whether records are read, and changes made, in earnest."""

    flow: Flow
    caller: Number
    called: str
    at: datetime | None
    variables: Mapping[str, Value]
    reads: bool
    acts: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialParts:
    """What every trial is made of."""

    clock: Clock
    rooms: Rooms
    library: PromptLibrary
    customers: FlowCustomers
    beyonds: Beyonds
    directory: Callable[[], Directory]


class TrialCall:
    """One trial: `ivr.runner.Watcher` and `Beyond` of its flow, and what its room shows."""

    def __init__(self, parts: TrialParts, wish: Wish, actor_id: UUID, extension: str) -> None:
        self.id = new_id()
        self.actor_id = actor_id
        self._parts = parts
        self._wish = wish
        self._extension = extension
        self._since = parts.clock.now()
        self._told = Transcript(wish.flow)
        self._state, self._why = "ringing", ""
        self._taken: Taken | None = None
        self._asked: asyncio.Future[Outcome] | None = None
        self._session: Session | None = None
        self._real: Beyond | None = None
        flow = wish.flow
        self._room = flow_room(UUID(flow.owner), UUID(flow.service))
        self._call = LiveCall(
            id=self.id, enterprise_id=UUID(flow.owner), direction=Direction.INTERNAL,
            started_at=self._since, customer=wish.caller, access_number=wish.called,
        )  # fmt: skip

    def rings(self) -> None:
        self._show()

    async def work(self, session: Session) -> None:
        """Whoever picked up is led through the flow. Raises SessionGone."""
        parts, wish = self._parts, self._wish
        self._session, self._state = session, "talking"
        self._real = parts.beyonds.of(session, self._call, in_ledger=False)
        known: dict[str, Value] = {"caller": wish.caller.national, "called": wish.called}
        if wish.reads:
            known |= await parts.customers.of(wish.flow, self._call)
        runner = FlowRunner(parts.library, parts.clock, self._stands)
        variables = known | dict(wish.variables)
        end = await runner.run(session, wish.flow, variables, self, self, hurried=False)
        await self._farewell(session, end)

    def over(self, why: str) -> None:
        """why: empty for one that was picked up."""
        self._state, self._why = "ended", why
        self._show()
        asyncio.get_running_loop().call_later(SHOWN_SECONDS, self._forget)

    def stepped(self, taken: Taken) -> None:
        if self._taken is not None:
            self._told.pressed(taken.before, self._taken.effects[-1], taken.event)
        self._told.step(taken.before, taken.event, taken.state, taken.effects)
        self._taken = taken
        effect = taken.effects[-1] if taken.effects else None
        is_asked = isinstance(effect, Outside) and self._is_testers(effect)
        self._asked = asyncio.get_running_loop().create_future() if is_asked else None
        self._show()

    async def __call__(self, effect: Outside) -> Outcome:
        if isinstance(effect, KeepAnswer):
            return Outcome("answered")
        if not self._is_testers(effect):
            return await self._really(effect)
        assert self._session is not None
        assert self._asked is not None
        await self._session.music(True)
        outcome = await self._asked
        await self._session.music(False)
        return outcome

    def turns_out(self, exit_: str, sets: Mapping[str, Value]) -> None:
        """The tester's answer for what lies beyond. Raises Refused where none is waited for."""
        waiting, taken = self._waits(), self._taken
        if taken is None or waiting is None or exit_ not in waiting.exits:
            raise Refused("illegal-state")
        if self._asked is None or self._asked.done():
            raise Refused("illegal-state")
        self._asked.set_result(turned_out(taken.effects[-1], exit_, sets))

    def _is_testers(self, effect: Effect) -> bool:
        if isinstance(effect, KeepAnswer):
            return False
        wish = self._wish
        really = (_READS if wish.reads else ()) + (_ACTS if wish.acts else ())
        return not isinstance(effect, really)

    async def _really(self, effect: Outside) -> Outcome:
        assert self._real is not None
        try:
            return await asyncio.wait_for(self._real(effect), effect.within)
        except TimeoutError:
            return Outcome(effect.late or effect.failed)

    async def _farewell(self, session: Session, end: FlowEnd) -> None:
        key = {EndKind.TRANSFER: "trial.transfer", EndKind.FAILED: "ivr.failed"}.get(end.kind)
        if key is not None:
            language = self._wish.flow.language(end.variables.get("language"))
            await session.play(self._parts.library.paths(fixed(key, language)))

    def _stands(self, enterprise: str, schedule_id: UUID) -> Standing:
        at = self._wish.at or self._parts.clock.now()
        return standing(self._parts.directory().hours(UUID(enterprise), schedule_id), at)

    def _waits(self) -> Waits | None:
        taken = self._taken
        if taken is None or taken.state.ended or self._state == "ended":
            return None
        effect = taken.effects[-1]
        if isinstance(effect, Outside) and not self._is_testers(effect):
            return None
        found = waits(taken.flow, taken.state, effect) if awaits(effect) else None
        return found if found and (found.exits or found.maximum) else None

    def _show(self) -> None:
        taken = self._taken
        dialogue = Dialogue(
            tuple(self._told.lines),
            taken.here.service if taken else self._wish.flow.service,
            taken.state.node if taken else "",
            self._waits(),
            taken.state.variables if taken else {},
            0,
        )
        about = {
            "id": str(self.id),
            "by": str(self.actor_id),
            "phone": self._extension,
            "state": self._state,
            "why": self._why,
            "since": self._since.isoformat().replace("+00:00", "Z"),
            "problems": [],
        }
        self._parts.rooms.set(self._room, self._key, dump(dialogue) | about)

    def _forget(self) -> None:
        self._parts.rooms.set(self._room, self._key, None)

    @property
    def _key(self) -> str:
        return f"trial:{self.id}"


class Trials:
    """The verbs of trying on a phone."""

    def __init__(
        self,
        database: Database,
        errands: Errands,
        parts: TrialParts,
        provisioned: Callable[[], Awaitable[None]],
    ) -> None:
        """provisioned: returns when Asterisk knows the phones that are lent now."""
        self._database = database
        self._provisioned = provisioned
        self._errands = errands
        self._parts = parts
        self._trials: dict[UUID, TrialCall] = {}

    def table(self) -> Mapping[str, Verb]:
        return {
            "phone.lend": self._lend,
            "phone.return": self._take_back,
            "flow.try": self._try,
            "flow.try_answer": self._answer,
            "flow.try_stop": self._stop,
        }

    async def _lend(self, command: Command) -> Answer:
        phone = self._errands.lent.lend(command.actor_id, command.enterprise_id)
        await self._provisioned()
        return {"endpoint": phone.endpoint, "secret": phone.secret}

    async def _take_back(self, command: Command) -> Answer:
        self._errands.lent.take_back(command.actor_id)
        return {}

    async def _try(self, command: Command) -> Answer:
        body = command.body
        service_id, extension = UUID(body["service_id"]), str(body.get("phone") or "")

        def load() -> Flow:
            with self._database.begin(Scope(command.enterprise_id)) as session:
                return drafted(session, service_id)[0]

        try:
            flow = await asyncio.to_thread(load)
        except AppError as fault:
            # It was whole when it was asked for, and is not any more.
            raise Refused("target-unavailable", state=fault.code) from fault
        wish = Wish(
            flow, Number.load(body["caller"]), str(body["called"]),
            _moment(body.get("at")), dict(body["variables"]), bool(body["reads"]),
            bool(body["acts"]),
        )  # fmt: skip
        trial = TrialCall(self._parts, wish, command.actor_id, extension)
        errand = Errand(
            command.actor_id, command.enterprise_id, str(body.get("shown") or ""), trial.work,
            lambda why: self._ended(trial, why),
        )  # fmt: skip
        await self._errands.ring(errand, extension, trial.id)
        self._trials[trial.id] = trial
        trial.rings()
        return {"id": str(trial.id)}

    def _ended(self, trial: TrialCall, why: str) -> None:
        self._trials.pop(trial.id, None)
        trial.over(why)

    async def _answer(self, command: Command) -> Answer:
        trial = self._own(command)
        trial.turns_out(str(command.body["exit"]), dict(command.body["sets"]))
        return {}

    async def _stop(self, command: Command) -> Answer:
        await self._errands.hang_up(command.enterprise_id, self._own(command).id)
        return {}

    def _own(self, command: Command) -> TrialCall:
        trial = self._trials.get(UUID(command.body["id"]))
        if trial is None or trial.actor_id != command.actor_id:
            raise Refused("unknown-call")
        return trial


def _moment(value: str | None) -> datetime | None:
    return datetime.fromisoformat(value) if value else None
