"""Reads what somebody entered: every field by its type, all faults told at once."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from functools import cache, partial
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from callcenter.core.clock import Clock
from callcenter.core.directory import Directory
from callcenter.core.errors import Invalid
from callcenter.core.i18n import caption
from callcenter.expressions import Surroundings
from callcenter.objects.asking import wanted
from callcenter.objects.beginnings import Maker, beginning_of
from callcenter.objects.errors import BadValue
from callcenter.objects.rules import VISIBLE
from callcenter.objects.schemas import Definition
from callcenter.objects.schemas.rights import Access, access
from callcenter.objects.service.copying import Copies, Find, finder
from callcenter.objects.service.definitions import Definitions
from callcenter.objects.service.field_files import waiting
from callcenter.objects.service.presenting import (
    Held,
    enterprise_of,
    locale_of,
    role_of,
    unmasked,
    viewer,
)
from callcenter.objects.service.reaching import Reaching
from callcenter.objects.service.seeing import seen_by, shown
from callcenter.objects.service.settling import faults, may_be_filled, worked_out
from callcenter.objects.service.triggers.before import Before
from callcenter.objects.service.triggers.marks import Settled
from callcenter.objects.types import type_of
from callcenter.objects.types.base import Field, Reading, Showing


class Reader:
    """Reads values of one definition in one transaction, as far as the scope's actor may."""

    def __init__(
        self,
        session: Session,
        definition: Definition,
        directory: Directory,
        definitions: Definitions,
        reaching: Reaching,
        clock: Clock,
    ) -> None:
        self._session = session
        self._definition = definition
        self._role = role_of(session)
        self._seen = seen_by(definition, self._role)
        find = finder(session, directory, definitions, reaching)
        self.reading = reading_of(session, directory, definitions, find)
        self._anywhere = reading_of(session, directory, definitions)
        actor = viewer(session)
        role, user_id = (actor.role.value, actor.person_id) if actor else ("", None)
        now = clock.now().astimezone(self.reading.zone)
        self._around = Surroundings(role, user_id, now.date())
        self._maker = Maker(now)
        if actor:
            self._maker = Maker(now, user_id, actor.name, actor.employee_code, actor.team_ids)
        self._waiting: Callable[[str, UUID], Mapping[str, Any] | None] = lambda *_: None
        if definition.files:
            own_id = definitions.id_of(session, definition)
            self._waiting = partial(waiting, session, own_id)
            self.reading = replace(self.reading, file_of=self._waiting)
        self._copies = Copies(definition, find, self._role, self._anywhere)
        object_id = definitions.object_id if definition.armed.all else None
        self._before = Before(session, definition, object_id, self._anywhere, self._around, clock)

    def new(
        self, given: Mapping[str, Any], supplied: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """All values of a new record, defaults in place of what is empty; raises Invalid.

        supplied: what the product fills in, also where the actor may not.
        """
        filled = {
            key: (default, self._anywhere) for key, default in self._definition.defaults.items()
        }
        begun = {field.key: beginning_of(field, self._maker) for field in self._definition.begun}
        filled |= {key: (value, self._anywhere) for key, value in begun.items() if value}
        filled |= {key: (value, self.reading) for key, value in (supplied or {}).items()}
        for key, value in given.items():
            # A hidden field that is named is unknown, whatever it would begin with.
            if value not in (None, "") or key not in self._seen.by_key:
                filled.pop(key, None)
        held = {**self._definition.empty, **self._read(given, {}, filled)}
        own = [key for key in given if key not in filled]
        said = {*(supplied or ()), *(key for key in own if held[key] is not None)}
        copied = self._copied(held, held, said)
        held |= copied
        unseen = [
            key for key in filled
            if not may_be_filled(self._definition, self._definition.by_key[key], held, self._around)
        ]  # fmt: skip
        held |= dict.fromkeys(unseen)
        return self._settled(None, held, [key for key in own if key not in copied])

    def changes(
        self, given: Mapping[str, Any], current: Held, supplied: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """The values that differ from the record's, with what follows; raises Invalid."""
        entered = self.entered(given, current, supplied)
        copied = self.copied(entered, current.values)
        own = [key for key in entered if key not in copied]
        return self._changed(entered | copied, current, own) if entered else {}

    def copied(self, entered: Mapping[str, Any], current: Mapping[str, Any]) -> dict[str, Any]:
        """What a record takes over when these values become its own; what is entered stands."""
        said = [key for key, value in entered.items() if value is not None]
        return self._copied({**current, **entered}, entered, said)

    def _copied(
        self, after: Mapping[str, Any], changed: Collection[str], said: Collection[str]
    ) -> dict[str, Any]:
        found = self._copies.of(after, changed)
        if not found:
            return {}
        whole, by_key = {**after, **found}, self._definition.by_key
        return {
            key: value
            for key, value in found.items()
            if key not in said and may_be_filled(self._definition, by_key[key], whole, self._around)
        }

    def entered(
        self, given: Mapping[str, Any], current: Held, supplied: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """The values that somebody changes; raises Invalid.

        supplied: what the product changes, also where the actor may not.

        A value that is sent back as it was shown is no change: so the mask of a number that its
        reader may not see never overwrites the number.
        """
        showing = Showing("", unmasked(self._session), {}, {}, {})
        sent = {}
        for key, value in given.items():
            field = self._seen.by_key.get(key)
            if field and shown(field, current.values[key], showing, self._role) == value:
                continue
            sent[key] = value
        self.reading = replace(self.reading, file_of=partial(self._file, current.values))
        filled = {key: (value, self.reading) for key, value in (supplied or {}).items()}
        held = self._read(sent, current.values, filled)
        return {key: value for key, value in held.items() if value != current.values[key]}

    def _file(self, values: Mapping[str, Any], key: str, file_id: UUID) -> Mapping[str, Any] | None:
        """One that the field has already, or one that waits for it."""
        there = {each["id"]: each for each in values.get(key) or ()}
        return there.get(str(file_id)) or self._waiting(key, file_id)

    def filled(self, given: Mapping[str, Any], current: Held) -> dict[str, Any]:
        """As `changes`, of values that the product fills in, also where the actor may not."""
        held: dict[str, Any] = {}
        wrong: dict[str, list[str]] = {}
        for key, value in given.items():
            field = self._definition.by_key.get(key)
            if field is None:
                continue  # gone since the trigger was written
            try:
                held[key] = type_of(field).read(field, value, self.reading)
            except BadValue as fault:
                wrong[key] = [self._say(fault)]
        if wrong:
            raise Invalid(fields=wrong)
        changed = {key: value for key, value in held.items() if value != current.values[key]}
        copied = self.copied(changed, current.values)
        return self._changed(changed | copied, current, ()) if changed else {}

    def settled(
        self, changed: Mapping[str, Any], current: Held, *, anyway: bool = False
    ) -> dict[str, Any]:
        """Held values that change, with what follows from them; raises Invalid.

        anyway: whether triggers are asked although nothing changes: it is written all the same.
        """
        return self._changed(changed, current, changed) if changed or anyway else {}

    def _changed(
        self, changed: Mapping[str, Any], current: Held, given: Collection[str]
    ) -> dict[str, Any]:
        after = self._settled(current, {**current.values, **changed}, given, changed)
        changes = {key: value for key, value in after.items() if value != current.values[key]}
        return Settled(changes, after.triggers)

    def objections(
        self, before: Mapping[str, Any] | None, after: Mapping[str, Any], given: Collection[str]
    ) -> dict[str, list[str]]:
        """What would be said against a record becoming `after`, by field."""
        found = faults(self._definition, before, after, given, self._around)
        told = [said for key, fault in found if (said := self._told(key, fault))]
        return {key: [said] for key, said in reversed(told)}

    @property
    def triggers(self) -> Before:
        return self._before

    @property
    def around(self) -> Surroundings:
        return self._around

    def filter_value(self, field: Field, name: str, text: str) -> Any:
        """A value of a filter; raises Invalid naming the filter."""
        try:
            return wanted(field, text, self.reading)
        except BadValue as fault:
            raise Invalid(fields={name: [self._say(fault)]}) from fault

    def _read(
        self,
        given: Mapping[str, Any],
        current: Mapping[str, Any],
        filled: Mapping[str, tuple[Any, Reading]] | None = None,
    ) -> dict[str, Any]:
        held: dict[str, Any] = {}
        wrong: dict[str, list[str]] = {}
        filled = filled or {}
        expected = [field.key for field in self._seen.required if self._always_wanted(field)]
        for key in dict.fromkeys([*given, *filled, *(() if current else expected)]):
            try:
                if key in filled:
                    field = self._definition.by_key[key]
                    held[key] = type_of(field).read(field, *filled[key])
                else:
                    held[key] = self._value(key, given.get(key))
            except BadValue as fault:
                # Of a hidden field nothing is told: it begins with nothing.
                if key in self._seen.by_key or key in given:
                    wrong[key] = [self._say(fault)]
        if wrong:
            raise Invalid(fields=wrong)
        return held

    def _settled(
        self,
        current: Held | None,
        after: Mapping[str, Any],
        given: Collection[str],
        made: Collection[str] = (),
    ) -> Settled:
        """With its formulas and what triggers make of it; raises Invalid, Refused."""
        before, record_id = (current.values, current.row.id) if current else (None, None)
        formulas = worked_out(self._definition, after)
        computed = {**after, **formulas} if formulas else after
        whole = self._before.run(before, computed, record_id)
        if whole.triggers:
            made = {*made, *(key for key in whole if whole[key] != computed.get(key))}
        found = faults(self._definition, before, whole, given, self._around, made)
        wrong = [told for key, fault in found if (told := self._told(key, fault))]
        if wrong:
            raise Invalid(fields={key: [said] for key, said in reversed(wrong)})
        return whole

    def _told(self, key: str, fault: BadValue) -> tuple[str, str] | None:
        """What somebody may not write cannot be required of him, and a hidden field is not named."""
        if fault.key == "validation.required" and not self._writes(self._definition.by_key[key]):
            return None
        if key not in self._seen.by_key:
            return "_", self._say(BadValue("validation.check"))
        return key, self._say(fault)

    def _writes(self, field: Field) -> bool:
        return access(field, self._role) is Access.WRITE

    def _always_wanted(self, field: Field) -> bool:
        """One that is not always on the form, or copied, is asked for when the others are known."""
        conditions = self._definition.rules.conditions[VISIBLE]
        sometimes = field.key in conditions or field.setting("copied")
        return field.required and self._writes(field) and not sometimes

    def _value(self, key: str, given: Any) -> Any:
        field = self._seen.by_key.get(key)
        if field is None:
            raise BadValue("validation.unknown_field")
        if field.read_only or not type_of(field).entered:
            raise BadValue("validation.read_only")
        if not self._writes(field):
            raise BadValue("validation.not_yours")
        held = type_of(field).read(field, given, self.reading)
        if held is None and self._always_wanted(field):
            raise BadValue("validation.required")
        return held

    def _say(self, fault: BadValue) -> str:
        locale = locale_of(self._session)
        if fault.said and (words := fault.said.get(locale)):
            return words
        return caption(fault.key, locale, fault.parameters)


def reading_of(
    session: Session,
    directory: Directory,
    definitions: Definitions,
    find: Find | None = None,
) -> Reading:
    """In one transaction. Each user, team and record is asked for once, however many rows name it.

    find: of what is within the actor's reach; what is not cannot be referred to, or he could ask for
    the names of all, one by one. Without it everything can.
    """
    enterprise = enterprise_of(session, directory)
    found = find or finder(session, directory, definitions)
    return Reading(
        area_code=enterprise.area_code,
        zone=enterprise.zone,
        user_exists=cache(lambda user_id: user_id in directory.people(session, [user_id])),
        team_exists=cache(lambda team_id: team_id in directory.teams(session)),
        record_exists=lambda identifier, record_id: found(identifier, record_id) is not None,
    )
