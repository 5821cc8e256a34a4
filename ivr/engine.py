"""The flow engine: (state, event, now) → (state, effects). Pure: no I/O, no clock, no chance.

A step runs until the flow waits for the caller or ends. Of its effects only the last may wait
(effects.awaits); then the next event must be its answer, or Gone.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

from ivr.effects import (
    Count,
    Effect,
    Event,
    Fail,
    Failure,
    Gone,
    HangUp,
    SetVariable,
    Started,
    Variables,
)
from ivr.expressions import Value
from ivr.model import Flow, Node
from ivr.nodes import KINDS
from ivr.nodes.kind import Back, End, Here, Into, Leave, NodeKind, Stay, Step, UnexpectedEvent

MOST_STEPS = 200
"""Nodes that one call may enter: a loop that validation cannot see ends here."""

DEEPEST = 5
"""Flows that one may lead into from within another."""


@dataclass(frozen=True)
class Frame:
    """service: the flow that was led into; node: where it was, in the flow around it."""

    service: str
    node: str


@dataclass(frozen=True)
class State:
    """A caller in a flow. node: empty before the start.

    refused  answers turned down in this visit to the node
    kept     what the node keeps of this visit
    entered  nodes entered so far
    within   the flows that were led into, the innermost last
    """

    variables: Variables = field(default_factory=lambda: MappingProxyType({}))
    node: str = ""
    refused: int = 0
    kept: tuple[str, ...] = ()
    entered: int = 0
    ended: bool = False
    within: tuple[Frame, ...] = ()


def flow_of(flow: Flow, state: State) -> Flow:
    """The flow that the caller is in now: the one given, or one that it led into."""
    return flow.flows[state.within[-1].service] if state.within else flow


def outer_places(flow: Flow, state: State) -> Iterator[tuple[Flow, str]]:
    """The flows that the caller is in besides the innermost, and the node each is at; inner ones first."""
    for depth in range(len(state.within) - 1, -1, -1):
        outer = flow.flows[state.within[depth - 1].service] if depth else flow
        yield outer, state.within[depth].node


def step(flow: Flow, state: State, event: Event, now: datetime) -> tuple[State, tuple[Effect, ...]]:
    """Follow the event as far as it leads; raises UnexpectedEvent for one that fits nothing."""
    if isinstance(event, Gone) and not state.ended:
        return replace(state, ended=True), ()
    if state.ended or isinstance(event, Started) is not (state.node == ""):
        raise UnexpectedEvent(type(event).__name__)
    walk = _Walk(flow, state, now)
    if isinstance(event, Started):
        walk.set("language", flow.language(state.variables.get("language")))
        walk.enter(flow.start)
    else:
        kind, node = walk.place()
        walk.follow(node, kind.answer(node.settings, walk.here(), event))
    return walk.state, tuple(walk.effects)


class _Walk:
    """The way that one event leads; lives within one step."""

    def __init__(self, flow: Flow, state: State, now: datetime) -> None:
        self._whole = flow
        self._now = now
        self.state = state
        self.effects: list[Effect] = []

    @property
    def flow(self) -> Flow:
        return flow_of(self._whole, self.state)

    def place(self) -> tuple[NodeKind[Any], Node]:
        node = self.flow.nodes[self.state.node]
        return KINDS[node.kind], node

    def here(self) -> Here:
        state = self.state
        language = self.flow.language(state.variables.get("language"))
        return Here(language, state.variables, state.refused, state.kept)

    def enter(self, node_id: str) -> None:
        """Go in, and on from node to node until one waits or ends."""
        next_id: str | None = node_id
        while next_id is not None:
            if self.state.entered >= MOST_STEPS:
                self._end(Fail(Failure.TOO_MANY_STEPS))
                return
            self.state = replace(
                self.state, node=next_id, refused=0, kept=(), entered=self.state.entered + 1
            )
            kind, node = self.place()
            next_id = self._apply(node, kind.enter(node.settings, self.here()))

    def follow(self, node: Node, taken: Step) -> None:
        next_id = self._apply(node, taken)
        if next_id is not None:
            self.enter(next_id)

    def set(self, name: str, value: Value) -> None:
        variables = MappingProxyType({**self.state.variables, name: value})
        self.state = replace(self.state, variables=variables)
        self.effects.append(SetVariable(name, value))

    def _apply(self, node: Node, taken: Step) -> str | None:
        """Carry out a node's step; the id of the node it leaves for, None when it stays or ends."""
        match taken:
            case Stay(effect=effect, refused=refused, kept=kept):
                self.state = replace(self.state, refused=refused, kept=kept)
                self.effects.append(effect)
                return None
            case Leave(exit=exit_, sets=sets):
                for name, value in sets.items():
                    self.set(name, value)
                return self._left(node, exit_)
            case Into(service=service, otherwise=otherwise):
                return self._into(node, service, otherwise)
            case Back(exit=exit_):
                self._count(node, node.kind)
                return self._back(exit_)
            case End(effect=effect):
                self._ends_with(node, effect)
                return None

    def _ends_with(self, node: Node, effect: Effect) -> None:
        """Nodes that led into the flow are left with it: they end the call as well."""
        self._count(node, node.kind)
        for flow, node_id in outer_places(self._whole, self.state):
            kind = flow.nodes[node_id].kind
            self.effects.append(Count(node_id, kind, self._now, flow.service, flow.version))
        self._end(effect)

    def _into(self, node: Node, service: str, otherwise: str) -> str | None:
        found = self._whole.flows.get(service)
        if found is None or len(self.state.within) >= DEEPEST:
            return self._left(node, otherwise)
        within = (*self.state.within, Frame(service, node.id))
        self.state = replace(self.state, within=within)
        return found.start

    def _back(self, exit_: str) -> str | None:
        if not self.state.within:
            self._end(HangUp())
            return None
        *around, frame = self.state.within
        self.state = replace(self.state, within=tuple(around), node=frame.node)
        return self._left(self.flow.nodes[frame.node], exit_)

    def _left(self, node: Node, exit_: str) -> str:
        self._count(node, exit_)
        return node.exits[exit_]

    def _count(self, node: Node, exit_: str) -> None:
        flow = self.flow
        self.effects.append(Count(node.id, exit_, self._now, flow.service, flow.version))

    def _end(self, effect: Effect) -> None:
        self.effects.append(effect)
        self.state = replace(self.state, ended=True)
