"""Which column of a file is which field: guessed from the headings, and checked."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from typing import Any

from sqlalchemy.orm import Session

from callcenter.core.errors import Invalid
from callcenter.objects.rules import VISIBLE
from callcenter.objects.schemas import Definition
from callcenter.objects.service.presenting import locale_of
from callcenter.objects.service.transfer.faults import is_reason
from callcenter.objects.service.transfer.rights import may_find_by, may_write
from callcenter.objects.sheets import BadSheet, Sheet
from callcenter.objects.types.base import Field
from callcenter.objects.types.cells import text_of, words_of

_SAMPLES = 3
_LONGEST_SAMPLE = 80
_MARKS = re.compile(r"[\s_\-*:.()\[\]]+")


@dataclass(frozen=True, slots=True)
class Wish:
    """What becomes of a file.

    columns  the field of each column, None where it is ignored
    mode     create, update, or both: update what is found, else create
    match    the field by which a record is found
    empty    whether an empty cell leaves what a record has, or clears it
    """

    columns: Sequence[str | None]
    mode: str = "create"
    match: str | None = None
    empty: str = "leave"

    def dump(self) -> dict[str, Any]:
        return {**asdict(self), "columns": [*self.columns]}

    @property
    def acts(self) -> tuple[str, ...]:
        return {"create": ("create",), "update": ("edit",)}.get(self.mode, ("create", "edit"))


@dataclass(frozen=True, slots=True)
class Content:
    """What an uploaded file has: headings in order, and the first values below each."""

    headings: list[str]
    samples: list[list[str]]
    lines: int


def inspect(sheet: Sheet) -> Content:
    """Raises BadSheet for a file without a heading or without anything below it."""
    lines = [*islice(sheet.lines(), 1 + _SAMPLES)]
    headings = [(text_of(cell) or "") for cell in lines[0].cells] if lines else []
    if len(lines) < 2:
        raise BadSheet("validation.no_rows")
    width = max(len(line.cells) for line in lines)
    headings += [""] * (width - len(headings))
    seen: set[str] = set()
    for heading in filter(None, headings):
        if (said := words_of(heading)) in seen:
            raise BadSheet("validation.heading_twice", name=heading)
        seen.add(said)
    samples = [
        [(text_of(line.cell(place)) or "")[:_LONGEST_SAMPLE] for line in lines[1:]]
        for place in range(width)
    ]
    return Content(headings, samples, sheet.count())


def targets(session: Session, definition: Definition) -> list[Field]:
    """The fields that a file may bring values of."""
    return [field for field in definition.fields if may_write(session, field)]


def matches(session: Session, definition: Definition) -> list[Field]:
    """The fields by which a record is found."""
    return [
        field
        for field in definition.fields
        if (field.unique or field.type in ("serial", "phone") or field.key == definition.key_field)
        and may_find_by(session, field)
    ]


def guess(session: Session, definition: Definition, headings: Sequence[str]) -> Wish:
    """By key or label in any language; the key, where the file has it, is what records are found by."""
    key = definition.by_key[definition.key_field]
    there = [*targets(session, definition), key]
    names: dict[str, str] = {}
    for each in there:
        for name in (each.key, *each.label.values()):
            names.setdefault(_bare(name), each.key)
    columns: list[str | None] = []
    for heading in headings:
        found = None if is_reason(heading) else names.get(_bare(heading))
        columns.append(None if found in columns else found)
    if key.key in columns and key in matches(session, definition):
        return Wish(columns, "both", key.key)
    return Wish(columns)


def _bare(name: str) -> str:
    return _MARKS.sub("", words_of(name))


def check(session: Session, definition: Definition, wish: Wish, width: int) -> None:
    """Raises Invalid for what cannot be done, by `columns.<n>`, `columns`, `match`."""
    wrong: dict[str, str] = {}
    if len(wish.columns) != width:
        raise Invalid(fields={"columns": ["validation.invalid"]})
    allowed = {field.key for field in targets(session, definition)}
    for place, key in enumerate(wish.columns):
        if key is None:
            continue
        if key not in definition.by_key:
            wrong[f"columns.{place}"] = "validation.unknown_field"
        elif key in wish.columns[:place]:
            wrong[f"columns.{place}"] = "validation.duplicate"
        elif key not in allowed and key != wish.match:
            wrong[f"columns.{place}"] = "validation.read_only"
    if not any(wish.columns):
        wrong["columns"] = "validation.no_columns"
    wrong |= _wrong_match(session, definition, wish)
    missing = _missing(session, definition, wish) if wish.mode == "create" and not wrong else []
    if missing:
        wrong["columns"] = "validation.required_columns"
    if wrong:
        names = "、".join(_label(field, locale_of(session)) for field in missing)
        raise Invalid({"names": names}, {place: [key] for place, key in wrong.items()})


def _wrong_match(session: Session, definition: Definition, wish: Wish) -> Mapping[str, str]:
    if wish.mode == "create":
        return {"match": "validation.invalid"} if wish.match else {}
    if wish.match is None:
        return {"match": "validation.required"}
    if wish.match not in {field.key for field in matches(session, definition)}:
        return {"match": "validation.no_match"}
    return {} if wish.match in wish.columns else {"match": "validation.match_column"}


def _missing(session: Session, definition: Definition, wish: Wish) -> list[Field]:
    """Required whatever the record is, of whoever acts, and not given."""
    sometimes = definition.rules.conditions[VISIBLE]
    return [
        field
        for field in targets(session, definition)
        if field.required
        and field.setting("default") is None
        and not (field.setting("copied") or field.setting("begin"))
        and field.key not in sometimes
        and field.key not in wish.columns
    ]


def _label(field: Field, locale: str) -> str:
    return str(field.label.get(locale, field.key))
