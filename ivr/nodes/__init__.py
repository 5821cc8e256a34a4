"""The registry of node kinds. A new kind is a file here and a line below; nothing else changes."""

from typing import Any

from ivr.nodes.collect import CollectKind
from ivr.nodes.condition import ConditionKind
from ivr.nodes.hang_up import HangUpKind
from ivr.nodes.kind import NodeKind
from ivr.nodes.menu import MenuKind
from ivr.nodes.play import PlayKind
from ivr.nodes.schedule import ScheduleKind
from ivr.nodes.set_variable import SetVariableKind
from ivr.nodes.transfer import TransferKind

_ALL: tuple[NodeKind[Any], ...] = (
    PlayKind(),
    MenuKind(),
    CollectKind(),
    ConditionKind(),
    ScheduleKind(),
    SetVariableKind(),
    TransferKind(),
    HangUpKind(),
)

KINDS: dict[str, NodeKind[Any]] = {kind.name: kind for kind in _ALL}
