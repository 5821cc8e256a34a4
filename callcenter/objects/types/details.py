"""Records of another object that belong to this one: its parts, items, visits. Shown as its lines.

They lie in their own object, whose reference field names the record that they belong to; the row
of that record has nothing of them.
"""

from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import UUID

from callcenter.objects.errors import BadValue
from callcenter.objects.types.base import Field, FieldType, Reading

MOST = 200
"""Lines that one record may have; a form draws and saves all of them at once."""

_USUAL = 50


def most_of(definition: Field) -> int:
    return int(definition.setting("details", {}).get("most", _USUAL))


class Details(FieldType):
    """settings: `details`, as `document.DetailsShape` says.

    Given are all lines, in order: `{"id", "version", "values"}` of one that stays, with the values
    that change, and `{"values"}` of a new one. Who is not among them goes.
    """

    key = "details"
    in_cell = False
    apart = True
    sortable = False
    settings: ClassVar = frozenset({"help", "details"})

    def check(self, definition: Field) -> str | None:
        settings = definition.setting("details", {})
        named = settings.get("object") and settings.get("by") and settings.get("columns")
        return None if named else "validation.bad_details"

    def read(self, definition: Field, given: Any, reading: Reading) -> Any:
        if given is None:
            return None
        if not isinstance(given, list):
            raise BadValue("validation.list")
        if len(given) > (most := most_of(definition)):
            raise BadValue("validation.too_many_lines", {"max": most})
        lines = [_line(each) for each in given]
        ids = [line["id"] for line in lines if line["id"]]
        if len(set(ids)) < len(ids):
            raise BadValue("validation.lines")
        return lines or None


def _line(given: Any) -> dict[str, Any]:
    """With its id (None: it is new) and the version at which it was read; raises BadValue."""
    if not isinstance(given, Mapping) or not isinstance(given.get("values"), Mapping):
        raise BadValue("validation.lines")
    try:
        line_id = UUID(given["id"]) if given.get("id") else None
    except (ValueError, TypeError, AttributeError):
        raise BadValue("validation.lines") from None
    version = given.get("version")
    if line_id and (isinstance(version, bool) or not isinstance(version, int)):
        raise BadValue("validation.lines")
    return {"id": line_id, "version": version, "values": dict(given["values"])}


TYPE = Details()
