"""Ready-made flows taken by an enterprise: with the service, the hours and the rules around them."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from callcenter.core.directory import Directory
from callcenter.core.errors import Invalid, NotFound
from callcenter.core.http import PageRequest
from callcenter.core.tenant import Scope
from callcenter.objects.schemas import Definition, Kind
from callcenter.objects.service import Callers, Definitions, flow_fields
from callcenter.routing.schemas import MatchingShape, RulesShape, ServiceBody
from callcenter.routing.service import AgentServices, CallerLists, RoutingServices
from callcenter.schedules.schemas import ScheduleBody
from callcenter.schedules.service import Schedules
from ivr.keeping import Keeping
from ivr.models import IvrService
from ivr.ready import KEYS, Orders, fitted, orders_of, ready


@dataclass(frozen=True, slots=True)
class Wanted:
    """service_id, schedule_id: None to make one. object: None for the first that fits, "" for none."""

    key: str
    service_id: UUID | None = None
    schedule_id: UUID | None = None
    object: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """Whose services keep what a ready-made flow needs."""

    schedules: Schedules
    lists: CallerLists
    services: AgentServices
    routes: RoutingServices
    definitions: Definitions
    callers: Callers
    directory: Directory


class ReadyFlows:
    def __init__(self, keeping: Keeping, around: Around) -> None:
        self._keeping = keeping
        self._around = around

    def offered(self, session: Session) -> list[dict[str, Any]]:
        """Those that there are, each with the data objects whose records callers may ask after."""
        return [
            {
                "key": key,
                "name": ready(key)["name"],
                "description": ready(key)["description"],
                "objects": [_shown(orders) for orders in self._orders(session, ready(key))],
            }
            for key in KEYS
        ]

    def take(self, session: Session, name: str, wanted: Wanted) -> IvrService:
        """The flow as a draft, with what it needs that was not chosen, and a routing service.

        What is made bears the flow's name. Raises Invalid.
        """
        if wanted.key not in KEYS:
            raise Invalid(fields={"ready.key": ["validation.unknown_choice"]})
        plan = ready(wanted.key)
        orders = self._chosen(session, plan, wanted.object)
        important = self._important(session, plan["important"])
        schedule = self._schedule(session, name, plan, wanted.schedule_id)
        service = self._service(session, name, plan, important, wanted.service_id)
        targets = {"schedule": str(schedule), "service": str(service)}
        enterprise = self._around.directory.enterprise(session).name
        flow = fitted(plan["flow"], targets, orders, enterprise, _locale(session))
        made = self._keeping.create(session, name, definition=flow)
        self._route(session, name, important, targets | {"flow": str(made.id)})
        return made

    def _orders(self, session: Session, plan: Mapping[str, Any]) -> Iterator[Orders]:
        definitions = self._around.definitions.all(session)
        fields = flow_fields(definitions)
        # What is nothing but orders comes before the work orders that every enterprise has.
        for each in sorted(definitions, key=lambda one: one.kind is Kind.WORK_ORDER):
            found = orders_of(each, fields[each.identifier], plan["orders"])
            if found is not None:
                yield found

    def _chosen(
        self, session: Session, plan: Mapping[str, Any], identifier: str | None
    ) -> Orders | None:
        if identifier == "":
            return None
        fitting = [*self._orders(session, plan)]
        if identifier is None:
            return next(iter(fitting), None)
        for orders in fitting:
            if orders.object == identifier:
                return orders
        raise Invalid(fields={"ready.object": ["validation.unknown_choice"]})

    def _important(self, session: Session, plan: Mapping[str, Any]) -> "_Important":
        """The list of that name, made where there is none, and the field that tells of a level."""
        name = plan["list"][_locale(session)]
        found = self._around.lists.page(session, PageRequest(q=name, page_size=200)).items
        listed = next((each["id"] for each in found if each["name"] == name), None)
        if listed is None:
            listed = self._around.lists.create(session, {"name": name})["id"]
        values = self._levels(session, plan["field"], plan["values"])
        return _Important(name, listed, plan["field"], values, plan["steps"])

    def _levels(self, session: Session, key: str, wanted: Collection[str]) -> tuple[str, ...]:
        """Those of the values that customers have there, if rules may ask for them."""
        if key not in self._around.callers.fields(session):
            return ()
        objects = self._around.definitions.of_kind(session, Kind.CUSTOMER)
        known = {value for each in objects for value in _values(each, key)}
        return tuple(value for value in wanted if value in known)

    def _schedule(
        self, session: Session, name: str, plan: Mapping[str, Any], chosen: UUID | None
    ) -> UUID:
        schedules = self._around.schedules
        if chosen is not None:
            try:
                schedules.read(session, chosen)
            except NotFound:
                raise _unknown("schedule_id") from None
            return chosen
        values = ScheduleBody().load({"name": name, **plan["schedule"]})
        made: UUID = schedules.create(session, values)["id"]
        return made

    def _service(
        self, session: Session, name: str, plan: Mapping[str, Any], important: "_Important",
        chosen: UUID | None,
    ) -> UUID:  # fmt: skip
        """One that was chosen stays as it is."""
        around = self._around
        if chosen is not None:
            card = around.directory.services(session).get(chosen)
            if card is None or not card.active:
                raise _unknown("service_id")
            return chosen
        orders = around.definitions.of_kind(session, Kind.WORK_ORDER)
        values = ServiceBody().load({"name": name, **plan["service"]})
        values["members"]["teams"] = [*around.directory.teams(session)]
        values["matching"] = important.matching()
        values["work_order_object"] = next((each.identifier for each in orders), "")
        made: UUID = around.services.create(session, values)["id"]
        return made

    def _route(
        self, session: Session, name: str, important: "_Important", targets: Mapping[str, str]
    ) -> None:
        """Important customers go to the agents while it is open; everybody else is led by the flow."""
        document = RulesShape().load(important.rules(targets))
        self._around.routes.create(session, {"name": name, "document": document})


@dataclass(frozen=True, slots=True)
class _Important:
    """Customers on the list, or whose field has one of the values, come first by so many steps."""

    name: str
    listed: UUID
    field: str
    values: tuple[str, ...]
    steps: int

    def matching(self) -> dict[str, Any]:
        values = [{"value": value, "steps": self.steps} for value in self.values]
        field = {"name": self.field, "values": values} if values else None
        lists = [{"list": str(self.listed), "steps": self.steps}]
        found: dict[str, Any] = MatchingShape().load({"lists": lists, "field": field})
        return found

    def rules(self, targets: Mapping[str, str]) -> dict[str, Any]:
        open_ = {"kind": "schedule", "id": targets["schedule"]}
        agents = {"kind": "agent_service", "id": targets["service"]}
        tests: list[dict[str, Any]] = [{"kind": "list", "id": str(self.listed)}]
        if self.values:
            tests.append({"kind": "field", "name": self.field, "values": [*self.values]})
        return {
            "rules": [
                {"name": self.name, "tests": [open_, each], "target": agents} for each in tests
            ],
            "otherwise": {"kind": "ivr_service", "id": targets["flow"]},
        }


def _shown(orders: Orders) -> dict[str, Any]:
    told = (orders.date, orders.amount)
    return {
        "identifier": orders.object,
        "name": orders.name,
        "tells": [orders.status, *(each[0] for each in told if each)],
    }


def _values(definition: Definition, key: str) -> Iterator[str]:
    field = definition.by_key.get(key)
    options = field.setting("options", []) if field else []
    return (each["value"] for each in options)


def _locale(session: Session) -> str:
    scope: Scope = session.info["scope"]
    return scope.require_actor().locale


def _unknown(part: str) -> Invalid:
    return Invalid(fields={f"ready.{part}": ["validation.unknown_id"]})
