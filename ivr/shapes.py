"""Frozen dataclasses ↔ JSON, strictly: a wrong type or an unknown name is refused with its path."""

from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from enum import StrEnum
from types import NoneType, UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

T = TypeVar("T")


class Misshapen(ValueError):
    """`path` is where, as `prompts.0.text`; `problem` what is wrong there."""

    def __init__(self, path: str, problem: str) -> None:
        super().__init__(f"{path or 'definition'}: {problem}")
        self.path = path
        self.problem = problem


def load(kind: type[T], raw: Any, path: str = "") -> T:
    """Build `kind` from parsed JSON; raises Misshapen."""
    if not isinstance(raw, dict):
        raise Misshapen(path, "must be an object")
    assert is_dataclass(kind)
    known = {field.name: field for field in fields(kind)}
    for name in raw:
        if name not in known:
            raise Misshapen(_join(path, str(name)), "unknown")
    hints = get_type_hints(kind)
    values = {
        name: _load(hints[name], raw[name], _join(path, name))
        for name, field in known.items()
        if name in raw or _is_required(field, _join(path, name))
    }
    try:
        return kind(**values)
    except ValueError as error:
        raise Misshapen(path, str(error)) from error


def dump(value: Any) -> Any:
    """The JSON of a value built of dataclasses, tuples, mappings and scalars."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: dump(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple):
        return [dump(item) for item in value]
    if isinstance(value, Mapping):
        return {key: dump(item) for key, item in value.items()}
    return value.value if isinstance(value, StrEnum) else value


def _is_required(field: Field[Any], path: str) -> bool:
    if field.default is MISSING and field.default_factory is MISSING:
        raise Misshapen(path, "missing")
    return False


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _load(hint: Any, raw: Any, path: str) -> Any:
    if hint is Any:
        return raw
    origin = get_origin(hint)
    if origin is tuple:
        return _tuple(get_args(hint)[0], raw, path)
    if origin is dict:
        return _mapping(get_args(hint)[1], raw, path)
    if origin is UnionType:
        return _union(get_args(hint), raw, path)
    if is_dataclass(hint):
        return load(hint, raw, path)  # type: ignore[arg-type]
    return _scalar(hint, raw, path)


def _scalar(kind: type[Any], raw: Any, path: str) -> Any:
    if issubclass(kind, StrEnum):
        if not isinstance(raw, str) or raw not in set(kind):
            raise Misshapen(path, f"must be one of {', '.join(kind)}")
        return kind(raw)
    if type(raw) is int and kind is float:
        return float(raw)
    if type(raw) is not kind:
        raise Misshapen(path, f"must be of type {kind.__name__}")
    return raw


def _tuple(item: Any, raw: Any, path: str) -> tuple[Any, ...]:
    if not isinstance(raw, list):
        raise Misshapen(path, "must be a list")
    return tuple(_load(item, part, f"{path}.{index}") for index, part in enumerate(raw))


def _mapping(item: Any, raw: Any, path: str) -> dict[str, Any]:
    if not isinstance(raw, dict):
        raise Misshapen(path, "must be an object")
    return {str(key): _load(item, part, _join(path, str(key))) for key, part in raw.items()}


def _union(kinds: tuple[Any, ...], raw: Any, path: str) -> Any:
    if raw is None and NoneType in kinds:
        return None
    wanted = [kind for kind in kinds if kind is not NoneType]
    for kind in wanted:
        if type(raw) is kind:
            return raw
    if len(wanted) == 1:
        return _load(wanted[0], raw, path)
    raise Misshapen(path, f"must be one of {', '.join(kind.__name__ for kind in wanted)}")
