"""API keys: made by administrators, shown once, used by programs, revoked at once."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from callcenter.api_keys.models import ApiKey
from callcenter.core.audit import AuditEntry
from callcenter.core.db import Database
from callcenter.core.permissions import FOR_KEYS
from callcenter.core.tenant import Scope
from tests.support.firms import Firm, Page, register

pytestmark = pytest.mark.integration

_names = count(1)
READ, WRITE = "records.read", "records.write"


def customer(firm: Firm, name: str, number: str = "") -> dict[str, Any]:
    """What a record of a customer needs."""
    definition = firm.admin.get("/objects/customer").json
    phone = next(field["key"] for field in definition["fields"] if field["type"] == "phone")
    number = number or f"139{next(_names):08d}"
    return {"values": {definition["title_field"]: name, phone: number}}


def make(firm: Firm, *permissions: str, **more: Any) -> dict[str, Any]:
    body = {"name": f"程序 {next(_names)}", "permissions": permissions or [READ], **more}
    return firm.admin.made("/api-keys", body)


class Program:
    """Another program: it has no cookies, a key, and an address."""

    def __init__(self, web: Flask, key: str, ip: str = "203.0.113.7") -> None:
        self._client = web.test_client()
        self._headers = {"Authorization": f"Bearer {key}", "X-Real-IP": ip, "Accept-Language": "en"}

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        return self._client.open(
            f"/api/v1{path}", method=method, json=body, headers=self._headers | headers
        )

    def get(self, path: str) -> Any:
        return self.send("GET", path)

    def post(self, path: str, body: Any) -> Any:
        return self.send("POST", path, body)


def row(rows: Database, key: Mapping[str, Any]) -> ApiKey:
    with rows.begin(Scope.platform()) as session:
        return session.scalars(select(ApiKey).where(ApiKey.prefix == key["prefix"])).one()


def test_a_key_is_shown_once_and_kept_as_its_hash(firm: Firm, platform_rows: Database) -> None:
    answer = firm.admin.post("/api-keys", {"name": "官网", "permissions": [READ]})
    assert answer.headers["Cache-Control"] == "no-store"
    made = answer.json
    assert made["key"].startswith(made["prefix"])
    (listed,) = firm.admin.get("/api-keys", q="官网").json["items"]
    assert "key" not in listed
    assert (listed["state"], listed["used_at"]) == ("active", None)
    kept = row(platform_rows, made)
    assert made["key"].removeprefix(f"{made['prefix']}_") not in str(vars(kept))


def test_it_does_what_it_was_given_and_nothing_else(web: Flask, firm: Firm) -> None:
    reader = Program(web, make(firm)["key"])
    assert reader.get("/objects").status_code == 200
    for path in ("/audit", "/seats", "/api-keys", "/session", "/calls", "/console"):
        assert reader.get(path).status_code in (403, 404), path
    refused = reader.post("/objects/customer/records", {"values": {}})
    assert (refused.status_code, refused.json["error"]["code"]) == (403, "not-for-keys")
    assert refused.json["error"]["message"].startswith("This is not open to API keys")


def test_it_never_opens_a_page(web: Flask, firm: Firm) -> None:
    key = make(firm, *FOR_KEYS)["key"]
    client = web.test_client()
    client.set_cookie("cc_session", key)
    assert client.get("/api/v1/objects").status_code == 401
    assert Program(web, key).send("PATCH", "/session", {"locale": "en"}).status_code == 403
    assert Program(web, key).send("DELETE", "/session").status_code == 403


def test_a_record_that_a_program_makes_is_nobodys_and_its_log_names_the_key(
    web: Flask, firm: Firm, platform_rows: Database
) -> None:
    made = make(firm, READ, WRITE, name="订单系统")
    program = Program(web, made["key"])
    created = program.post("/objects/customer/records", customer(firm, "王女士"))
    assert created.status_code == 201, created.json
    record = created.json
    assert record["created_by"] is None
    path = f"/objects/customer/records/{record['id']}"
    renamed = {"values": {firm.admin.get("/objects/customer").json["title_field"]: "王小姐"}}
    changed = program.send("PATCH", path, renamed, **{"If-Match": f'"{record["version"]}"'})
    assert (changed.status_code, changed.json["title"]) == (200, "王小姐")
    log = firm.admin.get(f"{path}/log").json["items"]
    assert {line["actor"]["name"] for line in log} == {"订单系统"}
    with platform_rows.begin(Scope.platform()) as session:
        by_key = select(AuditEntry).where(AuditEntry.actor_id == row(platform_rows, made).id)
        by_key = by_key.order_by(AuditEntry.at)
        acts = [(entry.action, entry.actor_code, entry.ip) for entry in session.scalars(by_key)]
    assert acts == [
        ("record.create", made["prefix"], "203.0.113.7"),
        ("record.update", made["prefix"], "203.0.113.7"),
    ]


def test_numbers_are_masked_unless_it_may_see_them(web: Flask, firm: Firm) -> None:
    writer = Program(web, make(firm, READ, WRITE)["key"])
    record = writer.post("/objects/customer/records", customer(firm, "李先生", "13800006207")).json
    path = f"/objects/customer/records/{record['id']}"
    assert "138****6207" in str(writer.get(path).json["values"]).replace(" ", "")
    seeing = Program(web, make(firm, READ, "numbers.unmasked")["key"])
    assert "13800006207" in str(seeing.get(path).json["values"])


def test_another_enterprise_does_not_exist_for_it(web: Flask, firm: Firm, rival: Firm) -> None:
    writer = Program(web, make(firm, READ, WRITE)["key"])
    record = writer.post("/objects/customer/records", customer(firm, "甲的")).json
    stranger = Program(web, make(rival, READ, WRITE)["key"])
    path = f"/objects/customer/records/{record['id']}"
    assert stranger.get(path).status_code == 404
    assert rival.admin.post(f"/api-keys/{make(firm)['id']}/revoke").status_code == 404
    names = [one["name"] for one in rival.admin.get("/api-keys", page_size=100).json["items"]]
    assert not set(names) & {one["name"] for one in firm.admin.get("/api-keys").json["items"]}


@pytest.mark.parametrize("wrong", ["", "cck_0123456789_nobodys", "basic", "cck_"])
def test_a_wrong_key_is_refused_without_saying_why(web: Flask, wrong: str) -> None:
    refused = Program(web, wrong).get("/objects")
    assert (refused.status_code, refused.json["error"]["code"]) == (401, "key-refused")
    assert refused.headers["WWW-Authenticate"] == "Bearer"


def test_the_right_prefix_with_another_secret_is_refused(web: Flask, firm: Firm) -> None:
    one, other = make(firm), make(firm)
    secret = other["key"].removeprefix(other["prefix"])
    assert Program(web, one["prefix"] + secret).get("/objects").status_code == 401


def test_revoked_it_is_refused_from_the_next_request_on(
    web: Flask, firm: Firm, platform_rows: Database
) -> None:
    made = make(firm)
    program = Program(web, made["key"])
    assert program.get("/objects").status_code == 200
    for _ in range(2):
        gone = firm.admin.post(f"/api-keys/{made['id']}/revoke").json
        assert (gone["state"], gone["revoked_by"]["name"]) == ("revoked", gone["made_by"]["name"])
        assert program.get("/objects").status_code == 401
    with platform_rows.begin(Scope.platform()) as session:
        of_key = select(AuditEntry.action).where(AuditEntry.entity_id == made["id"])
        assert [*session.scalars(of_key)] == ["api_key.create", "api_key.revoke"]


def test_expired_it_is_refused(web: Flask, firm: Firm, platform_rows: Database) -> None:
    soon = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    made = make(firm, expires_at=soon)
    assert Program(web, made["key"]).get("/objects").status_code == 200
    with platform_rows.begin(Scope.platform()) as session:
        kept = session.scalars(select(ApiKey).where(ApiKey.prefix == made["prefix"])).one()
        kept.expires_at = datetime.now(UTC)
    assert Program(web, made["key"]).get("/objects").status_code == 401
    (listed,) = firm.admin.get("/api-keys", q=made["prefix"]).json["items"]
    assert listed["state"] == "expired"
    assert firm.admin.get("/api-keys", q=made["prefix"], state="active").json["total"] == 0
    assert firm.admin.get("/api-keys", q=made["prefix"], state="expired").json["total"] == 1


def test_from_elsewhere_it_is_refused(web: Flask, firm: Firm, platform_rows: Database) -> None:
    made = make(firm, networks=["203.0.113.0/24", "2001:db8::1"])
    assert made["networks"] == ["203.0.113.0/24", "2001:db8::1/128"]
    assert Program(web, made["key"], "198.51.100.1").get("/objects").status_code == 401
    assert row(platform_rows, made).used_at is None
    assert Program(web, made["key"], "203.0.113.9").get("/objects").status_code == 200
    assert row(platform_rows, made).used_from == "203.0.113.9"


def test_two_servers_with_one_key_do_not_write_it_in_turn(
    web: Flask, firm: Firm, platform_rows: Database
) -> None:
    made = make(firm)
    noted = []
    for ip in ("203.0.113.7", "203.0.113.8", "203.0.113.7"):
        assert Program(web, made["key"], ip).get("/objects").status_code == 200
        kept = row(platform_rows, made)
        noted.append((kept.used_at, kept.used_from))
    assert len({*noted}) == 1


def test_a_suspended_enterprises_keys_rest(web: Flask, operator: Page) -> None:
    firm = register(web, operator)
    program = Program(web, make(firm)["key"])
    assert operator.post(f"/operator/enterprises/{firm.id}/suspend").status_code == 200
    assert program.get("/objects").status_code == 401
    assert operator.post(f"/operator/enterprises/{firm.id}/activate").status_code == 200
    assert program.get("/objects").status_code == 200


def test_asking_too_often_it_is_told_when_to_come_back(web: Flask, firm: Firm) -> None:
    program = Program(web, make(firm, per_minute=2)["key"])
    answers = [program.get("/objects") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert 0 < int(answers[2].headers["Retry-After"]) <= 60
    assert answers[2].json["error"]["code"] == "too-many-requests"
    assert Program(web, make(firm)["key"]).get("/objects").status_code == 200


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"permissions": []}, "permissions"),
        ({"permissions": ["enterprise.manage"]}, "permissions"),
        ({"networks": ["everywhere"]}, "networks"),
        ({"expires_at": "2026-01-01T00:00:00Z"}, "expires_at"),
        ({"per_minute": 0}, "per_minute"),
        ({"name": " "}, "name"),
    ],
)
def test_what_no_key_can_be_is_refused_by_name(
    firm: Firm, wrong: dict[str, Any], field: str
) -> None:
    refused = firm.admin.post("/api-keys", {"name": "x", "permissions": [READ]} | wrong)
    assert refused.status_code == 422
    assert all(name.startswith(field) for name in refused.json["error"]["fields"])


def test_two_that_live_have_not_one_name(firm: Firm) -> None:
    made = make(firm)
    again = {"name": made["name"], "permissions": [READ]}
    assert list(firm.admin.post("/api-keys", again).json["error"]["fields"]) == ["name"]
    firm.admin.post(f"/api-keys/{made['id']}/revoke")
    assert firm.admin.post("/api-keys", again).status_code == 201


def test_only_administrators_make_them(agent: Page) -> None:
    assert agent.get("/api-keys").status_code == 403
    assert agent.post("/api-keys", {"name": "x", "permissions": [READ]}).status_code == 403
