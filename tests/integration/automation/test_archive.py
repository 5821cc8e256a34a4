"""Old records go into files, and only then out of use; however often it is broken off."""

import gzip
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from callcenter.automation.commands import archive
from callcenter.core.clock import ManualClock
from callcenter.core.db import Database
from callcenter.core.ids import new_id
from callcenter.core.places import Places
from callcenter.core.settings import load_settings
from callcenter.instruments.models import OwnFile
from callcenter.objects.models import ArchivedRecord
from callcenter.objects.service import Archiving
from callcenter.objects.service.archive_lines import ArchiveLines
from callcenter.objects.service.details import Details
from callcenter.processes.instruments import own_files
from tests.integration.automation.conftest import TASKS, AtWork, a_task, runs, work
from tests.integration.objects.firm import (
    CLIENTS,
    RIGHTS,
    Firm,
    a_document,
    clients,
    make,
    names,
)
from tests.integration.objects.shaping import a_field
from tests.support.office import Caller, Office

pytestmark = pytest.mark.integration
DAY = 86_400
_BOTH = {"admin": "all", "conf": "all"}
OPEN = {**RIGHTS, "delete": _BOTH, "export": _BOTH, "import": _BOTH}
PHONE = "13800000001"
Read = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def kept(firm: Firm) -> None:
    firm.keeps(clients(a_field("due", "date", indexed=True), a_field("note"), permissions=OPEN))


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every record fills a file."""
    monkeypatch.setattr(archive, "LARGEST", 1)


@pytest.fixture
def read(database: Database, office: Office, tmp_path: Path) -> Read:
    """All that lies in the enterprise's files, in the order in which it was written."""

    def lines() -> Iterator[dict[str, Any]]:
        with database.begin(office.scope()) as session:
            rows = session.scalars(select(OwnFile).order_by(OwnFile.id)).all()
            for row in rows:
                (file,) = tmp_path.glob(f"**/{row.content}")
                first, *rest = gzip.decompress(file.read_bytes()).splitlines()
                assert json.loads(first)["records"] == len(rest)
                yield from map(json.loads, rest)

    return lambda: [*lines()]


def archived(conf: Caller, runner: AtWork, clock: ManualClock, **parameters: Any) -> dict[str, Any]:
    """The run, over."""
    found = conf.get(TASKS).json["items"]
    task = found[0] if found else a_task(
        conf, name="归档", command="archive",
        parameters={"object": "client", "older_than": 30} | parameters,
    )  # fmt: skip
    clock.advance(1)
    conf.post(f"{TASKS}/{task['id']}/run")
    work(runner)
    return runs(conf, task)[-1]


def test_what_is_old_lies_whole_in_a_file_before_it_lies_in_the_bin(
    kept, conf: Caller, admin: Caller, runner: AtWork, clock: ManualClock, read: Read,
    database: Database, office: Office,
) -> None:  # fmt: skip
    old = make(admin, CLIENTS, "old", phone=PHONE, note="a note")
    admin.post(f"{CLIENTS}/{old}/comments", {"text": "heard of it"})
    clock.advance(31 * DAY)
    make(admin, CLIENTS, "new")
    run = archived(conf, runner, clock)
    assert run["state"] == "done", (run["message"], run["output"])
    assert run["output"].endswith("client：归档 1 条记录，移入回收站 1 条，保留 0 条。")
    assert names(admin, CLIENTS) == {"new"}
    assert [one["id"] for one in admin.get("/objects/client/recycle-bin").json["items"]] == [old]

    (line,) = read()
    assert (line["id"], line["version"], line["object"]) == (old, 1, "client")
    assert line["values"] == {"name": "old", "note": "a note"}
    assert [one["text"] for one in line["comments"]] == ["heard of it"]
    # The number is masked for whoever set it up: it lies in the line, and he does not read it.
    assert PHONE not in json.dumps(line)
    with database.begin(office.scope()) as session:
        (row,) = session.scalars(select(OwnFile))
        assert row.name in run["output"]
        assert row.name.startswith("archive/client/")


def test_the_age_is_that_of_a_field_and_the_list_says_which(
    kept, conf: Caller, admin: Caller, runner: AtWork, clock: ManualClock
) -> None:
    for name, due in (("past", "2026-09-01"), ("soon", "2026-11-20"), ("never", None)):
        make(admin, CLIENTS, name, due=due)
    run = archived(conf, runner, clock, by="field", date_field="due")
    assert run["state"] == "done", run["message"]
    assert names(admin, CLIENTS) == {"soon", "never"}


@pytest.mark.parametrize("when", ["before the bin", "in the bin"])
def test_broken_off_it_goes_on_without_losing_anything_or_writing_it_twice(
    kept, small, when: str, conf: Caller, admin: Caller, runner: AtWork, clock: ManualClock,
    read: Read, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    ids = [make(admin, CLIENTS, name) for name in ("a", "b", "c", "d")]
    clock.advance(31 * DAY)
    bin_, calls = Archiving.bin, []

    class Killed(BaseException):
        pass

    def dies(self: Archiving, *given: Any) -> Any:
        calls.append(given)
        if len(calls) == 3:
            if when == "in the bin":
                bin_(self, *given)
            raise Killed
        return bin_(self, *given)

    monkeypatch.setattr(Archiving, "bin", dies)
    with pytest.raises(Killed):
        archived(conf, runner, clock)
    # The third is in a file and was not deleted: the transaction went with the process.
    assert names(admin, CLIENTS) == {"c", "d"}
    assert [line["id"] for line in read()] == ids[:3]

    monkeypatch.setattr(Archiving, "bin", bin_)
    clock.advance(3600)
    again = a_task(
        conf, name="再次", command="archive", parameters={"object": "client", "older_than": 30}
    )
    conf.post(f"{TASKS}/{again['id']}/run")
    work(runner)
    run = runs(conf, again)[-1]
    assert run["output"].endswith("归档 1 条记录，移入回收站 2 条，保留 0 条。"), run
    assert [line["id"] for line in read()] == ids
    assert names(admin, CLIENTS) == set()


def test_what_changed_after_it_was_written_stays_and_is_written_anew_the_next_time(
    kept, conf: Caller, admin: Caller, runner: AtWork, clock: ManualClock, read: Read,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    ids = [make(admin, CLIENTS, name) for name in ("same", "changed", "talked")]
    clock.advance(31 * DAY)
    bin_ = Archiving.bin

    def late(self: Archiving, session: Any, identifier: str, packed: Any) -> Any:
        admin.send("PATCH", f"{CLIENTS}/{ids[1]}", {"values": {"note": "late"}}, version=1)
        admin.post(f"{CLIENTS}/{ids[2]}/comments", {"text": "late"})
        return bin_(self, session, identifier, packed)

    monkeypatch.setattr(Archiving, "bin", late)
    assert archived(conf, runner, clock)["output"].endswith("移入回收站 1 条，保留 2 条。")
    assert names(admin, CLIENTS) == {"changed", "talked"}
    monkeypatch.setattr(Archiving, "bin", bin_)
    assert archived(conf, runner, clock)["output"].endswith(
        "归档 2 条记录，移入回收站 2 条，保留 0 条。"
    )
    by_id = {line["id"]: line for line in read()}
    assert (len(read()), by_id[ids[1]]["values"]["note"]) == (5, "late")


def test_a_file_that_is_gone_has_nothing(
    kept, conf: Caller, admin: Caller, runner: AtWork, clock: ManualClock, read: Read,
    monkeypatch: pytest.MonkeyPatch, database: Database, office: Office,
) -> None:  # fmt: skip
    make(admin, CLIENTS, "old")
    clock.advance(31 * DAY)
    bin_ = Archiving.bin

    def none(self: Archiving, session: Any, identifier: str, packed: Any) -> Any:
        return bin_(self, session, identifier, [])

    monkeypatch.setattr(Archiving, "bin", none)
    archived(conf, runner, clock)
    monkeypatch.setattr(Archiving, "bin", bin_)
    with database.begin(office.scope("admin")) as session:
        (row,) = session.scalars(select(OwnFile))
        session.delete(row)
    assert archived(conf, runner, clock)["output"].endswith(
        "归档 1 条记录，移入回收站 1 条，保留 0 条。"
    )
    assert len(read()) == 1
    with database.begin(office.scope()) as session:
        assert session.scalar(select(func.count()).select_from(ArchivedRecord)) == 1


def bring_back(conf: Caller, runner: AtWork, clock: ManualClock, name: str) -> dict[str, Any]:
    parameters = {"file": name}
    task = a_task(
        conf, name=f"恢复 {clock.now()}", command="archive_restore", parameters=parameters
    )
    clock.advance(1)
    conf.post(f"{TASKS}/{task['id']}/run")
    work(runner)
    return runs(conf, task)[-1]


@pytest.mark.parametrize("purged", [True, False])
def test_a_file_is_read_back_and_every_record_has_its_id(
    firm: Firm, conf: Caller, admin: Caller, runner: AtWork, clock: ManualClock,
    database: Database, office: Office, *, purged: bool,
) -> None:  # fmt: skip
    firm.keeps(clients(a_field("note"), permissions=OPEN, monthly=purged))
    ids = {make(admin, CLIENTS, name, phone=PHONE, note="kept") for name in ("a", "b")}
    admin.post(f"{CLIENTS}/{min(ids)}/comments", {"text": "heard of it"})
    before = admin.get(f"{CLIENTS}/{min(ids)}").json
    clock.advance(31 * DAY)
    archived(conf, runner, clock)
    if purged:
        for one in admin.get("/objects/client/recycle-bin").json["items"]:
            path = f"/objects/client/recycle-bin/{one['id']}"
            assert admin.send("DELETE", path, version=one["version"]).status_code == 204
    with database.begin(office.scope()) as session:
        file = session.scalars(select(OwnFile.name)).one()
    assert bring_back(conf, runner, clock, file)["output"] == (
        "恢复 2 条记录，0 条仍在使用，0 条未能恢复。"
    )
    after = admin.get(f"{CLIENTS}/{min(ids)}").json
    assert {one["id"] for one in admin.get(CLIENTS).json["items"]} == ids
    assert (after["values"], after["created_at"], after["created_by"]) == (
        before["values"], before["created_at"], before["created_by"]
    )  # fmt: skip
    assert after["version"] > before["version"]
    (comment,) = admin.get(f"{CLIENTS}/{min(ids)}/comments").json["items"]
    assert comment["text"] == "heard of it"
    # Again: there is nothing to bring back, and nothing is written over.
    clock.advance(1)
    assert bring_back(conf, runner, clock, file)["output"] == (
        "恢复 0 条记录，2 条仍在使用，0 条未能恢复。"
    )


@pytest.fixture
def parts(firm: Firm) -> None:
    """Clients have parts."""
    by = a_field("client", "reference", indexed=True, settings={"reference": {"object": "client"}})
    settings = {"details": {"object": "part", "by": "client", "columns": ["name"]}}
    firm.keeps(
        clients(a_field("parts", "details", settings=settings), permissions=OPEN),
        a_document("part", "base", [by], permissions=OPEN),
    )


def a_line(name: str) -> dict[str, Any]:
    return {"id": None, "version": None, "values": {"name": name}}


def test_lines_go_and_come_with_the_record_that_they_belong_to(
    parts, conf: Caller, admin: Caller, runner: AtWork, clock: ManualClock, read: Read,
    database: Database, office: Office,
) -> None:  # fmt: skip
    kept = make(admin, CLIENTS, "old", parts=[a_line("valve")])
    clock.advance(31 * DAY)
    archived(conf, runner, clock)
    (told,) = read()
    assert [one["values"]["name"] for one in told["lines"]] == ["valve"]
    assert names(admin, "/objects/part/records") == set()
    purge = a_task(conf, name="清空", parameters={"days": 1})
    clock.advance(2 * DAY)
    conf.post(f"{TASKS}/{purge['id']}/run")
    work(runner)
    with database.begin(office.scope()) as session:
        file = session.scalars(select(OwnFile.name)).one()
    assert bring_back(conf, runner, clock, file)["output"].startswith("恢复 1 条记录")
    (part,) = admin.get(f"{CLIENTS}/{kept}").json["values"]["parts"]
    assert (part["id"], part["title"]) == (told["lines"][0]["id"], "valve")


def test_lines_of_many_records_are_asked_for_at_once_and_each_goes_with_its_own(
    parts, conf: Caller, admin: Caller, runner: AtWork, clock: ManualClock, read: Read,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    made = {"a": ["a1", "a2"], "b": [], "c": ["c1"]}
    for name, lines in made.items():
        make(admin, CLIENTS, name, parts=[a_line(each) for each in lines])
    clock.advance(31 * DAY)
    belonging, asked = Details.belonging, list[int]()

    def heard(self: Details, session: Any, definition: Any, ids: Any, *more: Any) -> Any:
        asked.append(len(ids))
        return belonging(self, session, definition, ids, *more)

    monkeypatch.setattr(Details, "belonging", heard)
    archived(conf, runner, clock)
    told = {one["values"]["name"]: one["lines"] for one in read()}
    assert {
        name: sorted(line["values"]["name"] for line in lines) for name, lines in told.items()
    } == made
    # Of a batch and of its lines, once more in the bin; there each is deleted as any record is.
    assert asked[:4] == [3, 3, 3, 3]


def test_what_no_longer_fits_into_a_file_is_not_packed_for_it(
    kept, small, conf: Caller, admin: Caller, runner: AtWork, clock: ManualClock, read: Read,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    for name in ("a", "b", "c", "d"):
        make(admin, CLIENTS, name)
    clock.advance(31 * DAY)
    write, written = ArchiveLines.write, list[Any]()

    def heard(self: ArchiveLines, *given: Any) -> str:
        written.append(given)
        return write(self, *given)

    monkeypatch.setattr(ArchiveLines, "write", heard)
    archived(conf, runner, clock)
    assert len(read()) == 4
    # Of each file its record and the one that no longer fits, and its record once more in the bin.
    assert len(written) == 4 + 3 + 4


def test_a_line_that_somebody_has_changed_comes_back_for_nobody(
    kept, conf: Caller, admin: Caller, runner: AtWork, clock: ManualClock, read: Read,
    database: Database, office: Office, tmp_path: Path,
) -> None:  # fmt: skip
    make(admin, CLIENTS, "old")
    clock.advance(31 * DAY)
    archived(conf, runner, clock)
    (line,) = read()
    lines = [
        {"archive": 1, "object": "client"},
        line | {"values": {"name": "forged"}},
        {**line, "id": str(new_id())},
    ]
    content = gzip.compress("\n".join(map(json.dumps, lines)).encode())
    files = own_files(replace(load_settings({}), paths=Places(tmp_path)), clock)
    with database.begin(office.scope("conf")) as session:
        files.save(session, "archive/forged.jsonl.gz", content)
    assert bring_back(conf, runner, clock, "archive/forged.jsonl.gz")["output"] == (
        "恢复 0 条记录，0 条仍在使用，2 条未能恢复。"
    )
    assert names(admin, CLIENTS) == set()


def test_nobody_brings_back_who_may_not_import(
    firm: Firm, conf: Caller, admin: Caller, runner: AtWork, clock: ManualClock,
    database: Database, office: Office,
) -> None:  # fmt: skip
    firm.keeps(clients(permissions={**OPEN, "import": {"admin": "all"}}))
    make(admin, CLIENTS, "old")
    clock.advance(31 * DAY)
    archived(conf, runner, clock)
    with database.begin(office.scope()) as session:
        file = session.scalars(select(OwnFile.name)).one()
    assert bring_back(conf, runner, clock, file)["state"] == "failed"


def test_it_takes_no_more_than_whoever_set_it_up_may_read_export_and_delete(
    firm: Firm, conf: Caller, admin: Caller, runner: AtWork, clock: ManualClock, read: Read
) -> None:
    firm.keeps(clients(permissions={**OPEN, "delete": {"admin": "all", "conf": "own"}}))
    make(admin, CLIENTS, "of another")
    clock.advance(31 * DAY)
    assert archived(conf, runner, clock)["state"] == "done"
    assert (names(admin, CLIENTS), read()) == ({"of another"}, [])


def test_without_the_right_to_export_nothing_is_taken(
    firm: Firm, conf: Caller, admin: Caller, runner: AtWork, clock: ManualClock, read: Read
) -> None:
    firm.keeps(clients(permissions={**OPEN, "export": {"admin": "all"}}))
    make(admin, CLIENTS, "old")
    clock.advance(31 * DAY)
    assert archived(conf, runner, clock)["state"] == "failed"
    assert (names(admin, CLIENTS), read()) == ({"old"}, [])
