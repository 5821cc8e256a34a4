"""What the lines of a file say: each cell by its field's type, as a person would have entered it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from callcenter.core.clock import Clock
from callcenter.core.directory import Directory
from callcenter.core.errors import Invalid
from callcenter.core.i18n import caption
from callcenter.objects.errors import BadValue
from callcenter.objects.schemas import Definition
from callcenter.objects.service.definitions import Definitions
from callcenter.objects.service.presenting import Held, locale_of, role_of
from callcenter.objects.service.reaching import Reaching
from callcenter.objects.service.reading import Reader
from callcenter.objects.service.seeing import seen_by
from callcenter.objects.service.transfer.faults import Fault
from callcenter.objects.service.transfer.mapping import Wish
from callcenter.objects.service.transfer.naming import Naming
from callcenter.objects.sheets import Line
from callcenter.objects.types import type_of
from callcenter.objects.types.base import Field, Named
from callcenter.objects.types.cells import text_of

_FEW_VALUES = frozenset(
    {"boolean", "cascade", "choice", "choices", "date", "region", "team", "user"}
)
"""Types whose cells say the same again and again."""
_MOST_KEPT = 10_000


@dataclass(slots=True)
class Row:
    """One line on its way.

    given, empty  what its cells say, and which say nothing
    match         by what its record is found
    current       the record that it changes, locked; None for a new one
    values        what becomes of the record
    made          a new one, as its table takes it
    """

    line: Line
    given: dict[str, Any] = field(default_factory=dict)
    empty: list[str] = field(default_factory=list)
    match: Any = None
    current: Held | None = None
    values: dict[str, Any] = field(default_factory=dict)
    made: Mapping[str, Any] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def is_blamed(self, key: str | None) -> bool:
        return any(fault.field == key for fault in self.faults)


def good(rows: Iterable[Row]) -> Iterable[Row]:
    return (row for row in rows if not row.faults)


class Lines:
    """Reads lines of one file in one transaction."""

    def __init__(
        self,
        session: Session,
        definition: Definition,
        wish: Wish,
        directory: Directory,
        definitions: Definitions,
        reaching: Reaching,
        clock: Clock,
        only: Collection[str] | None = None,
    ) -> None:
        """only: the fields to read, where not all are of interest."""
        self._session = session
        self._definition = definition
        self._wish = wish
        self._locale = locale_of(session)
        self._seen = seen_by(definition, role_of(session)).by_key
        self.reader = Reader(session, definition, directory, definitions, reaching, clock)
        keys = {
            place: key
            for place, key in enumerate(wish.columns)
            if key and (only is None or key in only)
        }
        if gone := [key for key in keys.values() if key not in definition.by_key]:
            # The object has changed since its columns were chosen.
            raise Invalid(fields={key: ["validation.unknown_field"] for key in gone})
        self._fields = {place: definition.by_key[key] for place, key in keys.items()}

    def read(self, lines: Sequence[Line], naming: Naming, taken: dict[Any, Any]) -> list[Row]:
        """taken: what cells of few values said before, by the same definition."""
        named = naming.find(self._session, self._references(lines), [*self._fields.values()])
        self.reader.reading = naming.knowing(self.reader.reading, named)
        return [self._row(line, named, taken) for line in lines]

    def enters(self, key: str) -> bool:
        """By what a record is found may be what nobody enters: its number."""
        each = self._definition.by_key[key]
        return key != self._wish.match or (type_of(each).entered and not each.read_only)

    def blame(
        self, row: Row, key: str, said: str, parameters: Mapping[str, Any] | None = None
    ) -> None:
        """One fault a field; said: a caption's key, or the text itself."""
        each = self._seen.get(key)
        if each is None:
            # Of what is hidden it is told that something is wrong, and not what.
            key, said, parameters = "", "validation.check" if key != "_" else said, None
        if row.is_blamed(key):
            return
        columns = self._wish.columns
        place = columns.index(key) if key in columns else None
        value = "" if place is None else text_of(row.line.cell(place)) or ""
        label = each.label.get(self._locale, key) if each else ""
        message = caption(said, self._locale, parameters)
        row.faults.append(Fault(place, key, label, value, message))

    def held(self, each: Field, given: Any, row: Row) -> Any:
        """As it lies in the table; None, and the row is blamed, where it cannot."""
        if each.type == "serial":
            return given
        try:
            return type_of(each).read(each, given, self.reader.reading)
        except BadValue as fault:
            self.blame(row, each.key, fault.key, fault.parameters)
            return None

    def _references(self, lines: Sequence[Line]) -> Mapping[str, set[str]]:
        return {
            each.key: {text for line in lines if (text := text_of(line.cell(place)))}
            for place, each in self._fields.items()
            if each.type == "reference"
        }

    def _row(self, line: Line, named: Named, taken: dict[Any, Any]) -> Row:
        row = Row(line)
        for place, each in self._fields.items():
            try:
                given = self._take(each, line, place, named, taken)
            except BadValue as fault:
                self.blame(row, each.key, fault.key, fault.parameters)
                continue
            if given is None:
                row.empty.append(each.key)
                continue
            row.given[each.key] = given
            if each.key == self._wish.match:
                row.match = self.held(each, given, row)
        return row

    @staticmethod
    def _take(each: Field, line: Line, place: int, named: Named, taken: dict[Any, Any]) -> Any:
        cell = line.cell(place)
        if cell is None or cell == "":
            return None
        if each.type not in _FEW_VALUES:
            return type_of(each).take(each, cell, named)
        # 1, 1.0 and yes are equal, and not the same.
        said = each.key, type(cell), cell
        if said not in taken:
            if len(taken) > _MOST_KEPT:
                taken.clear()
            taken[said] = type_of(each).take(each, cell, named)
        return taken[said]
