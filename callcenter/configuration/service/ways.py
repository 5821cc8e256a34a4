"""The parts of where calls go: what each carries, and how it is taken.

Nobody's seat is in them: members of services stay as they are, and so do the numbers on lists and
the PINs of rooms.
"""

from abc import abstractmethod
from collections.abc import Iterable, Mapping
from datetime import date
from secrets import randbelow
from typing import Any, ClassVar

from marshmallow import ValidationError, fields
from sqlalchemy.orm import Session

from callcenter.callbacks.schemas import CallbackRulesBody
from callcenter.configuration.schemas import NumberLead
from callcenter.configuration.service.details import Entry
from callcenter.configuration.service.leading import (
    Leading,
    LeadingPart,
    NamedPart,
    Service,
    all_rows,
)
from callcenter.configuration.service.parts import Part
from callcenter.core.errors import Invalid
from callcenter.core.i18n import DEFAULT_LOCALE
from callcenter.people.schemas import SkillBody
from callcenter.routing.schemas import (
    CallerListBody,
    ConferenceBody,
    RoutingServiceBody,
    ServiceBody,
)
from callcenter.schedules.schemas import HolidayBody, ScheduleBody
from callcenter.voicemail.schemas import VoicemailBoxBody
from callcenter.voicemail.states import TargetKind

_DIGITS = 8
"""Of a PIN that is drawn: a room that asks for one elsewhere is not open to everybody here."""


class SkillsPart(LeadingPart):
    name, shape = "skills", SkillBody

    def _rows(self, session: Session) -> Iterable[Mapping[str, Any]]:
        return all_rows(lambda request: self._parts.skills.page(session, request))

    def _take(
        self, session: Session, row: Mapping[str, Any] | None, values: dict[str, Any]
    ) -> None:
        if row is None:
            self._parts.skills.create(session, values["name"])


class ListsPart(LeadingPart):
    """Without the numbers on them."""

    name, shape = "caller_lists", CallerListBody

    def _rows(self, session: Session) -> Iterable[Mapping[str, Any]]:
        return all_rows(lambda request: self._parts.lists.page(session, request))

    def _take(
        self, session: Session, row: Mapping[str, Any] | None, values: dict[str, Any]
    ) -> None:
        if row is None:
            self._parts.lists.create(session, values)


class SchedulesPart(NamedPart):
    """Without the emergency switch, which is of the moment."""

    name, shape = "schedules", ScheduleBody
    names = ("time_zone", "week", "days", "follows_holidays", "workday_as")

    @property
    def _service(self) -> Service:
        return self._parts.schedules


class HolidaysPart(LeadingPart):
    """The enterprise's own word on days."""

    name, shape, names = "holidays", HolidayBody, ("kind", "name")

    def _rows(self, session: Session) -> Iterable[Mapping[str, Any]]:
        return ({**row, "day": row["day"].isoformat()} for row in self._parts.holidays.own(session))

    def _load(self, entry: dict[str, Any]) -> dict[str, Any]:
        day = entry.pop("day")
        return super()._load(entry) | {"day": day}

    def _take(
        self, session: Session, row: Mapping[str, Any] | None, values: dict[str, Any]
    ) -> None:
        del row
        self._parts.holidays.put(session, _day(values.pop("day")), values)


class ConferencesPart(NamedPart):
    """with_pin: whether it asks for one; which, is not in the file."""

    name, shape = "conferences", ConferenceBody
    names = ("most", "waits_for_agent", "with_pin")

    @property
    def _service(self) -> Service:
        return self._parts.conferences

    def _document(self, row: Mapping[str, Any]) -> dict[str, Any]:
        return {name: row[name] for name in ("name", "most", "waits_for_agent")} | {
            "with_pin": bool(row["pin"])
        }

    def _load(self, entry: dict[str, Any]) -> dict[str, Any]:
        with_pin = entry.pop("with_pin", False)
        if "pin" in entry or not isinstance(with_pin, bool):
            raise Invalid(fields={"with_pin": ["validation.boolean"]})
        return super()._load(entry) | {"with_pin": with_pin}

    def _whole(self, session: Session, entry: Entry) -> Mapping[str, Any]:
        with_pin = entry.get("with_pin", False)
        return {**super()._whole(session, entry), "with_pin": with_pin}

    def _take(
        self, session: Session, row: Mapping[str, Any] | None, values: dict[str, Any]
    ) -> None:
        """A PIN that is there stays; one is drawn where the file asks for one and there is none."""
        with_pin = values.pop("with_pin")
        kept = {name: values[name] for name in ("name", "most", "waits_for_agent")}
        if not (row and row["pin"]) or not with_pin:
            kept["pin"] = _drawn() if with_pin else ""
        if row is None:
            self._service.create(session, kept)
        else:
            self._service.change(session, row["id"], kept, row["version"])


class ServicesPart(NamedPart):
    """Without members, who are people."""

    name, shape = "agent_services", ServiceBody
    names = tuple(name for name in ServiceBody().fields if name not in ("name", "members"))
    bare: ClassVar[Mapping[str, Any]] = {}
    _begins_with = ("name", "work_order_object")

    @property
    def _service(self) -> Service:
        return self._parts.services

    def _load(self, entry: dict[str, Any]) -> dict[str, Any]:
        if "members" in entry:
            raise Invalid(fields={"members": ["validation.unknown_field"]})
        return super()._load(entry)


class RoutesPart(NamedPart):
    name, shape, names = "routing_services", RoutingServiceBody, ("document",)
    bare: ClassVar[Mapping[str, Any]] = {
        "document": {"rules": [], "otherwise": {"kind": "hang_up"}}
    }

    @property
    def _service(self) -> Service:
        return self._parts.routes


class _OfService(LeadingPart):
    """What an agent service has one of; the file calls it by the service's name."""

    def _key(self, row: Mapping[str, Any]) -> Any:
        service = row["service"]
        return service if isinstance(service, str) else service["name"]

    def _load(self, entry: dict[str, Any]) -> dict[str, Any]:
        rest = {name: value for name, value in entry.items() if name != "service"}
        return super()._load(rest)

    def bring(self, session: Session, entry: Entry) -> None:
        values = self._values(session, entry)
        rows = self._read(session, f"{self.name}.each", self._each)
        row = next((row for row in rows if self._key(row) == entry["service"]), None)
        if row is None:
            raise Invalid(fields={"service": ["configuration.unknown_name"]})
        self._take(session, row, values)

    def _rows(self, session: Session) -> Iterable[Mapping[str, Any]]:
        """Where somebody has said something."""
        return (row for row in self._each(session) if row["version"])

    @abstractmethod
    def _each(self, session: Session) -> Iterable[Mapping[str, Any]]:
        """Of every service, said or not."""


class BoxesPart(_OfService):
    """Of services; those of seats are their people's."""

    name, shape = "voicemail_boxes", VoicemailBoxBody
    names = ("greeting", "longest_seconds", "silence_seconds")

    def _each(self, session: Session) -> Iterable[Mapping[str, Any]]:
        boxes = self._parts.boxes.all(session)
        of_services = (box for box in boxes if box["target"]["kind"] == TargetKind.SERVICE)
        return ({**box, "service": box["target"]} for box in of_services)

    def _take(
        self, session: Session, row: Mapping[str, Any] | None, values: dict[str, Any]
    ) -> None:
        assert row is not None
        self._parts.boxes.change(session, row["service"]["id"], values, row["version"])


class CallbackRulesPart(_OfService):
    name, shape = "callback_rules", CallbackRulesBody
    names = ("attempts", "pause_seconds", "lasts_seconds", "begins", "ends", "schedule_id")

    def _each(self, session: Session) -> Iterable[Mapping[str, Any]]:
        return self._parts.callbacks.all(session)

    def _take(
        self, session: Session, row: Mapping[str, Any] | None, values: dict[str, Any]
    ) -> None:
        assert row is not None
        self._parts.callbacks.change(session, row["service"]["id"], values, row["version"])


class NumbersPart(LeadingPart):
    """Where the enterprise's access numbers lead; whose they are is the operator's to say."""

    name, shape = "access_numbers", NumberLead
    names = ("strategy", "language", "ivr_channels", "ivr_overflow")

    def _rows(self, session: Session) -> Iterable[Mapping[str, Any]]:
        return all_rows(lambda request: self._parts.numbers.page(session, request, {}))

    def _document(self, row: Mapping[str, Any]) -> dict[str, Any]:
        strategy = row["strategy"]
        return {
            "number": row["number"],
            "strategy": str(strategy["target"]["id"]) if strategy else None,
            "language": row["language"],
            "ivr_channels": row["ivr_channels"],
            "ivr_overflow": row["ivr_overflow"],
        }

    def _whole(self, session: Session, entry: Entry) -> Mapping[str, Any]:
        del session
        return {**dict.fromkeys(self.names), "language": DEFAULT_LOCALE, **entry}

    def _values(self, session: Session, entry: Entry) -> dict[str, Any]:
        unknown = {*entry} - {"number", *self.names}
        if unknown:
            raise Invalid(fields={name: ["validation.unknown_field"] for name in sorted(unknown)})
        given = self._identified(session, self._whole(session, entry))
        names = self._names(session)
        kinds = {str(key): (name.kind, key) for key, name in names.items()}
        strategy = given["strategy"]
        if strategy is not None and not (isinstance(strategy, str) and strategy in kinds):
            raise Invalid(fields={"strategy": ["configuration.unknown_name"]})
        led = {
            "channels": given["ivr_channels"],
            "overflow": given["ivr_overflow"],
            "language": given["language"],
        }
        return {"strategy": None if strategy is None else kinds[strategy], **self._load(led)}

    def _take(
        self, session: Session, row: Mapping[str, Any] | None, values: dict[str, Any]
    ) -> None:
        if row is None:
            raise Invalid(fields={"number": ["configuration.unknown_number"]})
        numbers = self._parts.numbers
        numbers.change(session, row["id"], {"language": values["language"]}, row["version"])
        if values["strategy"] is not None:
            numbers.set_strategy(session, row["id"], *values["strategy"])
        numbers.set_ivr_channels(session, row["id"], values["channels"], values["overflow"])


def leading_parts(parts: Leading) -> list[Part]:
    """In an order in which most point at what is before them."""
    return [
        SkillsPart(parts),
        ListsPart(parts),
        SchedulesPart(parts),
        HolidaysPart(parts),
        ConferencesPart(parts),
        ServicesPart(parts),
        RoutesPart(parts),
        BoxesPart(parts),
        CallbackRulesPart(parts),
        NumbersPart(parts),
    ]


def _drawn() -> str:
    return f"{randbelow(10**_DIGITS):0{_DIGITS}}"


def _day(text: Any) -> date:
    try:
        read: date = fields.Date().deserialize(text)
    except ValidationError:
        raise Invalid(fields={"day": ["validation.date"]}) from None
    return read
