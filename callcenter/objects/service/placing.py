"""Where the values of a new version's fields lie: nothing that was ever entered is overwritten.

A field keeps its place as long as its column can take its values; one whose type changes gets a
place of its own, and the former values stay where they were. A hidden field that comes back finds
what it had. Pure.
"""

from collections.abc import Collection, Mapping, Sequence
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
    """history: the versions there were, the newest first."""

    def __init__(self, history: Sequence[Definition]) -> None:
        self._history = history
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
        """The newest field with this key whose place can take the values of `field`."""
        for version in self._history:
            former = version.by_key.get(field.key)
            if former is not None and _alike(former, field):
                return former
        return None

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


def _alike(former: Field, field: Field) -> bool:
    """The same type in the same column; a decimal's places, for one, are the column's."""
    if former.type != field.type:
        return False
    kind = type_of(field)
    # Another formula's values have a place of their own: the version in force goes on with its.
    same = former.setting("expression") == field.setting("expression")
    return same and str(kind.column(former)) == str(kind.column(field))
