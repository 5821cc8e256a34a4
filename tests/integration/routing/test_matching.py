"""How a service's callers are matched, through the API: kept, checked, told to telephony."""

from itertools import count
from typing import Any
from uuid import UUID

import pytest

from callcenter.acd.claims import Need, Ring
from callcenter.core.db import Database
from callcenter.core.tenant import Scope
from callcenter.people.service import load_roster
from callcenter.routing.service import ServicePlan, load_plan
from tests.support.firms import Firm

pytestmark = pytest.mark.integration

UNKNOWN = "00000000-0000-7000-8000-000000000000"
DEFAULTS = {
    "ageing_seconds": 0, "rings": [], "numbers": [], "lists": [], "field": None,
    "last_agent_days": 0, "owner_field": "", "prefer_seconds": 20,
}  # fmt: skip
_names = count(1)


def fresh(text: str) -> str:
    return f"{text} {next(_names)}"


def a_skill(firm: Firm) -> str:
    return str(firm.admin.made("/skills", {"name": fresh("分配技能")})["id"])


def a_service(firm: Firm, **values: Any) -> dict[str, Any]:
    return firm.admin.made("/agent-services", {"name": fresh("分配服务"), **values})


def planned(rows: Database, firm: Firm, service: dict[str, Any]) -> ServicePlan:
    with rows.begin(Scope.platform()) as session:
        plan = load_plan(session, load_roster(session, {UUID(firm.id): firm.code}, {}))
    return plan.services[UUID(service["id"])]


def test_a_service_that_says_nothing_has_every_default(firm: Firm, platform_rows: Database) -> None:
    service = a_service(firm)
    assert service["matching"] == DEFAULTS
    assert planned(platform_rows, firm, service).rules.rings == (Ring(0),)


def test_what_is_asked_for_is_kept_and_told_to_telephony(
    firm: Firm, platform_rows: Database
) -> None:
    skill = a_skill(firm)
    listed = firm.admin.made("/caller-lists", {"name": fresh("分配名单")})["id"]
    matching = {
        "ageing_seconds": 30,
        "rings": [
            {"after_seconds": 0, "needs": [{"skill": skill, "level": 7}]},
            {"after_seconds": 30, "needs": []},
        ],
        "numbers": [{"number": "02160000001", "steps": 2}],
        "lists": [{"list": listed, "steps": -3}],
        "field": {"name": "name", "values": [{"value": "王", "steps": 1}]},
        "last_agent_days": 7,
        "owner_field": "owner",
        "prefer_seconds": 15,
    }
    service = a_service(firm, matching=matching)
    assert service["matching"] == matching
    plan = planned(platform_rows, firm, service)
    assert plan.rules.rings == (Ring(0, (Need(UUID(skill), 7),)), Ring(30))
    assert (plan.rules.ageing_seconds, plan.rules.skills) == (30, {UUID(skill)})
    own = plan.matching
    assert (own.numbers, own.lists) == ({"02160000001": 2}, {UUID(listed): -3})
    assert (own.customer_field, own.values) == ("name", {"王": 1})
    assert (own.last_agent_days, own.owner_field, own.prefer_seconds) == (7, "owner", 15)


def _ring(after: int, *needs: tuple[str, int]) -> dict[str, Any]:
    return {
        "after_seconds": after,
        "needs": [{"skill": skill, "level": level} for skill, level in needs],
    }


@pytest.mark.parametrize(
    ("matching", "wrong"),
    [
        ({"rings": [_ring(0, (UNKNOWN, 5))]}, "matching.rings"),
        ({"rings": [_ring(5)]}, "matching.rings"),
        ({"rings": [_ring(0), _ring(30), _ring(30)]}, "matching.rings"),
        ({"rings": [_ring(0, (UNKNOWN, 5), (UNKNOWN, 6))]}, "matching.rings"),
        ({"rings": [_ring(0, (UNKNOWN, 10))]}, "matching.rings.0.needs.0.level"),
        ({"rings": [_ring(n) for n in range(11)]}, "matching.rings"),
        ({"ageing_seconds": 3601}, "matching.ageing_seconds"),
        ({"numbers": [{"number": "1", "steps": 0}]}, "matching.numbers.0.steps"),
        ({"numbers": [{"number": "1", "steps": 10}]}, "matching.numbers.0.steps"),
        ({"numbers": [{"number": "1", "steps": 1}] * 2}, "matching.numbers"),
        ({"lists": [{"list": UNKNOWN, "steps": 1}]}, "matching.lists"),
        ({"field": {"name": "no", "values": [{"value": "1", "steps": 1}]}}, "matching.field.name"),
        ({"field": {"name": "name", "values": []}}, "matching.field.values"),
        ({"owner_field": "name"}, "matching.owner_field"),
        ({"last_agent_days": 91}, "matching.last_agent_days"),
        ({"prefer_seconds": 0}, "matching.prefer_seconds"),
        ({"by_weather": 1}, "matching.by_weather"),
    ],
    ids=lambda given: given if isinstance(given, str) else None,
)
def test_what_cannot_be_is_refused_by_its_place(
    firm: Firm, matching: dict[str, Any], wrong: str
) -> None:
    answer = firm.admin.post("/agent-services", {"name": fresh("分配服务"), "matching": matching})
    assert answer.status_code == 422
    assert set(answer.json["error"]["fields"]) == {wrong}


def test_a_change_names_what_it_changes_and_says_so_in_the_log(firm: Firm) -> None:
    service = a_service(firm, matching={"ageing_seconds": 30})
    path = f"/agent-services/{service['id']}"
    changed = firm.admin.patch(path, {"priority": 7}, service["version"]).json
    assert changed["matching"] == {**DEFAULTS, "ageing_seconds": 30}
    again = firm.admin.patch(path, {"matching": {}}, changed["version"])
    assert again.json["matching"] == DEFAULTS
    noted = firm.admin.get("/audit", q=service["name"], action="service.change", sort="-at").json
    last = noted["items"][0]
    assert last["before"]["matching"]["ageing_seconds"] == 30
    assert last["after"]["matching"]["ageing_seconds"] == 0


def test_whoever_has_a_skill_at_the_level_or_above_is_a_member(
    firm: Firm, platform_rows: Database
) -> None:
    skill = a_skill(firm)
    able, weak, other = firm.seat(), firm.seat(), firm.seat()
    for seat, level in ((able, 7), (weak, 4)):
        body = {"skills": [{"id": skill, "level": level}]}
        assert firm.admin.patch(f"/seats/{seat['id']}", body, seat["version"]).status_code == 200
    members = {"teams": [], "users": [other["id"]], "skills": [{"skill": skill, "level": 5}]}
    service = a_service(firm, members=members)
    assert service["members"] == members
    plan = planned(platform_rows, firm, service)
    assert [str(one) for one in plan.order] == [other["id"], able["id"]]
    assert plan.rules.skills == {UUID(skill)}


def test_a_skill_of_another_enterprise_does_not_exist(firm: Firm, rival: Firm) -> None:
    members = {"skills": [{"skill": a_skill(rival), "level": 5}]}
    answer = firm.admin.post("/agent-services", {"name": fresh("分配服务"), "members": members})
    assert set(answer.json["error"]["fields"]) == {"members.skills"}


def test_a_skill_or_a_list_that_a_service_asks_for_stays_until_the_service_goes(
    firm: Firm,
) -> None:
    first, second = a_skill(firm), a_skill(firm)
    listed = firm.admin.made("/caller-lists", {"name": fresh("分配名单")})["id"]
    service = a_service(
        firm,
        members={"skills": [{"skill": first, "level": 1}]},
        matching={"rings": [_ring(0, (second, 5))], "lists": [{"list": listed, "steps": 1}]},
    )
    asked = [f"/skills/{first}", f"/skills/{second}", f"/caller-lists/{listed}"]
    for path in asked:
        answer = firm.admin.delete(path)
        assert answer.json["error"]["details"] == {"by": "agent_service"}, path
    assert firm.admin.delete(f"/agent-services/{service['id']}").status_code == 204
    assert [firm.admin.delete(path).status_code for path in asked] == [204, 204, 204]
