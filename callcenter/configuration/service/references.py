"""What a configuration points at: by id here, by kind and name in the file. Pure.

In the file a reference is `{"ref": "schedule", "name": "工作时间"}`, wherever an id stands otherwise.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple
from uuid import UUID

from callcenter.core.errors import Invalid


class Reference(NamedTuple):
    kind: str
    name: str


Names = Mapping[UUID, Reference]
"""Of everything that may be pointed at. A name is one of its kind."""


def named(part: Any, names: Names) -> Any:
    """With references in the place of ids; an id of nothing that is there stays."""
    return _named(part, {str(key): name for key, name in names.items()})


def identified(part: Any, names: Names) -> Any:
    """With ids in the place of references. Raises Invalid for each that nothing here answers to."""
    ids = {name: str(key) for key, name in names.items()}
    wrong = {
        f"{path}.{reference.name}": ["configuration.unknown_name"]
        for path, reference in references(part)
        if reference not in ids
    }
    if wrong:
        raise Invalid(fields=wrong)
    return _identified(part, ids)


def references(part: Any, path: str = "") -> Iterator[tuple[str, Reference]]:
    """Each with its path: `document.rules.0.target.id`."""
    if (reference := _read(part)) is not None:
        yield path, reference
        return
    steps = part.items() if isinstance(part, dict) else enumerate(part if _is_list(part) else ())
    for step, inside in steps:
        yield from references(inside, f"{path}.{step}" if path else str(step))


def _named(part: Any, names: Mapping[str, Reference]) -> Any:
    match part:
        case str() if part in names:
            return {"ref": names[part].kind, "name": names[part].name}
        case list():
            return [_named(inside, names) for inside in part]
        case dict():
            return {key: _named(inside, names) for key, inside in part.items()}
    return part


def _identified(part: Any, ids: Mapping[Reference, str]) -> Any:
    if (reference := _read(part)) is not None:
        return ids[reference]
    match part:
        case list():
            return [_identified(inside, ids) for inside in part]
        case dict():
            return {key: _identified(inside, ids) for key, inside in part.items()}
    return part


def _read(part: Any) -> Reference | None:
    if not isinstance(part, dict) or set(part) != {"ref", "name"}:
        return None
    kind, name = part["ref"], part["name"]
    return Reference(kind, name) if isinstance(kind, str) and isinstance(name, str) else None


def _is_list(part: Any) -> bool:
    return isinstance(part, list)
