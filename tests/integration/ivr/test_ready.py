"""The ready-made hotline is taken by an enterprise that has the standard set alone, and by nobody else."""

from itertools import count
from typing import Any
from uuid import UUID

import pytest

from callcenter.core.db import Database
from callcenter.core.ids import new_id
from callcenter.core.tenant import Scope
from callcenter.objects.service import Definitions, flow_fields
from callcenter.processes.directory import SqlDirectory
from callcenter.processes.seams import Surroundings
from ivr.around import Around, problems_around
from ivr.validation import read
from tests.support.firms import *  # noqa: F403
from tests.support.firms import Firm, Page

pytestmark = pytest.mark.integration
_names = count(1)


def a_name() -> str:
    return f"Hotline {next(_names)}"


def taken(page: Page, name: str = "", **wanted: Any) -> dict[str, Any]:
    ready = {"key": "hotline", **wanted}
    return page.made("/ivr-services", {"name": name or a_name(), "ready": ready})


def named(page: Page, path: str, name: str) -> dict[str, Any]:
    (found,) = [each for each in page.get(path, q=name).json["items"] if each["name"] == name]
    return dict(found)


def problems(rows: Database, firm: Firm, definition: dict[str, Any]) -> list[str]:
    """What would keep it from being published, of itself and of the enterprise."""
    flow, seams = read(definition), Surroundings()
    with rows.begin(Scope(UUID(firm.id))) as session:
        around = Around(
            services=frozenset(map(str, SqlDirectory().services(session))),
            people=frozenset(), teams=frozenset(), routes=frozenset(),
            schedules=frozenset(map(str, seams.schedules(session))),
            customer_fields=frozenset(), hosts=frozenset(),
            objects=flow_fields(Definitions().all(session)),
        )  # fmt: skip
    return [f"{each.node} {each.code}" for each in problems_around(flow, around)]


def test_it_may_be_published_as_it_is_and_what_it_needs_is_there(
    firm: Firm, platform_rows: Database
) -> None:
    name, admin = a_name(), firm.admin
    made = taken(admin, name)
    assert (made["name"], made["published_version"], made["problems"]) == (name, None, [])
    definition = made["draft"]["definition"]
    assert problems(platform_rows, firm, definition) == []
    assert definition["names"]["menu"] == "Main menu", "named in the language of who took it"

    service = named(admin, "/agent-services", name)
    schedule = named(admin, "/schedules", name)
    route = named(admin, "/routing-services", name)
    important = named(admin, "/caller-lists", "Important customers")
    nodes = {node["id"]: node["settings"] for node in definition["nodes"]}
    assert nodes["agents"]["target"] == service["id"]
    assert nodes["hours"] == {"schedule": schedule["id"], "holidays": True}
    assert nodes["find"]["object"] == "work_order"
    assert service["waiting"]["survey"]["when"] == "after"
    assert service["waiting"]["overflow"]["timeout"]["kind"] == "voicemail"
    assert service["matching"]["lists"] == [{"list": important["id"], "steps": 3}]
    assert service["matching"]["field"] == {
        "name": "level", "values": [{"value": "gold", "steps": 3}],
    }  # fmt: skip
    first, second = route["document"]["rules"]
    assert [test["kind"] for test in first["tests"]] == ["schedule", "list"]
    assert [test["kind"] for test in second["tests"]] == ["schedule", "field"]
    assert {rule["target"]["id"] for rule in (first, second)} == {service["id"]}
    assert route["document"]["otherwise"]["id"] == made["id"]


def test_what_is_chosen_is_used_and_stays_as_it_is(firm: Firm, platform_rows: Database) -> None:
    admin = firm.admin
    service = admin.made("/agent-services", {"name": a_name()})
    week = {day: [] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
    schedule = admin.made("/schedules", {"name": a_name(), "week": week})
    lists = len(admin.get("/caller-lists").json["items"])
    before = admin.get(f"/agent-services/{service['id']}").json
    made = taken(admin, service_id=service["id"], schedule_id=schedule["id"], object="")
    definition = made["draft"]["definition"]
    assert problems(platform_rows, firm, definition) == []
    nodes = {node["id"]: node["settings"] for node in definition["nodes"]}
    assert (nodes["agents"]["target"], nodes["hours"]["schedule"]) == (
        service["id"],
        schedule["id"],
    )
    assert "1" not in nodes["menu"]["keys"], "nothing can be asked after"
    assert "order" not in nodes
    assert admin.get(f"/agent-services/{service['id']}").json == before
    taken(admin)
    assert len(admin.get("/caller-lists").json["items"]) <= lists + 1, "the list is made once"


def test_what_is_not_there_or_is_another_enterprises_is_refused(firm: Firm, rival: Firm) -> None:
    theirs = rival.admin.made("/agent-services", {"name": a_name()})["id"]
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"key": "nothing"}, "ready.key"),
        ({"key": "hotline", "service_id": theirs}, "ready.service_id"),
        ({"key": "hotline", "schedule_id": str(new_id())}, "ready.schedule_id"),
        ({"key": "hotline", "object": "customer"}, "ready.object"),
    ]
    for ready, field in wrong:
        name = a_name()
        answer = firm.admin.post("/ivr-services", {"name": name, "ready": ready})
        assert answer.status_code == 422, ready
        assert field in answer.json["error"]["fields"], answer.json
        services = firm.admin.get("/agent-services", q=name).json["items"]
        assert services == [], "nothing is left of what was begun"
    both = {"name": a_name(), "copy_of": str(new_id()), "ready": {"key": "hotline"}}
    assert firm.admin.post("/ivr-services", both).status_code == 422


def test_a_name_that_one_of_them_has_is_taken(firm: Firm) -> None:
    name = firm.admin.made("/agent-services", {"name": a_name()})["name"]
    answer = firm.admin.post("/ivr-services", {"name": name, "ready": {"key": "hotline"}})
    assert answer.status_code == 422
    assert list(answer.json["error"]["fields"]) == ["name"]


def test_only_administrators_are_offered_it(firm: Firm, agent: Page) -> None:
    assert agent.get("/ivr-services/ready").status_code == 403
    assert (
        agent.post("/ivr-services", {"name": "x", "ready": {"key": "hotline"}}).status_code == 403
    )
    (hotline,) = firm.admin.get("/ivr-services/ready").json
    assert (hotline["key"], hotline["name"]["en"]) == ("hotline", "Service hotline")
    assert {"identifier": "work_order", "tells": ["status", "visit_date"]}.items() <= hotline[
        "objects"
    ][0].items()
