"""Trunks, options and the platform at a glance over HTTP."""

import pytest

from callcenter.core.ids import new_id
from tests.integration.tenancy.conftest import complaints, refusal

pytestmark = pytest.mark.integration

TRUNKS, OPTIONS = "/operator/trunks", "/operator/options"


@pytest.fixture
def make(operator, digits):
    def make(**more):
        return operator.post(TRUNKS, {"name": f"t {digits()}", "host": "sip.example.com", **more})

    return make


@pytest.fixture
def option(operator, digits):
    body = {"key": f"o{digits()}", "kind": "switch", "default": False}
    body["label"] = {"zh-CN": "开关", "en": "Switch"}
    return operator.post(OPTIONS, body).json


def test_a_trunk_is_registered_with_sensible_defaults(make):
    trunk = make().json
    assert (trunk["port"], trunk["transport"], trunk["channels"]) == (5060, "udp", 60)
    assert (trunk["status"], trunk["access_number_count"]) == ("enabled", 0)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "a;b\nc"}, "name"),
        ({"host": "bad host"}, "host"),
        ({"host": "a;b"}, "host"),
        ({"host": "[::1"}, "host"),
        ({"host": "-x"}, "host"),
        ({"port": 0}, "port"),
        ({"port": 65536}, "port"),
        ({"port": "5060"}, "port"),
        ({"transport": "smoke"}, "transport"),
        ({"channels": 0}, "channels"),
        ({"national_prefix": "9a"}, "national_prefix"),
        ({"national_prefix": "1234567"}, "national_prefix"),
        ({"status": "x"}, "status"),
        ({"endpoint": "trunk-mine"}, "endpoint"),
    ],
)
def test_bad_input_is_told_by_field(make, wrong, field):
    assert list(complaints(make(**wrong))) == [field]


def test_a_name_is_given_once(make):
    assert list(complaints(make(name=make().json["name"]))) == ["name"]


def test_a_trunk_is_changed_with_an_etag(operator, make):
    trunk = make().json
    url = f"{TRUNKS}/{trunk['id']}"
    changed = operator.patch(url, {"host": "192.0.2.9", "status": "paused"}, trunk["version"]).json
    assert (changed["host"], changed["status"], changed["name"]) == (
        "192.0.2.9",
        "paused",
        trunk["name"],
    )
    assert refusal(operator.patch(url, {"port": 5080}, trunk["version"])) == (412, "stale")


def test_a_trunk_that_carries_numbers_is_not_deleted(operator, trunk, number, make):
    number()
    assert refusal(operator.delete(f"{TRUNKS}/{trunk['id']}")) == (409, "in-use")
    free = make().json
    assert operator.delete(f"{TRUNKS}/{free['id']}").status_code == 204
    assert refusal(operator.get(f"{TRUNKS}/{free['id']}")) == (404, "not-found")


def test_an_option_is_defined_changed_and_taken_away(operator, option, insider):
    assert insider.get("/session").json["enterprise"]["options"][option["key"]] is False
    url = f"{OPTIONS}/{option['key']}"
    changed = operator.patch(url, {"default": True}, option["version"]).json
    assert changed["default"] is True
    assert insider.get("/session").json["enterprise"]["options"][option["key"]] is True
    assert refusal(operator.patch(url, {"sort": 5}, option["version"])) == (412, "stale")
    assert operator.delete(url).status_code == 204
    assert option["key"] not in insider.get("/session").json["enterprise"]["options"]


def test_an_option_that_is_not_in_use_is_nobodys(operator, option, insider):
    operator.patch(f"{OPTIONS}/{option['key']}", {"active": False})
    assert option["key"] not in insider.get("/session").json["enterprise"]["options"]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"key": "Bad Key"}, "key"),
        ({"key": "1st"}, "key"),
        ({"kind": "colour"}, "kind"),
        ({"label": {"en": "only"}}, "label"),
        ({"label": "text"}, "label"),
        ({"default": "yes"}, "default"),
        ({"kind": "number", "default": True}, "default"),
        ({"kind": "text", "default": "x" * 501}, "default"),
        ({"default": None}, "default"),
        ({"sort": -1}, "sort"),
    ],
)
def test_a_poor_option_is_refused(operator, digits, wrong, field):
    label = {"zh-CN": "开关", "en": "Switch"}
    body = {"key": f"o{digits()}", "kind": "switch", "label": label, "default": False, **wrong}
    assert list(complaints(operator.post(OPTIONS, body))) == [field]


def test_the_platform_at_a_glance_counts_what_there_is(operator, insider, number):
    before = operator.get("/operator/overview").json
    number(insider.customer)
    number()
    after = operator.get("/operator/overview").json
    assert after["access_numbers"]["total"] == before["access_numbers"]["total"] + 2
    assert after["access_numbers"]["bound"] == before["access_numbers"]["bound"] + 1
    assert after["enterprises"]["active"] >= 1
    assert after["calls"]["now"] == 0
    assert after["calls"]["capacity"] >= 60


@pytest.mark.parametrize(
    ("method", "url"),
    [("GET", "/operator/overview"), ("GET", TRUNKS), ("POST", TRUNKS), ("GET", f"{TRUNKS}/{{id}}"),
     ("PATCH", f"{TRUNKS}/{{id}}"), ("DELETE", f"{TRUNKS}/{{id}}"), ("GET", OPTIONS),
     ("POST", OPTIONS), ("PATCH", f"{OPTIONS}/x"), ("DELETE", f"{OPTIONS}/x")],
)  # fmt: skip
def test_the_operators_routes_are_the_operators(insider, browser, method, url):
    assert refusal(insider.send(method, url.format(id=new_id()), {})) == (403, "forbidden")
    assert refusal(browser().send(method, url.format(id=new_id()), {})) == (401, "not-signed-in")
