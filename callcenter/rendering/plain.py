"""Plain data as it travels to the child: JSON, with days, moments and exact numbers. Pure."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any


@dataclass(frozen=True, slots=True)
class Withheld:
    """In the place of a value that is there, but not for everybody who reads the text."""


WITHHELD = Withheld()

_READERS: Mapping[str, Callable[[str], Any]] = {
    "$day": date.fromisoformat,
    "$moment": datetime.fromisoformat,
    "$number": Decimal,
    "$withheld": lambda _: WITHHELD,
}


def dump(document: Mapping[str, Any]) -> bytes:
    """One line. Raises TypeError for whatever is not plain: nothing of ours gets in."""
    return json.dumps(document, default=_marked).encode()


def load(line: bytes) -> Any:
    return json.loads(line, object_hook=_unmarked)


def _marked(value: Any) -> dict[str, str]:
    match value:
        case datetime():
            return {"$moment": value.isoformat()}
        case date():
            return {"$day": value.isoformat()}
        case Decimal():
            return {"$number": str(value)}
        case Withheld():
            return {"$withheld": ""}
    raise TypeError(f"{type(value).__name__} is no plain data")


def _unmarked(found: dict[str, Any]) -> Any:
    if len(found) == 1:
        ((key, value),) = found.items()
        if key in _READERS:
            return _READERS[key](value)
    return found
