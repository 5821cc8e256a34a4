"""The operator's console: trunks, access numbers, enterprises, options, the log."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from redis import Redis
from sqlalchemy import select

from callcenter.core.bus import OutboxEvent
from callcenter.core.clock import ManualClock
from callcenter.core.db import Database
from callcenter.core.settings import load_settings
from callcenter.core.tenant import Scope
from callcenter.processes.facts.putting_back import WISH
from callcenter.processes.telephony.refresh import CONCERNS
from callcenter.telephony.aside import SetAside
from tests.support.databases import DataServices, FreshDatabase
from tests.support.firms import PASSWORD, Firm, Page, new_code, new_number, register
from tests.unit.telephony.made import NOW, started

pytestmark = pytest.mark.integration

UNKNOWN = "00000000-0000-7000-8000-000000000000"
ROUTES = [
    ("GET", "/operator/overview"),
    ("GET", "/operator/facts"),
    ("POST", "/operator/facts/put-back"),
    ("GET", "/operator/trunks"),
    ("POST", "/operator/trunks"),
    ("GET", f"/operator/trunks/{UNKNOWN}"),
    ("PATCH", f"/operator/trunks/{UNKNOWN}"),
    ("DELETE", f"/operator/trunks/{UNKNOWN}"),
    ("GET", "/operator/access-numbers"),
    ("POST", "/operator/access-numbers"),
    ("GET", f"/operator/access-numbers/{UNKNOWN}"),
    ("PATCH", f"/operator/access-numbers/{UNKNOWN}"),
    ("DELETE", f"/operator/access-numbers/{UNKNOWN}"),
    ("POST", f"/operator/access-numbers/{UNKNOWN}/bind"),
    ("POST", f"/operator/access-numbers/{UNKNOWN}/unbind"),
    ("PUT", f"/operator/access-numbers/{UNKNOWN}/strategy"),
    ("POST", f"/operator/access-numbers/{UNKNOWN}/enable"),
    ("POST", f"/operator/access-numbers/{UNKNOWN}/pause"),
    ("GET", "/operator/enterprises"),
    ("POST", "/operator/enterprises"),
    ("GET", f"/operator/enterprises/{UNKNOWN}"),
    ("PATCH", f"/operator/enterprises/{UNKNOWN}"),
    ("DELETE", f"/operator/enterprises/{UNKNOWN}"),
    ("POST", f"/operator/enterprises/{UNKNOWN}/suspend"),
    ("POST", f"/operator/enterprises/{UNKNOWN}/activate"),
    ("POST", f"/operator/enterprises/{UNKNOWN}/users/admin/reset"),
    ("GET", "/operator/options"),
    ("POST", "/operator/options"),
    ("PATCH", "/operator/options/unknown"),
    ("DELETE", "/operator/options/unknown"),
    ("GET", "/operator/audit"),
]

BODIES: dict[str, dict[str, Any]] = {
    f"/operator/access-numbers/{UNKNOWN}/bind": {"enterprise_id": UNKNOWN},
    f"/operator/access-numbers/{UNKNOWN}/strategy": {
        "kind": "agent_service",
        "target_id": UNKNOWN,
    },
}


def test_nobody_of_an_enterprise_reaches_the_operators_routes(firm: Firm) -> None:
    for method, path in ROUTES:
        answer = firm.admin.send(method, path, BODIES.get(path, {}), version=1)
        assert answer.status_code == 403, (method, path)
        assert answer.json["error"]["message"] == "You may not do this."


def test_what_does_not_exist_is_not_found(operator: Page) -> None:
    for method, path in ROUTES:
        if UNKNOWN in path or "unknown" in path:
            answer = operator.send(method, path, BODIES.get(path, {}), version=1)
            assert answer.status_code == 404, (method, path, answer.json)


def test_the_overview_counts_what_is_there(operator: Page, number: dict[str, Any]) -> None:
    told = operator.get("/operator/overview").json
    assert told["access_numbers"]["total"] >= 1
    assert told["calls"]["capacity"] >= 60
    assert told["trunks"]["up"] == 0, "nobody has told that a trunk is up"


class TestTrunks:
    def test_a_trunk_is_registered_changed_and_deleted(self, operator: Page) -> None:
        made = operator.made("/operator/trunks", {"name": "上海电信", "host": "sip.example.net"})
        path = f"/operator/trunks/{made['id']}"
        assert (made["port"], made["channels"], made["state"]) == (5060, 60, "unknown")
        read = operator.get(path)
        assert read.headers["ETag"] == f'"{made["version"]}"'
        changed = operator.patch(path, {"channels": 90}, made["version"]).json
        assert (changed["channels"], changed["host"]) == (90, "sip.example.net")
        found = operator.get("/operator/trunks", q="上海", sort="-name").json
        assert [each["id"] for each in found["items"]] == [made["id"]]
        assert operator.delete(path, changed["version"]).status_code == 204
        assert operator.get(path).status_code == 404

    def test_a_lost_update_is_refused(self, operator: Page, trunk: dict[str, Any]) -> None:
        path = f"/operator/trunks/{trunk['id']}"
        assert operator.patch(path, {"port": 5080}, trunk["version"]).status_code == 200
        stale = operator.patch(path, {"port": 5090}, trunk["version"])
        assert (stale.status_code, stale.json["error"]["code"]) == (412, "stale")
        assert operator.patch(path, {"port": 5090}).status_code == 428
        assert operator.get(path).json["port"] == 5080

    def test_one_that_carries_a_number_stays(self, operator: Page, number: dict[str, Any]) -> None:
        answer = operator.delete(f"/operator/trunks/{number['trunk']['id']}")
        assert answer.status_code == 409
        assert answer.json["error"]["details"] == {"by": "access_number"}

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("name", ""),
            ("name", "a\nb"),
            ("name", 7),
            ("host", "no host; exec"),
            ("port", 70_000),
            ("port", "5060"),
            ("transport", "smoke"),
            ("national_prefix", "x"),
            ("status", "broken"),
            ("surprise", 1),
        ],
    )
    def test_bad_input_is_told_by_field_in_both_languages(
        self, operator: Page, field: str, value: Any
    ) -> None:
        body = {"name": "好", "host": "192.0.2.1", field: value}
        said = set()
        for language in ("zh-CN", "en"):
            operator.speak(language)
            answer = operator.post("/operator/trunks", body)
            assert answer.status_code == 422
            assert set(answer.json["error"]["fields"]) == {field}
            said.add(answer.json["error"]["fields"][field][0])
        assert len(said) == 2, "one language for both"
        assert not any(text.startswith("validation.") for text in said)

    def test_a_name_is_given_once(self, operator: Page, trunk: dict[str, Any]) -> None:
        answer = operator.post("/operator/trunks", {"name": trunk["name"], "host": "192.0.2.9"})
        assert set(answer.json["error"]["fields"]) == {"name"}

    def test_an_unknown_sort_or_filter_is_refused(self, operator: Page) -> None:
        for query in ({"sort": "secret"}, {"colour": "red"}, {"page": 0}, {"page_size": 9999}):
            answer = operator.get("/operator/trunks", **query)
            assert answer.status_code == 422
            assert set(answer.json["error"]["fields"]) == set(query)


class TestAccessNumbers:
    def test_a_number_is_kept_as_it_is_dialled(self, operator: Page, trunk: dict[str, Any]) -> None:
        number = new_number()
        body = {"number": f"+86 {number[1:3]}-{number[3:]}", "trunk_id": trunk["id"]}
        made = operator.made("/operator/access-numbers", body)
        assert made["number"] == number
        assert (made["enterprise"], made["strategy"], made["status"]) == (None, None, "enabled")
        again = operator.post("/operator/access-numbers", {**body, "number": number})
        assert set(again.json["error"]["fields"]) == {"number"}

    def test_numbers_are_found_by_what_they_are(
        self, operator: Page, number: dict[str, Any], firm: Firm
    ) -> None:
        trunk_id = number["trunk"]["id"]
        assert self._ids(operator, trunk_id=trunk_id) == [number["id"]]
        assert self._ids(operator, trunk_id=trunk_id, bound="true") == []
        operator.post(f"/operator/access-numbers/{number['id']}/bind", {"enterprise_id": firm.id})
        assert self._ids(operator, trunk_id=trunk_id, bound="true") == [number["id"]]
        assert self._ids(operator, enterprise_id=firm.id, q=number["number"]) == [number["id"]]
        assert self._ids(operator, trunk_id=trunk_id, status="paused") == []
        assert number["id"] in self._ids(operator, q=firm.code, page_size=200)

    def _ids(self, operator: Page, **query: Any) -> list[str]:
        found = operator.get("/operator/access-numbers", **query).json["items"]
        return [each["id"] for each in found]

    def test_a_bound_number_is_led_paused_unbound_and_deleted(
        self, operator: Page, number: dict[str, Any], firm: Firm
    ) -> None:
        path = f"/operator/access-numbers/{number['id']}"
        service = firm.admin.made("/agent-services", {"name": f"服务 {number['number']}"})
        lead = {"kind": "agent_service", "target_id": service["id"]}
        assert operator.put(f"{path}/strategy", lead).json["error"]["code"] == "not-bound"
        bound = operator.post(f"{path}/bind", {"enterprise_id": firm.id}).json
        assert bound["enterprise"]["code"] == firm.code
        twice = operator.post(f"{path}/bind", {"enterprise_id": firm.id})
        assert (twice.status_code, twice.json["error"]["code"]) == (409, "already-bound")
        led = operator.put(f"{path}/strategy", lead).json
        assert led["strategy"]["target"]["name"] == service["name"]
        assert operator.post(f"{path}/pause").json["status"] == "paused"
        assert operator.post(f"{path}/enable").json["status"] == "enabled"
        assert operator.delete(path).json["error"]["details"] == {"by": "enterprise"}
        unbound = operator.post(f"{path}/unbind").json
        assert (unbound["enterprise"], unbound["strategy"]) == (None, None)
        assert operator.post(f"{path}/unbind").json["error"]["code"] == "not-bound"
        assert operator.delete(path).status_code == 204

    def test_a_number_leads_to_its_own_enterprise_only(
        self, operator: Page, number: dict[str, Any], firm: Firm, rival: Firm
    ) -> None:
        path = f"/operator/access-numbers/{number['id']}"
        operator.post(f"{path}/bind", {"enterprise_id": firm.id})
        service = rival.admin.made("/agent-services", {"name": f"外 {number['number']}"})
        for target_id in (service["id"], UNKNOWN):
            lead = {"kind": "agent_service", "target_id": target_id}
            answer = operator.put(f"{path}/strategy", lead)
            assert set(answer.json["error"]["fields"]) == {"target_id"}

    def test_the_platforms_own_enterprise_takes_no_number(
        self, operator: Page, number: dict[str, Any]
    ) -> None:
        path = f"/operator/access-numbers/{number['id']}/bind"
        own = operator.me["enterprise"]["id"]
        answer = operator.post(path, {"enterprise_id": own})
        assert set(answer.json["error"]["fields"]) == {"enterprise_id"}

    def test_an_edit_is_checked_like_a_new_one(
        self, operator: Page, number: dict[str, Any]
    ) -> None:
        path = f"/operator/access-numbers/{number['id']}"
        changed = operator.patch(path, {"note": "总机"}, number["version"]).json
        assert changed["note"] == "总机"
        for body in ({"number": "hello"}, {"number": "anonymous"}, {"trunk_id": UNKNOWN}):
            answer = operator.patch(path, body, changed["version"])
            assert set(answer.json["error"]["fields"]) == set(body)
        assert operator.patch(path, {"note": "x"}, number["version"]).status_code == 412


class TestEnterprises:
    def test_a_new_enterprise_gets_its_users_with_passwords_shown_once(
        self, web: Flask, operator: Page
    ) -> None:
        new = register(web, operator, options={"outbound": False})
        assert set(new.issued) == {"conf", "admin"}
        read = operator.get(f"/operator/enterprises/{new.id}").json
        assert {user["state"] for user in read["initial_users"]} == {"unused"}
        assert read["options"]["outbound"] is False
        assert read["options"]["appointments_menu"] is True
        assert all(each not in str(read) for each in new.issued.values())
        new.page("conf")
        states = {
            user["employee_code"]: user["state"]
            for user in operator.get(f"/operator/enterprises/{new.id}").json["initial_users"]
        }
        assert states == {"conf": "changed", "admin": "unused"}
        assert [each["identifier"] for each in new.page("conf").get("/objects").json]

    def test_a_reset_opens_the_door_with_a_new_password_only(
        self, web: Flask, operator: Page
    ) -> None:
        new = register(web, operator)
        admin = new.page("admin")
        path = f"/operator/enterprises/{new.id}/users"
        issued = operator.post(f"{path}/admin/reset").json
        assert admin.get("/session").status_code == 401, "signed out"
        page = Page(web.test_client())
        body = {"enterprise_code": new.code, "employee_code": "admin"}
        assert page.sign_in({**body, "password": PASSWORD}).status_code == 401
        opened = page.sign_in({**body, "password": issued["one_time_password"]})
        assert opened.json["must_change_password"]
        assert operator.post(f"{path}/s1/reset").status_code == 404

    def test_nobody_of_a_suspended_enterprise_is_signed_in(
        self, web: Flask, operator: Page
    ) -> None:
        new = register(web, operator)
        admin = new.page("admin")
        path = f"/operator/enterprises/{new.id}"
        assert operator.post(f"{path}/suspend").json["status"] == "suspended"
        assert admin.get("/session").status_code == 401
        page = Page(web.test_client())
        body = {"enterprise_code": new.code, "employee_code": "admin", "password": PASSWORD}
        assert page.sign_in(body).status_code == 401
        assert operator.post(f"{path}/activate").json["status"] == "active"
        assert page.sign_in(body).status_code == 200

    def test_only_an_unused_enterprise_can_be_deleted_and_its_code_given_again(
        self, web: Flask, operator: Page, number: dict[str, Any]
    ) -> None:
        new = register(web, operator, display_number_id=number["id"])
        path = f"/operator/enterprises/{new.id}"
        read = operator.get(path).json
        assert read["display_number"]["number"] == number["number"]
        assert [each["id"] for each in read["access_numbers"]] == [number["id"]]
        assert operator.delete(path).json["error"]["details"] == {"by": "access_number"}
        operator.post(f"/operator/access-numbers/{number['id']}/unbind")
        assert operator.get(path).json["display_number"] is None
        assert operator.delete(path).status_code == 204
        assert operator.get(path).status_code == 404
        assert operator.get("/operator/enterprises", q=new.code).json["total"] == 0
        again = operator.made("/operator/enterprises", {"code": new.code, "name": "又来"})
        assert again["enterprise"]["id"] != new.id

    def test_one_that_was_used_stays(self, web: Flask, operator: Page) -> None:
        new = register(web, operator)
        new.page("admin")
        answer = operator.delete(f"/operator/enterprises/{new.id}")
        assert answer.json["error"]["details"] == {"by": "user"}

    def test_a_lost_update_is_refused(self, web: Flask, operator: Page) -> None:
        new = register(web, operator)
        path = f"/operator/enterprises/{new.id}"
        version = operator.get(path).json["version"]
        changed = operator.patch(
            path, {"name": "新名", "options": {"outbound": False}}, version
        ).json
        assert (changed["name"], changed["options"]["outbound"]) == ("新名", False)
        assert operator.patch(path, {"name": "旧"}, version).status_code == 412

    @pytest.mark.parametrize(
        ("field", "value", "named"),
        [
            ("code", "12345", "code"),
            ("code", "000000", "code"),
            ("name", " ", "name"),
            ("area_code", "21", "area_code"),
            ("time_zone", "Asia/Nowhere", "time_zone"),
            ("display_number_id", UNKNOWN, "display_number_id"),
            ("options", {"nothing": 1}, "options.nothing"),
            ("options", {"outbound": "yes"}, "options.outbound"),
        ],
    )
    def test_bad_input_is_told_by_field_in_both_languages(
        self, operator: Page, field: str, value: Any, named: str
    ) -> None:
        body = {"code": new_code(), "name": "坏", field: value}
        said = set()
        for language in ("zh-CN", "en"):
            operator.speak(language)
            answer = operator.post("/operator/enterprises", body)
            assert answer.status_code == 422
            assert set(answer.json["error"]["fields"]) == {named}
            said.add(answer.json["error"]["fields"][named][0])
        assert len(said) == 2
        assert operator.get("/operator/enterprises", q=body["code"]).json["total"] == 0

    def test_a_code_is_given_once(self, operator: Page, firm: Firm) -> None:
        answer = operator.post("/operator/enterprises", {"code": firm.code, "name": "同"})
        assert set(answer.json["error"]["fields"]) == {"code"}

    def test_the_platform_itself_is_no_enterprise_to_change(self, operator: Page) -> None:
        own = operator.me["enterprise"]["id"]
        for path in (f"/operator/enterprises/{own}/suspend", f"/operator/enterprises/{own}/x"):
            assert operator.post(path).status_code == 404
        listed = operator.get("/operator/enterprises", page_size=200).json["items"]
        assert "000000" not in {each["code"] for each in listed}


class TestOptions:
    def test_a_new_option_reaches_every_enterprise_with_its_default(
        self, operator: Page, firm: Firm
    ) -> None:
        body = {
            "key": "greeting",
            "kind": "text",
            "label": {"zh-CN": "问候语", "en": "Greeting"},
            "default": "您好",
        }
        made = operator.made("/operator/options", body)
        assert firm.admin.get("/session").json["enterprise"]["options"]["greeting"] == "您好"
        path = "/operator/options/greeting"
        assert operator.patch(path, {"default": 1}).status_code == 422
        changed = operator.patch(path, {"active": False}, made["version"]).json
        assert not changed["active"]
        assert "greeting" not in firm.admin.get("/session").json["enterprise"]["options"]
        assert operator.patch(path, {"sort": 5}, made["version"]).status_code == 412
        assert operator.delete(path).status_code == 204
        assert "greeting" not in {
            each["key"] for each in operator.get("/operator/options").json["items"]
        }

    def test_telephony_is_told_of_each_change(
        self, operator: Page, platform_rows: Database
    ) -> None:
        key = "told"
        label = {"zh-CN": "告知", "en": "Told"}
        body = {"key": key, "kind": "switch", "label": label, "default": True}
        operator.made("/operator/options", body)
        operator.patch(f"/operator/options/{key}", {"default": False})
        operator.delete(f"/operator/options/{key}")
        with platform_rows.begin(Scope.platform()) as session:
            query = select(OutboxEvent).where(OutboxEvent.type.in_(CONCERNS))
            events = session.scalars(query.order_by(OutboxEvent.position))
            told = [each.data for each in events if each.data["entity_id"] == key]
        assert len(told) == 3
        assert "default" in told[1]["changed"]

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("key", "Not A Key"),
            ("key", "outbound"),
            ("kind", "magic"),
            ("label", {"en": "one language"}),
            ("default", "yes"),
        ],
    )
    def test_bad_input_is_told_by_field(self, operator: Page, field: str, value: Any) -> None:
        body = {
            "key": "fine",
            "kind": "switch",
            "label": {"zh-CN": "好", "en": "Fine"},
            "default": True,
            field: value,
        }
        answer = operator.post("/operator/options", body)
        assert (answer.status_code, set(answer.json["error"]["fields"])) == (422, {field})


def test_the_log_tells_what_operators_did_and_nobody_elses_acts(
    operator: Page, firm: Firm, number: dict[str, Any]
) -> None:
    path = f"/operator/access-numbers/{number['id']}"
    operator.post(f"{path}/bind", {"enterprise_id": firm.id})
    firm.admin.made("/teams", {"name": f"组 {number['number']}"})
    seen = operator.get("/operator/audit", q=number["number"], sort="-at").json["items"]
    assert seen[0]["action"] == "access_number.bind"
    assert seen[0]["actor"]["employee_code"] == "admin"
    assert {entry["action"] for entry in seen} == {"access_number.bind", "access_number.register"}
    own = firm.admin.get("/audit", q=number["number"]).json["items"]
    assert {entry["action"] for entry in own} == {"access_number.bind", "team.create"}


@pytest.fixture
def journal(platform_database: FreshDatabase) -> Iterator[Path]:
    """Telephony's folder, where nothing is set aside before and after."""
    folder = load_settings(platform_database.environment).paths.journal
    folder.mkdir(parents=True, exist_ok=True)
    yield folder
    for file in folder.glob("*.set-aside.jsonl"):
        file.unlink()


@pytest.fixture
def wishes(migrated: DataServices) -> Iterator[Redis]:
    redis = Redis.from_url(migrated.redis_url)
    yield redis
    redis.delete(WISH)
    redis.close()


def test_an_operator_sees_what_the_ledger_could_not_take_and_has_it_put_back(
    operator: Page, platform_rows: Database, journal: Path, wishes: Redis
) -> None:
    assert operator.get("/operator/facts").json == {"count": 0, "groups": [], "wished": False}
    assert operator.post("/operator/facts/put-back").json["wished"] is False
    clock = ManualClock(NOW)
    ledger, records = (SetAside(journal, name, clock) for name in ("database", "records"))
    for seconds in (1, 2):
        ledger.keep(started(seconds=seconds).dump(), KeyError("direction"))
        clock.advance(60)
    records.keep("{", ValueError("the number +8613800000001"))
    told = operator.get("/operator/facts").json
    assert [(one["to"], one["kind"], one["error"], one["count"]) for one in told["groups"]] == [
        ("ledger", "call.started", "KeyError", 2), ("records", "?", "ValueError", 1),
    ]  # fmt: skip
    assert datetime.fromisoformat(told["groups"][0]["since"]) == NOW
    assert "13800000001" not in str(told)
    assert operator.get("/operator/overview").json["facts_aside"] == 3
    asked = operator.post("/operator/facts/put-back")
    assert (asked.status_code, asked.json["wished"]) == (202, True)
    assert wishes.getdel(WISH) == b"1"
    (entry,) = operator.get("/operator/audit", action="facts.put_back").json["items"]
    assert entry["after"] == {"count": 3, "kinds": {"call.started": 2, "?": 1}}
