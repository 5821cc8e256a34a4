"""How a record is shown to somebody: as far as role and privilege go, ids with the names behind them."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy.orm import Session

from callcenter.core.db import TenantTables
from callcenter.core.directory import Directory, EnterpriseCard, Person
from callcenter.core.errors import NotFound
from callcenter.core.i18n import DEFAULT_LOCALE, caption
from callcenter.core.permissions import Permission
from callcenter.core.tenant import Actor, Scope
from callcenter.objects import queries
from callcenter.objects.schemas import Definition
from callcenter.objects.service.caching import CachedRows
from callcenter.objects.service.definitions import Definitions
from callcenter.objects.service.seeing import is_masked, said, seen_by, shown, titled
from callcenter.objects.types import type_of
from callcenter.objects.types.base import Field, Showing

if TYPE_CHECKING:
    from callcenter.objects.service.reaching import Reaching

_PEOPLE = frozenset({"user", "created_by", "updated_by"})
"""Types whose values are users."""


@dataclass(frozen=True, slots=True)
class Held:
    """A record as it lies in its table: values by field key, in the types' held form."""

    row: Any
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where a record's values lie. places: name in `extra` → the field's key, and how it is held."""

    columns: Sequence[tuple[str, str]]
    places: Mapping[str, tuple[str, Callable[[Any], Any]]]


@lru_cache(maxsize=512)
def _layout(definition: Definition) -> _Layout:
    fields = definition.fields
    return _Layout(
        [(field.key, queries.column_of(field)) for field in fields if definition.has_column(field)],
        {
            field.place: (field.key, type_of(field).hold)
            for field in fields
            if not definition.has_column(field)
        },
    )


def hold(definition: Definition, row: Any) -> Held:
    """Of hundreds of fields most are empty: what is filled is gone through, and no more."""
    layout, cells = _layout(definition), row._mapping  # noqa: SLF001 - its public name
    values: dict[str, Any] = {**definition.empty}
    for key, column in layout.columns:
        values[key] = cells[column]
    for place, stored in row.extra.items():
        if stored is not None and (found := layout.places.get(place)):
            values[found[0]] = found[1](stored)
    return Held(row, values)


class Presenter:
    def __init__(
        self,
        directory: Directory,
        definitions: Definitions,
        reaching: "Reaching",
        rows: CachedRows | None = None,
    ) -> None:
        self._directory = directory
        self._definitions = definitions
        self._reaching = reaching
        self._kept = rows

    def show(
        self, session: Session, definition: Definition, records: Sequence[Held]
    ) -> list[dict[str, Any]]:
        """Answers of the API's shape `Record`, for the scope's actor."""
        people = self._directory.people(session, _people(definition, records))
        showing = self._showing(session, definition, [r.values for r in records], people)
        role = role_of(session)
        return [
            {
                **_record(definition, record, showing, people, role),
                "may": {
                    act: self._reaching.may(session, definition, record, act)
                    for act in ("edit", "delete")
                },
            }
            for record in records
        ]

    @property
    def directory(self) -> Directory:
        return self._directory

    def texts(
        self, session: Session, definition: Definition, values: Sequence[Mapping[str, Any]]
    ) -> list[dict[str, str | None]]:
        """Each field's value as text, for the log of changes; without what is hidden."""
        showing = self.showing(session, definition, values)
        role = role_of(session)
        known = seen_by(definition, role).by_key
        return [
            {
                key: _text(known[key], held, showing, role)
                for key, held in each.items()
                if key in known
            }
            for each in values
        ]

    def names(
        self,
        session: Session,
        target: Definition,
        ids: Collection[UUID],
        *,
        marked: bool = False,
    ) -> dict[UUID, str]:
        """Titles of records, also of those that the actor may not open.

        marked: whether those that were deleted say so.
        """
        return self._names(session, {target: ids}, marked=marked) if ids else {}

    def _names(
        self, session: Session, wanted: Mapping[Definition, Collection[UUID]], *, marked: bool
    ) -> dict[UUID, str]:
        showing = Showing(locale_of(session), unmasked(session), {}, {}, {})
        role = role_of(session)
        return {
            record_id: _marked(
                titled(target, held, showing, role), showing, deleted=marked and deleted_at
            )
            for target, called in self._called(session, wanted)
            for record_id, held, deleted_at in called
        }

    def _called(
        self, session: Session, wanted: Mapping[Definition, Collection[UUID]]
    ) -> Iterable[tuple[Definition, Iterable[Any]]]:
        """Of each record its id, its title as it is held, and when it was deleted.

        Objects whose titles are of one type are read by one statement.
        """
        tables = TenantTables(session)
        schema = schema_of(session, self._directory)
        together: dict[type[Any], dict[Definition, Collection[UUID]]] = {}
        for target, ids in wanted.items():
            table = queries.table_of(target, schema)
            title = queries.title_of(table, target)
            if self._kept is not None and target.cached:
                rows = self._kept.of(session, table, ids).values()
                yield target, [(row.id, row._mapping[title.name], row.deleted_at) for row in rows]  # noqa: SLF001
            else:
                together.setdefault(type(title.type), {})[target] = ids
        for asked in together.values():
            given = {f"ids_{place}": [*ids] for place, ids in enumerate(asked.values())}
            found = tables.execute(queries.titles(tuple(asked), schema), given)
            yield from _apart([*asked], found)

    def titles_in(self, session: Session, identifier: str, ids: Collection[UUID]) -> dict[str, str]:
        """Titles of records by their ids as text; nothing of an object that is no longer there."""
        try:
            target = self._definitions.get(session, identifier)
        except NotFound:
            return {}
        found = self.names(session, target, ids, marked=True)
        return {str(record_id): title for record_id, title in found.items()}

    def showing(
        self, session: Session, definition: Definition, values: Sequence[Mapping[str, Any]]
    ) -> Showing:
        """What showing these values takes, with the names behind their ids."""
        people = self._directory.people(session, _ids(definition, values, _PEOPLE))
        return self._showing(session, definition, values, people)

    def _showing(
        self,
        session: Session,
        definition: Definition,
        values: Sequence[Mapping[str, Any]],
        people: Mapping[UUID, Person],
    ) -> Showing:
        has_teams = any(field.type == "team" for field in definition.fields)
        return Showing(
            locale=locale_of(session),
            unmasked=unmasked(session),
            people={person.id: person.name for person in people.values()},
            teams=self._directory.teams(session) if has_teams else {},
            titles=self._titles(session, definition, values),
        )

    def _titles(
        self, session: Session, definition: Definition, values: Sequence[Mapping[str, Any]]
    ) -> Mapping[UUID, str]:
        wanted: dict[str, set[UUID]] = {}
        for field in definition.fields:
            if (target_name := field.refers_to) is None:
                continue
            if ids := {each[field.key] for each in values if each.get(field.key)}:
                wanted.setdefault(target_name, set()).update(ids)
        found: dict[UUID, str] = {}
        gone = caption("record.gone", locale_of(session))
        # Without those whose object is no longer published.
        targets = self._definitions.named(session, [*wanted])
        ids_of = {target: wanted[target.identifier] for target in targets}
        for ids in ids_of.values():
            found |= dict.fromkeys(ids, gone)
        return found | self._names(session, ids_of, marked=True)


def enterprise_of(session: Session, directory: Directory) -> EnterpriseCard:
    """Read once a transaction."""
    if "enterprise_card" not in session.info:
        session.info["enterprise_card"] = directory.enterprise(session)
    card: EnterpriseCard = session.info["enterprise_card"]
    return card


def schema_of(session: Session, directory: Directory) -> str:
    return queries.schema_of(enterprise_of(session, directory).code)


def viewer(session: Session) -> Actor | None:
    scope: Scope = session.info["scope"]
    return scope.actor


def role_of(session: Session) -> str | None:
    """None for the product itself."""
    actor = viewer(session)
    return actor.role.value if actor else None


def locale_of(session: Session) -> str:
    """The language of whoever acts."""
    actor = viewer(session)
    return actor.locale if actor else DEFAULT_LOCALE


def shown_person(
    session: Session, directory: Directory, user_id: UUID | None
) -> dict[str, Any] | None:
    """As `schemas.PersonShape` says, for one who is shown alone."""
    return _person(directory.people(session, [user_id]), user_id) if user_id else None


def unmasked(session: Session) -> bool:
    """Whether numbers may be seen whole; the product itself (no actor) sees them."""
    actor = viewer(session)
    return actor is None or actor.may(Permission.NUMBERS_UNMASKED)


def _record(
    definition: Definition,
    record: Held,
    showing: Showing,
    people: Mapping[UUID, Person],
    role: str | None,
) -> dict[str, Any]:
    row = record.row
    values: dict[str, Any] = {}
    display, masked = {}, []
    for field in seen_by(definition, role).fields:
        if (held := record.values[field.key]) is None:
            values[field.key] = None
            continue
        values[field.key] = shown(field, held, showing, role)
        if (text := said(field, held, showing, role)) is not None:
            display[field.key] = text
        if is_masked(field, showing, role):
            masked.append(field.key)
    return {
        "id": row.id,
        "object": definition.identifier,
        "key": values.get(definition.key_field),
        "title": display.get(definition.title_field) or values.get(definition.title_field),
        "values": values,
        "display": display,
        "masked": masked,
        "call_id": row.call_id,
        "created_at": row.created_at,
        "created_by": _person(people, row.created_by),
        "updated_at": row.updated_at,
        "updated_by": _person(people, row.updated_by),
        "version": row.version,
    }


def _apart(
    targets: Sequence[Definition], rows: Iterable[Any]
) -> Iterable[tuple[Definition, list[Any]]]:
    """Rows of a statement of several, by the target that each is of."""
    found: list[list[Any]] = [[] for _ in targets]
    for *called, place in rows:
        found[place].append(called)
    return zip(targets, found, strict=True)


def _marked(title: str, showing: Showing, *, deleted: object) -> str:
    if not deleted:
        return title
    return caption("record.deleted_title", showing.locale, {"title": title})


def _person(people: Mapping[UUID, Person], user_id: UUID | None) -> dict[str, Any] | None:
    person = people.get(user_id) if user_id else None
    return {"id": person.id, "name": person.name} if person else None


def _text(field: Field, held: Any, showing: Showing, role: str | None) -> str | None:
    if held is None:
        return None
    text = said(field, held, showing, role)
    return text if text is not None else str(shown(field, held, showing, role))


def _people(definition: Definition, records: Sequence[Held]) -> set[UUID]:
    ids = _ids(definition, [record.values for record in records], _PEOPLE)
    for record in records:
        ids |= {user for user in (record.row.created_by, record.row.updated_by) if user}
    return ids


def _ids(
    definition: Definition, values: Iterable[Mapping[str, Any]], types: Collection[str]
) -> set[UUID]:
    keys = [field.key for field in definition.fields if field.type in types]
    return {each[key] for each in values for key in keys if each.get(key)}
