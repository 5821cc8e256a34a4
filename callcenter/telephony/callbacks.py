"""Callbacks: they wait in the queue as callers do, and an agent who is matched dials the customer.

Telephony alone changes them, and each change is a fact: folded in memory they survive a restart,
and keep their place by `queued_at`. One is open for a service and a number; asked again it stays.
"""

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

import structlog

from callcenter.acd.agent import AgentEvent
from callcenter.acd.queue import Matcher, Waiting
from callcenter.callbacks.line import (
    CallbackPlan,
    OpenCallback,
    Reason,
    Source,
    Standing,
    expires,
    standing,
)
from callcenter.calls.events import Fact, FactType
from callcenter.core.clock import Clock
from callcenter.core.ids import fact_id, new_id
from callcenter.core.numbers import Number, NumberKind
from callcenter.people.service import SeatPlan
from callcenter.routing.service import ServicePlan
from callcenter.telephony.agents import Agents
from callcenter.telephony.control import Control, Refused
from callcenter.telephony.distribution import Distribution
from callcenter.telephony.live import Direction, LiveCall, Party
from callcenter.telephony.outlet import Facts
from callcenter.telephony.session import Session
from callcenter.telephony.switchboard import Switchboard

log = structlog.get_logger()

LOOK_EVERY = 1.0
DECLINED_PAUSE = timedelta(seconds=30)
"""An agent who did not dial has cost the customer nothing, but is not asked again at once."""
TRIES = 3
ANSWER_SECONDS, DIGIT_SECONDS, MOST_DIGITS = 8.0, 4.0, 20


class Wording(Protocol):
    """Files that say something in the caller's language."""

    def phrase(self, call: LiveCall, key: str) -> Sequence[str]: ...

    def digits(self, call: LiveCall, number: str) -> Sequence[str]: ...


class Callbacks:
    def __init__(
        self,
        clock: Clock,
        agents: Agents,
        board: Switchboard,
        matcher: Matcher,
        distribution: Distribution,
        control: Control,
        facts: Facts,
        wording: Wording,
    ) -> None:
        self._clock = clock
        self._agents = agents
        self._board = board
        self._matcher = matcher
        self._distribution = distribution
        self._control = control
        self._facts = facts
        self._wording = wording
        self._open: dict[UUID, OpenCallback] = {}
        self.spawn: Callable[[Coroutine[Any, Any, None]], None] = _never

    # -- asked for --------------------------------------------------------------------------

    async def ask_caller(self, session: Session, call: LiveCall, service: ServicePlan) -> bool:
        """Confirm the caller's number, or take another one. True: taken, and the caller is told.

        Raises SessionGone; what was not confirmed by then is not asked for.
        """
        number = self._dialable(call.enterprise_id, call.customer.national)
        for _ in range(TRIES):
            if number is not None:
                asked = self._wording.phrase(call, "callback.number")
                spoken = self._wording.digits(call, number.national)
                choose = self._wording.phrase(call, "callback.confirm")
                key = await session.collect(
                    [*asked, *spoken, *choose], 1, ANSWER_SECONDS, DIGIT_SECONDS, ""
                )
                if key == "1":
                    return await self._taken(session, call, service, number)
                if key != "2":
                    return False
            entered = await session.collect(
                self._wording.phrase(call, "callback.enter"), MOST_DIGITS, ANSWER_SECONDS,
                DIGIT_SECONDS,
            )  # fmt: skip
            number = self._dialable(call.enterprise_id, entered)
            if number is None:
                await session.play(self._wording.phrase(call, "callback.invalid"))
        return False

    async def _taken(
        self, session: Session, call: LiveCall, service: ServicePlan, number: Number
    ) -> bool:
        source = Source.QUEUE if call.in_queue else Source.FLOW
        _, fresh = self.ask(
            service, number, source, call_id=call.id, language=call.language,
            display_number=call.access_number, queued_at=call.queued_at if call.in_queue else None,
            priority=call.priority if call.in_queue else None,
        )  # fmt: skip
        self._board.settle(call, "callback")
        said = "callback.taken" if fresh else "callback.known"
        await session.play(self._wording.phrase(call, said))
        return True

    def ask(
        self,
        service: ServicePlan,
        number: Number,
        source: Source,
        *,
        call_id: UUID | None = None,
        language: str = "zh-CN",
        display_number: str = "",
        queued_at: datetime | None = None,
        priority: int | None = None,
        not_before: datetime | None = None,
        not_after: datetime | None = None,
        asked_by: UUID | None = None,
        note: str = "",
    ) -> tuple[OpenCallback, bool]:
        """The open one for this service and number, and whether it is new."""
        known = self._known(service.id, str(number))
        if known is not None:
            return known, False
        now, plan = self._clock.now(), self._plan(service.id)
        one = OpenCallback(
            new_id(),
            service.enterprise_id,
            service.id,
            str(number),
            display_number or self._shown(service.enterprise_id),
            language,
            service.priority if priority is None else priority,
            queued_at or now,
            not_before,
            not_after or expires(plan, now, not_before),
            asked_in=call_id,
            note=note,
        )
        self._open[one.id] = one
        self._tell_asked(one, {"origin": source.value, "call_id": call_id, "asked_by": asked_by})
        self._distribution.queues_changed(service.id)
        self._place(one)
        return one, True

    def change(self, callback_id: UUID, enterprise_id: UUID, values: Mapping[str, Any]) -> None:
        """number, not_before, not_after. Raises Refused."""
        one = self._find(callback_id, enterprise_id)
        if one.call_id is not None:
            raise Refused("illegal-state", state="dialling")
        changed = replace(one, **values)
        if self._known(changed.service_id, changed.number) not in (None, one):
            raise Refused("illegal-state", state="known")
        self._open[one.id] = changed
        self._tell_asked(changed, {})
        self._place(changed)

    def cancel(self, callback_id: UUID, enterprise_id: UUID, by: UUID) -> None:
        """Raises Refused; an attempt under way goes on, and no other follows."""
        self._end(self._find(callback_id, enterprise_id), Reason.CANCELLED, by)

    def _known(self, service_id: UUID, number: str) -> OpenCallback | None:
        wanted = (service_id, number)
        return next(
            (one for one in self._open.values() if (one.service_id, one.number) == wanted), None
        )

    def _find(self, callback_id: UUID, enterprise_id: UUID) -> OpenCallback:
        one = self._open.get(callback_id)
        if one is None or one.enterprise_id != enterprise_id:
            raise Refused("unknown-callback")
        return one

    def _dialable(self, enterprise_id: UUID, raw: str) -> Number | None:
        """None also for a short number: whoever asks is outside, and so is the telephone."""
        try:
            number = self._control.dialable(enterprise_id, raw)
        except Refused:
            return None
        return number if number.kind in (NumberKind.E164, NumberKind.SERVICE) else None

    def _shown(self, enterprise_id: UUID) -> str:
        plan = self._agents.directory.plan
        numbers = plan.numbers_of(enterprise_id) if plan else []
        return next((number.number for number in numbers if number.enabled), "")

    # -- in line ----------------------------------------------------------------------------

    def restore(self, rows: Iterable[OpenCallback]) -> None:
        """What the journal remembers; an attempt that is under way in Asterisk is followed on."""
        for one in rows:
            self._open[one.id] = one
        for call in self._board.calls.values():
            under_way = self._open.get(call.callback_id) if call.callback_id else None
            if under_way is not None and call.ended_at is None:
                under_way.call_id, under_way.agent_id = call.id, call.agent_id

    async def run(self) -> None:
        """Look who may be dialled now: hours come and go, pauses end, and so do callbacks."""
        while True:
            self.look()
            await asyncio.sleep(LOOK_EVERY)

    def look(self) -> None:
        for one in list(self._open.values()):
            self._place(one)

    def waiting_in(self, service_id: UUID) -> int:
        return sum(one.service_id == service_id for one in self._open.values())

    def _place(self, one: OpenCallback) -> None:
        """Into the line, or out of it, as it stands now."""
        if one.call_id is not None:
            return
        stands = self._standing(one)
        if stands is Standing.EXPIRED:
            self._end(one, Reason.EXPIRED)
        elif stands is Standing.RESTING:
            self._take_out(one)
        elif one.id not in self._distribution.others:
            self._distribution.others[one.id] = lambda agent_id: self._matched(one.id, agent_id)
            self._matcher.add(
                Waiting(one.id, one.service_id, one.priority, one.queued_at, callback=True)
            )
            self._distribution.dispatch()

    def _take_out(self, one: OpenCallback) -> None:
        self._matcher.remove(one.id)
        self._distribution.others.pop(one.id, None)

    def _standing(self, one: OpenCallback) -> Standing:
        asking = self._board.calls.get(one.asked_in) if one.asked_in else None
        if asking is not None and asking.ended_at is None:
            return Standing.RESTING
        directory, now = self._agents.directory, self._clock.now()
        plan = self._plan(one.service_id)
        shut = plan.schedule_id is not None and not directory.is_open(
            one.enterprise_id, plan.schedule_id, now
        )
        local = now.astimezone(directory.zone(one.enterprise_id)).time()
        return standing(one, plan, now, local, is_open=not shut)

    def _plan(self, service_id: UUID) -> CallbackPlan:
        return self._agents.directory.callback_plans.get(service_id, CallbackPlan())

    # -- dialled ----------------------------------------------------------------------------

    def _matched(self, callback_id: UUID, agent_id: UUID) -> bool:
        """False where the agent cannot be had after all: the callback keeps its place."""
        one, seat = self._open.get(callback_id), self._agents.seat(agent_id)
        if one is None or seat is None:
            return False
        call_id = new_id()
        if not self._agents.fire(agent_id, AgentEvent.RESERVE, call_id=call_id):
            return False
        self._distribution.others.pop(callback_id, None)
        one.call_id, one.agent_id = call_id, agent_id
        self.spawn(self._dial(one, seat, call_id))
        return True

    async def _dial(self, one: OpenCallback, seat: SeatPlan, call_id: UUID) -> None:
        number, now = Number.load(one.number), self._clock.now()
        call = LiveCall(
            id=call_id,
            enterprise_id=one.enterprise_id,
            direction=Direction.OUTBOUND,
            started_at=now,
            customer=number,
            agent_id=seat.user_id,
            service_id=one.service_id,
            dialled=number.national,
            display_number=one.display_number,
            access_number=one.display_number,
            language=one.language,
            callback_id=one.id,
            callback_note=one.note,
        )
        try:
            await self._control.place(seat, call, "agi")
        except Refused as refusal:
            log.warning("callback.not_dialled", call_id=str(call_id), reason=refusal.code)

    def joined(self, call: LiveCall) -> None:
        """Customer and agent talk: the callback is done; who called in need not be called back."""
        if call.callback_id is not None:
            if one := self._open.get(call.callback_id):
                self._tell_attempt(one, call, "answered", one.attempts + 1)
                self._end(one, Reason.DONE, call.agent_id)
            return
        if call.direction is Direction.INBOUND:
            for one in list(self._open.values()):
                same = (one.enterprise_id, one.number) == (call.enterprise_id, str(call.customer))
                if same and call.customer.value:
                    self._end(one, Reason.CALLED_IN, call.agent_id)

    def over(self, call: LiveCall) -> None:
        """An attempt came to nothing: what the customer did counts, what the agent did does not."""
        one = self._open.get(call.callback_id) if call.callback_id else None
        if one is None or one.call_id != call.id:
            return
        one.call_id = None
        now, plan = self._clock.now(), self._plan(one.service_id)
        if not call.customer_leg or call.first_left is Party.AGENT or call.result == "cancelled":
            one.retry_at = now + DECLINED_PAUSE
            self._tell_attempt(one, call, "agent_gone", one.attempts)
        else:
            one.attempts += 1
            one.retry_at = now + timedelta(seconds=plan.pause_seconds)
            self._tell_attempt(one, call, call.result, one.attempts)
        if one.attempts >= plan.attempts:
            self._end(one, Reason.EXHAUSTED)
        else:
            self._place(one)

    # -- told -------------------------------------------------------------------------------

    def _end(self, one: OpenCallback, reason: Reason, by: UUID | None = None) -> None:
        self._take_out(one)
        self._open.pop(one.id, None)
        self._tell(FactType.CALLBACK_ENDED, one, (), {"reason": reason.value}, agent_id=by)
        self._distribution.queues_changed(one.service_id)

    def _tell_asked(self, one: OpenCallback, more: Mapping[str, Any]) -> None:
        """Told again when its number or its window has changed; `more` is of the first time."""
        data = {
            "service_id": one.service_id,
            "number": one.number,
            "display_number": one.display_number,
            "language": one.language,
            "priority": one.priority,
            "queued_at": one.queued_at,
            "not_before": one.not_before,
            "not_after": one.not_after,
            "note": one.note,
            **more,
        }
        moment = int(self._clock.now().timestamp() * 1_000_000)
        call_id = more.get("call_id")
        self._tell(FactType.CALLBACK_ASKED, one, (moment,), data, call_id=call_id)

    def _tell_attempt(self, one: OpenCallback, call: LiveCall, outcome: str, number: int) -> None:
        data = {"attempts": number, "outcome": outcome, "retry_at": one.retry_at}
        self._tell(
            FactType.CALLBACK_ATTEMPTED, one, (call.id,), data, call_id=call.id,
            agent_id=call.agent_id,
        )  # fmt: skip

    def _tell(
        self,
        kind: FactType,
        one: OpenCallback,
        name: tuple[object, ...],
        data: Mapping[str, Any],
        *,
        call_id: UUID | None = None,
        agent_id: UUID | None = None,
    ) -> None:
        plain = {key: _plain(value) for key, value in data.items() if key != "call_id"}
        self._facts.emit(
            Fact(
                id=fact_id("callback", one.id, kind, *name),
                type=kind,
                at=self._clock.now(),
                enterprise_id=one.enterprise_id,
                call_id=call_id,
                agent_id=agent_id,
                data={"callback_id": str(one.id), **plain},
                source="agi",
            )
        )


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return str(value) if isinstance(value, UUID) else value


def _never(work: Coroutine[Any, Any, None]) -> None:
    work.close()
    raise AssertionError("the composition root says where attempts run")
