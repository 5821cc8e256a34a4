"""What belongs to another enterprise does not exist: every route, by its real ids."""

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID

import pytest

from callcenter.core.db import Database
from callcenter.core.tenant import Actor
from tests.integration.edges.routes import Route, routes
from tests.integration.edges.test_routes import BY_TELEPHONY, ask, assert_refused
from tests.support.firms import Firm, Page
from tests.support.ledger import Story
from tests.support.office import Office

pytestmark = pytest.mark.integration

KINDS = {
    "/seats/{user_id}": "seat",
    "/teams/{team_id}": "team",
    "/skills/{skill_id}": "skill",
    "/extensions/{extension_id}": "extension",
    "/agent-services/{service_id}": "service",
    "/not-ready-reasons/{word_id}": "reason",
    "/dispositions/{word_id}": "disposition",
    "/appointments/{appointment_id}": "appointment",
    "/calling-tasks/{task_id}": "task",
    "/attempts/{attempt_id}": "attempt",
    "/objects/{identifier}/records/{record_id}": "customer",
    "/calls/{call_id}": "call",
    "/console/calls/{call_id}": "call",
    "/console/pop/{call_id}": "call",
    "/quality/items/{call_id}": "call",
    "/supervision/agents/{agent_id}": "seat",
}
"""Path → whose id it takes."""


def kind_of(route: Route) -> str | None:
    found = [kind for path, kind in KINDS.items() if f"{route.path}/".startswith(f"{path}/")]
    return found[0] if found else None


ROUTES = [
    route
    for route in routes()
    if kind_of(route) and not any(part in route.path for part in BY_TELEPHONY)
]


@dataclass
class Neighbour:
    """Things of the rival's, by kind; what its own people see of them."""

    admin: Page
    agent: Page
    ids: dict[str, str]
    last: list[Any] = field(default_factory=list)

    def changed(self) -> bool:
        """Since this was asked last, by the test before."""
        before, self.last = self.last, self.seen()
        return before != self.last

    def seen(self) -> list[Any]:
        pages = [(self.admin, "/seats"), (self.admin, "/teams"), (self.admin, "/agent-services"),
                 (self.admin, "/extensions"), (self.admin, "/skills"), (self.admin, "/calls"),
                 (self.admin, "/dispositions"), (self.admin, "/not-ready-reasons"),
                 (self.admin, "/calling-tasks"), (self.admin, "/objects/customer/records"),
                 (self.agent, "/appointments")]  # fmt: skip
        return [page.get(path).json for page, path in pages]


@pytest.fixture(scope="module")
def neighbour(rival: Firm, platform_rows: Database) -> Neighbour:
    admin, seat = rival.admin, rival.seat()
    agent = rival.page(seat["employee_code"])
    extension = admin.made("/extensions", {"number": "7001", "kind": "desk"})
    label = {"zh-CN": "甲", "en": "A"}
    due = {"due_at": "2027-01-01T08:00:00Z", "subject": "回访", "number": "13800000001"}
    task = admin.made(
        "/calling-tasks",
        {
            "name": "回访", "agents": [seat["id"]], "window_from": "00:00", "window_to": "00:00",
            "contacts": [{"number": "13800000001", "name": "甲"}],
        },
    )  # fmt: skip
    admin.post(f"/calling-tasks/{task['id']}/start")
    customer = {"values": {"name": "张三", "phone": "13800006207"}}
    ids = {
        "seat": seat["id"],
        "team": admin.made("/teams", {"name": "一组"})["id"],
        "skill": admin.made("/skills", {"name": "英语"})["id"],
        "extension": extension.get("extension", extension)["id"],
        "service": admin.made("/agent-services", {"name": "售后"})["id"],
        "reason": admin.made("/not-ready-reasons", {"code": "x", "label": label})["id"],
        "disposition": admin.made("/dispositions", {"code": "x", "label": label})["id"],
        "appointment": agent.made("/appointments", due)["id"],
        "task": task["id"],
        "attempt": agent.post(f"/calling-tasks/{task['id']}/next").json["attempt"]["id"],
        "customer": agent.made("/objects/customer/records", customer)["id"],
        "call": str(_call(rival, seat["id"], platform_rows)),
    }
    made = Neighbour(admin, agent, ids)
    made.changed()
    return made


def _call(rival: Firm, seat: str, database: Database) -> UUID:
    people = {"agent": cast("Actor", SimpleNamespace(user_id=UUID(seat)))}
    return Story(database, Office(UUID(rival.id), rival.code, people)).inbound(recorded=True)


@pytest.fixture(scope="module")
def pages(firm: Firm) -> list[Page]:
    roles = ("agent", "leader", "inspector")
    seats = [firm.page(firm.seat(role)["employee_code"]) for role in roles]
    return [firm.admin, firm.page("conf"), *seats]


@pytest.mark.parametrize("route", ROUTES, ids=str)
def test_another_enterprises_thing_is_not_found_and_stays_as_it_is(
    pages: list[Page], neighbour: Neighbour, route: Route
) -> None:
    ids = dict.fromkeys(route.parameters, neighbour.ids[kind_of(route) or ""])
    if "identifier" in ids:
        ids["identifier"] = "customer"
    answers = [ask(page, route, route.body(), **ids) for page in pages]
    allowed = [answer for answer in answers if answer.status_code != 403]
    assert allowed, "nobody may ask for it"
    for answer in allowed:
        assert_refused(answer, "en", 404, "not-found")
    assert not neighbour.changed()
