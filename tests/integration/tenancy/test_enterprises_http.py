"""Enterprises over HTTP: registered with their first users, changed, suspended, deleted unused."""

import pytest
from sqlalchemy import select

from callcenter.core.audit import AuditEntry
from callcenter.core.ids import new_id
from callcenter.core.tenant import Scope
from tests.integration.tenancy.conftest import complaints, refusal

pytestmark = pytest.mark.integration

URL = "/operator/enterprises"


def test_a_new_enterprise_has_two_users_with_one_time_passwords(operator, code):
    answer = operator.post(URL, {"code": code(), "name": "华东维修", "area_code": "021"})
    assert answer.status_code == 201
    assert answer.headers["Cache-Control"] == "no-store"
    issued = {user["employee_code"] for user in answer.json["initial_users"]}
    assert issued == {"conf", "admin"}
    enterprise = answer.json["enterprise"]
    assert (enterprise["name"], enterprise["status"]) == ("华东维修", "active")
    assert enterprise["time_zone"] == "Asia/Shanghai"
    assert {u["state"] for u in enterprise["initial_users"]} == {"unused"}


def test_passwords_are_shown_once(operator, customer):
    shown = operator.get(f"{URL}/{customer.id}").text + operator.get(URL, q=customer.code).text
    assert not any(password in shown for password in customer.passwords.values())


@pytest.mark.parametrize(("who", "home"), [("admin", "admin"), ("conf", "config")])
def test_a_first_password_lets_in_to_be_changed(browser, customer, who, home):
    person = browser()
    signed_in = person.sign_in(
        "/session",
        enterprise_code=customer.code,
        employee_code=who,
        password=customer.passwords[who],
    )
    assert (signed_in.json["must_change_password"], signed_in.json["home"]) == (True, home)
    assert refusal(person.get("/enterprise")) == (403, "password-change-required")


def test_the_operator_sees_that_a_password_was_changed(operator, customer, enter):
    enter(customer)
    users = operator.get(f"{URL}/{customer.id}").json["initial_users"]
    assert {u["employee_code"]: u["state"] for u in users} == {"admin": "changed", "conf": "unused"}


def test_a_new_enterprise_has_the_shipped_data_objects(customer, enter):
    kinds = {one["kind"] for one in enter(customer, "conf").get("/objects").json}
    assert kinds >= {"customer", "work_order"}


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"code": "12345"}, "code"),
        ({"code": "1234567"}, "code"),
        ({"code": "12345a"}, "code"),
        ({"code": "１２３４５６"}, "code"),
        ({"code": "000000"}, "code"),
        ({"code": 123456}, "code"),
        ({"name": ""}, "name"),
        ({"name": "   "}, "name"),
        ({"name": "x" * 81}, "name"),
        ({"name": "two\nlines"}, "name"),
        ({"name": "nul\u0000"}, "name"),
        ({"area_code": "21"}, "area_code"),
        ({"area_code": "02100"}, "area_code"),
        ({"time_zone": "Asia/Nowhere"}, "time_zone"),
        ({"display_number_id": "x"}, "display_number_id"),
        ({"display_number_id": str(new_id())}, "display_number_id"),
        ({"options": {"no_such": True}}, "options.no_such"),
        ({"options": []}, "options"),
        ({"more": 1}, "more"),
    ],
)
def test_bad_input_is_told_by_field_in_both_languages(operator, code, wrong, field):
    body = {"code": code(), "name": "甲", **wrong}
    told = {}
    for language in ("en", "zh-CN"):
        operator.patch("/session", {"locale": language})
        found = complaints(operator.post(URL, body))
        assert list(found) == [field]
        told[language] = found[field]
    assert told["en"] != told["zh-CN"]
    assert not any(text.startswith("validation.") for texts in told.values() for text in texts)


def test_a_code_is_given_once(operator, customer):
    found = complaints(operator.post(URL, {"code": customer.code, "name": "乙"}))
    assert list(found) == ["code"]


def test_what_was_refused_leaves_nothing(operator, code):
    own = code()
    operator.post(URL, {"code": own, "name": "甲", "options": {"no_such": True}})
    assert operator.get(URL, q=own).json["total"] == 0


def test_enterprises_are_found_by_code_and_name(operator, register):
    made = register(name="南京路 100%门店")
    for text in (made.code, "南京路", "100%"):
        assert made.code in [
            one["code"] for one in operator.get(URL, q=text, page_size=200).json["items"]
        ]
    assert operator.get(URL, q="no%such").json["total"] == 0


def test_the_platforms_own_enterprise_is_none_of_the_customers(operator, customer):
    assert operator.get(URL, q="000000").json["total"] == 0
    own = operator.me["enterprise"]["id"]
    assert refusal(operator.get(f"{URL}/{own}")) == (404, "not-found")
    assert refusal(operator.post(f"{URL}/{own}/suspend")) == (404, "not-found")


def test_pages_are_sorted_as_asked(operator, register):
    register()
    register()
    up = [one["code"] for one in operator.get(URL, sort="code", page_size=200).json["items"]]
    down = [one["code"] for one in operator.get(URL, sort="-code", page_size=200).json["items"]]
    assert up == sorted(up)
    assert down == up[::-1]
    first = operator.get(URL, sort="code", page_size=1, page=2).json
    assert ([one["code"] for one in first["items"]], first["page"]) == ([up[1]], 2)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"sort": "password"}, "sort"),
        ({"page": "0"}, "page"),
        ({"status": "x"}, "status"),
        ({"x": "1"}, "x"),
    ],
)
def test_unknown_sorts_and_filters_are_refused(operator, query, field):
    assert list(complaints(operator.get(URL, **query))) == [field]


def test_only_what_is_named_is_changed(operator, customer):
    before = operator.get(f"{URL}/{customer.id}").json
    changed = operator.patch(f"{URL}/{customer.id}", {"name": "新名"}, before["version"])
    assert changed.status_code == 200
    assert changed.json == before | {"name": "新名", "version": changed.json["version"]}
    assert changed.headers["ETag"] == f'"{changed.json["version"]}"'


def test_a_lost_update_is_refused(operator, customer):
    version = operator.get(f"{URL}/{customer.id}").json["version"]
    assert operator.patch(f"{URL}/{customer.id}", {"name": "一"}, version).status_code == 200
    assert refusal(operator.patch(f"{URL}/{customer.id}", {"name": "二"}, version)) == (
        412,
        "stale",
    )
    assert refusal(operator.patch(f"{URL}/{customer.id}", {"name": "三"})) == (
        428,
        "precondition-required",
    )


def test_a_change_of_options_alone_moves_the_version_too(operator, customer):
    before = operator.get(f"{URL}/{customer.id}").json
    key = next(key for key, value in before["options"].items() if isinstance(value, bool))
    wanted = {"options": {key: not before["options"][key]}}
    changed = operator.patch(f"{URL}/{customer.id}", wanted, before["version"])
    assert changed.json["options"][key] is not before["options"][key]
    assert refusal(operator.patch(f"{URL}/{customer.id}", wanted, before["version"])) == (
        412,
        "stale",
    )


def test_the_enterprise_has_the_options_it_was_given(operator, register, enter):
    defaults = operator.get("/operator/options", page_size=200).json["items"]
    switch = next(one for one in defaults if one["kind"] == "switch" and one["active"])
    made = register(options={switch["key"]: not switch["default"]})
    options = enter(made).get("/session").json["enterprise"]["options"]
    assert options[switch["key"]] is not switch["default"]
    assert {one["key"] for one in defaults if one["active"]} == set(options)


def test_a_suspended_enterprise_is_signed_out_and_cannot_sign_in(
    operator, customer, enter, browser
):
    inside = enter(customer)
    assert operator.post(f"{URL}/{customer.id}/suspend").json["status"] == "suspended"
    assert refusal(inside.get("/session")) == (401, "not-signed-in")
    body = {
        "enterprise_code": customer.code,
        "employee_code": "admin",
        "password": "violet-harbour-93",
    }
    assert refusal(browser().sign_in("/session", **body)) == (401, "sign-in-refused")
    assert operator.post(f"{URL}/{customer.id}/activate").json["status"] == "active"
    assert browser().sign_in("/session", **body).status_code == 200


def test_a_reset_password_replaces_the_old_one_and_ends_sessions(
    operator, customer, enter, browser
):
    inside = enter(customer)
    answer = operator.post(f"{URL}/{customer.id}/users/admin/reset")
    assert answer.headers["Cache-Control"] == "no-store"
    assert refusal(inside.get("/session")) == (401, "not-signed-in")
    fresh = {"enterprise_code": customer.code, "employee_code": "admin"}
    old = browser().sign_in("/session", **fresh, password="violet-harbour-93")
    assert refusal(old) == (401, "sign-in-refused")
    new = browser().sign_in("/session", **fresh, password=answer.json["one_time_password"])
    assert new.json["must_change_password"]


@pytest.mark.parametrize("who", ["8001", "nobody", "%00"])
def test_only_first_users_are_reset_by_the_operator(operator, insider, who):
    assert refusal(operator.post(f"{URL}/{insider.customer.id}/users/{who}/reset")) == (
        404,
        "not-found",
    )


def test_an_unused_enterprise_can_be_deleted_and_its_code_given_again(operator, register):
    made = register()
    assert operator.delete(f"{URL}/{made.id}").status_code == 204
    assert refusal(operator.get(f"{URL}/{made.id}")) == (404, "not-found")
    again = register(code=made.code)
    assert again.id != made.id


def test_a_deleted_enterprise_lets_nobody_in(operator, register, browser):
    made = register()
    operator.delete(f"{URL}/{made.id}")
    refused = browser().sign_in(
        "/session",
        enterprise_code=made.code,
        employee_code="admin",
        password=made.passwords["admin"],
    )
    assert refusal(refused) == (401, "sign-in-refused")


def test_an_enterprise_in_use_is_not_deleted(operator, customer, enter):
    enter(customer)
    answer = operator.delete(f"{URL}/{customer.id}")
    assert refusal(answer) == (409, "in-use")
    assert answer.json["error"]["details"] == {"by": "user"}


def test_an_enterprise_with_a_number_is_not_deleted(operator, customer, number):
    number(customer)
    answer = operator.delete(f"{URL}/{customer.id}")
    assert answer.json["error"]["details"] == {"by": "access_number"}


def test_a_free_display_number_becomes_the_enterprises(operator, register, number):
    free = number()
    made = register(display_number_id=free["id"])
    shown = operator.get(f"{URL}/{made.id}").json
    assert shown["display_number"] == {"id": free["id"], "number": free["number"]}
    assert shown["access_numbers"] == [shown["display_number"]]


def test_another_enterprises_number_is_not_shown(operator, register, customer, number):
    theirs = number(register())
    version = operator.get(f"{URL}/{customer.id}").json["version"]
    answer = operator.patch(f"{URL}/{customer.id}", {"display_number_id": theirs["id"]}, version)
    assert list(complaints(answer)) == ["display_number_id"]


def test_every_act_stands_in_the_audit_log(operator, customer, database):
    version = operator.get(f"{URL}/{customer.id}").json["version"]
    operator.patch(f"{URL}/{customer.id}", {"name": "新名"}, version)
    operator.post(f"{URL}/{customer.id}/suspend")
    operator.post(f"{URL}/{customer.id}/users/admin/reset")
    with database.begin(Scope.platform()) as session:
        mine = select(AuditEntry).where(AuditEntry.entity_id == customer.id).order_by(AuditEntry.id)
        entries = list(session.scalars(mine))
    assert [entry.action for entry in entries] == [
        "enterprise.register",
        "enterprise.change",
        "enterprise.suspend",
    ]
    assert entries[1].after == {"name": "新名"}
    assert {entry.actor_code for entry in entries} == {"admin"}


class TestForAnEnterprise:
    """What its own administrator may see and change."""

    def test_it_sees_itself(self, insider):
        own = insider.get("/enterprise").json
        assert (own["id"], own["code"]) == (insider.customer.id, insider.customer.code)
        assert "initial_users" not in own

    def test_it_changes_its_zone_with_an_etag(self, customer, enter):
        admin = enter(customer)
        version = admin.get("/enterprise").json["version"]
        changed = admin.patch("/enterprise", {"time_zone": "Asia/Urumqi"}, version)
        assert changed.json["time_zone"] == "Asia/Urumqi"
        assert refusal(admin.patch("/enterprise", {"name": "x"}, version)) == (412, "stale")

    def test_it_ticks_no_options_and_changes_no_code(self, insider):
        for body in ({"options": {}}, {"code": "999999"}, {"status": "active"}):
            assert list(complaints(insider.patch("/enterprise", body, 1))) == list(body)

    def test_it_takes_no_free_number_for_itself(self, insider, number):
        free = number()
        version = insider.get("/enterprise").json["version"]
        answer = insider.patch("/enterprise", {"display_number_id": free["id"]}, version)
        assert list(complaints(answer)) == ["display_number_id"]

    def test_conf_manages_no_enterprise(self, customer, enter):
        assert refusal(enter(customer, "conf").get("/enterprise")) == (403, "forbidden")


OPERATORS_ROUTES = [
    ("GET", ""),
    ("POST", ""),
    ("GET", "/{id}"),
    ("PATCH", "/{id}"),
    ("DELETE", "/{id}"),
    ("POST", "/{id}/suspend"),
    ("POST", "/{id}/activate"),
    ("POST", "/{id}/users/admin/reset"),
]


@pytest.mark.parametrize("route", OPERATORS_ROUTES, ids=" ".join)
def test_an_enterprises_administrator_manages_no_platform(insider, browser, route):
    method, path = route
    url = URL + path.format(id=insider.customer.id)
    assert refusal(insider.send(method, url, {})) == (403, "forbidden")
    assert refusal(browser().send(method, url, {})) == (401, "not-signed-in")


@pytest.mark.parametrize("route", OPERATORS_ROUTES[2:], ids=" ".join)
def test_what_does_not_exist_is_not_found(operator, route):
    method, path = route
    body = {"name": "x"} if method == "PATCH" else None
    answer = operator.send(method, URL + path.format(id=new_id()), body, version=1)
    assert refusal(answer) == (404, "not-found")
