"""A list goes out into a file: as it is filtered and sorted, as its maker may see it, to nobody else."""

import re
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select

from callcenter.core.audit import AuditEntry
from callcenter.core.clock import ManualClock
from callcenter.core.db import Database
from callcenter.core.jobs import JobState
from callcenter.objects.service.transfer import exporting
from tests.integration.objects.files import Importer, Worker, csv_of, xlsx_of
from tests.integration.objects.shaping import Shaping, a_field, a_pump
from tests.integration.objects.test_records import make_customer, make_order
from tests.support.office import Caller, Office

pytestmark = pytest.mark.integration

EXPORTS = "/objects/customer/exports"
COLUMNS = ["number", "name", "phone", "level"]


def asked(caller: Caller, path: str = EXPORTS, **wish: Any) -> dict[str, Any]:
    answer = caller.post(path, {"format": "csv", "columns": COLUMNS, **wish})
    assert answer.status_code == 202, answer.json
    made: dict[str, Any] = answer.json
    return made


def exported(caller: Caller, worker: Worker, path: str = EXPORTS, **wish: Any) -> list[list[Any]]:
    one = asked(caller, path, **wish)
    assert worker.work(one["id"]) == JobState.DONE
    return worker.fetched(caller.get(f"{path}/{one['id']}/file"))[1]


def test_the_list_goes_out_as_people_read_it(admin: Caller, worker: Worker) -> None:
    make_customer(admin, level="gold")
    one = asked(admin)
    assert (one["state"], one["name"]) == ("queued", "客户 2026-11-24.csv")
    worker.work(one["id"])
    name, rows = worker.fetched(admin.get(f"{EXPORTS}/{one['id']}/file"))
    assert name == "客户 2026-11-24.csv"
    assert rows == [
        ["客户编号", "姓名", "本机号码", "客户等级"],
        ["KH00000001", "王秀兰", "13800006207", "金卡会员"],
    ]
    read = admin.get(f"{EXPORTS}/{one['id']}").json
    assert (read["state"], read["counts"]["rows"], read["done"]) == ("done", 1, 1)


def test_it_is_filtered_searched_and_sorted_as_the_list_is(admin: Caller, worker: Worker) -> None:
    for name, level in (("甲一", "gold"), ("甲二", "gold"), ("乙三", "gold"), ("甲四", "silver")):
        make_customer(admin, name=name, level=level)
    wish = {"filters": {"f.level": "gold"}, "q": "甲", "sort": "-number", "columns": ["name"]}
    assert exported(admin, worker, **wish) == [["姓名"], ["甲二"], ["甲一"]]


def test_more_than_a_batch_goes_out_whole(
    admin: Caller, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "BATCH", 7)
    people = [[f"客户{n}", f"1380000{n:04d}"] for n in range(1, 31)]
    Importer(admin, worker).whole([["姓名", "本机号码"], *people])
    rows = exported(admin, worker, columns=["name", "phone"], sort="number")
    assert rows[1:] == people


def test_values_have_their_types_in_a_spreadsheet(
    pumps: Shaping, admin: Caller, leader: Caller, worker: Worker
) -> None:
    pumps.published(
        a_field("price", "money"), a_field("share", "decimal", settings={"places": 3}),
        a_field("count", "integer"), a_field("made", "date"), a_field("seen", "datetime"),
        a_field("good", "boolean"), a_field("who", "user"), a_field("at", "time"),
    )  # fmt: skip
    a_pump(
        admin, price="-1299.5", share="0.125", count=7, made="2026-11-24", at="09:30",
        seen="2026-11-24T02:00:00Z", good=True,
    )  # fmt: skip
    keys = ["price", "share", "count", "made", "seen", "good", "who", "at", "created_at"]
    rows = exported(admin, worker, "/objects/pump/exports", format="xlsx", columns=keys)
    assert rows[0][-1] == "创建时间"
    price, share, count, made, seen, good, who, at, created = rows[1]
    assert (price, share, count, good, who) == (-1299.5, 0.125, 7, "是", None)
    assert (made.date().isoformat(), at.isoformat("minutes")) == ("2026-11-24", "09:30")
    # In the enterprise's zone.
    assert seen.isoformat() == created.isoformat() == "2026-11-24T10:00:00"
    assert isinstance(made, datetime)


def test_names_stand_for_people_and_other_records(
    admin: Caller, worker: Worker, office: Office
) -> None:
    customer = make_customer(admin)
    make_order(admin, customer=customer["id"], assignee=str(office.people["agent"].user_id))
    path = "/objects/work_order/exports"
    rows = exported(admin, worker, path, columns=["customer", "assignee", "business_type"])
    assert rows[1][:2] == ["王秀兰", "林晓彤"]
    assert " / " in rows[1][2]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_numbers_stay_masked_for_who_may_not_see_them(
    admin: Caller, conf: Caller, worker: Worker, form: str
) -> None:
    make_customer(admin)
    assert exported(admin, worker, format=form)[1][2] == "13800006207"
    masked = exported(conf, worker, format=form)[1][2]
    assert re.fullmatch(r"138 \*+ 6207", masked)


FORMULAS = ['=HYPERLINK("http://x")', "+1", "-1", "@SUM(A1)"]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_what_looks_like_a_formula_goes_out_as_text_and_comes_back_as_it_was(
    admin: Caller, worker: Worker, form: str
) -> None:
    for place, name in enumerate(FORMULAS):
        make_customer(admin, name=name, phone=f"1380000000{place}")
    rows = exported(admin, worker, format=form, columns=["name", "phone"], sort="number")
    names = [row[0] for row in rows[1:]]
    assert names == ([f"'{name}" for name in FORMULAS] if form == "csv" else FORMULAS)
    importer = Importer(admin, worker)
    made = csv_of(rows) if form == "csv" else xlsx_of(rows)
    one = importer.uploaded(made)
    importer.tried(one, mode="update", match="phone")
    assert importer.ran(one)["counts"]["unchanged"] == len(FORMULAS)


def test_an_export_can_be_imported_again_without_a_change(admin: Caller, worker: Worker) -> None:
    make_customer(
        admin, level="gold", devices=3, since="2026-01-04", tags=["elderly"], notes="一\n二",
        region=None,
    )  # fmt: skip
    fields = admin.get("/objects/customer").json["fields"]
    keys = [field["key"] for field in fields]
    rows = exported(admin, worker, columns=keys)
    importer = Importer(admin, worker)
    one = importer.uploaded(csv_of(rows))
    assert [column["field"] for column in one["columns"]] == keys
    importer.tried(one)
    done = importer.ran(one)
    assert done["counts"] == {
        "rows": 1, "created": 0, "updated": 0, "unchanged": 1, "failed": 0,
    }, done["faults"]  # fmt: skip


def test_the_audit_log_tells_what_went_out_and_no_number(
    admin: Caller, worker: Worker, database: Database, office: Office
) -> None:
    make_customer(admin)
    exported(admin, worker, q="13800006207", filters={"f.phone": "13800006207"}, sort="number")
    with database.begin(office.scope()) as session:
        query = select(AuditEntry).where(AuditEntry.action == "record.export")
        entry = session.scalars(query).one()
    assert (entry.entity_name, entry.actor_code, entry.ip) == ("customer", "admin", "10.0.0.7")
    assert entry.after == {
        "rows": 1, "form": "csv", "columns": COLUMNS, "q": "…", "sort": "number",
        "filters": {"f.phone": "…"},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        ({"columns": ["name", "nothing"]}, "columns.nothing"),
        ({"filters": {"f.nothing": "x"}}, "f.nothing"),
        ({"filters": {"f.phone.from": "138"}}, "f.phone.from"),
        ({"sort": "phone"}, "sort"),
        ({"columns": []}, "columns"),
        ({"format": "exe"}, "format"),
    ],
)
def test_what_no_list_could_show_is_refused(
    admin: Caller, wish: dict[str, Any], field: str
) -> None:
    answer = admin.post(EXPORTS, {"format": "csv", "columns": COLUMNS, **wish})
    assert answer.status_code == 422
    assert list(answer.json["error"]["fields"]) == [field]


def test_the_same_key_again_is_one_export(admin: Caller) -> None:
    body = {"format": "csv", "columns": COLUMNS}
    first, again = (admin.post(EXPORTS, body, key="export-once") for _ in range(2))
    assert first.json["id"] == again.json["id"]
    assert len(admin.get(EXPORTS).json) == 1


def test_who_may_not_export_is_refused(agent: Caller, inspector: Caller, leader: Caller) -> None:
    for caller in (agent, inspector):
        assert caller.post(EXPORTS, {"format": "csv", "columns": COLUMNS}).status_code == 403
        assert caller.get(EXPORTS).status_code == 403
    assert leader.get(EXPORTS).json == []


def test_only_its_maker_fetches_a_file(
    admin: Caller, conf: Caller, stranger: Caller, worker: Worker
) -> None:
    make_customer(admin)
    one = asked(admin)
    assert admin.get(f"{EXPORTS}/{one['id']}/file").status_code == 404, "not yet"
    worker.work(one["id"])
    for caller in (conf, stranger):
        assert caller.get(EXPORTS).json == []
        for path in ("", "/file"):
            assert caller.get(f"{EXPORTS}/{one['id']}{path}").status_code == 404
        assert caller.post(f"{EXPORTS}/{one['id']}/cancel").status_code == 404
        assert caller.send("DELETE", f"{EXPORTS}/{one['id']}").status_code == 404
    assert admin.send("DELETE", f"{EXPORTS}/{one['id']}").status_code == 204
    assert admin.get(f"{EXPORTS}/{one['id']}/file").status_code == 404


def test_another_enterprises_records_never_go_out(
    admin: Caller, stranger: Caller, worker: Worker, other: Office, database: Database
) -> None:
    make_customer(admin)
    theirs = Worker(database, worker.redis, worker.clock, worker.store, other, worker.owner)
    assert exported(stranger, theirs) == [["客户编号", "姓名", "本机号码", "客户等级"]]


def test_an_export_that_is_called_off_leaves_no_file(
    admin: Caller, worker: Worker, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "BATCH", 1)
    for phone in ("13800000001", "13800000002"):
        make_customer(admin, phone=phone)
    one = asked(admin)
    cell = exporting._cell

    def slow(*given: Any) -> Any:
        clock.advance(1)
        if admin.get(f"{EXPORTS}/{one['id']}").json["state"] == "running":
            admin.post(f"{EXPORTS}/{one['id']}/cancel")
        return cell(*given)

    monkeypatch.setattr(exporting, "_cell", slow)
    assert worker.work(one["id"]) == JobState.CANCELLED
    assert admin.get(f"{EXPORTS}/{one['id']}").json["state"] == "cancelled"
    assert [path for path in worker.store._folder.rglob("*") if path.is_file()] == []
