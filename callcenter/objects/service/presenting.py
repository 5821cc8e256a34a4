"""How a record is shown to somebody: masked by privilege, ids with the names behind them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from callcenter.core.db import TenantTables
from callcenter.core.directory import Directory, EnterpriseCard, Person
from callcenter.core.errors import NotFound
from callcenter.core.i18n import DEFAULT_LOCALE
from callcenter.core.permissions import Permission
from callcenter.core.tenant import Actor, Scope
from callcenter.objects import queries
from callcenter.objects.schemas import Definition
from callcenter.objects.service.definitions import Definitions
from callcenter.objects.types import masked_type, type_of
from callcenter.objects.types.base import Field, Showing


@dataclass(frozen=True, slots=True)
class Held:
    """A record as it lies in its table: values by field key, in the types' held form."""

    row: Any
    values: Mapping[str, Any]


def hold(definition: Definition, row: Any) -> Held:
    values: dict[str, Any] = {}
    for field in definition.fields:
        if definition.has_column(field):
            value = row._mapping[queries.column_of(field)]  # noqa: SLF001 - its public name
        else:
            value = type_of(field).hold(row.extra.get(field.place))
        values[field.key] = value
    return Held(row, values)


class Presenter:
    def __init__(self, directory: Directory, definitions: Definitions) -> None:
        self._directory = directory
        self._definitions = definitions

    def show(
        self, session: Session, definition: Definition, records: Sequence[Held]
    ) -> list[dict[str, Any]]:
        """Answers of the API's shape `Record`, for the scope's actor."""
        people = self._directory.people(session, _people(definition, records))
        showing = self._showing(session, definition, [r.values for r in records], people)
        return [_record(definition, record, showing, people) for record in records]

    def texts(
        self, session: Session, definition: Definition, values: Sequence[Mapping[str, Any]]
    ) -> list[dict[str, str | None]]:
        """Each field's value as text, for the log of changes."""
        ids = _ids(definition, values, {"user"})
        people = self._directory.people(session, ids)
        showing = self._showing(session, definition, values, people)
        return [
            {
                key: _text(definition.by_key[key], held, showing)
                for key, held in each.items()
                if key in definition.by_key
            }
            for each in values
        ]

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
        found: dict[UUID, str] = {}
        schema = queries.schema_of(enterprise_of(session, self._directory).code)
        for field in definition.fields:
            if field.type != "reference":
                continue
            ids = {each[field.key] for each in values if each.get(field.key)}
            if not ids:
                continue
            try:
                target = self._definitions.get(session, field.setting("reference")["object"])
            except NotFound:
                continue  # the object it pointed at is no longer published
            query = queries.titles(queries.table_of(target, schema), target, list(ids))
            found |= {row.id: row[1] or "" for row in TenantTables(session).execute(query)}
        return found


def enterprise_of(session: Session, directory: Directory) -> EnterpriseCard:
    """Read once a transaction."""
    if "enterprise_card" not in session.info:
        session.info["enterprise_card"] = directory.enterprise(session)
    card: EnterpriseCard = session.info["enterprise_card"]
    return card


def viewer(session: Session) -> Actor | None:
    scope: Scope = session.info["scope"]
    return scope.actor


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
    definition: Definition, record: Held, showing: Showing, people: Mapping[UUID, Person]
) -> dict[str, Any]:
    row = record.row
    values, display, masked = {}, {}, []
    for field in definition.fields:
        held, kind = record.values[field.key], type_of(field)
        values[field.key] = kind.value(held, showing)
        if held is None:
            continue
        if (text := kind.display(field, held, showing)) is not None:
            display[field.key] = text
        if masked_type(field) and not showing.unmasked:
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


def _person(people: Mapping[UUID, Person], user_id: UUID | None) -> dict[str, Any] | None:
    person = people.get(user_id) if user_id else None
    return {"id": person.id, "name": person.name} if person else None


def _text(field: Field, held: Any, showing: Showing) -> str | None:
    if held is None:
        return None
    text = type_of(field).display(field, held, showing)
    return text if text is not None else str(type_of(field).value(held, showing))


def _people(definition: Definition, records: Sequence[Held]) -> set[UUID]:
    ids = _ids(definition, [record.values for record in records], {"user"})
    for record in records:
        ids |= {user for user in (record.row.created_by, record.row.updated_by) if user}
    return ids


def _ids(definition: Definition, values: Iterable[Mapping[str, Any]], types: set[str]) -> set[UUID]:
    keys = [field.key for field in definition.fields if field.type in types]
    return {each[key] for each in values for key in keys if each.get(key)}
