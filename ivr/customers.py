"""What a flow asks of the customer whose number calls: variables that are named `customer_<field>`.

They, and `customers` (how many have the number), are set before the flow begins, and only where it
names one of them. Of nobody, and of several, no field is set.
"""

from collections.abc import Iterator, Mapping

from callcenter.objects.service import Known
from ivr.expressions import Value
from ivr.model import Flow, Node
from ivr.nodes import KINDS

COUNT = "customers"
_PREFIX = "customer_"


def asks(flow: Flow) -> bool:
    """Whether it names anything of the customer."""
    return any(name == COUNT or name.startswith(_PREFIX) for name in _names(flow))


def fields_of(node: Node) -> frozenset[str]:
    """The keys of the fields that a node names."""
    names = KINDS[node.kind].reads(node.settings)
    return frozenset(n.removeprefix(_PREFIX) for n in names if n.startswith(_PREFIX))


def fields_in(flow: Flow) -> frozenset[str]:
    return frozenset(key for node in flow.nodes.values() for key in fields_of(node))


def variables(known: Known) -> Mapping[str, Value]:
    return {COUNT: known.records} | {f"{_PREFIX}{key}": v for key, v in known.values.items()}


def _names(flow: Flow) -> Iterator[str]:
    for node in flow.nodes.values():
        yield from KINDS[node.kind].reads(node.settings)
