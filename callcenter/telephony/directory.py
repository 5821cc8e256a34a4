"""Who and what the bridge knows of each enterprise: seats, services, where a number leads.

Read from the database at start and whenever the outbox says that it changed; kept when the
database is away, so calls are served all the same.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from callcenter.callbacks.line import CallbackPlan
from callcenter.callbacks.service import load_callback_plans
from callcenter.core.db import Database
from callcenter.core.i18n import DEFAULT_LOCALE
from callcenter.core.tenant import Scope
from callcenter.people.service import ExtensionPlan, SeatPlan, load_roster
from callcenter.routing.service import (
    ConferencePlan,
    Route,
    RoutingPlan,
    ServicePlan,
    load_plan,
)
from callcenter.schedules.service import Hours
from callcenter.tenancy.service import load_enterprises
from callcenter.voicemail.boxes import BoxPlan
from callcenter.voicemail.service import load_boxes

DEFAULT_ZONE = "Asia/Shanghai"


@dataclass(frozen=True)
class Directory:
    seats: Mapping[UUID, SeatPlan] = field(default_factory=dict)
    plan: RoutingPlan | None = None
    boxes: Mapping[UUID, BoxPlan] = field(default_factory=dict)
    callback_plans: Mapping[UUID, CallbackPlan] = field(default_factory=dict)
    extensions: Mapping[UUID, ExtensionPlan] = field(default_factory=dict)

    @property
    def services(self) -> Mapping[UUID, ServicePlan]:
        return self.plan.services if self.plan else {}

    def seat_of_endpoint(self, endpoint: str) -> SeatPlan | None:
        return self._by_endpoint.get(endpoint)

    def is_phone(self, endpoint: str) -> bool:
        """Whether it is a phone of ours, at a seat or not."""
        return endpoint in self._by_endpoint or endpoint in self._phones

    def conference(self, conference_id: UUID, enterprise_id: UUID) -> ConferencePlan | None:
        """None for a room that is not there, or another enterprise's."""
        room = self.plan.conferences.get(conference_id) if self.plan else None
        return room if room and room.enterprise_id == enterprise_id else None

    def service(self, service_id: UUID | None) -> ServicePlan | None:
        return self.services.get(service_id) if service_id else None

    def service_name(self, service_id: UUID | None) -> str:
        service = self.service(service_id)
        return service.name if service else ""

    def services_of(self, agent_id: UUID) -> Iterable[ServicePlan]:
        return (s for s in self.services.values() if agent_id in s.members)

    def option(self, enterprise_id: UUID, key: str) -> bool:
        """Whether an enterprise's switch is on; what was never defined is."""
        enterprise = self.plan.enterprises.get(enterprise_id) if self.plan else None
        return enterprise is None or enterprise.options.get(key) is not False

    def zone(self, enterprise_id: UUID) -> ZoneInfo:
        enterprise = self.plan.enterprises.get(enterprise_id) if self.plan else None
        return ZoneInfo(enterprise.time_zone if enterprise else DEFAULT_ZONE)

    def area_code(self, enterprise_id: UUID) -> str:
        enterprise = self.plan.enterprises.get(enterprise_id) if self.plan else None
        return enterprise.area_code if enterprise else ""

    def hours(self, enterprise_id: UUID, schedule_id: UUID) -> Hours | None:
        """None for a schedule that is not there, or another enterprise's."""
        schedule = self.plan.schedules.get(schedule_id) if self.plan else None
        if schedule is None or schedule.enterprise_id != enterprise_id:
            return None
        return schedule.hours

    def is_open(self, enterprise_id: UUID, schedule_id: UUID, now: datetime) -> bool | None:
        """As `hours` has it."""
        hours = self.hours(enterprise_id, schedule_id)
        return hours.is_open(now) if hours else None

    def language(self, called: str) -> str:
        """In which a number's callers are spoken to until they choose."""
        number = self.plan.numbers.get(called) if self.plan else None
        return number.language if number else DEFAULT_LOCALE

    def route(self, called: str) -> Route | None:
        return self.plan.resolve(called) if self.plan else None

    def __post_init__(self) -> None:
        by_endpoint = {seat.endpoint: seat for seat in self.seats.values() if seat.endpoint}
        object.__setattr__(self, "_by_endpoint", by_endpoint)
        phones = frozenset(phone.endpoint for phone in self.extensions.values())
        object.__setattr__(self, "_phones", phones)

    _phones: frozenset[str] = field(init=False, repr=False, default=frozenset())
    _by_endpoint: Mapping[str, SeatPlan] = field(init=False, repr=False, default_factory=dict)


def load_directory(database: Database) -> Directory:
    with database.begin(Scope.platform()) as session:
        enterprises = load_enterprises(session)
        codes = {enterprise.id: enterprise.code for enterprise in enterprises}
        options = {enterprise.id: enterprise.options for enterprise in enterprises}
        roster = load_roster(session, codes, options)
        seats = {seat.user_id: seat for seat in roster.seats}
        return Directory(
            seats,
            load_plan(session, roster),
            load_boxes(session),
            load_callback_plans(session),
            {phone.id: phone for phone in roster.extensions},
        )
