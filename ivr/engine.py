"""The flow engine: (state, event, now) → (state, effects). Pure: no I/O, no clock, no chance.

A step runs until the flow waits for the caller or ends. Of its effects only the last may wait
(effects.awaits); then the next event must be its answer, or Gone.
"""

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
    SetVariable,
    Started,
    Variables,
)
from ivr.expressions import Value
from ivr.model import Flow, Node
from ivr.nodes import KINDS
from ivr.nodes.kind import End, Here, Leave, NodeKind, Stay, Step, UnexpectedEvent

MOST_STEPS = 200
"""Nodes that one call may enter: a loop that validation cannot see ends here."""


@dataclass(frozen=True)
class State:
    """A caller in a flow. node: empty before the start.

    refused  answers turned down in this visit to the node
    entered  nodes entered so far
    """

    variables: Variables = field(default_factory=lambda: MappingProxyType({}))
    node: str = ""
    refused: int = 0
    entered: int = 0
    ended: bool = False


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
        self._flow = flow
        self._now = now
        self.state = state
        self.effects: list[Effect] = []

    def place(self) -> tuple[NodeKind[Any], Node]:
        node = self._flow.nodes[self.state.node]
        return KINDS[node.kind], node

    def here(self) -> Here:
        variables = self.state.variables
        return Here(self._flow.language(variables.get("language")), variables, self.state.refused)

    def enter(self, node_id: str) -> None:
        """Go in, and on from node to node until one waits or ends."""
        next_id: str | None = node_id
        while next_id is not None:
            if self.state.entered >= MOST_STEPS:
                self._end(Fail(Failure.TOO_MANY_STEPS))
                return
            self.state = replace(
                self.state, node=next_id, refused=0, entered=self.state.entered + 1
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
            case Stay(effect=effect, refused=refused):
                self.state = replace(self.state, refused=refused)
                self.effects.append(effect)
                return None
            case Leave(exit=exit_, sets=sets):
                for name, value in sets.items():
                    self.set(name, value)
                self.effects.append(Count(node.id, exit_, self._now))
                return node.exits[exit_]
            case End(effect=effect):
                self.effects.append(Count(node.id, node.kind, self._now))
                self._end(effect)
                return None

    def _end(self, effect: Effect) -> None:
        self.effects.append(effect)
        self.state = replace(self.state, ended=True)
