"""The recycle bin: what is deleted comes back, or goes for good with everything of it."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete as delete_rows
from sqlalchemy import func, select

from callcenter.core.audit import Audit, AuditEntry
from callcenter.core.clock import ManualClock
from callcenter.core.db import Database
from callcenter.core.tenant import Scope
from callcenter.instruments.service import OwnFiles
from callcenter.objects.models import Attachment, RecordChange, RecordComment, RecordMerge
from callcenter.objects.service import Files, RecycleBin, recycling
from callcenter.processes import bins as emptying
from callcenter.processes.bins import DAYS, Bins
from callcenter.processes.means import means
from callcenter.tenancy.models import Option
from callcenter.tenancy.service import Options
from tests.integration.objects.people import (
    BIN,
    a_customer,
    an_order,
    change,
    delete,
    history,
    place,
    read,
)
from tests.integration.objects.shaping import RECORDS, Shaping, a_field, a_pump
from tests.support.office import Caller, Office

pytestmark = pytest.mark.integration


def binned(caller: Caller, **query: object) -> list[dict]:
    answer = caller.get(BIN, **query)
    assert answer.status_code == 200, answer.json
    return answer.json["items"]


def test_what_is_deleted_lies_in_the_bin_and_comes_back_as_it_was(
    agent: Caller, admin: Caller
) -> None:
    record = a_customer(agent, devices=2)
    delete(admin, record)
    (lying,) = binned(admin)
    assert (lying["title"], lying["deleted_by"]["name"]) == ("王秀兰", "管理员")
    assert lying["deleted_at"] == "2026-11-24T02:00:00+00:00"
    assert lying["merged_into"] is None
    path = f"{BIN}/{record['id']}/restore"
    assert admin.post(path, version=1).status_code == 412
    restored = admin.post(path, version=lying["version"])
    assert restored.status_code == 200, restored.json
    assert read(agent, record)["values"]["devices"] == 2
    assert binned(admin) == []
    assert [line["action"] for line in history(agent, record)] == ["restore", "delete", "create"]


def test_the_bin_is_searched_and_paged(agent: Caller, admin: Caller) -> None:
    for name in ("王秀兰", "张丽", "王芳"):
        delete(admin, a_customer(agent, name=name))
    a_customer(agent, name="王在")
    assert {one["title"] for one in binned(admin, q="wang")} == {"王秀兰", "王芳"}
    page = admin.get(BIN, page=2, page_size=2).json
    assert (page["total"], len(page["items"])) == (3, 1)
    assert admin.get(BIN, sort="name").status_code == 422


def test_only_who_may_delete_sees_and_empties_it(
    agent: Caller, inspector: Caller, admin: Caller
) -> None:
    record = a_customer(agent)
    delete(admin, record)
    for caller in (agent, inspector):
        assert caller.get(BIN).status_code == 403
        assert caller.post(f"{BIN}/{record['id']}/restore", version=2).status_code == 403
        assert caller.send("DELETE", f"{BIN}/{record['id']}", version=2).status_code == 403


def test_another_enterprises_bin_is_its_own(agent: Caller, admin: Caller, stranger: Caller) -> None:
    record = a_customer(agent)
    delete(admin, record)
    assert binned(stranger) == []
    assert stranger.post(f"{BIN}/{record['id']}/restore", version=2).status_code == 404
    assert stranger.send("DELETE", f"{BIN}/{record['id']}", version=2).status_code == 404


def test_what_is_in_use_is_not_in_the_bin(agent: Caller, admin: Caller) -> None:
    record = a_customer(agent)
    assert admin.post(f"{BIN}/{record['id']}/restore", version=1).status_code == 404
    assert admin.send("DELETE", f"{BIN}/{record['id']}", version=1).status_code == 404


def test_a_value_that_is_taken_meanwhile_keeps_a_record_in_the_bin(
    pumps: Shaping, conf: Caller
) -> None:
    pumps.published(a_field("plate", unique=True))
    record = a_pump(conf, plate="A1")
    delete(conf, record)
    a_pump(conf, plate="A1")
    path = f"/objects/pump/recycle-bin/{record['id']}"
    refused = conf.post(f"{path}/restore", version=2)
    assert refused.status_code == 422
    assert refused.json["error"]["fields"] == {"plate": ["已有记录使用这个值。"]}
    assert conf.get("/objects/pump/recycle-bin").json["total"] == 1
    assert conf.get(RECORDS).json["total"] == 1


def test_a_reference_to_a_deleted_record_says_so(agent: Caller, admin: Caller) -> None:
    customer = a_customer(agent)
    order = an_order(agent, customer=customer["id"])
    delete(admin, customer)
    assert read(agent, order)["display"]["customer"] == "王秀兰（已删除）"
    admin.send("DELETE", f"{BIN}/{customer['id']}", version=2)
    assert read(agent, order)["display"]["customer"] == "已彻底删除"


def test_purging_takes_everything_but_the_audit(
    agent: Caller, admin: Caller, database: Database, office: Office, attachments: Path
) -> None:
    record = a_customer(agent)
    agent.post(f"{place(record)}/comments", {"text": "x"})
    send = agent.client.post(
        f"/api/v1{place(record)}/attachments?name=a.txt",
        data="hello",
        headers={"X-CSRF-Token": "csrf-of-the-test"},
    )
    assert send.status_code == 201, send.json
    delete(admin, record)
    path = f"{BIN}/{record['id']}"
    assert admin.send("DELETE", path, version=7).status_code == 412
    assert admin.send("DELETE", path, version=2).status_code == 204
    assert binned(admin) == []
    with database.begin(office.scope()) as session:
        for model in (RecordChange, RecordComment, Attachment, RecordMerge):
            assert session.scalar(select(func.count()).select_from(model)) == 0, model
        query = select(AuditEntry).where(AuditEntry.action == "record.purge")
        entry = session.scalars(query).one()
    assert (entry.entity_name, entry.actor_name) == ("KH00000001", "管理员")
    assert [each for each in attachments.rglob("*") if each.is_file()] == []


@pytest.fixture
def kept_days(database: Database, office: Office) -> Iterator[Callable[[float], None]]:
    """For how long the enterprise keeps what is deleted."""
    with database.begin(Scope.platform()) as session:
        option = Option(key=DAYS, kind="number", label={}, default={"value": 90})
        session.add(option)

    def change(days: float) -> None:
        with database.begin(Scope.platform()) as session:
            Options().set(session, office.id, {DAYS: days})

    yield change
    with database.begin(Scope.platform()) as session:
        session.execute(delete_rows(Option).where(Option.key == DAYS))


@pytest.mark.usefixtures("kept_days")
def test_housekeeping_purges_what_has_lain_long_enough(
    agent: Caller, admin: Caller, database: Database, office: Office, clock: ManualClock,
    tmp_path: Path,
) -> None:  # fmt: skip
    delete(admin, a_customer(agent, name="旧"))
    clock.advance(timedelta(days=60).total_seconds())
    delete(admin, a_customer(agent, name="新"))
    clock.advance(timedelta(days=31).total_seconds())
    bins(database, clock, tmp_path).empty(office.id)
    assert [one["title"] for one in binned(admin)] == ["新"]


def test_each_round_takes_a_part_until_nothing_is_left(
    agent: Caller, admin: Caller, database: Database, office: Office, clock: ManualClock,
    tmp_path: Path, kept_days: Callable[[float], None], monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    kept_days(1)
    for module in (recycling, emptying):
        monkeypatch.setattr(module, "BATCH", 2)
    for _ in range(5):
        delete(admin, a_customer(agent))
    clock.advance(timedelta(days=2).total_seconds())
    housekeeping, left = bins(database, clock, tmp_path), []
    for _ in range(3):
        housekeeping.empty(office.id)
        left.append(len(binned(admin)))
    assert left == [3, 1, 0]


def test_an_enterprise_may_keep_it_for_ever(
    agent: Caller, admin: Caller, database: Database, office: Office, clock: ManualClock,
    tmp_path: Path, kept_days: Callable[[float], None],
) -> None:  # fmt: skip
    kept_days(0)
    delete(admin, a_customer(agent))
    clock.advance(timedelta(days=4000).total_seconds())
    bins(database, clock, tmp_path).empty(office.id)
    assert len(binned(admin)) == 1


def bins(database: Database, clock: ManualClock, folder: Path) -> Bins:
    files = Files(folder, clock)
    own = OwnFiles(folder / "own", lambda _: 1, Audit(clock), clock)
    return Bins(database, RecycleBin(means(clock), files), files, own, clock)


def test_a_change_that_comes_too_late_meets_no_record(agent: Caller, admin: Caller) -> None:
    record = a_customer(agent)
    delete(admin, record)
    answer = agent.send("PATCH", place(record), {"values": {"name": "x"}}, version=1)
    assert answer.status_code == 404
    restored = admin.post(f"{BIN}/{record['id']}/restore", version=2).json
    assert change(agent, restored, name="李强")["title"] == "李强"
