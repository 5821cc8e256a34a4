"""File servers are kept by the administrator, tried in the page, and used by name alone."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from callcenter.core.audit import AuditEntry
from callcenter.core.db import Database
from callcenter.core.errors import Invalid
from callcenter.core.ids import new_id
from callcenter.core.outbound import NotAllowed, OutboundFailed
from callcenter.core.tenant import Scope
from callcenter.instruments.models import FileServer
from callcenter.instruments.offered import InHand
from tests.integration.instruments.conftest import in_hand
from tests.support import sftp_server
from tests.support.databases import FreshDatabase
from tests.support.firms import Firm, Page

pytestmark = pytest.mark.integration
SERVERS = "/file-servers"
SECRET = sftp_server.PASSWORD


def values(**more: Any) -> dict[str, Any]:
    return {
        "name": f"bank-{new_id()}"[:40], "kind": "ftp", "host": "127.0.0.1", "port": 21,
        "user": sftp_server.USER, "secret": SECRET, **more,
    }  # fmt: skip


@pytest.fixture
def bank(tmp_path: Path) -> Iterator[sftp_server.Served]:
    (tmp_path / "in").mkdir()
    with sftp_server.an_sftp_server(tmp_path) as made:
        yield made


def test_a_secret_is_kept_sealed_and_never_shown(firm: Firm, platform_rows: Database) -> None:
    made = firm.admin.made(SERVERS, values())
    listed = firm.admin.get(SERVERS, q=made["name"])
    assert SECRET not in listed.text
    assert [each["name"] for each in listed.json["items"]] == [made["name"]]
    with platform_rows.begin(Scope.platform()) as session:
        row = session.get_one(FileServer, UUID(made["id"]))
        assert SECRET not in row.secret
        entry = session.scalars(select(AuditEntry).where(AuditEntry.entity_id == made["id"])).one()
        assert (entry.action, entry.after["secret"]) == ("file_server.create", "…")


def test_it_is_tried_accepted_by_its_key_and_used_by_name(
    firm: Firm, allow: Callable[..., Any], bank: sftp_server.Served, hand: InHand
) -> None:
    made = firm.admin.made(SERVERS, values(kind="sftp", port=bank.port, folder="in"))
    place, name = f"{SERVERS}/{made['id']}", made["name"]
    refused = firm.admin.post(f"{place}/try").json
    assert (refused["ok"], refused["host_key"]) == (False, None)
    assert "not among the hosts" in refused["message"]
    with allow(firm, http_hosts=f"127.0.0.1:{bank.port}"):
        unknown = firm.admin.post(f"{place}/try").json
        assert (unknown["ok"], unknown["host_key"]) == (False, bank.host_key)
        assert "SHA256:" in unknown["message"]
        with capture_logs() as logs, pytest.raises(OutboundFailed) as failure:
            hand.ftp_list(name)
        assert failure.value.key == "server.no_host_key"
        said = {each["event"]: (each["address"], each["outcome"]) for each in logs}
        at = f"127.0.0.1:{bank.port}"
        assert said["outbound.connected"] == (at, "done")
        assert said["instrument.file_server"] == (at, "server.no_host_key")
        accepted = firm.admin.patch(place, {"host_key": bank.host_key}, made["version"]).json
        reached = firm.admin.post(f"{place}/try").json
        assert (reached["ok"], "0 entries" in reached["message"]) == (True, True)
        assert hand.ftp_up(name, "订单.csv", "A,1\n") == 4
        assert (bank.folder / "in/订单.csv").read_text() == "A,1\n"
        assert [each["name"] for each in hand.ftp_list(name)] == ["订单.csv"]
        assert hand.ftp_rename(name, "订单.csv", "b.csv") is True
        assert hand.ftp_fetch(name, "b.csv", "bank/b.csv") == 4
        assert hand.file_read("bank/b.csv") == "A,1\n"
        assert hand.ftp_send(name, "bank/b.csv", "c.csv") == 4
        assert hand.ftp_down(name, "c.csv") == "A,1\n"
        assert hand.ftp_delete(name, "c.csv") is True
        other = firm.admin.patch(
            place, {"host_key": f"ssh-ed25519 {'A' * 68}"}, accepted["version"]
        )
        changed = firm.admin.post(f"{place}/try").json
        assert (changed["ok"], changed["host_key"]) == (False, bank.host_key)
        assert firm.admin.delete(place, other.json["version"]).status_code == 204


@pytest.mark.parametrize(
    "path", ["../b.csv", "a/../../b", "/etc/../b", "a\r\nDELE b", "..", "a\\b"]
)
def test_no_path_leaves_the_folder_of_the_server(
    firm: Firm, allow: Callable[..., Any], bank: sftp_server.Served, hand: InHand, path: str
) -> None:
    made = firm.admin.made(
        SERVERS, values(kind="sftp", port=bank.port, folder="in", host_key=bank.host_key)
    )
    with allow(firm, http_hosts=f"127.0.0.1:{bank.port}"):
        for act in (
            lambda: hand.ftp_down(made["name"], path), lambda: hand.ftp_up(made["name"], path, "x"),
            lambda: hand.ftp_delete(made["name"], path), lambda: hand.ftp_list(made["name"], path),
            lambda: hand.ftp_rename(made["name"], "a", path),
        ):  # fmt: skip
            with pytest.raises(Invalid):
                act()
    assert [*bank.folder.iterdir()] == [bank.folder / "in"]


def test_another_place_needs_the_secret_again_and_another_key(firm: Firm) -> None:
    key = f"ssh-ed25519 {'A' * 68}"
    made = firm.admin.made(SERVERS, values(kind="sftp", host_key=key))
    place, version = f"{SERVERS}/{made['id']}", made["version"]
    for moved in ({"host": "evil.example"}, {"port": 2222}, {"user": "root"}, {"kind": "ftp"}):
        refused = firm.admin.patch(place, moved, version)
        assert (refused.status_code, [*refused.json["error"]["fields"]]) == (422, ["secret"])
    assert firm.admin.patch(place, {"folder": "in"}, 99).status_code == 412
    changed = firm.admin.patch(place, {"folder": "in"}, version).json
    assert (changed["folder"], changed["host_key"]) == ("in", key)
    moved = firm.admin.patch(place, {"host": "b.example", "secret": "x"}, changed["version"]).json
    assert (moved["host"], moved["host_key"]) == ("b.example", "")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": "two words"}, "name"), ({"host": "http://a.example"}, "host"),
        ({"host": "a..example"}, "host"), ({"port": 0}, "port"), ({"kind": "scp"}, "kind"),
        ({"secret": ""}, "secret"), ({"secret": "a\r\nDELE x"}, "secret"),
        ({"secret": "-----BEGIN OPENSSH PRIVATE KEY-----\nnone\n"}, "secret"),
        ({"user": "a\nb"}, "user"), ({"folder": "a/../b"}, "folder"), ({"folder": "a\r\nb"}, "folder"),
        ({"host_key": "ssh-dss AAAA"}, "host_key"), ({"host_key": "none"}, "host_key"),
    ],
)  # fmt: skip
def test_what_no_server_has_is_refused(firm: Firm, wrong: dict[str, Any], field: str) -> None:
    refused = firm.admin.post(SERVERS, values(**wrong))
    assert (refused.status_code, [*refused.json["error"]["fields"]]) == (422, [field])


def test_only_who_manages_the_enterprise_keeps_them_and_only_its_own(
    firm: Firm, conf: Page, agent: Page, rival: Firm, platform_database: FreshDatabase,
    platform_rows: Database,
) -> None:  # fmt: skip
    made = firm.admin.made(SERVERS, values())
    place, name = f"{SERVERS}/{made['id']}", made["name"]
    assert firm.admin.post(SERVERS, values(name=name)).json["error"]["fields"].keys() == {"name"}
    for page in (agent, conf):
        assert page.get(SERVERS).status_code == 403
        assert page.post(f"{place}/try").status_code == 403
        assert page.delete(place, 1).status_code == 403
    assert agent.get(f"{SERVERS}/choices").status_code == 403
    assert {"name": name, "kind": "ftp"} in conf.get(f"{SERVERS}/choices").json
    assert rival.admin.get(SERVERS).json["total"] == 0
    assert rival.admin.post(f"{place}/try").status_code == 404
    assert rival.admin.patch(place, {"folder": "x"}, 1).status_code == 404
    theirs = in_hand(platform_rows, platform_database, rival)
    with pytest.raises(NotAllowed) as failure:
        theirs.ftp_list(name)
    assert failure.value.key == "server.unknown"
