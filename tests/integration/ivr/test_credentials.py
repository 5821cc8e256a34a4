"""Secrets of other systems go in, are used by name for their host alone, and never come out again."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from callcenter.core.audit import AuditEntry
from callcenter.core.db import Database
from callcenter.core.errors import NotFound
from callcenter.core.ids import new_id
from callcenter.core.sealed import Seal
from callcenter.core.secrets import load_secrets
from callcenter.core.settings import load_settings
from callcenter.core.tenant import Scope
from ivr.credentials import OpenedCredentials
from ivr.models import IvrCredential
from tests.support.databases import FreshDatabase
from tests.support.firms import *  # noqa: F403
from tests.support.firms import Firm, Page

pytestmark = pytest.mark.integration
SECRET, HOST, URL = "Bearer 0123456789abcdef", "erp.example.com", "https://erp.example.com/orders"


@pytest.fixture
def credential(firm: Firm) -> dict[str, Any]:
    body = {"name": f"erp-{new_id()}"[:40], "host": HOST, "secret": SECRET}
    return firm.admin.made("/ivr-credentials", body)


@pytest.fixture
def opened(
    platform_database: FreshDatabase, platform_rows: Database, firm: Firm
) -> Callable[..., dict[str, str]]:
    """As telephony opens them, in an enterprise."""
    secrets = load_secrets(load_settings(platform_database.environment).paths.home)

    def of(name: str, url: str = URL, enterprise: str = firm.id) -> dict[str, str]:
        with platform_rows.begin(Scope(UUID(enterprise))) as session:
            return dict(OpenedCredentials(Seal(secrets.sealing_key)).of(session, [name], url))

    return of


def test_a_secret_is_kept_sealed_and_never_shown(
    firm: Firm, credential: dict[str, Any], platform_rows: Database
) -> None:
    listed = firm.admin.get("/ivr-credentials", q=credential["name"])
    assert SECRET not in listed.text
    (shown,) = listed.json["items"]
    assert (shown["name"], shown["host"], shown["used_by"]) == (credential["name"], HOST, [])
    with platform_rows.begin(Scope.platform()) as session:
        row = session.get_one(IvrCredential, UUID(credential["id"]))
        assert "0123456789abcdef" not in row.sealed
        query = select(AuditEntry).where(AuditEntry.entity_id == credential["id"])
        (entry,) = session.scalars(query)
        assert (entry.action, entry.after) == (
            "ivr_credential.create",
            {"host": HOST, "secret": "…"},
        )


def test_it_is_opened_for_its_host_and_its_enterprise_alone(
    credential: dict[str, Any], opened: Callable[..., dict[str, str]], rival: Firm
) -> None:
    name = credential["name"]
    assert opened(name) == {name: SECRET}
    in_clear = "http://erp.example.com/orders"
    for elsewhere in ("https://evil.example/", "https://erp.example.com.evil.example/", in_clear):
        with pytest.raises(NotFound):
            opened(name, elsewhere)
    with pytest.raises(NotFound):
        opened(name, enterprise=rival.id)


def test_another_secret_takes_its_place_and_another_host_needs_it_again(
    firm: Firm, credential: dict[str, Any], opened: Callable[..., dict[str, str]]
) -> None:
    path, name = f"/ivr-credentials/{credential['id']}", credential["name"]
    assert firm.admin.patch(path, {"secret": "other"}, 99).status_code == 412
    changed = firm.admin.patch(path, {"secret": "other"}, credential["version"]).json
    assert opened(name) == {name: "other"}
    host = {"host": "crm.example.com:8443"}
    refused = firm.admin.patch(path, host, changed["version"])
    assert (refused.status_code, list(refused.json["error"]["fields"])) == (422, ["secret"])
    assert opened(name) == {name: "other"}
    moved = firm.admin.patch(path, host | {"secret": "other"}, changed["version"])
    assert moved.status_code == 200
    assert opened(name, "https://crm.example.com:8443/x") == {name: "other"}


def test_who_sets_up_calls_sees_names_and_hosts_and_one_that_a_task_names_stays(
    firm: Firm, credential: dict[str, Any]
) -> None:
    conf, name = firm.page("conf"), credential["name"]
    assert conf.get("/ivr-credentials").status_code == 403
    agent = firm.page(firm.seat()["employee_code"])
    assert agent.get("/ivr-credentials/choices").status_code == 403
    offered = conf.get("/ivr-credentials/choices")
    assert {"name": name, "host": HOST} in offered.json
    assert SECRET not in offered.text
    task = {
        "name": name, "cron": "0 9 * * *", "command": "http", "timeout_seconds": 60,
        "parameters": {"url": URL, "body": None, "credential": name},
    }  # fmt: skip
    made = conf.made("/scheduled-tasks", task)
    path = f"/ivr-credentials/{credential['id']}"
    refused = firm.admin.delete(path, credential["version"])
    assert (refused.status_code, refused.json["error"]["code"]) == (409, "in-use")
    assert conf.delete(f"/scheduled-tasks/{made['id']}", made["version"]).status_code == 204
    assert firm.admin.delete(path, credential["version"]).status_code == 204


def test_one_that_a_flow_names_stays(firm: Firm, credential: dict[str, Any]) -> None:
    service = firm.admin.made("/ivr-services", {"name": f"热线 {new_id()}"})
    headers = {"Authorization": f"{{credential:{credential['name']}}}"}
    ask = {
        "id": "ask", "kind": "http", "exits": {"ok": "bye", "failed": "bye", "timeout": "bye"},
        "settings": {"method": "GET", "url": URL, "headers": headers},
    }  # fmt: skip
    bye = {"id": "bye", "kind": "hang_up", "settings": {}, "exits": {}}
    definition = {"start": "ask", "languages": ["en"], "nodes": [ask, bye]}
    path = f"/ivr-services/{service['id']}"
    saved = firm.admin.put(f"{path}/draft", {"definition": definition}, service["version"])
    assert saved.status_code == 200
    refused = firm.admin.delete(f"/ivr-credentials/{credential['id']}")
    assert (refused.status_code, refused.json["error"]["code"]) == (409, "in-use")
    elsewhere = {"host": "x.example", "secret": SECRET}
    firm.admin.patch(f"/ivr-credentials/{credential['id']}", elsewhere, 1)
    published = firm.admin.send("POST", f"{path}/publish", None, saved.json["version"])
    problems = published.json["error"]["details"]["problems"]
    assert ["not-allowed", headers["Authorization"]] in [[p["code"], p["detail"]] for p in problems]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": "two words"}, "name"),
        ({"host": "https://erp.example.com/"}, "host"),
        ({"secret": "line\r\nX-Other: 1"}, "secret"),
        ({"secret": ""}, "secret"),
    ],
)
def test_what_no_header_can_carry_is_refused(
    firm: Firm, values: dict[str, str], field: str
) -> None:
    body = {"name": "good", "host": HOST, "secret": SECRET} | values
    refused = firm.admin.post("/ivr-credentials", body)
    assert refused.status_code == 422
    assert field in refused.json["error"]["fields"]


def test_only_who_manages_the_enterprise_may_and_only_its_own(
    credential: dict[str, Any], agent: Page, rival: Firm
) -> None:
    path = f"/ivr-credentials/{credential['id']}"
    assert agent.get("/ivr-credentials").status_code == 403
    assert rival.admin.get("/ivr-credentials").json["total"] == 0
    assert rival.admin.patch(path, {"secret": "x"}, 1).status_code == 404
    assert rival.admin.delete(path).status_code == 404
