"""Reading a flow's JSON, and everything that keeps it from being published."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from math import isfinite
from typing import Any

from ivr import shapes
from ivr.model import LANGUAGES, SHARED, Clip, Flow, Node, Problem, ProblemCode
from ivr.nodes import KINDS
from ivr.speaking import recordable

MOST_NODES = 500
LONGEST_NAME = 60
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


class FlowRefused(ValueError):
    """The definition has problems."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("; ".join(f"{p.node} {p.code} {p.detail}" for p in problems))
        self.problems = problems


@dataclass(frozen=True)
class _RawNode:
    id: str
    kind: str
    exits: dict[str, str] = field(default_factory=dict)
    settings: Any = field(default_factory=dict)


@dataclass(frozen=True)
class _RawFlow:
    start: str
    languages: tuple[str, ...]
    nodes: tuple[Any, ...]
    layout: dict[str, tuple[float, ...]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.languages or len(set(self.languages)) != len(self.languages):
            raise ValueError("a flow has languages, each once")
        if unknown := set(self.languages) - set(LANGUAGES):
            raise ValueError(f"unknown language {', '.join(sorted(unknown))}"[:200])
        if not 1 <= len(self.nodes) <= MOST_NODES:
            raise ValueError(f"a flow has 1 to {MOST_NODES} nodes")
        if any(len(place) != 2 or not all(map(isfinite, place)) for place in self.layout.values()):
            raise ValueError("a node lies at two numbers")
        if any(len(name) > LONGEST_NAME for name in self.names.values()):
            raise ValueError(f"a name has at most {LONGEST_NAME} characters")


def read(definition: Any, *, version: int = 0, owner: str = SHARED, service: str = "") -> Flow:
    """The flow, publishable; raises FlowRefused with all its problems."""
    flow, problems = _build(definition, version, owner, service)
    if flow is not None:
        problems += tuple(_check(flow))
    if flow is None or problems:
        raise FlowRefused(tuple(sorted(set(problems))))
    return flow


HARMLESS = frozenset({ProblemCode.UNREACHABLE, ProblemCode.ENDLESS_LOOP, ProblemCode.NO_END})
"""With these a flow can be tried: a call comes to an end all the same."""


def read_to_try(
    definition: Any, *, version: int = 0, owner: str, service: str
) -> tuple[Flow, tuple[Problem, ...]]:
    """A flow that can be led through, and what keeps it from being published; raises FlowRefused."""
    flow, problems = _build(definition, version, owner, service)
    if flow is not None:
        problems += tuple(_check(flow))
    found = tuple(sorted(set(problems)))
    if flow is None or any(problem.code not in HARMLESS for problem in found):
        raise FlowRefused(found)
    return flow, found


def problems_of(definition: Any) -> tuple[Problem, ...]:
    """What keeps this definition from being published; empty when nothing does."""
    try:
        read(definition)
    except FlowRefused as refused:
        return refused.problems
    return ()


def clips_of(flow: Flow) -> frozenset[Clip]:
    """Every clip that the flow may play: what must be recorded before a call meets it."""
    prompts = [p for node in flow.nodes.values() for p in KINDS[node.kind].prompts(node.settings)]
    return recordable(prompts, flow.languages)


def _build(
    definition: Any, version: int, owner: str, service: str
) -> tuple[Flow | None, tuple[Problem, ...]]:
    try:
        frame = shapes.load(_RawFlow, definition)
    except shapes.Misshapen as error:
        return None, (Problem("", ProblemCode.UNREADABLE, str(error)),)
    nodes: dict[str, Node] = {}
    problems: list[Problem] = []
    for raw in frame.nodes:
        found = _node(raw)
        if isinstance(found, Problem):
            problems.append(found)
        elif found.id in nodes:
            problems.append(Problem(found.id, ProblemCode.UNREADABLE, "id used twice"))
        else:
            nodes[found.id] = found
    # With nodes missing, what leads to them would be told as a second problem of each.
    if problems:
        return None, tuple(problems)
    flow = Flow(
        nodes, frame.start, frame.languages, version, owner, service,
        layout=frame.layout, names=frame.names,
    )  # fmt: skip
    return flow, ()


def _node(raw: Any) -> Node | Problem:
    node_id = str(raw.get("id", ""))[:64] if isinstance(raw, dict) else ""
    try:
        frame = shapes.load(_RawNode, raw, "node")
    except shapes.Misshapen as error:
        return Problem(node_id, ProblemCode.UNREADABLE, str(error))
    if not _ID.fullmatch(frame.id):
        return Problem(node_id, ProblemCode.UNREADABLE, "id")
    if (kind := KINDS.get(frame.kind)) is None:
        return Problem(node_id, ProblemCode.UNKNOWN_KIND, frame.kind[:64])
    try:
        settings = shapes.load(kind.settings, frame.settings)
    except shapes.Misshapen as error:
        return Problem(node_id, ProblemCode.BAD_SETTING, str(error))
    return Node(frame.id, frame.kind, settings, frame.exits)


def _check(flow: Flow) -> Iterator[Problem]:
    if flow.start not in flow.nodes:
        yield Problem("", ProblemCode.UNKNOWN_NODE, flow.start[:64])
    for node in flow.nodes.values():
        yield from _check_exits(flow, node)
        for code, detail in KINDS[node.kind].check(node.settings, flow.languages):
            yield Problem(node.id, code, detail)
    reached = _reach(flow, [flow.start])
    for node_id in flow.nodes.keys() - reached:
        yield Problem(node_id, ProblemCode.UNREACHABLE)
    endless = {node_id for node_id in flow.nodes if _loops(flow, node_id)}
    for node_id in endless:
        yield Problem(node_id, ProblemCode.ENDLESS_LOOP)
    for node_id in reached - _lead_to_an_end(flow) - endless:
        yield Problem(node_id, ProblemCode.NO_END)


def _check_exits(flow: Flow, node: Node) -> Iterator[Problem]:
    wanted = KINDS[node.kind].exits(node.settings)
    for name in wanted:
        if name not in node.exits:
            yield Problem(node.id, ProblemCode.MISSING_EXIT, name)
    for name, target in node.exits.items():
        if name not in wanted:
            yield Problem(node.id, ProblemCode.UNKNOWN_EXIT, name[:64])
        if target not in flow.nodes:
            yield Problem(node.id, ProblemCode.UNKNOWN_NODE, target[:64])


def _reach(
    flow: Flow, starts: Iterable[str], through: Mapping[str, Node] | None = None
) -> set[str]:
    """The nodes reached from `starts`, going on only through the nodes of `through`."""
    through = flow.nodes if through is None else through
    reached: set[str] = set()
    waiting = list(starts)
    while waiting:
        node_id = waiting.pop()
        if node_id in reached or node_id not in flow.nodes:
            continue
        reached.add(node_id)
        if node_id in through:
            waiting += flow.nodes[node_id].exits.values()
    return reached


def _lead_to_an_end(flow: Flow) -> set[str]:
    """The nodes from which some way ends the call or hands it on.

    A way that is not drawn yet may be that one: it has a problem of its own.
    """
    from_where = defaultdict[str, set[str]](set)
    for node in flow.nodes.values():
        for target in node.exits.values():
            from_where[target].add(node.id)
    found: set[str] = set()
    waiting = [node.id for node in flow.nodes.values() if _may_end(flow, node)]
    while waiting:
        node_id = waiting.pop()
        if node_id not in found:
            found.add(node_id)
            waiting += from_where[node_id]
    return found


def _may_end(flow: Flow, node: Node) -> bool:
    kind = KINDS[node.kind]
    ways = kind.exits(node.settings)
    return kind.may_end or not ways or any(node.exits.get(way) not in flow.nodes for way in ways)


def _loops(flow: Flow, node_id: str) -> bool:
    """Whether a way leads from the node back to it without ever waiting for the caller."""
    restless = {n: node for n, node in flow.nodes.items() if not KINDS[node.kind].waits}
    if node_id not in restless:
        return False
    return node_id in _reach(flow, flow.nodes[node_id].exits.values(), restless)
