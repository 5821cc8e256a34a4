"""Triggers inside a write: they change the values that are about to lie in the table, or refuse."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NoReturn
from uuid import UUID

from sqlalchemy.orm import Session

from callcenter.core.clock import Clock
from callcenter.core.i18n import caption
from callcenter.expressions import Surroundings
from callcenter.objects.errors import BadValue, Refusal, Refused
from callcenter.objects.schemas import Definition
from callcenter.objects.service.presenting import locale_of, role_of
from callcenter.objects.service.seeing import seen_by
from callcenter.objects.service.serials import next_numbers
from callcenter.objects.service.settling import worked_out
from callcenter.objects.service.triggers.marks import Settled
from callcenter.objects.service.triggers.values import About, given_of
from callcenter.objects.triggers.actions import action_of
from callcenter.objects.triggers.actions.base import BeforeAction, Document
from callcenter.objects.triggers.trigger import Act, Happening, Moment, Trigger
from callcenter.objects.types import type_of
from callcenter.objects.types.base import Field, Reading

ObjectId = Callable[[Session, str], UUID]


@dataclass(frozen=True, slots=True)
class At:
    """Where a trigger is at work. record_id: None for a record that is not made yet."""

    definition: Definition
    trigger: Trigger
    act: Act
    record_id: UUID | None


class Before:
    """In one transaction, of one definition."""

    def __init__(
        self,
        session: Session,
        definition: Definition,
        object_id: ObjectId | None,
        reading: Reading,
        around: Surroundings,
        clock: Clock,
    ) -> None:
        self._session = session
        self._definition = definition
        self._object_id = object_id
        self._reading = reading
        self._around = around
        self._clock = clock

    def run(
        self,
        before: Mapping[str, Any] | None,
        values: Mapping[str, Any],
        record_id: UUID | None = None,
    ) -> Settled:
        """The values as they become; each trigger sees what those above it made. Raises Refused."""
        act = Act.CREATE if before is None else Act.UPDATE
        fired: list[Trigger] = []
        for trigger in self._definition.armed.of(Moment.BEFORE, act):
            happening = Happening(act, before, values, self._around)
            if self._definition.armed.verdict(trigger, happening).fires:
                values = self.apply(At(self._definition, trigger, act, record_id), values)
                fired.append(trigger)
        return Settled(values, fired)

    def apply(self, at: At, values: Mapping[str, Any]) -> Mapping[str, Any]:
        for document in at.trigger.actions:
            write = Write(self._session, at, values, self)
            action = action_of(document)
            if isinstance(action, BeforeAction):
                _applied(action, document, write, at.trigger)
            values = {**write.values, **worked_out(self._definition, write.values)}
        return values

    @property
    def now(self) -> datetime:
        return self._clock.now().astimezone(self._reading.zone)

    def read(self, field: Field, given: Any) -> Any:
        return type_of(field).read(field, given, self._reading)

    def about(self, values: Mapping[str, Any]) -> About:
        return About(self._definition, values, None, self._around.user_id, self.now)

    def number(self, field: Field) -> str:
        """The next of the field's series."""
        if self._object_id is None:
            raise LookupError("a definition without triggers numbers nothing by them")
        object_id = self._object_id(self._session, self._definition.identifier)
        rule = field.setting("rule")
        return next_numbers(self._session, object_id, field.key, rule, self.now)[0]


class Write:
    """`triggers.actions.base.Writing` of one action."""

    def __init__(self, session: Session, at: At, values: Mapping[str, Any], before: Before) -> None:
        self.definition = at.definition
        self._values = dict(values)
        self._session = session
        self._at = at
        self._before = before
        self._about = before.about(values)

    @property
    def values(self) -> Mapping[str, Any]:
        return self._values

    def given(self, field: Field, source: Document) -> Any:
        return given_of(source, field, self._about)

    def put(self, field: Field, given: Any) -> None:
        try:
            self._values[field.key] = self._before.read(field, given)
        except BadValue as fault:
            raise _Unfit(field, fault) from fault

    def number(self, field: Field) -> None:
        self._values[field.key] = self._before.number(field)

    def refuse(self, said: Mapping[str, str], field: str | None) -> NoReturn:
        refuse(self._session, self._at, said, field)


class _Unfit(Exception):
    def __init__(self, field: Field, fault: BadValue) -> None:
        super().__init__(field.key)
        self.field = field
        self.fault = fault


def _applied(action: BeforeAction, document: Document, write: Write, trigger: Trigger) -> None:
    try:
        action.apply(document, write)
    except _Unfit as unfit:
        write.refuse(_unfit_said(trigger, unfit), unfit.field.key)


def _unfit_said(trigger: Trigger, unfit: _Unfit) -> Mapping[str, str]:
    said = {}
    for locale in trigger.name:
        why = caption(unfit.fault.key, locale, unfit.fault.parameters)
        label = unfit.field.label.get(locale, unfit.field.key)
        parameters = {"trigger": trigger.name[locale], "field": label, "why": why}
        said[locale] = caption("trigger.unfit", locale, parameters)
    return said


def refuse(session: Session, at: At, said: Mapping[str, str], field: str | None) -> NoReturn:
    """At the field, where whoever acts sees it."""
    text = said.get(locale_of(session), "")
    known = seen_by(at.definition, role_of(session)).by_key
    place = field if field and field in known else "_"
    trigger, identifier = at.trigger, at.definition.identifier
    refusal = Refusal(identifier, at.record_id, at.act.value, trigger.key, trigger.name, said)
    raise Refused(refusal, text, {place: [text]})
