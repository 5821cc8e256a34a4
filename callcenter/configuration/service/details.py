"""What becomes otherwise in an entry of a configuration. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Entry = Mapping[str, Any]
Detail = dict[str, Any]
"""As `schemas.Detail` says."""


def one(entries: Sequence[Any], key: str, wanted: Entry) -> Any:
    return next((each for each in entries if each[key] == wanted[key]), None)


def detail(what: str, **more: Any) -> Detail:
    return {"what": what, "attribute": None, "label": None, "before": None, "after": None, **more}


def attributes(old: Entry, new: Entry, names: Sequence[str]) -> list[Detail]:
    return [
        detail("changed", attribute=name, before=old[name], after=new[name])
        for name in names
        if old[name] != new[name]
    ]


def deep(old: Entry, new: Entry, names: Sequence[str]) -> list[Detail]:
    """As `attributes`, but of documents the parts that differ, by path: `waiting.offers.callback`."""
    return [
        detail("changed", attribute=path, before=before, after=after)
        for name in names
        for path, before, after in _apart(name, old[name], new[name])
    ]


def _apart(path: str, old: Any, new: Any) -> Iterator[tuple[str, Any, Any]]:
    if old == new:
        return
    if isinstance(old, dict) and isinstance(new, dict) and "ref" not in {*old, *new}:
        for key in {**old, **new}:
            yield from _apart(f"{path}.{key}", old.get(key), new.get(key))
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for place, (before, after) in enumerate(zip(old, new, strict=True)):
            yield from _apart(f"{path}.{place}", before, after)
    else:
        yield path, old, new
