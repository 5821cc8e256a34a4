"""Lines of a record: parts that belong to a job, entered and kept together with it."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select

from callcenter.core.clock import ManualClock
from callcenter.core.db import Database
from callcenter.objects.service import Records
from callcenter.processes.means import means
from tests.integration.objects.firm import RIGHTS, Firm, a_document, make
from tests.integration.objects.shaping import a_field
from tests.support.office import Caller, Office

pytestmark = pytest.mark.integration

REPAIRS, PARTS = "/objects/repair/records", "/objects/part/records"
LINES = {
    "object": "part", "by": "repair", "columns": ["name", "amount"], "order": "place",
    "sum": "amount", "most": 4,
}  # fmt: skip


def parts(**more: Any) -> dict[str, Any]:
    repair = {"reference": {"object": "repair"}}
    return a_document("part", "base", [
        a_field("repair", "reference", indexed=True, settings=repair),
        a_field("amount", "money", settings={"min": 0}),
        a_field("serial_no", unique=True),
        a_field("cost", "money", rights={"agent": "hide"}),
        a_field("place", "integer", read_only=True),
    ], **more)  # fmt: skip


def repairs(**more: Any) -> dict[str, Any]:
    field = a_field("parts", "details", settings={"details": LINES}, **more)
    return a_document("repair", "work_order", [field])


@pytest.fixture
def shop(firm: Firm) -> Firm:
    firm.keeps(repairs(), parts())
    return firm


@pytest.mark.parametrize(("indexed", "wrong"), [(True, []), (False, ["parts.details"])])
def test_only_records_that_are_looked_up_by_what_they_belong_to_become_its_lines(
    firm: Firm, conf: Caller, indexed: bool, wrong: list[str]
) -> None:
    lines = parts()
    (by,) = (each for each in lines["groups"][0]["fields"] if each["key"] == "repair")
    by["indexed"] = indexed
    firm.keeps(a_document("repair", "work_order", []), lines)
    design = conf.get("/design/objects/repair").json
    fields = design["document"]["groups"][0]["fields"]
    fields.append(a_field("parts", "details", settings={"details": LINES}))
    draft = {"document": design["document"]}
    answer = conf.send("PUT", "/design/objects/repair/draft", draft, version=design["version"])
    assert [problem["path"] for problem in answer.json["problems"]] == wrong


def new(**values: Any) -> dict[str, Any]:
    return {"values": values}


def kept(line: Mapping[str, Any], **values: Any) -> dict[str, Any]:
    return {"id": line["id"], "version": line["version"], "values": values}


def a_repair(caller: Caller, *lines: Mapping[str, Any]) -> dict[str, Any]:
    made = make(caller, REPAIRS, "漏水", parts=[*lines])
    return read(caller, made)


def read(caller: Caller, repair_id: str) -> dict[str, Any]:
    answer = caller.get(f"{REPAIRS}/{repair_id}")
    assert answer.status_code == 200, answer.json
    record: dict[str, Any] = answer.json
    return record


def save(caller: Caller, repair: Mapping[str, Any], *lines: Mapping[str, Any], **more: Any) -> Any:
    body = {"values": {"parts": [*lines], **more}}
    return caller.send("PATCH", f"{REPAIRS}/{repair['id']}", body, version=repair["version"])


def said(repair: Mapping[str, Any]) -> list[tuple[str, str | None]]:
    return [(line["title"], line["values"]["amount"]) for line in repair["values"]["parts"]]


def test_a_new_record_comes_with_its_lines(shop: Firm, admin: Caller) -> None:
    repair = a_repair(admin, new(name="密封圈", amount="12"), new(name="滤芯", amount="30.5"))
    assert said(repair) == [("密封圈", "12.00"), ("滤芯", "30.50")]
    listed = admin.get(PARTS).json["items"]
    assert {line["values"]["repair"] for line in listed} == {repair["id"]}
    assert admin.get(REPAIRS).json["items"][0]["values"]["parts"] is None


def test_lines_are_added_changed_ordered_and_removed_with_one_version(
    shop: Firm, admin: Caller
) -> None:
    before = a_repair(admin, new(name="甲", amount="1"), new(name="乙"), new(name="丙"))
    first, _, third = before["values"]["parts"]
    answer = save(admin, before, kept(third), kept(first, amount="2"), new(name="丁"), name="滴水")
    assert answer.status_code == 200, answer.json
    after = read(admin, before["id"])
    assert said(after) == [("丙", None), ("甲", "2.00"), ("丁", None)]
    assert (after["title"], after["version"]) == ("滴水", before["version"] + 1)
    assert save(admin, before, kept(first)).status_code == 412


def test_a_record_that_is_sent_twice_is_made_once(shop: Firm, admin: Caller) -> None:
    body = {"values": {"name": "漏水", "parts": [new(name="甲")]}}
    twice = [admin.send("POST", REPAIRS, body, key="the-same-key").json for _ in range(2)]
    assert twice[0] == twice[1]
    assert admin.get(PARTS).json["total"] == 1


def test_saving_the_same_lines_again_changes_nothing(shop: Firm, admin: Caller) -> None:
    before = a_repair(admin, new(name="甲", amount="1"))
    answer = save(admin, before, kept(before["values"]["parts"][0], amount="1.0"))
    assert (answer.status_code, answer.json["version"]) == (200, before["version"])
    assert answer.json["values"]["parts"][0]["version"] == 1


def test_a_fault_names_line_and_field_and_nothing_is_kept(shop: Firm, admin: Caller) -> None:
    before = a_repair(admin, new(name="甲"))
    line = before["values"]["parts"][0]
    answer = save(admin, before, kept(line, name="己"), new(amount="-1"), new(name="戊"), name="x")
    assert answer.status_code == 422
    assert set(answer.json["error"]["fields"]) == {"parts.1.name", "parts.1.amount"}
    assert read(admin, before["id"]) == before
    assert admin.get(PARTS).json["total"] == 1


def test_a_value_that_another_line_has_is_refused_at_its_line(shop: Firm, admin: Caller) -> None:
    body = {"name": "x", "parts": [new(name="甲", serial_no="S1"), new(name="乙", serial_no="S1")]}
    answer = admin.post(REPAIRS, {"values": body})
    assert (answer.status_code, [*answer.json["error"]["fields"]]) == (422, ["parts.1.serial_no"])
    assert admin.get(REPAIRS).json["total"] == admin.get(PARTS).json["total"] == 0


def test_what_is_no_line_of_this_record_is_refused(shop: Firm, admin: Caller) -> None:
    mine, other = a_repair(admin, new(name="甲")), a_repair(admin, new(name="乙"))
    foreign = kept(other["values"]["parts"][0], name="x")
    for wrong in (
        [foreign],
        ["x"],
        [{"id": "x", "values": {}}],
        [new(name=str(n)) for n in range(5)],
    ):
        answer = save(admin, mine, *wrong)
        assert answer.status_code == 422, (wrong, answer.json)
    moved = kept(mine["values"]["parts"][0], repair=other["id"])
    assert save(admin, mine, moved).status_code == 200
    assert [len(read(admin, one["id"])["values"]["parts"]) for one in (mine, other)] == [1, 1]


def test_a_line_that_somebody_else_changed_is_not_overwritten(shop: Firm, admin: Caller) -> None:
    before = a_repair(admin, new(name="甲"))
    line = before["values"]["parts"][0]
    admin.send("PATCH", f"{PARTS}/{line['id']}", {"values": {"name": "乙"}}, version=1)
    assert save(admin, before, kept(line, name="丙")).status_code == 412
    assert save(admin, before, kept(line), new(name="丁")).status_code == 200
    assert [title for title, _ in said(read(admin, before["id"]))] == ["乙", "丁"]


def test_rights_of_the_lines_object_hold(firm: Firm, admin: Caller, agent: Caller) -> None:
    reading = {**RIGHTS, "create": {"admin": "all"}, "edit": {"admin": "all"}}
    firm.keeps(repairs(), parts(permissions=reading))
    answer = agent.post(REPAIRS, {"values": {"name": "x", "parts": [new(name="甲")]}})
    assert answer.status_code == 403
    mine = make(agent, REPAIRS, "漏水")
    # The agent reaches his own alone: somebody else's line is neither seen nor lost by his saving.
    whole = read(admin, mine)
    assert save(admin, whole, new(name="甲", cost="5")).status_code == 200
    seen = read(agent, mine)
    assert seen["values"]["parts"] == []
    assert save(agent, seen, name="滴水").status_code == 200
    assert said(read(admin, mine)) == [("甲", None)]


def test_a_hidden_field_of_a_line_is_neither_shown_nor_taken(shop: Firm, agent: Caller) -> None:
    repair = a_repair(agent, new(name="甲"))
    line = repair["values"]["parts"][0]
    assert "cost" not in line["values"]
    answer = save(agent, repair, kept(line, cost="1"))
    assert (answer.status_code, [*answer.json["error"]["fields"]]) == (422, ["parts.0.cost"])


def test_required_lines_must_be_there(firm: Firm, admin: Caller) -> None:
    firm.keeps(repairs(required=True), parts())
    assert admin.post(REPAIRS, {"values": {"name": "x"}}).status_code == 422
    repair = a_repair(admin, new(name="甲"))
    answer = save(admin, repair)
    assert (answer.status_code, [*answer.json["error"]["fields"]]) == (422, ["parts"])
    assert save(admin, repair, kept(repair["values"]["parts"][0]), name="y").status_code == 200


def test_history_says_what_became_of_which_lines(shop: Firm, admin: Caller) -> None:
    before = a_repair(admin, new(name="甲"), new(name="乙"))
    first = before["values"]["parts"][0]
    save(admin, before, kept(first, amount="3"), new(name="丙"))
    log = admin.get(f"{REPAIRS}/{before['id']}/log").json["items"]
    assert log[0]["note"].split("\n") == [
        "parts：新增 丙",
        "parts：修改 甲",
        "parts：删除 乙（已删除）",
    ]
    assert log[1]["note"] == "parts：新增 甲, 乙（已删除）"
    of_line = admin.get(f"{PARTS}/{first['id']}/log").json["items"]
    assert [change["field"] for change in of_line[0]["changes"]] == ["amount"]


def test_lines_go_with_their_record_and_come_back_with_it(
    shop: Firm, admin: Caller, clock: ManualClock
) -> None:
    before = a_repair(admin, new(name="甲"), new(name="乙"))
    save(admin, before, kept(before["values"]["parts"][0]))
    clock.advance(1)
    now = read(admin, before["id"])
    path = f"{REPAIRS}/{now['id']}"
    assert admin.send("DELETE", path, version=now["version"]).status_code == 204
    assert admin.get(PARTS).json["total"] == 0
    binned = admin.get("/objects/repair/recycle-bin").json["items"][0]
    answer = admin.send(
        "POST", f"/objects/repair/recycle-bin/{now['id']}/restore", version=binned["version"]
    )
    assert answer.status_code == 200, answer.json
    assert said(answer.json) == [("甲", None)]


def test_no_version_of_the_lines_comes_into_force_while_they_are_deleted(
    shop: Firm, admin: Caller, database: Database, office: Office, clock: ManualClock
) -> None:
    repair = a_repair(admin, new(name="甲"))
    as_publisher = select(func.pg_try_advisory_xact_lock(
        func.hashtextextended(f"e{office.code}.part", 0)
    ))  # fmt: skip
    with database.begin(office.scope()) as session, database.begin(office.scope()) as other:
        Records(means(clock)).delete(session, "repair", UUID(repair["id"]), repair["version"])
        assert other.scalar(as_publisher) is False
    with database.begin(office.scope()) as other:
        assert other.scalar(as_publisher) is True


def test_lines_of_merged_records_are_the_survivors(shop: Firm, admin: Caller) -> None:
    one, other = a_repair(admin, new(name="甲")), a_repair(admin, new(name="乙"))
    body = {"others": [{"id": other["id"], "version": other["version"]}], "values": {}}
    answer = admin.send("POST", f"{REPAIRS}/{one['id']}/merge", body, version=one["version"])
    assert answer.status_code == 200, answer.json
    assert {title for title, _ in said(read(admin, one["id"]))} == {"甲", "乙"}


def test_purging_takes_the_lines_along(shop: Firm, admin: Caller) -> None:
    repair = a_repair(admin, new(name="甲"))
    admin.send("DELETE", f"{REPAIRS}/{repair['id']}", version=repair["version"])
    binned = admin.get("/objects/repair/recycle-bin").json["items"][0]
    path = f"/objects/repair/recycle-bin/{repair['id']}"
    assert admin.send("DELETE", path, version=binned["version"]).status_code == 204
    assert admin.get("/objects/part/recycle-bin").json["total"] == 0
