"""The lines of a file that were not taken, and why: a line of JSON each, beside the file itself."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date, time, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from callcenter.core.i18n import LOCALES, caption
from callcenter.objects.sheets import Cell, Line, write_sheet


@dataclass(frozen=True, slots=True)
class Fault:
    """column: its place in the file, None for a field without one; field: empty for a hidden one; label, message: for its maker."""

    column: int | None
    field: str
    label: str
    value: str
    message: str


@dataclass(frozen=True, slots=True)
class BadLine:
    line: Line
    faults: Sequence[Fault]


class FaultFile:
    def __init__(self, path: Path) -> None:
        self._path = path

    def cut(self, size: int) -> None:
        """Back to what was there when the tally was written: a batch that was lost had added more."""
        self._path.touch(mode=0o600)
        with self._path.open("r+b") as file:
            file.truncate(size)

    def add(self, bad: Sequence[BadLine]) -> int:
        """Returns the size of the file from now on."""
        with self._path.open("ab") as file:
            for one in bad:
                told = {
                    "line": one.line.number,
                    "cells": [_kept(cell) for cell in one.line.cells],
                    "faults": [asdict(fault) for fault in one.faults],
                }
                file.write(json.dumps(told, ensure_ascii=False).encode() + b"\n")
            return file.tell()

    def all(self) -> Iterator[dict[str, Any]]:
        if self._path.exists():
            with self._path.open(encoding="utf-8") as file:
                for line in file:
                    yield json.loads(line)

    def lines(self) -> set[int]:
        return {told["line"] for told in self.all()}

    def first(self, most: int, headings: Sequence[str]) -> list[dict[str, Any]]:
        """The first so many faults, as the API tells them."""
        found = (
            {**fault, "line": told["line"], "column": _name(fault["column"], headings)}
            for told in self.all()
            for fault in told["faults"]
        )
        return [*islice(found, most)]

    def write(self, path: Path, form: str, headings: Sequence[str], locale: str) -> None:
        """The bad lines as a file of the same form, with the reasons in a column of their own."""
        kept = [place for place, heading in enumerate(headings) if not is_reason(heading)]
        with write_sheet(path, form) as sheet:
            sheet.row([*(headings[place] for place in kept), caption("transfer.reason", locale)])
            for told in self.all():
                cells = told["cells"]
                line = [cells[place] if place < len(cells) else None for place in kept]
                sheet.row([*map(_written, line), _reason(told["faults"], headings)])


def is_reason(heading: str) -> bool:
    """Whether it stands above the reasons in a file that was given out."""
    return heading in {caption("transfer.reason", locale) for locale in LOCALES}


def _reason(faults: Sequence[dict[str, Any]], headings: Sequence[str]) -> str:
    named = [(_name(fault["column"], headings) or fault["label"], fault) for fault in faults]
    return "\n".join(
        f"{name}: {fault['message']}" if name else fault["message"] for name, fault in named
    )


def _name(column: int | None, headings: Sequence[str]) -> str | None:
    return None if column is None else headings[column]


def _kept(cell: Cell) -> Any:
    if isinstance(cell, date | time):
        return cell.isoformat()
    return str(cell) if isinstance(cell, timedelta) else cell


def _written(cell: Any) -> Any:
    """Fractions and yes or no as they can be read again."""
    return str(cell) if isinstance(cell, bool | float) else cell
