"""What lies around a flow: whether all that it names is there, and which flows it leads into. Pure."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlsplit

from callcenter.core.outbound import NotAllowed, check_listed, parts_of
from callcenter.objects.service import Fields
from ivr.customers import fields_of
from ivr.effects import TargetKind, Whom, WriteAct
from ivr.engine import DEEPEST
from ivr.model import Flow, Node, Problem, ProblemCode
from ivr.nodes import KINDS
from ivr.nodes.callback import CallbackSettings
from ivr.nodes.flow import FlowSettings
from ivr.nodes.http import HttpSettings
from ivr.nodes.message import MessageSettings
from ivr.nodes.query import QuerySettings
from ivr.nodes.record import RecordSettings
from ivr.nodes.schedule import ScheduleSettings
from ivr.nodes.transfer import TransferSettings
from ivr.nodes.verify import VerifySettings
from ivr.nodes.write import WriteSettings
from ivr.references import goes_to, is_covered, named, written

Found = Iterator[tuple[ProblemCode, str]]


@dataclass(frozen=True)
class Around:
    """An enterprise as its flows see it; ids as text.

    customer_fields  those that a way may depend on
    objects          by identifier
    hosts            that may be called
    flows            published, by service, with the flow that is to be
    prompts          uploaded
    credentials      by name, the host that each is for
    """

    services: frozenset[str] = frozenset()
    people: frozenset[str] = frozenset()
    teams: frozenset[str] = frozenset()
    routes: frozenset[str] = frozenset()
    extensions: frozenset[str] = frozenset()
    conferences: frozenset[str] = frozenset()
    schedules: frozenset[str] = frozenset()
    customer_fields: frozenset[str] = frozenset()
    objects: Mapping[str, Fields] = field(default_factory=dict)
    hosts: frozenset[str] = frozenset()
    flows: Mapping[str, Flow] = field(default_factory=dict)
    prompts: frozenset[str] = frozenset()
    credentials: Mapping[str, str] = field(default_factory=dict)


def problems_around(flow: Flow, around: Around) -> Iterator[Problem]:
    """What it names and this enterprise does not have, or may not name."""
    for node in flow.nodes.values():
        check = _CHECKS.get(type(node.settings))
        found = [*(check(node.settings, around) if check else ()), *_of_all(node, around)]
        yield from (Problem(node.id, code, detail) for code, detail in found)
    yield from _endless(flow, around)


def leads_into(flow: Flow) -> Mapping[str, str]:
    """Node → the service whose flow it goes through."""
    nodes = flow.nodes.values()
    return {n.id: n.settings.service for n in nodes if isinstance(n.settings, FlowSettings)}


def whole(flow: Flow, flows: Mapping[Any, Flow]) -> Flow:
    """The flow with all those that it may lead into, of its own enterprise."""
    if not leads_into(flow):
        return flow
    known = {other.service: other for other in flows.values() if other.owner == flow.owner}
    found: dict[str, Flow] = {}
    waiting = [*leads_into(flow).values()]
    while waiting:
        service = waiting.pop()
        if service in found or service not in known:
            continue
        found[service] = known[service]
        waiting += leads_into(known[service]).values()
    return replace(flow, flows=found)


def _of_all(node: Node, around: Around) -> Found:
    for key in sorted(fields_of(node) - around.customer_fields):
        yield ProblemCode.UNKNOWN_FIELD, key
    for prompt in KINDS[node.kind].prompts(node.settings):
        if prompt.file is not None and prompt.file not in around.prompts:
            yield ProblemCode.MISSING_PROMPT, prompt.file


def _endless(flow: Flow, around: Around) -> Iterator[Problem]:
    """Flows that lead into each other again, or too deep, would never come back."""
    for node_id, service in leads_into(flow).items():
        if service in around.flows and _depth(service, around.flows, (flow.service,)) is None:
            yield Problem(node_id, ProblemCode.ENDLESS_FLOWS, service)


def _depth(service: str, flows: Mapping[str, Flow], path: tuple[str, ...]) -> int | None:
    """How many flows lie in each other from here; None where it is endless or too many."""
    if service in path or len(path) > DEEPEST:
        return None
    depths = [
        _depth(inner, flows, (*path, service))
        for inner in (set(leads_into(flows[service]).values()) if service in flows else ())
    ]
    known = [depth for depth in depths if depth is not None]
    return None if len(known) < len(depths) else 1 + max(known, default=0)


def _missing(target: str, known: frozenset[str]) -> Found:
    if target not in known:
        yield ProblemCode.UNKNOWN_TARGET, target


def _transfer(settings: TransferSettings, around: Around) -> Found:
    known = {
        TargetKind.SERVICE: around.services,
        TargetKind.SEAT: around.people,
        TargetKind.ROUTING: around.routes,
        TargetKind.VOICEMAIL: around.services | around.people,
        TargetKind.EXTENSION: around.extensions,
        TargetKind.CONFERENCE: around.conferences,
    }
    if settings.kind in known:
        yield from _missing(settings.target, known[settings.kind])


def _message(settings: MessageSettings, around: Around) -> Found:
    known = around.teams if settings.to is Whom.TEAM else around.people
    yield from _missing(settings.target, known)


def _query(settings: QuerySettings, around: Around) -> Found:
    fields = around.objects.get(settings.object)
    if fields is None:
        yield ProblemCode.UNKNOWN_TARGET, settings.object
        return
    for each in settings.where:
        if each.field not in fields.sought:
            yield ProblemCode.UNKNOWN_FIELD, each.field
    for key in settings.reads.values():
        if key not in fields.told:
            yield ProblemCode.UNKNOWN_FIELD, key
    order = settings.order.removeprefix("-")
    if order and order not in fields.sorted:
        yield ProblemCode.UNKNOWN_FIELD, order


def _write(settings: WriteSettings, around: Around) -> Found:
    fields = around.objects.get(settings.object)
    if fields is None or (settings.act is WriteAct.UPDATE_CALLER and not fields.of_customers):
        yield ProblemCode.UNKNOWN_TARGET, settings.object
        return
    for each in settings.values:
        if each.field not in fields.written:
            yield ProblemCode.UNKNOWN_FIELD, each.field


def _verify(settings: VerifySettings, around: Around) -> Found:
    customers = [fields for fields in around.objects.values() if fields.of_customers]
    if not any(settings.field in fields.compared for fields in customers):
        yield ProblemCode.UNKNOWN_FIELD, settings.field


def _http(settings: HttpSettings, around: Around) -> Found:
    try:
        check_listed(parts_of(settings.url), around.hosts)
    except NotAllowed:
        yield ProblemCode.NOT_ALLOWED, urlsplit(settings.url).netloc[:200]
    for name in sorted(named(settings.headers.values())):
        if name not in around.credentials:
            yield ProblemCode.UNKNOWN_TARGET, written(name)
        elif not (goes_to(around.credentials[name], settings.url) and is_covered(settings.url)):
            yield ProblemCode.NOT_ALLOWED, written(name)


_CHECKS: Mapping[type[Any], Callable[[Any, Around], Found]] = {
    TransferSettings: _transfer,
    MessageSettings: _message,
    QuerySettings: _query,
    WriteSettings: _write,
    VerifySettings: _verify,
    HttpSettings: _http,
    ScheduleSettings: lambda settings, around: _missing(settings.schedule, around.schedules),
    RecordSettings: lambda settings, around: _missing(
        settings.target, around.services | around.people
    ),
    CallbackSettings: lambda settings, around: _missing(settings.service, around.services),
    FlowSettings: lambda settings, around: _missing(settings.service, frozenset(around.flows)),
}
