"""What is told of a call in a flow, step by step: of one that is tried in words and of a real one. Pure."""

from collections.abc import Iterable, Sequence
from typing import Any

from ivr.dialogue import Line, Wait, Waits, What
from ivr.effects import (
    AskSchedule,
    Collect,
    Count,
    Digits,
    Effect,
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
    Timeout,
    Transfer,
    Verify,
)
from ivr.engine import State, flow_of
from ivr.model import Clip, Flow, Node
from ivr.nodes import KINDS
from ivr.shapes import dump

VEIL = "•"


class Transcript:
    def __init__(self, flow: Flow) -> None:
        self.lines: list[Line] = []
        self._flow = flow

    def entered(self, state: State, effect: Effect, keys: str) -> None:
        """keys: empty for silence; of a PIN only how many there were is told."""
        text = VEIL * len(keys) if is_secret(self._flow, state, effect) else keys
        self._line(state, What.ENTERED, text=text)

    def pressed(self, state: State, effect: Effect, event: Event) -> None:
        """What a caller on the line did, as `entered`."""
        match event:
            case Digits(text=keys):
                self.entered(state, effect, keys)
            case Timeout():
                self.entered(state, effect, "")
            case Played(digit=key) if key:
                self.entered(state, effect, key)
            case _:
                pass

    def step(self, before: State, event: Event, state: State, effects: Iterable[Effect]) -> None:
        """What the event led to; before, state: where the caller was and is."""
        if isinstance(event, Outcome):
            self._line(before, What.CAME, exit=event.exit)
        if isinstance(event, Gone):
            self._line(state, What.ENDED, text="gone")
        place = (flow_of(self._flow, before).service, before.node)
        waiting: list[Line] = []
        for effect in effects:
            match effect:
                case SetVariable(name=name, value=value):
                    # Within a step variables are set before the way out that they belong to.
                    waiting.append(Line(What.SET, *place, name=name, value=value))
                case Count(node=node, exit=exit_, service=service):
                    self.lines += [_at(line, service, node) for line in waiting]
                    waiting.clear()
                    self.lines.append(Line(What.LEFT, service, node, exit=exit_))
                case _:
                    self.lines += waiting
                    waiting.clear()
                    self._wanted(state, effect)

    def _wanted(self, state: State, effect: Effect) -> None:
        match effect:
            case Play(prompts=clips) | Menu(prompts=clips) | Collect(prompts=clips):
                self._say(state, clips)
            case Record(prompts=clips):
                self._say(state, clips)
                self._line(state, What.ASKED, detail=_shown(effect))
            case Outside() | AskSchedule():
                self._line(state, What.ASKED, detail=_shown(effect))
            case Transfer(kind=kind, target=target):
                where = {"kind": kind.value, "target": target}
                self._line(state, What.ENDED, text="transfer", detail=where)
            case HangUp():
                self._line(state, What.ENDED, text="hang_up")
            case Fail(reason=reason):
                self._line(state, What.ENDED, text=reason.value)

    def _say(self, state: State, clips: Sequence[Clip]) -> None:
        files = [clip.upload for clip in clips if clip.upload]
        texts = tuple(clip.text for clip in clips if not clip.upload)
        if clips:
            self._line(state, What.SAID, texts=texts, detail={"files": files} if files else {})

    def _line(self, state: State, what: What, **more: Any) -> None:
        service = flow_of(self._flow, state).service
        self.lines.append(Line(what, service, state.node, **more))


def waits(flow: Flow, state: State, effect: Effect) -> Waits:
    """What somebody has to enter so that the flow goes on."""
    match effect:
        case Collect(maximum=maximum, terminator=terminator):
            return Waits(Wait.DIGITS, maximum, terminator, is_secret(flow, state, effect))
        case Menu():
            return Waits(Wait.KEY, 1)
    return Waits(Wait.OUTCOME, exits=exits(flow, state, effect), sets=brings(effect))


def exits(flow: Flow, state: State, effect: Effect) -> tuple[str, ...]:
    """How what is wanted beyond the call may turn out."""
    if not isinstance(effect, Outside):
        return ()
    node = _node(flow, state)
    found = KINDS[node.kind].exits(node.settings)
    return (*found, "wrong") if isinstance(effect, Verify) else found


def brings(effect: Effect) -> tuple[str, ...]:
    """The variables that it may set."""
    return effect.brings if isinstance(effect, Outside) else ()


def is_secret(flow: Flow, state: State, effect: Effect) -> bool:
    return isinstance(effect, Collect) and _node(flow, state).kind == "verify"


def _node(flow: Flow, state: State) -> Node:
    return flow_of(flow, state).nodes[state.node]


def _shown(effect: Effect) -> dict[str, Any]:
    """What is wanted, as JSON. A PIN is not among it."""
    told: dict[str, Any] = dump(effect)
    told.pop("prompts", None)
    told.pop("entered", None)
    return {"kind": type(effect).__name__} | told


def _at(line: Line, service: str, node: str) -> Line:
    return Line(line.what, service, node, name=line.name, value=line.value)
