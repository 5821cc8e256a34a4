"""The enterprise's folder: what is saved is there, for it alone, and no more than it may take."""

import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from callcenter.core.audit import AuditEntry
from callcenter.core.db import Database
from callcenter.core.errors import Invalid, NotFound
from callcenter.core.ids import new_id
from callcenter.core.settings import load_settings
from callcenter.core.tenant import Scope
from callcenter.instruments.errors import FileTooLong, FolderFull, TooManyFiles
from callcenter.instruments.offered import InHand
from callcenter.instruments.service import files as files_of
from tests.integration.instruments.conftest import in_hand
from tests.support.databases import FreshDatabase
from tests.support.firms import Firm, Page

pytestmark = pytest.mark.integration
FILES = "/files"


def a_name(ending: str = "csv") -> str:
    return f"报表/{new_id()}.{ending}"


def send(page: Page, name: str, content: bytes, **more: Any) -> Any:
    headers = {"X-CSRF-Token": page.csrf, "Content-Type": "application/octet-stream"}
    return page.client.post(
        f"/api/v1{FILES}", query_string={"name": name, **more}, data=content, headers=headers
    )


@pytest.fixture
def lying(platform_database: FreshDatabase, firm: Firm) -> Callable[[], set[Path]]:
    """What is on the disk of the enterprise's files."""
    folder = load_settings(platform_database.environment).paths.files / firm.id
    return lambda: set(folder.glob("**/*"))


def test_a_text_is_saved_read_added_to_listed_and_deleted(
    hand: InHand, lying: Callable[[], set[Path]], conf: Page, platform_rows: Database
) -> None:
    before, name = lying(), a_name()
    assert hand.file_save(name, "甲,1\n") == 6
    assert hand.file_append(name, "乙,2\n") == 12
    assert hand.file_read(name) == "甲,1\n乙,2\n"
    assert len(lying() - before) == 1
    (found,) = [each for each in hand.file_list("报表") if each["name"] == name]
    assert found["size"] == 12
    assert name not in [each["name"] for each in hand.file_list("报")]
    (shown,) = conf.get(FILES, q=name).json["items"]
    assert (shown["size"], shown["changed_by"]) == (12, conf.me["user"]["name"])
    assert (hand.file_delete(name), hand.file_delete(name)) == (True, False)
    assert lying() == before
    with platform_rows.begin(Scope.platform()) as session:
        query = select(AuditEntry).where(AuditEntry.entity_id == shown["id"])
        acts = {entry.action for entry in session.scalars(query)}
    assert acts == {"own_file.create", "own_file.change", "own_file.delete"}
    with pytest.raises(NotFound):
        hand.file_read(name)


@pytest.mark.parametrize(
    "name", ["../x", "/etc/passwd", "a/../../x", "..", "", "a\x00", "a\\..\\x"]
)
def test_no_name_leaves_the_folder(
    hand: InHand, conf: Page, lying: Callable[[], set[Path]], name: str
) -> None:
    before = lying()
    for act in (
        lambda: hand.file_save(name, "x"), lambda: hand.file_append(name, "x"),
        lambda: hand.file_read(name), lambda: hand.file_delete(name),
    ):  # fmt: skip
        with pytest.raises(Invalid):
            act()
    assert send(conf, name, b"x").status_code == 422
    assert lying() == before


def test_a_link_in_the_folder_is_nobodys_file(
    hand: InHand, lying: Callable[[], set[Path]], tmp_path: Path
) -> None:
    """Names are rows: what somebody lays there on the disk is not found by any."""
    hand.file_save(name := a_name(), "x")
    (tmp_path / "secret").write_text("secret")
    link = next(iter(lying())).parent / "link"
    link.symlink_to(tmp_path / "secret")
    with pytest.raises(NotFound):
        hand.file_read("link")
    assert hand.file_save("link", "mine") == 4
    assert (tmp_path / "secret").read_text() == "secret"
    link.unlink()
    hand.file_delete(name)
    hand.file_delete("link")


def test_what_is_too_much_is_refused_and_nothing_stays_of_it(
    firm: Firm, hand: InHand, allow: Callable[..., Any], lying: Callable[[], set[Path]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    hand.file_save(name := a_name(), "x" * 600_000)
    before = lying()
    with allow(firm, files_megabytes=1):
        with pytest.raises(FolderFull):
            hand.file_save(a_name(), "x" * 600_000)
        with pytest.raises(FolderFull):
            hand.file_append(name, "x" * 600_000)
        # Its own former size is free again.
        assert hand.file_save(name, "y" * 900_000) == 900_000
    with allow(firm, files_megabytes=0), pytest.raises(FolderFull):
        hand.file_save(name, "x")
    monkeypatch.setattr(files_of, "LARGEST", 1_000_000)
    with pytest.raises(FileTooLong):
        hand.file_append(name, "x" * 100_001)
    monkeypatch.setattr(files_of, "LARGEST_TEXT", 1000)
    with pytest.raises(FileTooLong):
        hand.file_read(name)
    monkeypatch.setattr(files_of, "MOST", 1)
    with pytest.raises(TooManyFiles):
        hand.file_save(a_name(), "x")
    assert len(lying()) == len(before)
    hand.file_delete(name)


def test_those_who_write_at_once_lose_nothing(hand: InHand) -> None:
    hand.file_save(name := a_name(), "")
    writers = [
        threading.Thread(target=hand.file_append, args=[name, f"{number}\n"]) for number in range(8)
    ]
    for each in writers:
        each.start()
    for each in writers:
        each.join()
    assert sorted(hand.file_read(name).split()) == [str(number) for number in range(8)]
    hand.file_delete(name)


def test_files_are_sent_listed_downloaded_and_deleted_in_the_page(
    conf: Page, firm: Firm, platform_rows: Database
) -> None:
    name = a_name("bin")
    sent = send(conf, name, b"\x00\xff" * 10)
    assert (sent.status_code, sent.json["size"]) == (201, 20)
    place = f"{FILES}/{sent.json['id']}"
    given = conf.get(f"{place}/content")
    assert given.headers["X-Accel-Redirect"].startswith(f"/own-files/{firm.id}/")
    assert given.headers["Content-Disposition"].startswith("attachment")
    assert given.headers["Content-Type"] == "application/octet-stream"
    room = conf.get(f"{FILES}/room").json
    assert room["files"] >= 1
    assert room["used"] <= room["most"]
    with platform_rows.begin(Scope.platform()) as session:
        query = select(AuditEntry.action).where(AuditEntry.entity_id == sent.json["id"])
        assert set(session.scalars(query)) == {"own_file.create", "own_file.download"}
    refused = send(conf, name, b"1")
    assert (refused.status_code, refused.json["error"]["code"]) == (409, "file-there")
    replaced = send(conf, name, b"1", replace="true").json
    assert (replaced["id"], replaced["size"]) == (sent.json["id"], 1)
    assert conf.delete(place, sent.json["version"]).status_code == 412
    assert conf.delete(place, replaced["version"]).status_code == 204
    assert conf.get(f"{place}/content").status_code == 404


def test_only_who_shapes_the_enterprise_sees_them_and_only_its_own(
    firm: Firm, conf: Page, agent: Page, rival: Firm, hand: InHand,
    platform_database: FreshDatabase, platform_rows: Database,
) -> None:  # fmt: skip
    hand.file_save(name := a_name(), "ours")
    (shown,) = conf.get(FILES, q=name).json["items"]
    place = f"{FILES}/{shown['id']}"
    for page in (agent, firm.admin):
        assert page.get(FILES).status_code == 403
        assert page.get(f"{place}/content").status_code == 403
        assert page.delete(place).status_code == 403
        assert send(page, name, b"x").status_code == 403
    other = rival.page("conf")
    assert other.get(FILES).json["total"] == 0
    assert other.get(f"{place}/content").status_code == 404
    assert other.delete(place).status_code == 404
    theirs = in_hand(platform_rows, platform_database, rival)
    with pytest.raises(NotFound):
        theirs.file_read(name)
    theirs.file_save(name, "theirs")
    assert (hand.file_read(name), theirs.file_read(name)) == ("ours", "theirs")


def test_what_nobody_knows_is_swept_and_what_is_known_stays(
    hand: InHand, firm: Firm, lying: Callable[[], set[Path]], platform_rows: Database
) -> None:
    """A process died between file and row."""
    hand.file_save(name := a_name(), "kept")
    kept = lying()
    lost = next(iter(kept)).parent / str(new_id())
    lost.write_text("lost")
    files = hand._parts.files
    with platform_rows.begin(Scope(UUID(firm.id))) as session:
        assert files.sweep(session, UUID(firm.id)) == 0
        for file in lying():
            os.utime(file, (0, 0))
        assert files.sweep(session, UUID(firm.id)) == 1
    assert lying() == kept
    hand.file_delete(name)


@pytest.mark.parametrize("act", ["anew", "gone"])
def test_who_reads_while_another_writes_gets_what_is_there_now(
    hand: InHand, monkeypatch: pytest.MonkeyPatch, act: str
) -> None:
    """Between the row and what it holds."""
    name, read = a_name(), Path.read_bytes
    hand.file_save(name, "old")

    def late(path: Path) -> bytes:
        monkeypatch.setattr(Path, "read_bytes", read)
        hand.file_save(name, "new") if act == "anew" else hand.file_delete(name)
        return path.read_bytes()

    monkeypatch.setattr(Path, "read_bytes", late)
    if act == "anew":
        assert hand.file_read(name) == "new"
    else:
        with pytest.raises(NotFound):
            hand.file_read(name)
