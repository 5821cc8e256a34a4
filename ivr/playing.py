"""A flow as a text dialogue: what a caller would hear, and where the flow stands. Pure.

The whole call is played anew from its entries each time, by the engine that real calls go through;
so nothing is kept between two entries, and a changed flow is tried with the entries so far.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from ivr.dialogue import Act, Dialogue, Entry, Misfit
from ivr.effects import (
    AskSchedule,
    Collect,
    Digits,
    Effect,
    EndedBy,
    Event,
    Gone,
    Menu,
    Outcome,
    Play,
    Played,
    Standing,
    Started,
    Timeout,
)
from ivr.engine import State, flow_of, step
from ivr.expressions import Value
from ivr.model import Flow
from ivr.nodes.schedule import HOLIDAY
from ivr.transcript import Transcript, brings, exits, waits

Answers = Callable[[Effect], Event | None]
"""What is known without the tester: whether a schedule is open, what a query finds; else None."""


def play_out(
    flow: Flow,
    variables: Mapping[str, Value],
    entries: Iterable[Entry],
    now: datetime,
    answers: Answers,
) -> Dialogue:
    """As far as the entries lead. Raises Misfit."""
    return _Play(flow, variables, entries, now, answers).out()


class _Play:
    def __init__(
        self,
        flow: Flow,
        variables: Mapping[str, Value],
        entries: Iterable[Entry],
        now: datetime,
        answers: Answers,
    ) -> None:
        self._flow, self._now, self._answers = flow, now, answers
        self._entries = iter(entries)
        self._used = 0
        self._state = State(variables=variables)
        self._told = Transcript(flow)

    def out(self) -> Dialogue:
        event: Event = Started()
        while True:
            before = self._state
            self._state, effects = step(self._flow, before, event, self._now)
            self._told.step(before, event, self._state, effects)
            if self._state.ended:
                return self._stands(None)
            found = self._next(effects[-1])
            if found is None:
                return self._stands(effects[-1])
            event = found

    def _next(self, effect: Effect) -> Event | None:
        """What answers the effect; None where the entries are used up."""
        if isinstance(effect, Play):
            return Played()
        known = self._answers(effect)
        if known is not None:
            return known
        entry = next(self._entries, None)
        if entry is None:
            return None
        self._used += 1
        event = _event(effect, entry, exits(self._flow, self._state, effect))
        if event is None:
            raise Misfit(self._used - 1)
        if entry.act in (Act.KEYS, Act.SILENCE):
            self._told.entered(self._state, effect, entry.text)
        return event

    def _stands(self, effect: Effect | None) -> Dialogue:
        state = self._state
        wanted = waits(self._flow, state, effect) if effect is not None else None
        lines, service = tuple(self._told.lines), flow_of(self._flow, state).service
        return Dialogue(lines, service, state.node, wanted, state.variables, self._used)


def _event(effect: Effect, entry: Entry, possible: tuple[str, ...]) -> Event | None:
    """None where the entry answers nothing."""
    if entry.act is Act.HANG_UP:
        return Gone()
    if isinstance(effect, Menu | Collect):
        return _pressed(effect, entry)
    if entry.act is not Act.OUTCOME:
        return None
    if isinstance(effect, AskSchedule):
        closed = {"open": True, "closed": False, HOLIDAY: False}
        return Standing(closed.get(entry.exit), holiday=entry.exit == HOLIDAY)
    return turned_out(effect, entry.exit, entry.sets) if entry.exit in possible else None


def turned_out(effect: Effect, exit_: str, sets: Mapping[str, Value]) -> Outcome:
    """As a tester says it: of what is brought only what the effect may bring."""
    return Outcome(exit_, {name: sets[name] for name in brings(effect) if name in sets})


def _pressed(effect: Menu | Collect, entry: Entry) -> Event | None:
    if entry.act is Act.SILENCE:
        return Timeout()
    if entry.act is not Act.KEYS:
        return None
    if isinstance(effect, Menu):
        return Digits(entry.text, EndedBy.FULL) if len(entry.text) == 1 else None
    end = effect.terminator
    text = entry.text.split(end)[0] if end else entry.text
    full = len(text) >= effect.maximum
    how = EndedBy.FULL if full else EndedBy.EARLY
    return Digits(text[: effect.maximum], how) if text else Timeout()
