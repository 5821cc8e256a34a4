"""Routing services and lists of callers through the API: kept, checked, tried, and nobody else's."""

from itertools import count
from typing import Any

import pytest
from sqlalchemy import select

from callcenter.core.bus import OutboxEvent
from callcenter.core.db import Database
from callcenter.core.tenant import Scope
from callcenter.people.service import load_roster
from callcenter.routing.service import RouteKind, load_plan
from callcenter.tenancy.service import load_enterprises
from tests.support.firms import Firm, Page

pytestmark = pytest.mark.integration

UNKNOWN = "00000000-0000-7000-8000-000000000000"
HANG_UP = {"kind": "hang_up"}
SORRY = {"kind": "message", "say": {"zh-CN": "现在是休息时间。", "en": "We are closed."}}
OFFICE = [{"begins": "09:00", "ends": "18:00"}]
_names = count(1)


def fresh(text: str = "路由") -> str:
    return f"{text} {next(_names)}"


def rule(target: dict[str, Any], *tests: dict[str, Any], name: str = "r") -> dict[str, Any]:
    return {"name": name, "tests": [*tests], "target": target}


def rules(*each: dict[str, Any], otherwise: dict[str, Any] = HANG_UP) -> dict[str, Any]:
    return {"rules": [*each], "otherwise": otherwise}


def a_service(firm: Firm) -> dict[str, Any]:
    made = firm.admin.made("/agent-services", {"name": fresh("服务")})
    return {"kind": "agent_service", "id": made["id"]}


def a_schedule(firm: Firm) -> str:
    week = dict.fromkeys(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), OFFICE)
    body = {"name": fresh("日程"), "week": week, "follows_holidays": False}
    return str(firm.admin.made("/schedules", body)["id"])


def a_list(firm: Firm, *numbers: str) -> str:
    made = firm.admin.made("/caller-lists", {"name": fresh("名单")})
    if numbers:
        path = f"/caller-lists/{made['id']}/callers"
        assert firm.admin.post(path, {"numbers": [*numbers]}).status_code == 200
    return str(made["id"])


def tried(admin: Page, document: dict[str, Any], caller: str = "13800000001", **more: Any) -> Any:
    body = {"document": document, "caller": caller, **more}
    answer = admin.post("/routing-services/try", body)
    assert answer.status_code == 200, answer.json
    return answer.json


def test_a_routing_service_is_made_read_changed_and_deleted(firm: Firm) -> None:
    target = a_service(firm)
    closed = {"kind": "schedule", "id": a_schedule(firm), "negated": True}
    document = rules(rule(SORRY, closed, name="下班"), otherwise=target)
    made = firm.admin.made("/routing-services", {"name": "总机路由", "document": document})
    (first,) = made["document"]["rules"]
    assert (first["name"], first["tests"][0]["id"], first["tests"][0]["negated"]) == (
        "下班",
        closed["id"],
        True,
    )
    path = f"/routing-services/{made['id']}"
    body = {"document": rules(otherwise=SORRY)}
    changed = firm.admin.patch(path, body, made["version"]).json
    assert (changed["name"], changed["document"]["rules"]) == ("总机路由", [])
    assert firm.admin.patch(path, body, made["version"]).status_code == 412
    found = firm.admin.get("/routing-services", q="总机").json["items"]
    assert [one["id"] for one in found] == [made["id"]]
    assert firm.admin.delete(path, changed["version"]).status_code == 204
    assert firm.admin.get(path).status_code == 404


@pytest.mark.parametrize(
    ("document", "field"),
    [
        (rules(otherwise={"kind": "agent_service", "id": UNKNOWN}), "otherwise.id"),
        (rules(otherwise={"kind": "ivr_service", "id": UNKNOWN}), "otherwise.id"),
        (rules(otherwise={"kind": "seat", "id": UNKNOWN}), "otherwise.id"),
        (rules(otherwise={"kind": "agent_service"}), "otherwise.id"),
        (rules(otherwise={"kind": "nowhere"}), "otherwise.kind"),
        (rules(otherwise={"kind": "number", "number": "12", "at_once": 1}), "otherwise.number"),
        (rules(otherwise={"kind": "number", "number": "anna", "at_once": 1}), "otherwise.number"),
        (rules(otherwise={"kind": "number", "number": "13800000001"}), "otherwise.at_once"),
        (rules(otherwise={"kind": "message", "say": {"en": "x"}}), "otherwise.say"),
        (rules(rule(HANG_UP, {"kind": "schedule", "id": UNKNOWN})), "rules.0.tests.0.id"),
        (rules(rule(HANG_UP, {"kind": "list", "id": UNKNOWN})), "rules.0.tests.0.id"),
        (rules(rule(HANG_UP, {"kind": "caller"})), "rules.0.tests.0.values"),
        (rules(rule(HANG_UP, {"kind": "caller", "values": ["abc"]})), "rules.0.tests.0.values"),
        (rules(rule(HANG_UP, {"kind": "share", "percent": 100})), "rules.0.tests.0.percent"),
        (
            rules(rule(HANG_UP, {"kind": "field", "name": "nothing", "values": ["x"]})),
            "rules.0.tests.0.name",
        ),
        (rules(rule(HANG_UP, {"kind": "field", "name": "level"})), "rules.0.tests.0.values"),
        (rules(rule(HANG_UP, {"kind": "work_orders"})), "rules.0.tests.0.at_least"),
        (
            rules(rule(HANG_UP, {"kind": "work_orders", "at_least": "many"})),
            "rules.0.tests.0.at_least",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_makes_no_rule_is_named(firm: Firm, document: dict[str, Any], field: str) -> None:
    body = {"name": fresh(), "document": document}
    answer = firm.admin.post("/routing-services", body)
    assert answer.status_code == 422, answer.json
    assert [name.removeprefix("document.") for name in answer.json["error"]["fields"]] == [field]


def test_where_a_call_would_go_is_told_with_the_reasons(firm: Firm) -> None:
    target, important = a_service(firm), a_list(firm, "138 0000 0001")
    is_open = {"kind": "schedule", "id": a_schedule(firm)}
    document = rules(
        rule(SORRY, {**is_open, "negated": True}, name="closed"),
        rule(target, {"kind": "list", "id": important}, name="important"),
        rule(HANG_UP, {"kind": "withheld"}, name="withheld"),
        otherwise={"kind": "number", "number": "021-6000 0009", "at_once": 2},
    )
    noon, night = "2026-11-24T04:00:00Z", "2026-11-24T16:00:00Z"
    late = tried(firm.admin, document, at=night)
    assert (late["place"], late["target"]["kind"], len(late["steps"])) == (0, "message", 1)
    vip = tried(firm.admin, document, at=noon)
    assert (vip["place"], vip["target"]["id"]) == (1, target["id"])
    assert [step["answers"] for step in vip["steps"]] == [
        [{"held": False, "seen": "open"}],
        [{"held": True, "seen": ""}],
    ]
    stranger = tried(firm.admin, document, "13900000002", at=noon)
    assert (stranger["place"], stranger["target"]["kind"]) == (None, "number")
    assert tried(firm.admin, document, "", at=noon)["place"] == 2


def test_a_caller_is_known_by_the_record_and_by_open_work_orders(firm: Firm) -> None:
    record = {"values": {"name": "钱多多", "phone": "13700000007", "gender": "female"}}
    customer = firm.admin.post("/objects/customer/records", record)
    assert customer.status_code == 201, customer.json
    document = rules(
        rule(HANG_UP, {"kind": "customer", "records": "none"}, name="unknown"),
        rule(HANG_UP, {"kind": "work_orders", "at_least": "1"}, name="waits"),
        rule(HANG_UP, {"kind": "field", "name": "gender", "values": ["female"]}, name="she"),
    )
    assert tried(firm.admin, document, "13700000099")["place"] == 0
    assert tried(firm.admin, document, "13700000007")["place"] == 2
    order = {"business_type": "consult_use", "product": "other", "description": "x"}
    body = {"values": order, "customer_id": customer.json["id"]}
    made = firm.admin.post("/objects/work_order/records", body)
    assert made.status_code == 201, made.json
    waits = tried(firm.admin, document, "13700000007")
    assert (waits["place"], waits["steps"][1]["answers"][0]["seen"]) == (1, "1")


def test_what_is_not_to_be_foreseen_is_said_by_whoever_tries(firm: Firm) -> None:
    service = a_service(firm)
    document = rules(
        rule(HANG_UP, {"kind": "load", "id": service["id"], "measure": "ready", "at_most": "0"}),
        rule(HANG_UP, {"kind": "entered", "name": "code", "values": ["42"]}),
        rule(HANG_UP, {"kind": "share", "percent": 30}),
    )
    idle = {"service": service["id"], "ready": 2}
    assert tried(firm.admin, document)["place"] == 0
    assert tried(firm.admin, document, queues=[idle], entered={"code": "42"})["place"] == 1
    assert tried(firm.admin, document, queues=[idle], lot=29)["place"] == 2
    assert tried(firm.admin, document, queues=[idle], lot=30)["place"] is None


def test_a_list_takes_numbers_however_they_are_written(firm: Firm) -> None:
    made = firm.admin.made("/caller-lists", {"name": fresh("名单")})
    path = f"/caller-lists/{made['id']}"
    given = ["138 0000 0001", "+8613800000001", "021-60000009", "anna", ""]
    assert firm.admin.post(f"{path}/callers", {"numbers": given}).status_code == 422
    taken = firm.admin.post(f"{path}/callers", {"numbers": given[:4], "note": "老客户"}).json
    assert taken == {"added": 2, "known": 0, "wrong": ["anna"]}
    again = firm.admin.post(f"{path}/callers", {"numbers": given[:1]}).json
    assert again == {"added": 0, "known": 1, "wrong": []}
    listed = firm.admin.get(f"{path}/callers", q="138 0000").json
    assert [(one["shown"], one["note"]) for one in listed["items"]] == [("138 0000 0001", "老客户")]
    removed = firm.admin.post(f"{path}/callers/remove", {"numbers": [listed["items"][0]["number"]]})
    assert removed.status_code == 204
    assert firm.admin.get(path).json["callers"] == 1
    entries = firm.admin.get("/audit", entity="caller_list").json["items"]
    told = next(entry for entry in entries if entry["action"] == "caller_list.remove")
    assert told["before"] == {"callers": ["e164:+8613800000001"]}
    renamed = firm.admin.patch(path, {"name": fresh("名单")}, made["version"]).json
    assert firm.admin.delete(path, renamed["version"]).status_code == 204


def test_what_a_route_asks_or_leads_to_is_not_deleted(firm: Firm) -> None:
    target, schedule, callers = a_service(firm), a_schedule(firm), a_list(firm)
    tests = [{"kind": "schedule", "id": schedule}, {"kind": "list", "id": callers}]
    body = {"name": fresh(), "document": rules(rule(target, *tests))}
    made = firm.admin.made("/routing-services", body)
    for path in (
        f"/agent-services/{target['id']}",
        f"/schedules/{schedule}",
        f"/caller-lists/{callers}",
    ):
        answer = firm.admin.delete(path)
        assert (answer.status_code, answer.json["error"]["code"]) == (409, "in-use"), path
        assert answer.json["error"]["details"] == {"by": "routing_service"}
    assert firm.admin.delete(f"/routing-services/{made['id']}").status_code == 204
    assert firm.admin.delete(f"/schedules/{schedule}").status_code == 204


def test_a_number_leads_to_it_and_calls_are_told(
    firm: Firm, operator: Page, number: dict[str, Any], platform_rows: Database
) -> None:
    body = {"name": fresh(), "document": rules(otherwise=SORRY)}
    made = firm.admin.made("/routing-services", body)
    bound = operator.post(
        f"/operator/access-numbers/{number['id']}/bind", {"enterprise_id": firm.id}
    )
    assert bound.status_code == 200, bound.json
    path = f"/access-numbers/{number['id']}/strategy"
    led = firm.admin.put(path, {"kind": "routing_service", "target_id": made["id"]})
    assert led.json["strategy"] == {
        "kind": "routing_service",
        "target": {"id": made["id"], "name": made["name"]},
    }
    refused = firm.admin.delete(f"/routing-services/{made['id']}")
    assert refused.json["error"]["details"] == {"by": "access_number"}
    with platform_rows.begin(Scope.platform()) as session:
        codes = {each.id: each.code for each in load_enterprises(session)}
        plan = load_plan(session, load_roster(session, codes, {}))
        query = select(OutboxEvent).where(OutboxEvent.type == "service.changed")
        told = {event.data["entity_id"] for event in session.scalars(query)}
    route = plan.resolve(number["number"])
    assert route is not None
    assert (route.kind, str(route.target_id)) == (RouteKind.ROUTING_SERVICE, made["id"])
    assert plan.routes[route.target_id].rules.otherwise.say == SORRY["say"]
    assert made["id"] in told


def test_nobody_but_the_administrator_and_no_other_enterprise(
    firm: Firm, rival: Firm, agent: Page
) -> None:
    target, schedule, callers = a_service(firm), a_schedule(firm), a_list(firm, "13800000001")
    made = firm.admin.made(
        "/routing-services", {"name": fresh(), "document": rules(otherwise=target)}
    )
    for path in (f"/routing-services/{made['id']}", f"/caller-lists/{callers}"):
        assert rival.admin.get(path).status_code == 404
        assert rival.admin.delete(path).status_code == 404
        assert agent.get(path).status_code == 403
    assert (
        agent.post("/routing-services/try", {"document": rules(), "caller": ""}).status_code == 403
    )
    for document in (
        rules(otherwise=target),
        rules(rule(HANG_UP, {"kind": "schedule", "id": schedule})),
        rules(rule(HANG_UP, {"kind": "list", "id": callers})),
    ):
        answer = rival.admin.post("/routing-services/try", {"document": document, "caller": ""})
        assert answer.status_code == 422, answer.json
    assert rival.admin.post(f"/caller-lists/{callers}/callers", {"numbers": ["1"]}).status_code in (
        404,
        422,
    )
