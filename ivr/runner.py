"""Drives the engine over a telephony session: each effect becomes what the session does.

A call keeps the Flow it began with, whatever is published meanwhile. The runner neither hangs up
nor transfers: it tells where the flow ended, and telephony acts.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

import structlog

from callcenter.core.clock import Clock
from callcenter.telephony.session import Session, SessionGone
from ivr.effects import (
    AskSchedule,
    Collect,
    Count,
    Digits,
    Effect,
    EndedBy,
    Event,
    Fail,
    Gone,
    HangUp,
    Menu,
    Outcome,
    Outside,
    Play,
    Played,
    Record,
    Standing,
    Started,
    Timeout,
    Transfer,
)
from ivr.engine import State, flow_of, step
from ivr.expressions import Value
from ivr.model import Flow
from ivr.nodes.kind import KEYS
from ivr.prompts import PromptLibrary

log = structlog.get_logger()


Stands = Callable[[str, UUID], Standing]
"""(the enterprise's id, the schedule's id) → how it stands now."""


class EndKind(StrEnum):
    TRANSFER = "transfer"
    HANG_UP = "hang_up"
    GONE = "gone"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Visit:
    """The caller left `node` by `exit`; service and version: of the flow that it is in."""

    node: str
    exit: str
    at: datetime
    service: str = ""
    version: int = 0


class Beyond(Protocol):
    """What a flow may do beyond the call; one a call.

    Does not watch the time: whoever calls it does. What it raises is told in the log, and the flow
    takes the effect's way for failures.
    """

    async def __call__(self, effect: Outside) -> Outcome: ...


@dataclass(frozen=True, slots=True)
class Taken:
    """One step of a call. flow: the one that it began with; before, state: before and after it."""

    flow: Flow
    before: State
    event: Event
    state: State
    effects: tuple[Effect, ...]

    @property
    def here(self) -> Flow:
        """The flow that the caller is in now: that one, or one that it led into."""
        return flow_of(self.flow, self.state)

    @property
    def left(self) -> tuple[Visit, ...]:
        """The nodes that this step led out of."""
        return tuple(_visit(effect) for effect in self.effects if isinstance(effect, Count))


class Watcher(Protocol):
    """Is told of each step of a call, as it is taken."""

    def stepped(self, taken: Taken) -> None: ...


async def nothing_beyond(effect: Outside) -> Outcome:
    return Outcome(effect.failed)


class Unwatched:
    def stepped(self, taken: Taken) -> None:
        pass


@dataclass(frozen=True)
class FlowEnd:
    """How a call left a flow.

    target  where a transfer leads, else None
    gone    means that the session ended: a hang-up or a Redirect, which AMI tells apart
    reason  of a failure (effects.Failure), else empty
    node    where the caller was last
    """

    kind: EndKind
    target: Transfer | None
    variables: Mapping[str, Value]
    path: tuple[Visit, ...]
    node: str
    reason: str = ""


_UNWATCHED = Unwatched()


class FlowRunner:
    def __init__(self, library: PromptLibrary, clock: Clock, stands: Stands) -> None:
        self._library = library
        self._clock = clock
        self._stands = stands

    async def run(
        self,
        session: Session,
        flow: Flow,
        variables: Mapping[str, Value],
        beyond: Beyond = nothing_beyond,
        watcher: Watcher = _UNWATCHED,
        *,
        hurried: bool = True,
    ) -> FlowEnd:
        """Answer the call and lead it to the flow's end.

        variables: what the conditions may read from the start; `language` chooses the first one.
        hurried: whether what lies beyond must answer in time; not where a person answers for it.
        """
        state, path = State(variables=dict(variables)), list[Visit]()
        event: Event = await self._answer(session)
        while True:
            before = state
            state, effects = step(flow, before, event, self._clock.now())
            taken = Taken(flow, before, event, state, effects)
            path += taken.left
            watcher.stepped(taken)
            if state.ended:
                end = _end(state, effects, tuple(path))
                log.info(
                    "ivr.ended",
                    call_id=session.call_id,
                    version=flow.version,
                    kind=end.kind,
                    node=end.node,
                    reason=end.reason,
                )
                return end
            event = await self._do(session, taken.here, effects[-1], beyond, hurried=hurried)

    async def _answer(self, session: Session) -> Event:
        try:
            await session.answer()
        except SessionGone:
            return Gone()
        return Started()

    async def _do(
        self, session: Session, flow: Flow, effect: Effect, beyond: Beyond, *, hurried: bool
    ) -> Event:
        try:
            match effect:
                case Play():
                    return await self._play(session, flow, effect)
                case Menu():
                    return await self._menu(session, flow, effect)
                case Collect():
                    return await self._collect(session, flow, effect)
                case AskSchedule():
                    return self._stands(flow.owner, UUID(effect.schedule))
                case Outside():
                    return await self._outside(session, flow, effect, beyond, hurried=hurried)
        except SessionGone:
            return Gone()
        raise AssertionError(f"{type(effect).__name__} does not wait")

    async def _play(self, session: Session, flow: Flow, effect: Play) -> Event:
        files = self._library.paths(effect.prompts, flow.owner)
        digit = await session.play(files, KEYS if effect.interruptible else "")
        return Played(digit or None)

    async def _menu(self, session: Session, flow: Flow, effect: Menu) -> Event:
        files = self._library.paths(effect.prompts, flow.owner)
        # Without a closing key, # is a key like the others.
        key = await session.collect(files, 1, effect.timeout, effect.timeout, "")
        return Digits(key, EndedBy.FULL) if key else Timeout()

    async def _collect(self, session: Session, flow: Flow, effect: Collect) -> Event:
        files = self._library.paths(effect.prompts, flow.owner)
        text = await session.collect(
            files, effect.maximum, effect.timeout, effect.inter_digit, effect.terminator
        )
        if not text:
            return Timeout()
        return Digits(text, EndedBy.FULL if len(text) == effect.maximum else EndedBy.EARLY)

    async def _outside(
        self, session: Session, flow: Flow, effect: Outside, beyond: Beyond, *, hurried: bool
    ) -> Outcome:
        """Never later than the effect allows, and never after the caller has gone."""
        if isinstance(effect, Record):
            await session.play(self._library.paths(effect.prompts, flow.owner))
        asked = asyncio.ensure_future(beyond(effect))
        gone = asyncio.ensure_future(session.gone.wait())
        # Who takes part in it learns by the session itself that it has ended.
        takes_part = hurried and effect.within is None
        watched = {asked} if takes_part else {asked, gone}
        within = effect.within if hurried else None
        try:
            await asyncio.wait(watched, timeout=within, return_when=asyncio.FIRST_COMPLETED)
            if asked.done():
                return asked.result()
        except SessionGone:
            raise
        except Exception:
            log.exception("ivr.failed", call_id=session.call_id, effect=type(effect).__name__)
            return Outcome(effect.failed)
        finally:
            asked.cancel()
            gone.cancel()
        if session.gone.is_set():
            raise SessionGone
        log.warning("ivr.overdue", call_id=session.call_id, effect=type(effect).__name__)
        return Outcome(effect.late or effect.failed)


def _visit(count: Count) -> Visit:
    return Visit(count.node, count.exit, count.at, count.service, count.version)


def _end(state: State, effects: tuple[Effect, ...], path: tuple[Visit, ...]) -> FlowEnd:
    last = effects[-1] if effects else None
    kind, target, reason = EndKind.GONE, None, ""
    match last:
        case Transfer():
            kind, target = EndKind.TRANSFER, last
        case HangUp():
            kind = EndKind.HANG_UP
        case Fail(reason=failure):
            kind, reason = EndKind.FAILED, failure.value
        case _:
            pass
    return FlowEnd(kind, target, dict(state.variables), path, state.node, reason)
