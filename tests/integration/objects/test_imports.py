"""A file becomes records: tried first, good lines in, bad lines told, and done again without harm."""

import os
from collections.abc import Callable
from threading import Event
from typing import Any

import pytest
from sqlalchemy import select, text

from callcenter.core import jobs
from callcenter.core.audit import AuditEntry
from callcenter.core.clock import ManualClock
from callcenter.core.db import Database
from callcenter.core.jobs import TURN, Job, JobQueue, JobState
from callcenter.objects.queries import schema_of
from callcenter.objects.service.transfer import importing, tidy
from callcenter.objects.service.transfer.loading import Batch
from callcenter.processes.jobs import CONNECTIONS
from tests.integration.objects.files import Importer, Worker, csv_of, xlsx_of
from tests.integration.objects.shaping import Shaping, a_field
from tests.integration.objects.test_records import make_customer
from tests.support.office import Caller, Office, Seeded

pytestmark = pytest.mark.integration

HEADING = ["姓名", "本机号码", "客户等级", "在用设备", "首次购买", "客户经理"]
GOOD = ["王秀兰", "138-0000-6207", "金卡会员", "1,002", "2026年1月4日", "8001"]
OTHER = ["李建国", "13900006208", "", "", "2025/12/31", "沈慧"]
CONTRACTS = [a_field("code", unique=True), a_field("size", "integer", required=True)]


@pytest.fixture
def pump_importer(pumps: Shaping, worker: Worker, admin: Caller) -> Importer:
    pumps.published(*CONTRACTS)
    return Importer(admin, worker, "pump")


def counts(one: dict[str, Any]) -> tuple[int, ...]:
    names = ("created", "updated", "unchanged", "failed")
    return tuple(one["counts"][name] for name in names)


def faults(one: dict[str, Any]) -> list[tuple[int, str | None, str]]:
    return [(fault["line"], fault["field"], fault["message"]) for fault in one["faults"]]


def audited(database: Database, office: Office, action: str) -> list[AuditEntry]:
    with database.begin(office.scope()) as session:
        query = select(AuditEntry).where(AuditEntry.action == action).order_by(AuditEntry.id)
        return [*session.scalars(query)]


def test_a_file_tells_what_it_has_and_what_that_may_be(importer: Importer) -> None:
    one = importer.uploaded(csv_of([[*HEADING, "备注栏"], [*GOOD, "x"], [*OTHER, "y"]]))
    assert (one["format"], one["phase"], one["state"]) == ("csv", "uploaded", "uploaded")
    assert [column["field"] for column in one["columns"]] == [
        "name", "phone", "level", "devices", "since", "owner", None,
    ]  # fmt: skip
    assert one["columns"][0] == {
        "heading": "姓名",
        "samples": ["王秀兰", "李建国"],
        "field": "name",
    }
    assert (one["mode"], one["match"]) == ("create", None)
    assert "number" not in one["targets"]
    assert one["matches"] == ["number", "phone", "phone2"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "utf-16"])
def test_records_are_made_as_a_person_would_have_entered_them(
    importer: Importer, encoding: str
) -> None:
    one = importer.uploaded(csv_of([HEADING, GOOD, OTHER], encoding))
    importer.tried(one)
    assert counts(importer.ran(one)) == (2, 0, 0, 0)
    first, second = importer.records()
    assert first["key"] == "KH00000001"
    assert second["key"] == "KH00000002"
    assert first["values"] | {"phone": "13800006207", "devices": 1002} == first["values"]
    assert first["display"]["level"] == "金卡会员"
    assert first["values"]["since"] == "2026-01-04"
    assert first["display"]["owner"] == "林晓彤"
    assert (second["values"]["level"], second["display"]["owner"]) == ("normal", "沈慧")
    assert first["created_by"]["name"] == "管理员"


def test_a_spreadsheet_is_told_by_its_content(importer: Importer) -> None:
    rows = [["name", "phone", "Devices in use", "since"], ["王秀兰", 13800006207, 3.0, 46026]]
    one = importer.uploaded(xlsx_of(rows), "客户.txt")
    assert one["format"] == "xlsx"
    importer.tried(one, columns=["name", "phone", "devices", "since"])
    assert counts(importer.ran(one)) == (1, 0, 0, 0)
    values = importer.records()[0]["values"]
    assert (values["phone"], values["devices"], values["since"]) == ("13800006207", 3, "2026-01-04")


def test_a_trial_tells_all_and_writes_nothing(importer: Importer, database: Database) -> None:
    bad = ["", "12", "白金", "viel", "gestern", "8999"]
    one = importer.uploaded(csv_of([HEADING, GOOD, bad]))
    tried = importer.tried(one)
    assert (tried["phase"], tried["state"], counts(tried)) == ("trial", "done", (1, 0, 0, 1))
    assert {field for _, field, _ in faults(tried)} == {
        "name", "level", "devices", "since", "owner",
    }  # fmt: skip
    assert importer.records() == []
    assert make_customer(importer.caller)["key"] == "KH00000001", "no number was used up"


def test_bad_lines_are_told_and_good_ones_go_in(importer: Importer) -> None:
    rows = [HEADING, GOOD, ["", "x", "", "-1", "", ""], ["", "", "", "", "", ""], OTHER]
    one = importer.whole(rows)
    assert counts(one) == (2, 0, 0, 1)
    assert {line for line, _, _ in faults(one)} == {3}
    assert (3, "devices", "请填写 0 至 9999 之间的数。") in faults(one)
    assert (3, "name", "必填。") in faults(one)
    assert {(fault["column"], fault["value"]) for fault in one["faults"]} == {
        ("本机号码", "x"), ("在用设备", "-1"), ("姓名", ""),
    }  # fmt: skip


@pytest.mark.parametrize("make", [csv_of, xlsx_of])
def test_bad_lines_come_back_as_a_file_that_can_be_imported(
    importer: Importer, worker: Worker, make: Callable[..., bytes]
) -> None:
    one = importer.uploaded(make([HEADING, GOOD, ["=1+1", *OTHER[1:3], "viel", *OTHER[4:]]]))
    importer.tried(one)
    importer.ran(one)
    answer = importer.caller.get(f"{importer.path}/{one['id']}/bad-lines")
    name, rows = worker.fetched(answer)
    assert name == f"客户 未导入.{one['format']}"
    assert rows[0] == [*HEADING, "未导入原因"]
    assert rows[1][-1].startswith("在用设备: ")
    rows[1][3] = "7"
    again = importer.uploaded(make(rows))
    assert again["columns"][-1]["field"] is None
    importer.tried(again)
    assert counts(importer.ran(again)) == (1, 0, 0, 0)
    assert importer.records()[-1]["values"]["name"] == "=1+1"


def test_a_required_field_without_a_column_is_named_in_the_file_of_bad_lines(
    importer: Importer, worker: Worker
) -> None:
    one = importer.whole([["客户编号", "姓名"], ["", "王秀兰"]], mode="both", match="number")
    assert [(fault["column"], fault["field"]) for fault in one["faults"]] == [(None, "phone")]
    _, rows = worker.fetched(importer.caller.get(f"{importer.path}/{one['id']}/bad-lines"))
    assert rows[1] == ["", "王秀兰", "本机号码: 必填。"]


def test_what_is_found_is_updated_and_the_rest_made(importer: Importer) -> None:
    known = make_customer(importer.caller, level="gold", devices=3)
    rows = [
        ["姓名", "本机号码", "在用设备", "客户等级"],
        ["王秀兰", "+86 138 0000 6207", "5", ""],
        ["新客户", "13900000001", "1", "银卡会员"],
    ]
    one = importer.whole(rows, mode="both", match="phone")
    assert counts(one) == (1, 1, 0, 0)
    changed = importer.caller.get(f"/objects/customer/records/{known['id']}").json
    assert (changed["values"]["devices"], changed["values"]["level"]) == (5, "gold")
    assert changed["version"] == 2
    log = importer.caller.get(f"/objects/customer/records/{known['id']}/log").json["items"]
    assert [(entry["action"], [c["field"] for c in entry["changes"]]) for entry in log] == [
        ("update", ["devices"]), ("create", [c["field"] for c in log[1]["changes"]]),
    ]  # fmt: skip
    assert (log[0]["changes"][0]["before"], log[0]["changes"][0]["after"]) == ("3", "5")


def test_the_same_file_again_does_no_harm(importer: Importer) -> None:
    rows = [HEADING[:2], GOOD[:2], OTHER[:2]]
    assert counts(importer.whole(rows, mode="both", match="phone")) == (2, 0, 0, 0)
    assert counts(importer.whole(rows, mode="both", match="phone")) == (0, 0, 2, 0)
    assert [record["version"] for record in importer.records()] == [1, 1]


def test_empty_cells_leave_or_clear(importer: Importer) -> None:
    known = make_customer(importer.caller, address="海尔路 1 号")
    rows = [["客户编号", "地址", "姓名"], [known["key"], "", ""]]
    assert counts(importer.whole(rows, mode="update", match="number")) == (0, 0, 1, 0)
    one = importer.whole(rows, mode="update", match="number", empty="clear")
    assert faults(one) == [(2, "name", "必填。")]
    rows = [["客户编号", "地址"], [known["key"], ""]]
    assert counts(importer.whole(rows, mode="update", match="number", empty="clear"))[1] == 1
    assert importer.records()[0]["values"]["address"] is None


def test_a_line_that_nothing_or_too_much_matches_is_told(importer: Importer) -> None:
    for _ in range(2):
        make_customer(importer.caller, phone="13800000002")
    rows = [HEADING[:2], ["甲", "13800000001"], ["乙", "13800000002"], ["丙", ""]]
    one = importer.whole(rows, mode="update", match="phone")
    assert faults(one) == [
        (2, "phone", "没有匹配的记录。"),
        (3, "phone", "有多条记录与之匹配。"),
        (4, "phone", "必填。"),
    ]


def test_a_number_is_given_by_the_system_and_found_by(importer: Importer) -> None:
    rows = [["客户编号", "姓名", "本机号码"], ["", *GOOD[:2]], ["KH00009999", *OTHER[:2]]]
    one = importer.uploaded(csv_of(rows))
    assert (one["mode"], one["match"]) == ("both", "number")
    importer.tried(one)
    one = importer.ran(one)
    assert counts(one) == (1, 0, 0, 1)
    assert faults(one) == [(3, "number", "没有匹配的记录。")]
    assert importer.records()[0]["key"] == "KH00000001"


def test_a_line_twice_in_the_file_is_told(
    importer: Importer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "BATCH", 2)
    same = ["乙", "13800000001"]
    rows = [HEADING[:2], ["甲", "13800000001"], same, ["丁", "13800000004"], same]
    one = importer.uploaded(csv_of(rows))
    wanted = [(3, "phone", "与第 2 行重复。"), (5, "phone", "与第 2 行重复。")]
    assert faults(importer.tried(one, mode="both", match="phone")) == wanted
    assert faults(importer.ran(one)) == wanted


def test_a_unique_value_is_one_records_alone(
    pump_importer: Importer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "BATCH", 2)
    first = [["name", "code", "size"], ["甲", "A", "1"], ["乙", "B", "2"]]
    assert counts(pump_importer.whole(first)) == (2, 0, 0, 0)
    second = [["name", "code", "size"], ["丙", "A", "3"], ["丁", "C", "4"], ["戊", "C", "5"]]
    one = pump_importer.whole(second)
    assert counts(one) == (1, 0, 0, 2)
    assert [(line, field) for line, field, _ in faults(one)] == [(2, "code"), (4, "code")]
    assert faults(one)[1][2] == "与第 3 行重复。"
    taken = [["code", "size"], ["B", "7"], ["D", "8"]]
    assert counts(pump_importer.whole(taken, mode="update", match="code")) == (0, 1, 0, 1)


def test_somebody_who_was_quicker_costs_one_line_only(
    pump_importer: Importer, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [["name", "code", "size"], ["甲", "A", "1"], ["乙", "B", "2"], ["丙", "C", "3"]]
    one = pump_importer.uploaded(csv_of(rows))
    pump_importer.tried(one)
    looked = Batch.refuse_taken

    def look(self: Batch) -> None:
        looked(self)
        values = {"name": "x", "code": "B", "size": 9}
        made = pump_importer.caller.post("/objects/pump/records", {"values": values})
        assert made.status_code == 201

    monkeypatch.setattr(Batch, "refuse_taken", look)
    done = pump_importer.ran(one)
    assert counts(done) == (2, 0, 0, 1)
    assert [(line, field) for line, field, _ in faults(done)] == [(3, "code")]
    # Nor is a number lost with it.
    monkeypatch.setattr(Batch, "refuse_taken", looked)
    pump_importer.whole([rows[0], ["丁", "D", "4"]])
    made = sorted(record["key"] for record in pump_importer.records())
    assert [int(key[-5:]) for key in made] == [1, 2, 3, 4]


def test_what_a_line_gives_up_a_later_one_may_have(
    pumps: Shaping, admin: Caller, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "BATCH", 1)
    pumps.published(a_field("code", unique=True), a_field("place", unique=True))
    importer, head = Importer(admin, worker, "pump"), ["name", "code", "place"]
    importer.whole([head, ["甲", "A", "1"], ["乙", "B", "2"]])
    one = importer.uploaded(csv_of([head, ["甲", "A", "3"], ["乙", "B", "1"]]))
    importer.tried(one, mode="update", match="code")
    assert counts(importer.ran(one)) == (0, 2, 0, 0)


def test_it_manages_with_the_connections_that_its_worker_has(
    pump_importer: Importer, worker: Worker, seeded: Seeded, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "BATCH", 1)
    monkeypatch.setattr(importing, "MEASURED_EVERY", 1)
    monkeypatch.setattr(jobs, "TOLD_EVERY", 0)
    worker.database = Database(seeded.database.app_url, pool_size=CONNECTIONS, max_overflow=0)
    rows = [[f"泵{n}", f"{n}"] for n in range(5)]
    assert counts(pump_importer.whole([["name", "size"], *rows])) == (5, 0, 0, 0)
    worker.database.dispose()


def test_a_batch_is_read_while_the_one_before_is_written(
    pump_importer: Importer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "BATCH", 1)
    one = pump_importer.uploaded(csv_of([["name", "size"], ["甲", "1"], ["乙", "2"]]))
    pump_importer.tried(one)
    read, write, another = importing.Loader.read, importing.Loader.write, Event()

    def reads(self: Any, session: Any, definition: Any, lines: Any) -> Any:
        if lines[0].number == 3:
            another.set()
        return read(self, session, definition, lines)

    def writes(self: Any, batch: Any) -> Any:
        assert another.wait(10), "the next batch waits for this one"
        return write(self, batch)

    monkeypatch.setattr(importing.Loader, "read", reads)
    monkeypatch.setattr(importing.Loader, "write", writes)
    assert counts(pump_importer.ran(one)) == (2, 0, 0, 0)


def test_a_line_refers_to_one_that_the_batch_before_has_made(
    pumps: Shaping, admin: Caller, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "BATCH", 1)
    pumps.published(a_field("part_of", "reference", settings={"reference": {"object": "pump"}}))
    importer = Importer(admin, worker, "pump")
    one = importer.uploaded(csv_of([["name", "part_of"], ["甲", ""], ["乙", "甲"], ["丙", "乙"]]))
    # A trial keeps nothing that a line could refer to.
    assert [line for line, *_ in faults(importer.tried(one))] == [3, 4]
    assert counts(importer.ran(one)) == (3, 0, 0, 0)


def test_references_are_found_by_key_or_title(importer: Importer, worker: Worker) -> None:
    make_customer(importer.caller, name="王秀兰", phone="13800000001")
    for phone in ("13800000002", "13800000003"):
        make_customer(importer.caller, name="李建国", phone=phone)
    orders = Importer(importer.caller, worker, "work_order")
    order = ["repair_heater_leak", "jsq16e", "漏水"]
    rows = [
        ["business_type", "product", "description", "customer"],
        [*order, "王秀兰"], [*order, "KH00000002"], [*order, "李建国"], [*order, "没有"],
    ]  # fmt: skip
    one = orders.whole(rows)
    assert counts(one) == (2, 0, 0, 2)
    assert [(line, field) for line, field, _ in faults(one)] == [(4, "customer"), (5, "customer")]
    assert faults(one)[0][2] != faults(one)[1][2]
    assert sorted(r["display"]["customer"] for r in orders.records()) == ["李建国", "王秀兰"]


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"columns": ["name", None]}, "columns.0"),
        ({"columns": [None, None]}, "columns"),
        ({"columns": ["name"]}, "columns"),
        ({"columns": ["name", "name"]}, "columns.1"),
        ({"columns": ["name", "number"]}, "columns.1"),
        ({"columns": ["name", "nothing"]}, "columns.1"),
        ({"match": "phone"}, "match"),
        ({"mode": "both"}, "match"),
        ({"mode": "update", "match": "name"}, "match"),
        ({"mode": "update", "match": "phone2"}, "match"),
    ],
)
def test_what_cannot_be_done_with_the_columns_is_refused(
    importer: Importer, changes: dict[str, Any], place: str
) -> None:
    one = importer.uploaded(csv_of([HEADING[:2], GOOD[:2]]))
    wish = importer.wish(one, **changes)
    answer = importer.caller.post(f"{importer.path}/{one['id']}/trial", wish)
    assert answer.status_code == 422
    expected = "columns" if place == "columns.0" else place
    assert list(answer.json["error"]["fields"]) == [expected]


def test_required_fields_without_a_column_are_named(importer: Importer) -> None:
    one = importer.uploaded(csv_of([["姓名"], ["王秀兰"]]))
    answer = importer.caller.post(f"{importer.path}/{one['id']}/trial", importer.wish(one))
    assert "本机号码" in answer.json["error"]["fields"]["columns"][0]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "没有数据"),
        (csv_of([HEADING]), "没有数据"),
        (xlsx_of([]), "没有数据"),
        (csv_of([["姓名", " 姓名"], ["a", "b"]]), "出现了两次"),
        (b"PK\x03\x04broken", "XLSX"),
        (b"\x00\x01\x02", "UTF-8"),
        (b"a\n" + b"x" * (2 * 1024 * 1024), "2 MiB"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_words_and_not_kept(
    importer: Importer, worker: Worker, content: bytes, said: str
) -> None:
    answer = importer.send(content)
    assert answer.status_code == 422
    assert said in answer.json["error"]["fields"]["file"][0]
    assert [path for path in worker.store._folder.rglob("*") if path.is_file()] == []
    assert importer.caller.get(importer.path).json == []


def test_a_run_follows_a_trial_and_is_done_once(importer: Importer, worker: Worker) -> None:
    one = importer.uploaded(csv_of([HEADING, GOOD]))
    run = f"{importer.path}/{one['id']}/run"
    assert importer.caller.post(run).status_code == 409
    importer.tried(one)
    importer.ran(one)
    again = importer.caller.post(run)
    assert (again.status_code, again.json["state"]) == (202, "done")
    worker.work(one["id"])
    assert len(importer.records()) == 1
    trial = importer.caller.post(f"{importer.path}/{one['id']}/trial", importer.wish(one))
    assert trial.status_code == 409


def test_what_is_under_way_is_found_again_and_not_started_twice(importer: Importer) -> None:
    one = importer.uploaded(csv_of([HEADING, GOOD]))
    trial = f"{importer.path}/{one['id']}/trial"
    assert importer.caller.post(trial, importer.wish(one)).json["state"] == "queued"
    assert importer.caller.post(trial, importer.wish(one)).status_code == 409
    gone = importer.caller.send("DELETE", f"{importer.path}/{one['id']}")
    assert gone.status_code == 409
    assert [(item["id"], item["state"]) for item in importer.caller.get(importer.path).json] == [
        (one["id"], "queued")
    ]
    cancelled = importer.caller.post(f"{importer.path}/{one['id']}/cancel").json
    assert cancelled["state"] == "cancelled"
    assert importer.caller.send("DELETE", f"{importer.path}/{one['id']}").status_code == 204
    assert importer.caller.get(importer.path).json == []


class _Sudden(BaseException):
    """The worker is gone: nothing of it runs any more."""


@pytest.mark.parametrize("last", [3, 4])
def test_whoever_follows_a_dead_worker_begins_behind_its_last_batch(
    importer: Importer,
    worker: Worker,
    database: Database,
    office: Office,
    monkeypatch: pytest.MonkeyPatch,
    last: int,
) -> None:
    monkeypatch.setattr(importing, "BATCH", 2)
    people = [[f"客户{n}", f"1380000{n:04d}"] for n in range(1, 9)]
    people[1][1] = "bad"
    people[7][1] = people[0][1]
    one = importer.uploaded(csv_of([HEADING[:2], *people]))
    importer.tried(one, mode="both", match="phone")
    importer.caller.post(f"{importer.path}/{one['id']}/run")
    write, batches = importing.Loader.write, []

    def dies(self: Any, batch: Any) -> Any:
        outcome = write(self, batch)
        batches.append(outcome)
        if len(batches) == last:
            raise _Sudden
        return outcome

    monkeypatch.setattr(importing.Loader, "write", dies)
    with pytest.raises(_Sudden):
        worker.work(one["id"])
    read = importer.read(one)
    assert (read["state"], read["counts"]["rows"]) == ("running", 2 * (last - 1))
    monkeypatch.setattr(importing.Loader, "write", write)
    worker.work(one["id"])
    done = importer.read(one)
    assert (done["state"], counts(done)) == ("done", (6, 0, 0, 2))
    assert [(line, field) for line, field, _ in faults(done)] == [(3, "phone"), (9, "phone")]
    assert len(importer.records()) == 6
    assert len(audited(database, office, "record.import")) == 1


def test_a_run_that_is_called_off_keeps_whole_batches_and_goes_on(
    importer: Importer,
    worker: Worker,
    database: Database,
    redis: Any,
    clock: ManualClock,
    office: Office,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(importing, "BATCH", 2)
    people = [[f"客户{n}", f"1380000{n:04d}"] for n in range(1, 7)]
    one = importer.uploaded(csv_of([HEADING[:2], *people]))
    importer.tried(one)
    importer.caller.post(f"{importer.path}/{one['id']}/run")
    write, batches = importing.Loader.write, []

    def slow(self: Any, batch: Any) -> Any:
        batches.append(write(self, batch))
        clock.advance(1)
        if len(batches) == 2:
            with database.begin(office.scope()) as other:
                job_id = other.scalars(select(Job.id).where(Job.state == "running")).one()
                JobQueue(redis, clock).cancel(other, job_id)
        return batches[-1]

    monkeypatch.setattr(importing.Loader, "write", slow)
    assert worker.work(one["id"]) == JobState.CANCELLED
    stopped = importer.read(one)
    assert (stopped["state"], counts(stopped)) == ("cancelled", (4, 0, 0, 0))
    assert len(importer.records()) == 4
    monkeypatch.setattr(importing.Loader, "write", write)
    assert counts(importer.ran(one)) == (6, 0, 0, 0)
    assert len(importer.records()) == 6
    told = [entry.after["ended"] for entry in audited(database, office, "record.import")]
    assert told == ["cancelled", "done"]


def test_a_long_import_gives_others_their_turn(
    importer: Importer, worker: Worker, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "BATCH", 1)
    one = importer.uploaded(csv_of([HEADING[:2], GOOD[:2], OTHER[:2]]))
    importer.tried(one)
    importer.caller.post(f"{importer.path}/{one['id']}/run")
    write = importing.Loader.write

    def slow(self: Any, batch: Any) -> Any:
        clock.advance(TURN + 1)
        return write(self, batch)

    monkeypatch.setattr(importing.Loader, "write", slow)
    assert worker.work(one["id"]) == JobState.QUEUED
    assert (importer.read(one)["state"], importer.read(one)["done"]) == ("queued", 1)
    assert len(importer.records()) == 1
    monkeypatch.setattr(importing.Loader, "write", write)
    assert worker.work(one["id"]) == JobState.DONE
    assert counts(importer.read(one)) == (2, 0, 0, 0)


def test_however_short_its_turns_each_takes_some_lines(
    importer: Importer, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "BATCH", 1)
    one = importer.uploaded(csv_of([HEADING[:2], GOOD[:2], OTHER[:2]]))
    importer.tried(one)
    importer.caller.post(f"{importer.path}/{one['id']}/run")
    monkeypatch.setattr(jobs, "TURN", -1.0)
    assert [worker.work(one["id"]) for _ in range(2)] == [JobState.QUEUED, JobState.DONE]
    assert counts(importer.read(one)) == (2, 0, 0, 0)


def test_the_planner_is_told_of_many_that_came(
    importer: Importer, seeded: Seeded, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "MEASURED_EVERY", 2)
    table, known = (
        f"{schema_of(office.code)}.customer",
        "SELECT reltuples FROM pg_class WHERE oid = CAST(:table AS regclass)",
    )
    with seeded.owner.connect() as owner:
        importer.whole([HEADING, GOOD, OTHER])
        assert owner.scalar(text(known), {"table": table}) == 2
        # Two of four are no reason to read the table anew.
        importer.whole([HEADING[:2], ["陈海", "13900006209"], ["周燕", "13900006210"]])
        assert owner.scalar(text(known), {"table": table}) == 2


def test_one_entry_in_the_audit_log_tells_of_all(
    importer: Importer, database: Database, office: Office
) -> None:
    importer.whole([HEADING, GOOD, ["", *OTHER[1:]]])
    (entry,) = audited(database, office, "record.import")
    assert (entry.entity, entry.entity_name, entry.actor_code) == (
        "data_object",
        "customer",
        "admin",
    )
    assert entry.ip == "10.0.0.7"
    assert entry.after == {
        "file": "客户.csv", "ended": "done", "rows": 2, "created": 1, "updated": 0,
        "unchanged": 0, "failed": 1,
    }  # fmt: skip
    with database.begin(office.scope()) as session:
        events = session.execute(text("SELECT type, data FROM outbox")).all()
    assert [(row.type, row.data["entity_id"]) for row in events] == [
        ("record.imported", "customer")
    ]


def test_who_may_not_import_is_refused(
    agent: Caller, leader: Caller, inspector: Caller, worker: Worker
) -> None:
    for caller in (agent, leader, inspector):
        other = Importer(caller, worker)
        assert other.send(csv_of([HEADING, GOOD])).status_code == 403
        assert caller.get(other.path).status_code == 403


def test_nobody_sees_anothers_import(
    importer: Importer, conf: Caller, stranger: Caller, worker: Worker
) -> None:
    one = importer.uploaded(csv_of([HEADING, GOOD]))
    importer.tried(one)
    for caller in (conf, stranger):
        other = Importer(caller, worker)
        assert caller.get(other.path).json == []
        for path in ("", "/bad-lines"):
            assert caller.get(f"{other.path}/{one['id']}{path}").status_code == 404
        for verb in ("run", "cancel"):
            assert caller.post(f"{other.path}/{one['id']}/{verb}").status_code == 404
        trial = caller.post(f"{other.path}/{one['id']}/trial", other.wish(one))
        assert trial.status_code == 404
        assert caller.send("DELETE", f"{other.path}/{one['id']}").status_code == 404


def test_who_lost_the_right_meanwhile_imports_nothing(
    importer: Importer, worker: Worker, database: Database, office: Office
) -> None:
    one = importer.uploaded(csv_of([HEADING, GOOD]))
    importer.tried(one)
    importer.caller.post(f"{importer.path}/{one['id']}/run")
    user_id = office.people["admin"].user_id
    with database.begin(office.scope()) as session:
        role = text("UPDATE user_account SET role = :role WHERE id = :id")
        session.execute(role, {"role": "agent", "id": user_id})
    try:
        assert worker.work(one["id"]) == JobState.FAILED
    finally:
        with database.begin(office.scope()) as session:
            session.execute(role, {"role": "admin", "id": user_id})
    read = importer.read(one)
    assert (read["state"], counts(read)) == ("failed", (0, 0, 0, 0))
    assert read["problem"]
    assert importer.records() == []


def test_a_mask_that_comes_back_is_no_change(
    importer: Importer, conf: Caller, worker: Worker
) -> None:
    """Who may not see numbers exports masks, and brings them back beside what was mended."""
    known = make_customer(importer.caller, devices=3)
    mask = conf.get("/objects/customer/records").json["items"][0]["values"]["phone"]
    assert "*" in mask
    blind = Importer(conf, worker)
    rows = [["客户编号", "本机号码", "在用设备"], [known["key"], mask, "4"], ["", mask, "1"]]
    one = blind.whole(rows)
    assert counts(one) == (0, 1, 0, 1)
    assert (3, "phone") in [(line, field) for line, field, _ in faults(one)]
    values = importer.records()[0]["values"]
    assert (values["phone"], values["devices"]) == ("13800006207", 4)


def test_an_object_that_changed_meanwhile_ends_the_import_in_words(
    pumps: Shaping, admin: Caller, worker: Worker
) -> None:
    pumps.published(a_field("size", "integer"))
    importer = Importer(admin, worker, "pump")
    one = importer.uploaded(csv_of([["name", "size"], ["甲", "1"]]))
    importer.tried(one)
    pumps.published(a_field("other"))
    done = importer.ran(one)
    assert (done["state"], counts(done)) == ("failed", (0, 0, 0, 0))
    assert "字段" in done["problem"]


def test_files_are_gone_after_a_day(
    importer: Importer, database: Database, clock: ManualClock, office: Office, worker: Worker
) -> None:
    one = importer.uploaded(csv_of([HEADING, GOOD]))
    files = [path for path in worker.store._folder.rglob("*") if path.is_file()]
    assert len(files) == 1
    for age, left in ((3600, 1), (24 * 3600, 0)):
        clock.advance(age)
        with database.begin(office.scope()) as session:
            for file in files:
                made = clock.now().timestamp() - age - (0 if left else 3600)
                os.utime(file, (made, made))
            tidy(session, office.id, worker.store, clock)
        assert len(importer.caller.get(importer.path).json) == left
    assert not any(file.exists() for file in files)
    assert importer.caller.get(f"{importer.path}/{one['id']}").status_code == 404


def test_loading_numbers_records_in_their_order(importer: Importer) -> None:
    people = [[f"客户{n}", f"1380000{n:04d}"] for n in range(1, 31)]
    importer.whole([HEADING[:2], *people])
    made = sorted(importer.records(page_size=50), key=lambda record: record["key"])
    assert [record["title"] for record in made] == [name for name, _ in people]
    assert made[-1]["key"] == "KH00000030"


def test_an_unknown_object_has_no_imports(importer: Importer, worker: Worker) -> None:
    other = Importer(importer.caller, worker, "nothing")
    assert other.send(csv_of([HEADING, GOOD])).status_code == 404
    assert importer.caller.get(other.path).status_code == 404
