"""Files at a record: what is taken, where it lies, and as what it is given back."""

import os
import stat
import time
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest

from callcenter.core.clock import SystemClock
from callcenter.core.db import Database
from callcenter.objects.service import Files
from tests.integration.objects.people import a_customer, delete, history, place
from tests.support.office import CSRF, LARGEST_FILE, Caller, Office

pytestmark = pytest.mark.integration

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 32
PDF = b"%PDF-1.7\n" + b"x" * 32


def attach(caller: Caller, record: dict, content: bytes, name: str):
    return caller.client.post(
        f"/api/v1{place(record)}/attachments",
        query_string={"name": name},
        data=content,
        headers={"X-CSRF-Token": CSRF},
    )


def attached(caller: Caller, record: dict, content: bytes, name: str) -> dict:
    answer = attach(caller, record, content, name)
    assert answer.status_code == 201, answer.json
    return answer.json


def files(folder: Path) -> list[Path]:
    return [each for each in folder.rglob("*") if each.is_file()]


def content(caller: Caller, record: dict, file: dict, **query: object):
    return caller.get(f"{place(record)}/attachments/{file['id']}/content", **query)


def test_a_file_is_kept_whole_under_its_id_for_nobody_else(
    agent: Caller, attachments: Path, office: Office
) -> None:
    record = a_customer(agent)
    file = attached(agent, record, PDF, "合同 2026.pdf")
    assert (file["name"], file["media_type"], file["size"]) == (
        "合同 2026.pdf", "application/pdf", len(PDF),
    )  # fmt: skip
    (kept,) = files(attachments)
    assert kept.name == file["id"]
    assert kept.relative_to(attachments).parts[0] == str(office.id)
    assert kept.read_bytes() == PDF
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    listed = agent.get(f"{place(record)}/attachments").json
    assert (listed["items"], listed["largest"]) == ([file], LARGEST_FILE)


def test_it_is_given_to_save_and_never_as_a_page(agent: Caller, office: Office) -> None:
    record = a_customer(agent)
    file = attached(agent, record, b"plain words", "a.txt")
    answer = content(agent, record, file, inline=True)
    assert answer.headers["Content-Disposition"].startswith("attachment; ")
    assert answer.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Accel-Redirect"] == (
        f"/attachments/{office.id}/{file['id'].replace('-', '')[-2:]}/{file['id']}"
    )


def test_pictures_and_pdf_may_be_shown(agent: Caller) -> None:
    record = a_customer(agent)
    file = attached(agent, record, PNG, "照片.png")
    assert content(agent, record, file).headers["Content-Disposition"].startswith("attachment")
    shown = content(agent, record, file, inline=True)
    assert shown.headers["Content-Disposition"] == (
        "inline; filename=\"file.png\"; filename*=UTF-8''%E7%85%A7%E7%89%87.png"
    )
    assert shown.mimetype == "image/png"


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("../../etc/passwd", "passwd.txt"),
        ("C:\\Users\\x\\evil.exe", "evil.exe.txt"),
        ("a\r\nSet-Cookie: x=1.txt", "aSet-Cookie_ x=1.txt"),
        ("invoice\u202etxt.exe", "invoicetxt.exe.txt"),
        ('"><script>.html', "___script_.html.txt"),
        ("...", "file.txt"),
        ("长" * 300 + ".txt", "长" * 116 + ".txt"),
    ],
)
def test_a_hostile_name_is_only_a_name(
    agent: Caller, attachments: Path, given: str, name: str
) -> None:
    record = a_customer(agent)
    file = attached(agent, record, b"x", given)
    assert file["name"] == name
    assert [each.name for each in files(attachments)] == [file["id"]]
    disposition = content(agent, record, file).headers["Content-Disposition"]
    assert "\n" not in disposition
    assert disposition.isascii()


def zipped(*names: str) -> bytes:
    stream = BytesIO()
    with ZipFile(stream, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return stream.getvalue()


@pytest.mark.parametrize(
    ("hostile", "name"),
    [
        (b"MZ\x90\x00", "photo.png"),
        (b"\x7fELF\x02\x01", "a.pdf"),
        (b"#!/bin/sh\nrm -rf /", "notes.txt"),
        (b"<html><script>alert(1)</script>", "notes.txt"),
        (b"hello <svg onload=alert(1)>", "notes.txt"),
        (b'\xef\xbb\xbf  <?xml version="1.0"?><svg/>', "drawing.svg"),
        ("<!DOCTYPE html>".encode("utf-16"), "notes.txt"),
        (zipped("xl/workbook.xml", "xl/vbaProject.bin"), "book.xlsx"),
        (b"PK\x03\x04 no archive", "a.zip"),
        (b"\x00\x01\x02", "a.bin"),
        (b"", "empty.txt"),
    ],
)
def test_what_could_run_is_refused_whatever_it_is_called(
    agent: Caller, attachments: Path, hostile: bytes, name: str
) -> None:
    record = a_customer(agent)
    answer = attach(agent, record, hostile, name)
    assert (answer.status_code, answer.json["error"]["code"]) == (422, "bad-file")
    assert files(attachments) == []


def test_a_file_that_is_too_large_leaves_nothing(agent: Caller, attachments: Path) -> None:
    record = a_customer(agent)
    assert attach(agent, record, b"x" * LARGEST_FILE, "a.txt").status_code == 201
    answer = attach(agent, record, b"x" * (LARGEST_FILE + 1), "a.txt")
    assert (answer.status_code, answer.json["error"]["code"]) == (413, "file-too-large")
    assert len(files(attachments)) == 1


def test_its_author_and_who_may_delete_the_record_remove_it(
    agent: Caller, leader: Caller, admin: Caller, attachments: Path
) -> None:
    record = a_customer(agent)
    mine, another = (attached(agent, record, b"x", f"{n}.txt") for n in (1, 2))
    path = f"{place(record)}/attachments"
    assert leader.send("DELETE", f"{path}/{mine['id']}").status_code == 403
    assert len(files(attachments)) == 2
    assert agent.send("DELETE", f"{path}/{mine['id']}").status_code == 204
    assert admin.send("DELETE", f"{path}/{another['id']}").status_code == 204
    assert files(attachments) == []
    lines = history(agent, record)
    assert [(line["action"], line["note"]) for line in lines] == [
        ("detach", "2.txt"), ("detach", "1.txt"), ("attach", "2.txt"), ("attach", "1.txt"),
        ("create", None),
    ]  # fmt: skip


def test_who_may_not_change_the_record_attaches_nothing(
    agent: Caller, inspector: Caller, attachments: Path
) -> None:
    record = a_customer(agent)
    assert attach(inspector, record, b"x", "a.txt").status_code == 403
    assert files(attachments) == []


def test_another_enterprises_files_do_not_exist(
    agent: Caller, stranger: Caller, attachments: Path
) -> None:
    record, theirs = a_customer(agent), a_customer(stranger)
    file = attached(agent, record, b"x", "a.txt")
    for owner in (record, theirs):
        path = f"{place(owner)}/attachments/{file['id']}"
        assert stranger.get(f"{path}/content").status_code == 404
        assert stranger.send("DELETE", path).status_code == 404
    assert stranger.get(f"{place(record)}/attachments").status_code == 404
    assert attach(stranger, record, b"x", "a.txt").status_code == 404
    assert len(files(attachments)) == 1


def test_a_deleted_record_keeps_its_files_until_it_is_purged(
    agent: Caller, admin: Caller, attachments: Path
) -> None:
    record = a_customer(agent)
    file = attached(agent, record, b"x", "a.txt")
    delete(admin, record)
    assert content(agent, record, file).status_code == 404
    admin.post(f"/objects/customer/recycle-bin/{record['id']}/restore", version=2)
    assert content(agent, record, file).status_code == 200
    assert len(files(attachments)) == 1


def test_files_that_nobody_knows_are_swept_and_no_others(
    agent: Caller, attachments: Path, database: Database, office: Office
) -> None:
    file = attached(agent, a_customer(agent), b"x", "a.txt")
    (kept,) = files(attachments)
    folder, long_ago = int(kept.parent.name, 16), time.time() - 7200
    other = int(file["id"][-4:-2], 16) ^ 0xFF
    orphan = kept.with_name(f"{file['id'][:-4]}{other:02x}{kept.parent.name}")
    incoming = attachments / str(office.id) / "incoming" / "left over"
    for each in (orphan, incoming):
        each.parent.mkdir(parents=True, exist_ok=True)
        each.write_bytes(b"x")
    for each in (kept, orphan, incoming):
        os.utime(each, (long_ago, long_ago))
    store = Files(attachments, SystemClock())
    with database.begin(office.scope()) as session:
        assert store.sweep(session, office.id, folder) == 2
        assert store.sweep(session, office.id, (folder + 1) % 256) == 0
    assert files(attachments) == [kept]
