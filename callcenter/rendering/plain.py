"""Plain data as it travels to the child and back: JSON, with days, moments and exact numbers. Pure."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from jinja2 import ChainableUndefined, Undefined
from jinja2.utils import Namespace

from callcenter.rendering.errors import Refused

DEEPEST = 100

SIGNATURE = "\ue0f1"
"""What `{{ signature }}` comes to: a sign of its own, which the channel that sends fills in."""


@dataclass(frozen=True, slots=True)
class Withheld:
    """In the place of a value that is there, but not for everybody who reads the text."""


@dataclass(frozen=True, slots=True)
class Pretended:
    """In the place of an answer that was not asked for: a preview does nothing outside."""


class Unasked(ChainableUndefined):
    """The same within a template: nothing, and so is whatever is taken from it or reckoned with it;
    no comparison holds.
    """

    __slots__ = ()

    def _itself(self, *_: Any) -> "Unasked":
        return self

    def _never(self, _other: object) -> bool:
        return False

    __add__ = __sub__ = __mul__ = __truediv__ = __floordiv__ = __mod__ = __pow__ = _itself  # type: ignore[assignment]
    __radd__ = __rsub__ = __rmul__ = __rtruediv__ = __rfloordiv__ = __rmod__ = __rpow__ = _itself  # type: ignore[assignment]
    __neg__ = __pos__ = __abs__ = _itself  # type: ignore[assignment]
    __lt__ = __le__ = __gt__ = __ge__ = __eq__ = __ne__ = _never  # type: ignore[assignment]
    __hash__ = Undefined.__hash__


WITHHELD = Withheld()
PRETENDED = Pretended()

_READERS: Mapping[str, Callable[[str], Any]] = {
    "$day": date.fromisoformat,
    "$moment": datetime.fromisoformat,
    "$number": Decimal,
    "$withheld": lambda _: WITHHELD,
    "$pretended": lambda _: PRETENDED,
}


def dump(document: Mapping[str, Any]) -> bytes:
    """One line. Raises TypeError for whatever is not plain: nothing of ours gets in."""
    return json.dumps(document, default=_marked).encode()


def load(line: bytes) -> Any:
    return json.loads(line, object_hook=_unmarked)


def plain(value: Any, depth: int = 0) -> Any:
    """What a template has, as it may leave it. Raises Refused for what is withheld or no value."""
    if depth > DEEPEST:
        raise Refused("instruction.too_deep", {"most": DEEPEST})
    match value:
        case Undefined():
            # Or it fails, as what a template does not know does.
            return PRETENDED if isinstance(value, Unasked) else str(value) or None
        case str():
            return str(value)
        case None | bool() | int() | float() | Decimal() | date():
            return value
        case list() | tuple() | range():
            return [plain(each, depth + 1) for each in value]
        case dict():
            return {str(key): plain(each, depth + 1) for key, each in value.items()}
        case Namespace():
            return plain(held_by(value), depth)
        case Withheld():
            raise Refused("instruction.withheld")
    raise Refused("instruction.no_value")


def pretends(value: Any, depth: int = 0) -> bool:
    """Whether PRETENDED is anywhere in it. Raises Refused."""
    if depth > DEEPEST:
        raise Refused("instruction.too_deep", {"most": DEEPEST})
    match value:
        case list():
            return any(pretends(each, depth + 1) for each in value)
        case dict():
            return any(pretends(each, depth + 1) for each in value.values())
    return isinstance(value, Pretended)


def unasked(value: Any) -> Any:
    """Plain data as templates have it."""
    match value:
        case Pretended():
            return Unasked()
        case list():
            return [unasked(each) for each in value]
        case dict():
            return {key: unasked(each) for key, each in value.items()}
    return value


def held_by(kept: Namespace) -> dict[str, Any]:
    """What was set in it: it shows its values as attributes only."""
    held: dict[str, Any] = object.__getattribute__(kept, "_Namespace__attrs")
    return held


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
        case Pretended():
            return {"$pretended": ""}
    raise TypeError(f"{type(value).__name__} is no plain data")


def _unmarked(found: dict[str, Any]) -> Any:
    """Answers from outside may look like a mark and be none."""
    if len(found) == 1:
        ((key, value),) = found.items()
        if key in _READERS:
            try:
                return _READERS[key](value)
            except (TypeError, ValueError, ArithmeticError):
                return found
    return found
