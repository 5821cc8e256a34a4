"""Where the values of a new version's fields lie: nothing that was ever entered is overwritten.

A field keeps its place as long as its column can take its values; one whose type changes gets a
place of its own, and the former values stay where they were. A hidden field that comes back finds
what it had. Pure.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from callcenter.objects.schemas import Definition
from callcenter.objects.types import type_of
from callcenter.objects.types.base import Field

Document = Mapping[str, Any]
PLACED = ("storage", "column")


def plain(document: Document) -> dict[str, Any]:
    """The document without what only the publication may say; takes any document."""
    copied = deepcopy(dict(document))
    for group in parts(copied, "groups"):
        for field in parts(group, "fields"):
            for name in PLACED:
                field.pop(name, None)
    return copied


def parts(holder: Any, name: str) -> list[dict[str, Any]]:
    """Groups of a document, fields of a group; whatever else is there instead is none."""
    found = holder.get(name) if isinstance(holder, dict) else None
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


@dataclass(frozen=True, slots=True)
class Place:
    storage: str
    column: bool


class Places:
    """history: the versions there were, the newest first. purged: places that hold nothing any more."""

    def __init__(self, history: Sequence[Definition], purged: Collection[str] = ()) -> None:
        self._history = history
        self._purged = purged
        self._used: dict[str, str] = {}
        for version in reversed(history):
            self._used |= {field.place: field.key for field in version.fields}

    def give(self, document: Document, draft: Definition, number: int) -> dict[str, Any]:
        """The document with the places of its fields."""
        placed = plain(document)
        keys = {field.key for field in draft.fields}
        for group in placed["groups"]:
            for field in group["fields"]:
                place = self._of(draft.by_key[field["key"]], number, keys)
                if place.storage:
                    field["storage"] = place.storage
                if place.column:
                    field["column"] = True
        return placed

    def former(self, field: Field) -> Field | None:
        """The newest field with this key whose place can take the values of `field`.

        A place that was purged is nobody's again: a column would come back empty, and be told as full.
        """
        return next((each for each in self._alike(field) if each.place not in self._purged), None)

    def had_columns(self, draft: Definition) -> dict[str, bool]:
        """Of the fields that find values in their places: whether those lie in a column."""
        return {
            field.key: self._of(field, 0, ()).column
            for field in draft.fields
            if self.former(field) is not None
        }

    def is_back(self, field: Field) -> bool:
        """Whether it was hidden and comes back with what it had."""
        in_force = self._history[0].by_key if self._history else {}
        return field.key not in in_force and self.former(field) is not None

    def is_lost(self, field: Field) -> bool:
        """Whether it would find what it had, had that not been purged."""
        return self.former(field) is None and any(True for _ in self._alike(field))

    def _alike(self, field: Field) -> Iterator[Field]:
        for version in self._history:
            former = version.by_key.get(field.key)
            if former is not None and _alike(former, field):
                yield former

    def _of(self, field: Field, number: int, keys: Collection[str]) -> Place:
        former = self.former(field)
        if former is not None:
            version = next(v for v in self._history if v.by_key.get(field.key) is former)
            return Place(former.storage, version.owns_column(former))
        if field.key not in self._used:
            return Place("", column=False)
        storage = f"{field.key}_{number}"
        while storage in self._used or storage in keys:
            storage += "_"
        return Place(storage, column=False)


def left_behind(history: Sequence[Definition]) -> dict[str, tuple[Field, int]]:
    """Places that the version in force does not know → the field that had it last, and until when."""
    in_force = {field.place for field in history[0].fields} if history else set()
    found: dict[str, tuple[Field, int]] = {}
    for version in history:
        for field in version.fields:
            kind = type_of(field)
            if field.place not in in_force and kind.system is None and not kind.apart:
                found.setdefault(field.place, (field, version.number))
    return found


def _alike(former: Field, field: Field) -> bool:
    """The same type in the same column; a decimal's places, for one, are the column's."""
    if former.type != field.type:
        return False
    kind = type_of(field)
    # Another formula's values have a place of their own: the version in force goes on with its.
    same = former.setting("expression") == field.setting("expression")
    return same and str(kind.column(former)) == str(kind.column(field))
