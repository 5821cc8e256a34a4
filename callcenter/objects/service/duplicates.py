"""Records that look like one that somebody enters: by the rules of the definition, a hint and no more."""

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Table, and_, or_
from sqlalchemy.orm import Session

from callcenter.core.clock import Clock
from callcenter.core.db import TenantTables
from callcenter.core.directory import Directory
from callcenter.core.errors import Invalid
from callcenter.objects import queries
from callcenter.objects.schemas import Definition, DuplicateRule
from callcenter.objects.service.definitions import Definitions
from callcenter.objects.service.lookups import Lookups
from callcenter.objects.service.presenting import Held, hold, role_of
from callcenter.objects.service.reaching import Handled
from callcenter.objects.service.reading import Reader
from callcenter.objects.service.seeing import clear_to

MOST = 5
_TRIED = 100
"""How many that sound alike in part are looked at: a hint is not worth a long search."""
_SHORTEST_SOUND = 4


class Duplicates(Lookups):
    def __init__(
        self, directory: Directory, definitions: Definitions, handled: Handled, clock: Clock
    ) -> None:
        super().__init__(directory, definitions, handled)
        self._clock = clock

    def find(
        self,
        session: Session,
        identifier: str,
        given: Mapping[str, str],
        but: UUID | None = None,
    ) -> list[dict[str, Any]]:
        """Up to five, those by the first rules first. given: `f.<field>` → text; but: itself.

        A value that is not whole yet counts for nothing. Raises Invalid for an unknown field.
        """
        definition = self._definition(session, identifier, "read")
        # A hint tells a value as a filter does: only by fields that the role sees as they are.
        clear = clear_to(definition, role_of(session))
        entered = self._read(session, clear, given)
        table = self._table(session, definition)
        found: dict[UUID, tuple[Held, list[str]]] = {}
        for rule in clear.rules_of_duplicates:
            for held in self._by_rule(session, definition, table, rule, entered):
                if held.row.id != but:
                    agreeing = found.setdefault(held.row.id, (held, []))[1]
                    agreeing += _agreeing(rule, held, entered)
        return self._show(session, definition, [*found.values()][:MOST])

    def _read(
        self, session: Session, definition: Definition, given: Mapping[str, str]
    ) -> dict[str, Any]:
        reader = Reader(
            session, definition, self._directory, self._definitions, self._reaching, self._clock
        )
        entered: dict[str, Any] = {}
        for name, text in given.items():
            field = definition.by_key.get(name.removeprefix("f."))
            if not name.startswith("f.") or field is None:
                raise Invalid(fields={name: ["validation.unknown_filter"]})
            if not text.strip():
                continue
            try:
                entered[field.key] = reader.filter_value(field, name, text.strip())
            except Invalid:
                continue  # half typed
        return entered

    def _by_rule(
        self,
        session: Session,
        definition: Definition,
        table: Table,
        rule: DuplicateRule,
        entered: Mapping[str, Any],
    ) -> Iterator[Held]:
        condition = _condition(definition, table, rule, entered)
        if condition is None:
            return
        query = self._within(session, queries.alive(table).where(condition), definition)
        for row in TenantTables(session).execute(query.limit(_TRIED)):
            held = hold(definition, row)
            if rule.how != "pinyin" or _sounds_alike(definition, rule, held, entered):
                yield held

    def _show(
        self, session: Session, definition: Definition, found: list[tuple[Held, list[str]]]
    ) -> list[dict[str, Any]]:
        shown = self._presenter.show(session, definition, [held for held, _ in found])
        return [
            {
                **{name: record[name] for name in ("id", "object", "key", "title")},
                "fields_": list(dict.fromkeys(fields)),
            }
            for record, (_, fields) in zip(shown, found, strict=True)
        ]


def _condition(
    definition: Definition, table: Table, rule: DuplicateRule, entered: Mapping[str, Any]
) -> Any:
    """None where the rule says nothing of what was entered."""
    columns = [table.c[queries.column_of(definition.by_key[key])] for key in rule.fields]
    values = [entered.get(key) for key in rule.fields]
    if rule.how == "phone":
        numbers = [value for value in values if value is not None]
        return or_(*(column.in_(numbers) for column in columns)) if numbers else None
    if any(value is None for value in values):
        return None
    if rule.how == "exact":
        return and_(*(column == value for column, value in zip(columns, values, strict=True)))
    sounds = [queries.sound(str(value)) for value in values]
    if any(len(sound) < _SHORTEST_SOUND for sound in sounds):
        return None
    return and_(*(table.c.search_text.contains(sound, autoescape=True) for sound in sounds))


def _agreeing(rule: DuplicateRule, held: Held, entered: Mapping[str, Any]) -> list[str]:
    """In which fields of the record that was found it is seen."""
    if rule.how != "phone":
        return [*rule.fields]
    numbers = {entered.get(key) for key in rule.fields} - {None}
    return [key for key in rule.fields if held.values.get(key) in numbers]


def _sounds_alike(
    definition: Definition, rule: DuplicateRule, held: Held, entered: Mapping[str, Any]
) -> bool:
    """What `search_text` has is found in part, and in any field: here it is the field's whole value."""
    return all(
        queries.sound(str(held.values[key] or "")) == queries.sound(str(entered[key]))
        for key in rule.fields
        if key in definition.by_key
    )
