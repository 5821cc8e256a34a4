"""Reads what somebody entered: every field by its type, all faults told at once."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from callcenter.core.db import TenantTables
from callcenter.core.directory import Directory
from callcenter.core.errors import Invalid, NotFound
from callcenter.core.i18n import caption
from callcenter.objects import queries
from callcenter.objects.errors import BadValue
from callcenter.objects.schemas import Definition
from callcenter.objects.service.definitions import Definitions
from callcenter.objects.service.presenting import Held, locale_of, unmasked
from callcenter.objects.types import type_of
from callcenter.objects.types.base import Field, Reading, Showing


class Reader:
    """Reads values of one definition in one transaction."""

    def __init__(
        self,
        session: Session,
        definition: Definition,
        directory: Directory,
        definitions: Definitions,
    ) -> None:
        self._session = session
        self._definition = definition
        self._directory = directory
        self._definitions = definitions
        enterprise = directory.enterprise(session)
        self._schema = queries.schema_of(enterprise.code)
        self.reading = Reading(
            area_code=enterprise.area_code,
            zone=enterprise.zone,
            user_exists=lambda user_id: user_id in directory.people(session, [user_id]),
            team_exists=lambda team_id: team_id in directory.teams(session),
            record_exists=self._record_exists,
        )

    def new(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """All values of a new record, defaults in place of what is empty; raises Invalid."""
        defaults = {
            field.key: field.setting("default")
            for field in self._definition.fields
            if field.setting("default") is not None and given.get(field.key) in (None, "")
        }
        held = self._read({**given, **defaults}, {})
        for field in self._definition.fields:
            held.setdefault(field.key, None)
        return held

    def changes(self, given: Mapping[str, Any], current: Held) -> dict[str, Any]:
        """The values that differ from the record's; raises Invalid.

        A value that is sent back as it was shown is no change: so the mask of a number that its
        reader may not see never overwrites the number.
        """
        shown = Showing("", unmasked(self._session), {}, {}, {})
        sent = {}
        for key, value in given.items():
            field = self._definition.by_key.get(key)
            if field and type_of(field).value(current.values[key], shown) == value:
                continue
            sent[key] = value
        held = self._read(sent, current.values)
        return {key: value for key, value in held.items() if value != current.values[key]}

    def filter_value(self, field: Field, name: str, text: str) -> Any:
        """A value of a filter; raises Invalid naming the filter."""
        given: Any = text
        if field.type == "integer" and text.lstrip("-").isdigit():
            given = int(text)
        if field.type == "boolean":
            given = {"true": True, "false": False}.get(text)
        if field.type in ("choice", "cascade", "serial"):
            return text
        try:
            held = type_of(field).read(field, given, self.reading)
        except BadValue as fault:
            raise Invalid(fields={name: [self._say(fault)]}) from fault
        if held is None:
            raise Invalid(fields={name: ["validation.required"]})
        return held

    def _read(self, given: Mapping[str, Any], current: Mapping[str, Any]) -> dict[str, Any]:
        held: dict[str, Any] = {}
        faults: dict[str, list[str]] = {}
        expected = [field.key for field in self._definition.fields if field.required]
        for key in dict.fromkeys([*given, *(() if current else expected)]):
            try:
                held[key] = self._value(key, given.get(key))
            except BadValue as fault:
                faults[key] = [self._say(fault)]
        if faults:
            raise Invalid(fields=faults)
        return held

    def _value(self, key: str, given: Any) -> Any:
        field = self._definition.by_key.get(key)
        if field is None:
            raise BadValue("validation.unknown_field")
        if field.read_only or field.type == "serial":
            raise BadValue("validation.read_only")
        held = type_of(field).read(field, given, self.reading)
        if held is None and field.required:
            raise BadValue("validation.required")
        return held

    def _record_exists(self, identifier: str, record_id: UUID) -> bool:
        try:
            target = self._definitions.get(self._session, identifier)
        except NotFound:
            return False
        query = queries.by_id(queries.table_of(target, self._schema), record_id)
        return TenantTables(self._session).execute(query).first() is not None

    def _say(self, fault: BadValue) -> str:
        return caption(fault.key, locale_of(self._session), fault.parameters)
