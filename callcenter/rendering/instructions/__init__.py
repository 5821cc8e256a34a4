"""What templates know beside their language: one registry, from which the sandbox, the API and the
reference page (docs/templates.md) are made. A new instruction is one function in one of these files.
"""

from collections.abc import Sequence

from callcenter.rendering.instructions import (  # registers them
    data,
    dates,
    files,
    flow,
    numbers,
    outgoing,
    people,
    queries,
    texts,
)  # fmt: skip
from callcenter.rendering.instructions.base import (
    Group,
    Here,
    Instruction,
    Kind,
    Reach,
    here,
    known,
    standing,
)

__all__ = [
    "INSTRUCTIONS",
    "Group",
    "Here",
    "Instruction",
    "Kind",
    "Reach",
    "data",
    "dates",
    "files",
    "flow",
    "here",
    "numbers",
    "outgoing",
    "people",
    "queries",
    "standing",
    "texts",
]

INSTRUCTIONS: Sequence[Instruction] = sorted(known(), key=lambda each: [*Group].index(each.group))
"""In the order of the reference page."""
