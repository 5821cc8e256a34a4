"""A flow as a text dialogue: what a caller would hear, and where the flow stands. Pure.

The whole call is played anew from its entries each time, by the engine that real calls go through;
so nothing is kept between two entries, and a changed flow is tried with the entries so far.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from ivr.dialogue import Act, Dialogue, Entry, Line, Misfit, Wait, Waits, What
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
    SetVariable,
    Standing,
    Started,
    Timeout,
    Transfer,
    Verify,
)
from ivr.engine import State, flow_of, step
from ivr.expressions import Value
from ivr.model import Flow
from ivr.nodes import KINDS
from ivr.nodes.schedule import HOLIDAY
from ivr.shapes import dump

VEIL = "•"

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
        self._lines: list[Line] = []

    def out(self) -> Dialogue:
        event: Event = Started()
        while True:
            before = self._state
            self._state, effects = step(self._flow, self._state, event, self._now)
            self._tell(before, event, effects)
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
        event = _event(effect, entry, self._exits(effect))
        if event is None:
            raise Misfit(self._used - 1)
        self._note(effect, entry)
        return event

    def _note(self, effect: Effect, entry: Entry) -> None:
        if entry.act in (Act.KEYS, Act.SILENCE):
            text = VEIL * len(entry.text) if self._is_secret(effect) else entry.text
            self._line(What.ENTERED, text=text)

    def _stands(self, effect: Effect | None) -> Dialogue:
        flow, state = flow_of(self._flow, self._state), self._state
        waits = self._waits(effect) if effect is not None else None
        lines = tuple(self._lines)
        return Dialogue(lines, flow.service, state.node, waits, state.variables, self._used)

    def _waits(self, effect: Effect) -> Waits:
        match effect:
            case Collect(maximum=maximum, terminator=terminator):
                return Waits(Wait.DIGITS, maximum, terminator, self._is_secret(effect))
            case Menu():
                return Waits(Wait.KEY, 1)
        return Waits(Wait.OUTCOME, exits=self._exits(effect), sets=_brings(effect))

    def _is_secret(self, effect: Effect) -> bool:
        return isinstance(effect, Collect) and self._kind() == "verify"

    def _kind(self) -> str:
        return flow_of(self._flow, self._state).nodes[self._state.node].kind

    def _exits(self, effect: Effect) -> tuple[str, ...]:
        if not isinstance(effect, Outside):
            return ()
        node = flow_of(self._flow, self._state).nodes[self._state.node]
        exits = KINDS[node.kind].exits(node.settings)
        return (*exits, "wrong") if isinstance(effect, Verify) else exits

    def _tell(self, before: State, event: Event, effects: Iterable[Effect]) -> None:
        if isinstance(event, Outcome):
            self._line(What.CAME, exit=event.exit)
        if isinstance(event, Gone):
            self._line(What.ENDED, text="gone")
        place = (flow_of(self._flow, before).service, before.node)
        waiting: list[Line] = []
        for effect in effects:
            match effect:
                case SetVariable(name=name, value=value):
                    # Within a step variables are set before the way out that they belong to.
                    waiting.append(Line(What.SET, *place, name=name, value=value))
                case Count(node=node, exit=exit_, service=service):
                    self._lines += [_at(line, service, node) for line in waiting]
                    waiting.clear()
                    self._lines.append(Line(What.LEFT, service, node, exit=exit_))
                case _:
                    self._lines += waiting
                    waiting.clear()
                    self._wanted(effect)

    def _wanted(self, effect: Effect) -> None:
        match effect:
            case Play(prompts=clips) | Menu(prompts=clips) | Collect(prompts=clips):
                self._say(clips)
            case Record(prompts=clips):
                self._say(clips)
                self._line(What.ASKED, detail=_shown(effect))
            case Outside() | AskSchedule():
                self._line(What.ASKED, detail=_shown(effect))
            case Transfer(kind=kind, target=target):
                where = {"kind": kind.value, "target": target}
                self._line(What.ENDED, text="transfer", detail=where)
            case HangUp():
                self._line(What.ENDED, text="hang_up")
            case Fail(reason=reason):
                self._line(What.ENDED, text=reason.value)

    def _say(self, clips: Iterable[Any]) -> None:
        clips = tuple(clips)
        files = [clip.upload for clip in clips if clip.upload]
        texts = tuple(clip.text for clip in clips if not clip.upload)
        if clips:
            self._line(What.SAID, texts=texts, detail={"files": files} if files else {})

    def _line(self, what: What, **more: Any) -> None:
        service = flow_of(self._flow, self._state).service
        self._lines.append(Line(what, service, self._state.node, **more))


def _event(effect: Effect, entry: Entry, exits: tuple[str, ...]) -> Event | None:
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
    if entry.exit not in exits:
        return None
    known = {name: entry.sets[name] for name in _brings(effect) if name in entry.sets}
    return Outcome(entry.exit, known)


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


def _brings(effect: Effect) -> tuple[str, ...]:
    return effect.brings if isinstance(effect, Outside) else ()


def _shown(effect: Effect) -> dict[str, Any]:
    """What is wanted, as JSON. A PIN is not among it."""
    told: dict[str, Any] = dump(effect)
    told.pop("prompts", None)
    told.pop("entered", None)
    return {"kind": type(effect).__name__} | told


def _at(line: Line, service: str, node: str) -> Line:
    return Line(line.what, service, node, name=line.name, value=line.value)
