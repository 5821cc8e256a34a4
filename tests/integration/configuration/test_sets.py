"""An enterprise starts from a ready set: everything is in force, and people work with it at once."""

from dataclasses import dataclass, field
from typing import Any

import pytest
from flask import Flask

from tests.integration.configuration.conftest import Desk
from tests.support.firms import Firm, Page, new_code, register

pytestmark = pytest.mark.integration

PHONE = "13800001234"


@dataclass(frozen=True)
class Story:
    """What somebody enters. `@x`: the record of object x that was entered before.

    worked_out: by key; by_agent: what the agent enters beside the order, all else is there before.
    """

    customer: dict[str, Any]
    between: list[tuple[str, dict[str, Any]]]
    order: dict[str, Any]
    worked_out: dict[str, dict[str, Any]] = field(default_factory=dict)
    by_agent: str = ""


STORIES = {
    "after_sales": Story(
        {"name": "王芳", "phone": PHONE, "region": "sd_qingdao"},
        [
            ("appliance", {"customer": "@customer", "category": "ac", "model": "KFR-35"}),
            ("part", {"code": "FAN-1", "name": "风机", "price": "120"}),
        ],
        {
            "customer": "@customer", "appliance": "@appliance", "service": "repair",
            "fault": "ac_noise", "urgency": "normal", "description": "外机响", "status": "open",
            "warranty": "out", "labour": "80", "parts": "240", "discount": "20",
        },
        {"work_order": {"amount_due": "300.00"}},
    ),
    "hotline": Story(
        {"name": "李伟", "phone": PHONE, "district": "east_1"},
        [("unit", {"code": "CG01", "name": "城管局", "level": "city"})],
        {
            "customer": "@customer", "title": "夜间施工噪声", "category": "complaint",
            "subject": "city_noise", "source": "phone", "district": "east_1",
            "content": "深夜施工", "status": "replied", "priority": "urgent", "unit": "@unit",
            "accepted_at": "2026-11-24T02:00:00Z", "due_at": "2026-11-25T02:00:00Z",
            "replied_at": "2026-11-24T09:30:00Z", "reply": "已责令停工",
        },
        {"work_order": {"hours_taken": "7", "in_time": True}},
    ),
    "telecom": Story(
        {"name": "赵强", "phone": PHONE, "community": "@community", "group_new": "family_fusion"},
        [
            ("tariff", {"code": "F199", "name": "融合 199", "kind": "fusion", "monthly_fee": "199",
                        "months": 24}),
            ("account", {"contract": "HT-1", "customer": "@customer", "balance": "20",
                         "billed": "199"}),
            ("line", {"device": "KD-1", "account": "@account", "product": "broadband",
                      "tariff": "@tariff"}),
        ],
        {
            "customer": "@customer", "line": "@line", "service": "billing", "urgency": "normal",
            "description": "多收一个月", "status": "open", "disputed": "199", "months": 1,
            "refund": "99.5",
        },
        {
            "tariff": {"contract_value": "4776.00"},
            "account": {"to_pay": "179.00"},
            "work_order": {"still_disputed": "99.50"},
        },
    ),
    "ecommerce": Story(
        {"name": "陈静", "phone": PHONE, "orders": 4, "spent": "1000"},
        [
            ("product", {"sku": "A-1", "name": "羊毛围巾", "price": "129"}),
            ("shop_order", {"number": "P-1", "customer": "@customer", "product": "@product",
                            "quantity": 3, "price": "129", "discount": "30", "freight": "8",
                            "status": "paid"}),
            ("return_order", {"shop_order": "@shop_order", "kind": "return", "reason": "dislike",
                              "status": "asked", "goods": "129", "freight": "8"}),
        ],
        {
            "customer": "@customer", "issue": "after_refund", "shop_order": "@shop_order",
            "return_order": "@return_order", "urgency": "normal", "description": "催退款",
            "status": "open",
        },
        {
            "customer": {"average_order": "250.00"},
            "shop_order": {"amount_due": "365.00"},
            "return_order": {"refund": "137.00"},
        },
    ),
    "collections": Story(
        {"name": "周涛", "phone": PHONE},
        [
            ("debt", {"contract": "C-1", "customer": "@customer", "creditor": "某银行",
                      "product": "card", "stage": "m2", "due_on": "2026-10-01",
                      "principal": "5000", "interest": "120.5", "fees": "30", "paid": "1000"}),
            ("promise", {"debt": "@debt", "amount": "4150.5", "pay_on": "2026-12-05",
                         "instalments": 3, "state": "open"}),
        ],
        {
            "customer": "@customer", "debt": "@debt", "result": "reached_promise",
            "summary": "分三期", "promise": "@promise", "status": "waiting", "priority": "normal",
        },
        {"debt": {"balance": "4150.50"}, "promise": {"each": "1383.50", "short": "4150.50"}},
        by_agent="promise",
    ),
}  # fmt: skip
_FIRST = {"telecom": [("community", {"code": "SQ1", "name": "花园里", "households": 900})]}


def enter(page: Page, identifier: str, given: dict[str, Any], made: dict[str, Any]) -> None:
    values = {
        key: made[value[1:]]["id"] if isinstance(value, str) and value.startswith("@") else value
        for key, value in given.items()
    }
    record = page.made(f"/objects/{identifier}/records", {"values": values})
    made[identifier] = page.get(f"/objects/{identifier}/records/{record['id']}").json


def ready_lists(page: Page, identifier: str) -> list[str]:
    """Their keys; each of them is asked for as the list of records asks."""
    path = f"/objects/{identifier}"
    views = page.get(f"{path}/views").json["views"]
    for view in views:
        answer = page.get(f"{path}/records", sort=view["sort"], **view["filters"])
        assert answer.status_code == 200, answer.json
    return [view["key"] for view in views]


@pytest.mark.parametrize("key", STORIES)
def test_a_set_is_in_force_at_once_and_people_work_with_it(
    web: Flask, operator: Page, key: str
) -> None:
    firm = register(web, operator, set=key)
    story, made = STORIES[key], dict[str, Any]()
    entered = [*_FIRST.get(key, []), ("customer", story.customer), *story.between]
    agent = firm.page(firm.seat()["employee_code"])
    for identifier, values in entered:
        enter(agent if identifier == story.by_agent else firm.admin, identifier, values, made)
    enter(agent, "work_order", story.order, made)
    assert ready_lists(agent, "work_order") == ["mine", "open", "overdue"]
    assert len(ready_lists(agent, "customer")) == 1
    assert made["work_order"]["display"]["customer"] == story.customer["name"]
    for identifier, wanted in story.worked_out.items():
        values = made[identifier]["values"]
        assert {name: values[name] for name in wanted} == wanted
    assert len(firm.admin.get("/dispositions").json["items"]) >= 7
    assert firm.admin.get("/not-ready-reasons").json["total"] == 5
    inspector = firm.page(firm.seat("inspector")["employee_code"])
    (form,) = inspector.get("/quality/forms").json
    assert form["total"] == 100
    conf = firm.page("conf")
    assert all(table["items"] for table in conf.get("/code-tables").json)
    assert all(not each["draft"] for each in conf.get("/design/objects").json)


def test_the_parts_of_a_repair_are_lines_of_its_order(web: Flask, operator: Page) -> None:
    firm = register(web, operator, set="after_sales")
    made: dict[str, Any] = {}
    story = STORIES["after_sales"]
    enter(firm.admin, "customer", story.customer, made)
    enter(firm.admin, *story.between[0], made)
    enter(firm.admin, *story.between[1], made)
    line = {"part": made["part"]["id"], "quantity": 2, "price": "120"}
    order = {**story.order, "parts_used": [{"values": line}]}
    enter(firm.admin, "work_order", order, made)
    (used,) = made["work_order"]["values"]["parts_used"]
    assert (used["display"]["part"], used["values"]["amount"]) == ("风机", "240.00")


def test_a_field_is_asked_for_only_where_the_trade_would(web: Flask, operator: Page) -> None:
    firm = register(web, operator, set="ecommerce")
    made: dict[str, Any] = {}
    story = STORIES["ecommerce"]
    enter(firm.admin, "customer", story.customer, made)
    enter(firm.admin, *story.between[0], made)
    path = "/objects/shop_order/records"
    order = {**story.between[1][1], "customer": made["customer"]["id"]}
    order |= {"product": made["product"]["id"], "number": "P-2"}
    too_early = firm.admin.post(path, {"values": {**order, "returned_reason": "late"}})
    assert set(too_early.json["error"]["fields"]) == {"returned_reason"}
    returned = firm.admin.post(path, {"values": {**order, "status": "returned"}})
    assert set(returned.json["error"]["fields"]) == {"returned_reason"}
    too_much = firm.admin.post(path, {"values": {**order, "discount": "388"}})
    assert set(too_much.json["error"]["fields"]) == {"discount"}


def test_collectors_work_on_their_own_promises_and_see_no_identity_number(
    web: Flask, operator: Page
) -> None:
    firm = register(web, operator, set="collections")
    first, second = (firm.page(firm.seat()["employee_code"]) for _ in range(2))
    made: dict[str, Any] = {}
    story = STORIES["collections"]
    enter(firm.admin, "customer", {**story.customer, "identity": "11010519491231002X"}, made)
    enter(firm.admin, *story.between[0], made)
    enter(first, *story.between[1], made)
    path = f"/objects/promise/records/{made['promise']['id']}"
    assert (first.get(path).status_code, second.get(path).status_code) == (200, 404)
    debtor = first.get(f"/objects/customer/records/{made['customer']['id']}").json
    assert "19491231" not in str(debtor)


def test_without_a_choice_it_is_what_it_always_was(desk: Desk) -> None:
    assert {each["identifier"] for each in desk.conf.get("/objects").json} == {
        "customer",
        "work_order",
    }
    assert desk.conf.get("/code-tables").json == []


def test_what_a_set_brings_belongs_to_its_enterprise_alone(desk: Desk, elsewhere: Desk) -> None:
    assert desk.firm.admin.get("/dispositions").json["total"] == 0
    assert elsewhere.firm.admin.get("/dispositions").json["total"] == 9
    assert desk.conf.get("/design/objects/appliance").status_code == 404


def test_a_set_that_there_is_not_is_refused_and_no_enterprise_made(operator: Page) -> None:
    body = {"code": new_code(), "name": "无此套", "set": "bakery"}
    answer = operator.post("/operator/enterprises", body)
    assert answer.status_code == 422
    assert set(answer.json["error"]["fields"]) == {"set"}
    assert operator.get("/operator/enterprises", q=body["code"]).json["total"] == 0


def test_operators_and_configuration_administrators_are_told_of_the_sets(
    operator: Page, desk: Desk
) -> None:
    told = operator.get("/operator/sets").json
    assert desk.conf.get("/configuration/sets").json == told
    (hotline,) = [each for each in told if each["key"] == "hotline"]
    assert hotline["name"]["en"] == "Citizens' hotline"
    assert [each["en"] for each in hotline["contents"]["objects"]] == [
        "Citizen", "Responsible unit", "Request",
    ]  # fmt: skip
    assert hotline["contents"]["codes"] == 2
    assert desk.conf.get("/configuration/sets/bakery").status_code == 404


def test_who_does_not_run_the_platform_is_not_told_of_its_sets(firm: Firm) -> None:
    for who in ("conf", "admin"):
        assert firm.page(who).get("/operator/sets").status_code == 403


def test_the_log_says_which_set_an_enterprise_began_with(elsewhere: Desk) -> None:
    log = elsewhere.conf.get("/audit", action="enterprise.register").json["items"]
    assert [each["after"]["set"] for each in log] == ["after_sales"]
    made = elsewhere.conf.get("/audit", action="codes.create").json
    assert made["total"] == 3
