"""The registry of node kinds. A new kind is a file here and a line below; nothing else changes."""

from typing import Any

from ivr.nodes.callback import CallbackKind
from ivr.nodes.collect import CollectKind
from ivr.nodes.condition import ConditionKind
from ivr.nodes.flow import FlowKind
from ivr.nodes.hang_up import HangUpKind
from ivr.nodes.http import HttpKind
from ivr.nodes.kind import NodeKind
from ivr.nodes.language import LanguageKind
from ivr.nodes.menu import MenuKind
from ivr.nodes.message import MessageKind
from ivr.nodes.play import PlayKind
from ivr.nodes.query import QueryKind
from ivr.nodes.record import RecordKind
from ivr.nodes.returning import ReturnKind
from ivr.nodes.schedule import ScheduleKind
from ivr.nodes.set_variable import SetVariableKind
from ivr.nodes.survey import SurveyKind
from ivr.nodes.transfer import TransferKind
from ivr.nodes.verify import VerifyKind
from ivr.nodes.write import WriteKind

_ALL: tuple[NodeKind[Any], ...] = (
    PlayKind(),
    MenuKind(),
    CollectKind(),
    ConditionKind(),
    ScheduleKind(),
    SetVariableKind(),
    LanguageKind(),
    QueryKind(),
    WriteKind(),
    HttpKind(),
    VerifyKind(),
    RecordKind(),
    CallbackKind(),
    SurveyKind(),
    FlowKind(),
    ReturnKind(),
    MessageKind(),
    TransferKind(),
    HangUpKind(),
)

KINDS: dict[str, NodeKind[Any]] = {kind.name: kind for kind in _ALL}
