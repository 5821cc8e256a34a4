"""Data sources over HTTP: kept by designers, their passwords never told, tried before they are used."""

import pytest
from sqlalchemy import select

from callcenter.core.audit import AuditEntry
from callcenter.core.db import Database
from callcenter.core.ids import new_id
from callcenter.queries.models import DataSource
from tests.integration.queries.external.shop import EXPERTS, SOURCES, Shop
from tests.support.foreign import PASSWORD, Foreign
from tests.support.office import Caller, Door, Office

pytestmark = pytest.mark.integration


def test_a_source_is_kept_changed_and_deleted_and_its_password_never_told(
    shop: Shop, postgresql: Foreign, conf: Caller, database: Database, office: Office
) -> None:
    made = shop.keeps(postgresql, looked=False)
    assert PASSWORD not in conf.get(SOURCES).text
    place = f"{SOURCES}/{made['id']}"
    assert conf.send("PATCH", place, {"name": "旧"}, version=9).status_code == 412
    changed = conf.send("PATCH", place, {"name": "新商城"}, version=made["version"]).json
    assert changed["name"] == "新商城"
    with database.begin(office.scope()) as session:
        row = session.scalars(select(DataSource)).one()
        assert PASSWORD not in row.sealed
        noted = select(AuditEntry).where(AuditEntry.entity == "data_source")
        told = [*session.scalars(noted.order_by(AuditEntry.id))]
    assert [each.action for each in told] == ["data_source.create", "data_source.change"]
    assert PASSWORD not in str([each.after for each in told])
    assert conf.send("DELETE", place, version=changed["version"]).status_code == 204
    assert conf.get(place).status_code == 404


def test_a_password_goes_to_no_other_host_and_over_no_weaker_line(
    shop: Shop, postgresql: Foreign, conf: Caller
) -> None:
    made = shop.keeps(postgresql, looked=False, tls="verified")
    for body in ({"host": "evil.example"}, {"port": 1}, {"tls": "off"}, {"kind": "mysql"}):
        refused = conf.send("PATCH", f"{SOURCES}/{made['id']}", body, version=made["version"])
        assert refused.status_code == 422, body
        assert [*refused.json["error"]["fields"]] == ["password"]
        trial = {**postgresql.settings, "tls": "verified", "name": "x", "id": made["id"], **body}
        del trial["password"]
        tried = conf.post(f"{SOURCES}/test", trial)
        assert tried.status_code == 422, body


def test_settings_are_tried_before_they_are_kept(shop: Shop, there: Foreign, conf: Caller) -> None:
    shop.lists(there.port)
    body = {**there.settings, "name": "商城"}
    works = conf.post(f"{SOURCES}/test", body).json
    assert works["works"]
    assert works["server"].startswith("MariaDB 1" if there.kind == "mysql" else "PostgreSQL 1")
    assert works["tables"] >= 1
    wrong = conf.post(f"{SOURCES}/test", {**body, "password": "wrong"}).json
    assert not wrong["works"]
    assert "拒绝登录" in wrong["said"]
    elsewhere = conf.post(f"{SOURCES}/test", {**body, "port": there.port + 1}).json
    assert "名单" in elsewhere["said"]
    assert conf.get(SOURCES).json["total"] == 0


def test_one_that_a_query_asks_stays(shop: Shop, postgresql: Foreign, conf: Caller) -> None:
    made = shop.keeps(postgresql)
    shop.query("orders")
    listed = conf.get(SOURCES).json["items"][0]
    assert (listed["used_by"], listed["tables"] >= 2) == (["orders"], True)
    refused = conf.send("DELETE", f"{SOURCES}/{made['id']}", version=listed["version"])
    assert (refused.status_code, refused.json["error"]["code"]) == (409, "in-use")


def test_a_key_is_taken_once_and_the_product_has_its_own(
    shop: Shop, postgresql: Foreign, conf: Caller
) -> None:
    shop.keeps(postgresql, looked=False)
    twice = conf.post(SOURCES, shop.body(postgresql))
    assert [*twice.json["error"]["fields"]] == ["key"]
    assert conf.post(SOURCES, shop.body(postgresql, key="replica")).status_code == 422


def test_a_source_that_is_switched_off_is_not_asked(
    shop: Shop, postgresql: Foreign, conf: Caller
) -> None:
    made = shop.keeps(postgresql)
    place = f"{SOURCES}/{made['id']}"
    off = conf.send("PATCH", place, {"active": False}, version=made["version"])
    assert off.status_code == 200
    answer = shop.asks()
    assert answer.json["error"]["code"] == "data-source-off"
    assert conf.get(f"{SOURCES}/choices").json["items"] == []
    told = conf.get(f"{EXPERTS}/objects", data_source="shop")
    assert told.json["error"]["code"] == "data-source-off"


def test_nobody_else_keeps_sources_and_no_other_enterprise_sees_them(
    shop: Shop, postgresql: Foreign, agent: Caller, admin: Caller, door: Door, other: Office
) -> None:
    made = shop.keeps(postgresql, looked=False)
    for nobody in (agent, admin):
        assert nobody.get(SOURCES).status_code == 403
        assert nobody.post(f"{SOURCES}/test", {}).status_code == 403
        assert nobody.post(f"{SOURCES}/{new_id()}/refresh").status_code == 403
    stranger = door.open(other.people["conf"])
    assert stranger.get(SOURCES).json["total"] == 0
    assert stranger.post(f"{SOURCES}/{made['id']}/refresh").status_code == 404
    answer = stranger.post(f"{EXPERTS}/run", {"document": shop.document()})
    assert answer.json["error"]["code"] == "data-source-off"
