"""A flow is data: nodes with settings and exits, where it starts, the languages it speaks.

Frozen, and equal to its JSON: `read` (ivr/validation.py) and `write` are inverses. `version` and
`owner` are not in the JSON: they are told by the row that keeps it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from uuid import UUID

from ivr import shapes
from ivr.expressions import Value

SHARED = "shared"
"""Owner of prompts that are every enterprise's: digits, numbers, phrases."""

LANGUAGES = ("zh-CN", "en")
LONGEST_TEXT = 1000


def require_id(name: str, text: str) -> None:
    """Raises ValueError for what is no id as we write them."""
    if str(UUID(text)) != text:
        raise ValueError(f"{name} must be an id")


class Form(StrEnum):
    """How a variable is spoken."""

    DIGITS = "digits"
    NUMBER = "number"
    MONEY = "money"
    DATE = "date"
    TIME = "time"


@dataclass(frozen=True)
class Prompt:
    """Something said: a text by language, a variable spoken in a form, or an uploaded prompt.

    file      id of the uploaded prompt
    language  says it in this language whatever the caller's is: for the choice of language
    """

    text: dict[str, str] = field(default_factory=dict)
    variable: str | None = None
    form: Form = Form.DIGITS
    language: str | None = None
    file: str | None = None

    def __post_init__(self) -> None:
        if [bool(self.text), self.variable is not None, self.file is not None].count(True) != 1:
            raise ValueError("a prompt has a text, a variable or a file")
        if self.file is not None:
            require_id("file", self.file)
        if any(len(text) > LONGEST_TEXT for text in self.text.values()):
            raise ValueError(f"a text has at most {LONGEST_TEXT} characters")


@dataclass(frozen=True)
class Clip:
    """One piece of speech with a file of its own. Shared: the file is every enterprise's.

    upload  the id of an uploaded prompt, which has no text
    """

    language: str
    text: str
    shared: bool = False
    upload: str = ""


@dataclass(frozen=True)
class Node:
    """settings: the frozen dataclass of its kind; exits: name → id of the next node."""

    id: str
    kind: str
    settings: Any
    exits: dict[str, str]


@dataclass(frozen=True)
class Flow:
    """
    service  id of the IVR service whose flow it is
    flows    by service, the flows that it and they lead into, as they were when it was loaded
    layout   id → [x, y] on the designer's canvas; names: id → what people call the node

    The last two are for whoever draws the flow: no caller is led by them, and a node may lack them.
    """

    nodes: dict[str, Node]
    start: str
    languages: tuple[str, ...]
    version: int = 0
    owner: str = SHARED
    service: str = ""
    flows: Mapping[str, "Flow"] = field(default_factory=dict, compare=False, repr=False)
    layout: dict[str, tuple[float, ...]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)

    def language(self, wanted: Value | None) -> str:
        """The wanted language where the flow speaks it, else its first."""
        return wanted if isinstance(wanted, str) and wanted in self.languages else self.languages[0]


def write(flow: Flow) -> dict[str, Any]:
    """The flow's JSON."""
    drawn = {"layout": shapes.dump(flow.layout), "names": flow.names}
    return {
        "start": flow.start,
        "languages": list(flow.languages),
        "nodes": [shapes.dump(node) for node in flow.nodes.values()],
    } | {key: value for key, value in drawn.items() if value}


class ProblemCode(StrEnum):
    """Stable: the designer marks nodes by them; captions are `ivr.problem.<code>`."""

    UNREADABLE = "unreadable"
    UNKNOWN_KIND = "unknown-kind"
    BAD_SETTING = "bad-setting"
    UNKNOWN_NODE = "unknown-node"
    MISSING_EXIT = "missing-exit"
    UNKNOWN_EXIT = "unknown-exit"
    UNREACHABLE = "unreachable"
    MISSING_PROMPT = "missing-prompt"
    UNKNOWN_LANGUAGE = "unknown-language"
    ENDLESS_LOOP = "endless-loop"
    NO_END = "no-end"
    UNKNOWN_TARGET = "unknown-target"
    UNKNOWN_FIELD = "unknown-field"
    ENDLESS_FLOWS = "endless-flows"
    NOT_ALLOWED = "not-allowed"


@dataclass(frozen=True, order=True)
class Problem:
    """What keeps a flow from being published. node: id, empty where it is the whole flow."""

    node: str
    code: ProblemCode
    detail: str = ""
