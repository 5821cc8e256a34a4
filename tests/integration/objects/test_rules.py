"""Conditions, checks and formulas over HTTP, and what publishing them does to the records there are."""

from typing import Any

import pytest

from tests.integration.objects.shaping import RECORDS, Shaping, a_field, a_pump, label, seen
from tests.support.office import Caller

pytestmark = pytest.mark.integration

STATES = [{"value": value, "label": label(value)} for value in ("open", "lost")]
STATE = a_field("state", "choice", settings={"options": STATES, "default": "open"})
PRICE, COUNT = a_field("price", "money"), a_field("count", "integer")


def formula(expression: str, **settings: Any) -> dict[str, Any]:
    return a_field("total", "formula", settings={"expression": expression, **settings})


def when(what: str, field: str, operator: str, value: Any = None) -> dict[str, Any]:
    return {what: {"tests": [{"field": field, "operator": operator, "value": value}]}}


def change(caller: Caller, record: dict[str, Any], **values: Any) -> Any:
    path = f"{RECORDS}/{record['id']}"
    return caller.send("PATCH", path, {"values": values}, version=record["version"])


def refusals(answer: Any) -> dict[str, list[str]]:
    assert answer.status_code == 422, answer.json
    told: dict[str, list[str]] = answer.json["error"]["fields"]
    return told


# -- formulas ---------------------------------------------------------------------------------------


def test_a_formula_is_worked_out_when_a_record_is_made_and_changed(
    pumps: Shaping, admin: Caller
) -> None:
    pumps.published(PRICE, COUNT, formula("price * count"))
    record = a_pump(admin, price="12.50", count=3)
    assert record["values"]["total"] == "37.50"
    changed = change(admin, record, count=4).json
    assert changed["values"]["total"] == "50.00"
    log = admin.get(f"{RECORDS}/{record['id']}/log").json["items"][0]["changes"]
    assert {one["field"]: (one["before"], one["after"]) for one in log} == {
        "count": ("3", "4"), "total": ("37.50", "50.00"),
    }  # fmt: skip


def test_nobody_enters_a_formula(pumps: Shaping, admin: Caller) -> None:
    pumps.published(PRICE, formula("price * 2"))
    record = a_pump(admin, price="1")
    assert "total" in refusals(change(admin, record, total="9"))
    assert "total" in refusals(admin.post(RECORDS, {"values": {"name": "x", "total": "9"}}))


def test_a_list_is_sorted_and_filtered_by_a_formula(pumps: Shaping, admin: Caller) -> None:
    pumps.published(PRICE, formula("price * 2"))
    for price in ("3", "1", "2"):
        a_pump(admin, price=price)
    page = admin.get(RECORDS, sort="-total", **{"f.total.from": "4"}).json
    assert [one["values"]["total"] for one in page["items"]] == ["6.00", "4.00"]


def test_a_new_formula_is_worked_out_for_the_records_there_are(
    pumps: Shaping, admin: Caller
) -> None:
    pumps.published(PRICE, COUNT)
    record = a_pump(admin, price="12.50", count=3)
    pumps.published(PRICE, COUNT, formula("price * count"))
    assert seen(admin, record, "total") == "37.50"


def test_another_formula_is_worked_out_anew_and_the_former_comes_back(
    pumps: Shaping, admin: Caller
) -> None:
    pumps.published(PRICE, COUNT, formula("price * count"))
    record = a_pump(admin, price="12.50", count=3)
    pumps.published(PRICE, COUNT, formula("price + count", places=1))
    assert seen(admin, record, "total") == "15.5"
    pumps.published(PRICE, COUNT, formula("price & '×' & count", result="text"))
    assert seen(admin, record, "total") == "12.5×3"
    pumps.published(PRICE, COUNT, formula("price * count"))
    assert seen(admin, record, "total") == "37.50"


def test_a_formula_follows_a_field_whose_type_changes(pumps: Shaping, admin: Caller) -> None:
    pumps.published(a_field("price"), formula("length(price)"))
    record = a_pump(admin, price="12.50")
    assert seen(admin, record, "total") == "5.00"
    pumps.published(PRICE, formula("price * 2"))
    assert seen(admin, record, "total") == "25.00"


def test_a_formula_becomes_a_field_that_is_entered(pumps: Shaping, admin: Caller) -> None:
    pumps.published(PRICE, formula("price * 2"))
    record = a_pump(admin, price="12.50")
    pumps.published(PRICE, a_field("total", "money"))
    assert seen(admin, record, "total") == "25.00"
    now = admin.get(f"{RECORDS}/{record['id']}").json
    assert change(admin, now, total="9").json["values"]["total"] == "9.00"


def test_what_is_wrong_with_a_formula_is_told_in_words(pumps: Shaping) -> None:
    (problem,) = pumps.fields(PRICE, formula("price * pirce"))["problems"]
    assert problem == {
        "path": "total.expression", "message": "没有字段“pirce”（第 9 个字符）。",
    }  # fmt: skip
    (problem,) = pumps.fields(PRICE, formula("price", result="text"))["problems"]
    assert problem["message"] == "结果是数字，应为文本。"
    assert pumps.publish().status_code == 422


def test_a_page_gets_the_formula_as_a_tree(pumps: Shaping, admin: Caller) -> None:
    pumps.published(PRICE, formula("price * 2"))
    fields = {one["key"]: one for one in admin.get("/objects/pump").json["fields"]}
    assert fields["total"]["read_only"]
    assert fields["price"]["formula"] is None
    assert fields["total"]["formula"] == {
        "tree": {"call": "*", "of": [{"name": "price"}, {"number": "2"}]},
        "result": "number", "places": 2,
    }  # fmt: skip


# -- conditions and checks --------------------------------------------------------------------------


def test_a_field_that_is_not_on_the_form_is_refused(pumps: Shaping, admin: Caller) -> None:
    pumps.published(STATE, a_field("reason", when=when("visible", "state", "eq", "lost")))
    answer = admin.post(RECORDS, {"values": {"name": "泵", "reason": "太贵"}})
    assert refusals(answer) == {"reason": ["按当前内容，此字段不在表单上。"]}
    assert a_pump(admin, state="lost", reason="太贵")["values"]["reason"] == "太贵"


def test_a_default_waits_for_its_field_to_be_on_the_form(pumps: Shaping, admin: Caller) -> None:
    seen_when_lost = when("visible", "state", "eq", "lost")
    pumps.published(
        STATE, a_field("reason", when=seen_when_lost, settings={"default": "不详"}, required=True)
    )
    assert a_pump(admin)["values"]["reason"] is None
    assert a_pump(admin, state="lost")["values"]["reason"] == "不详"


def test_a_field_is_required_once_its_condition_holds(pumps: Shaping, admin: Caller) -> None:
    pumps.published(STATE, a_field("reason", when=when("required", "state", "eq", "lost")))
    record = a_pump(admin)
    assert "reason" in refusals(change(admin, record, state="lost"))
    assert change(admin, record, state="lost", reason="太贵").status_code == 200


def test_what_its_condition_locks_is_not_changed(pumps: Shaping, admin: Caller) -> None:
    locked = a_field("price", "money", when=when("editable", "state", "ne", "lost"))
    pumps.published(STATE, locked)
    record = a_pump(admin, state="open", price="5")
    record = change(admin, record, state="lost").json
    assert refusals(change(admin, record, price="6")) == {"price": ["按当前内容，此字段不能修改。"]}
    # As it was shown: no change.
    assert change(admin, record, price="5.00").status_code == 200


def test_a_condition_may_ask_who_acts(pumps: Shaping, admin: Caller, conf: Caller) -> None:
    for_admins = a_field("price", "money", when=when("editable", "$role", "in", ["admin"]))
    pumps.published(for_admins)
    assert "price" in refusals(conf.post(RECORDS, {"values": {"name": "泵", "price": "5"}}))
    assert a_pump(admin, price="5")["values"]["price"] == "5.00"


def test_a_check_is_told_in_the_enterprises_own_words(pumps: Shaping, admin: Caller) -> None:
    words = label("折扣不能高于价格", "The discount exceeds the price")
    settings = {"check": "discount <= price", "check_message": words}
    pumps.published(PRICE, a_field("discount", "money", settings=settings))
    answer = admin.post(RECORDS, {"values": {"name": "泵", "price": "5", "discount": "6"}})
    assert refusals(answer) == {"discount": ["折扣不能高于价格"]}
    assert a_pump(admin, price="6", discount="6")["values"]["discount"] == "6.00"


def test_a_pattern_is_told_in_the_enterprises_own_words(pumps: Shaping, admin: Caller) -> None:
    settings = {"pattern": "[A-Z]{2}[0-9]+", "pattern_message": label("如 AB12", "Like AB12")}
    pumps.published(a_field("model", settings=settings))
    answer = admin.post(RECORDS, {"values": {"name": "泵", "model": "x"}})
    assert refusals(answer) == {"model": ["如 AB12"]}


def test_a_page_gets_the_conditions(pumps: Shaping, admin: Caller) -> None:
    condition = when("visible", "state", "eq", "lost")
    pumps.published(STATE, a_field("reason", when=condition))
    fields = {one["key"]: one for one in admin.get("/objects/pump").json["fields"]}
    assert (fields["reason"]["when"], fields["state"]["when"]) == (condition, {})


def test_a_version_tells_which_condition_it_changed(pumps: Shaping) -> None:
    pumps.published(STATE, a_field("reason"))
    condition = when("visible", "state", "eq", "lost")
    (told,) = pumps.fields(STATE, a_field("reason", when=condition))["changes"]
    assert (told["subject"], told["attribute"]) == ("reason", "when.visible")
    assert (told["before"], told["after"]) == (None, condition["visible"])
