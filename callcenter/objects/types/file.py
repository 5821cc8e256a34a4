"""Files in a field: sent first, then named by the record that takes them.

Held is what is known of each (id, name, kind, size), in the order in which they were put.
"""

from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import UUID

from callcenter.objects.errors import BadValue
from callcenter.objects.types.base import Field, FieldType, Reading, Showing, read_uuid

MOST = 20
LARGEST = 1024
"""Megabytes that a designer may ask for; the installation's own limit holds as well."""

_USUAL = 5
_OFFICE = "application/vnd.openxmlformats-officedocument."
IMAGES = ("image/png", "image/jpeg", "image/gif", "image/webp")
KINDS: Mapping[str, tuple[str, ...]] = {
    "image": IMAGES,
    "pdf": ("application/pdf",),
    "office": tuple(
        _OFFICE + name
        for name in ("spreadsheetml.sheet", "wordprocessingml.document",
                     "presentationml.presentation")
    ),
    "text": ("text/plain", "text/csv"),
    "audio": ("audio/wav", "audio/mpeg", "audio/ogg"),
    "video": ("video/mp4",),
    "archive": ("application/zip",),
}  # fmt: skip
"""What a designer allows → the media types, as `service.file_kinds` tells them by content."""


def most_of(definition: Field) -> int:
    return int(definition.setting("most", _USUAL))


class File(FieldType):
    """settings: `kinds` (all, where it says nothing), `largest` in megabytes, `most` files."""

    key = "file"
    in_cell = False
    sortable = False
    settings: ClassVar = frozenset({"help", "kinds", "largest", "most"})

    def check(self, definition: Field) -> str | None:
        return None if definition.setting("kinds", [*KINDS]) else "validation.bad_kinds"

    def media_types(self, definition: Field) -> frozenset[str]:
        """Of the files that the field takes."""
        kinds = definition.setting("kinds", [*KINDS])
        return frozenset(each for kind in kinds for each in KINDS[kind])

    def read(self, definition: Field, given: Any, reading: Reading) -> Any:
        """Given: ids, or the files as they were shown."""
        if given is None:
            return None
        if not isinstance(given, list):
            raise BadValue("validation.list")
        ids = [*dict.fromkeys(_id_of(each) for each in given)]
        if len(ids) > (most := most_of(definition)):
            raise BadValue("validation.too_many_files", {"max": most})
        files = [reading.file_of(definition.key, each) for each in ids]
        if not all(files):
            raise BadValue("validation.file_gone")
        return [dict(each) for each in files if each] or None

    def display(self, definition: Field, held: Any, showing: Showing) -> str | None:
        return ", ".join(each["name"] for each in held)


def _id_of(given: Any) -> UUID:
    found = read_uuid(given.get("id") if isinstance(given, Mapping) else given)
    if found is None:
        raise BadValue("validation.file_gone")
    return found


TYPE = File()
