"""Code tables as CSV: what a spreadsheet saves, in whatever encoding it does. Pure."""

import csv
from io import BytesIO, StringIO
from typing import Any

from marshmallow import ValidationError

from callcenter.core.i18n import LOCALES
from callcenter.core.messages import flatten
from callcenter.objects.schemas.document import MOST_OPTIONS, CodeOption
from callcenter.objects.sheets.text import encoding_of, inert, plain
from callcenter.objects.types.boolean import NO, YES

HEADING = ("value", *LOCALES, "parent", "color", "active", "closed")

Faults = list[tuple[int, str]]
"""(line, caption's key or marshmallow's message)."""


def write_file(items: list[Any]) -> str:
    """A heading, then a line an option; with the mark by which Excel knows UTF-8."""
    out = StringIO()
    writer = csv.writer(out)
    writer.writerow(HEADING)
    for item in items:
        labels = [item["label"].get(locale, "") for locale in LOCALES]
        flags = ["yes" if item.get("active", True) else "no", "yes" if item.get("closed") else "no"]
        row = [item["value"], *labels, item.get("parent") or "", item.get("color") or "", *flags]
        writer.writerow([inert(cell) for cell in row])
    return "\ufeff" + out.getvalue()


Lines = dict[int, dict[str, Any]]
"""Options in the file's order, by the line that each stands in; the heading is the first."""


def read_file(content: bytes) -> tuple[Lines, Faults]:
    """The options, or what is wrong with the file."""
    text = _decoded(content)
    if text is None:
        return {}, [(1, "validation.encoding")]
    try:
        rows = [*csv.reader(StringIO(text, newline=""), strict=True)]
    except csv.Error:
        return {}, [(1, "validation.csv")]
    names = [name.strip().lower() for name in rows[0]] if rows else []
    known = {name.lower(): name for name in HEADING}
    if "value" not in names or not set(names) <= {*known, ""}:
        return {}, [(1, "validation.csv_heading")]
    if len(rows) > MOST_OPTIONS + 1:
        return {}, [(MOST_OPTIONS + 2, "validation.too_many")]
    options: Lines = {}
    seen: set[str] = set()
    faults: Faults = []
    for line, row in enumerate(rows[1:], 2):
        cells = {known[name]: cell.strip() for name, cell in zip(names, row, strict=False) if name}
        if not any(cells.values()):
            continue
        option, wrong = _option(cells)
        if option["value"] in seen:
            wrong.append("validation.duplicate")
        seen.add(option["value"])
        faults += [(line, said) for said in wrong]
        options[line] = option
    return ({}, faults) if faults else (options, [])


def _option(cells: dict[str, str]) -> tuple[dict[str, Any], list[str]]:
    cells = {name: plain(cell) for name, cell in cells.items()}
    # Somebody who has one language gives it for both.
    said = next((cells[locale] for locale in LOCALES if cells.get(locale)), cells.get("value", ""))
    option: dict[str, Any] = {
        "value": cells.get("value", ""),
        "label": {locale: cells.get(locale) or said for locale in LOCALES},
    }
    wrong: list[str] = []
    for name in ("parent", "color"):
        if cells.get(name):
            option[name] = cells[name]
    for name in ("active", "closed"):
        given = cells.get(name, "").lower()
        if given and given not in YES | NO:
            wrong.append("validation.boolean")
        elif given:
            option[name] = given in YES
    try:
        CodeOption().load(option)
    except ValidationError as error:
        wrong += [messages[0] for messages in flatten(error.messages).values()]
    return option, wrong


def _decoded(content: bytes) -> str | None:
    encoding = encoding_of(BytesIO(content))
    return content.decode(encoding) if encoding else None
