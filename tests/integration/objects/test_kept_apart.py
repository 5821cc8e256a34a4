"""Files, rich text, regions and who made a record, as fields: in, out, listed, and kept from whom they are."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from callcenter.core.clock import ManualClock
from callcenter.core.db import Database
from callcenter.objects.service import Files
from tests.integration.objects.files import Importer, Worker
from tests.integration.objects.firm import RIGHTS, Firm, a_document, make, names
from tests.integration.objects.shaping import a_field
from tests.integration.objects.test_exports import exported
from tests.support.office import CSRF, Caller, Office

pytestmark = pytest.mark.integration

VISITS = "/objects/visit/records"
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 32
PDF = b"%PDF-1.7\n" + b"x" * 32


@pytest.fixture
def visits(firm: Firm) -> Firm:
    everybody = {act: {**roles, "agent": "all"} for act, roles in RIGHTS.items()}
    firm.keeps(a_document("visit", "base", [
        a_field("photo", "image", settings={"most": 2}),
        a_field("secret", "file", settings={"kinds": ["pdf"], "largest": 1},
                rights={"leader": "hide"}),
        a_field("report", "rich_text", searched=True),
        a_field("place", "region", indexed=True, searched=True),
        a_field("made_at", "created_at"), a_field("made_by", "created_by"),
        a_field("saved_by", "updated_by", rights={"leader": "mask"}),
        a_field("saved_at", "updated_at"),
    ], permissions=everybody | {"delete": {"agent": "all"}, "export": {"admin": "all"},
                     "import": {"admin": "all"}}))  # fmt: skip
    return firm


def send(caller: Caller, field: str, content: bytes, name: str) -> Any:
    return caller.client.post(
        "/api/v1/objects/visit/files", query_string={"field": field, "name": name}, data=content,
        headers={"X-CSRF-Token": CSRF},
    )  # fmt: skip


def sent(caller: Caller, field: str = "photo", content: bytes = PNG, name: str = "门.png") -> Any:
    answer = send(caller, field, content, name)
    assert answer.status_code == 201, answer.json
    return answer.json


def fetch(caller: Caller, record: str, file: dict[str, Any]) -> int:
    answer = caller.get(f"{VISITS}/{record}/attachments/{file['id']}/content")
    status: int = answer.status_code
    return status


def read(caller: Caller, record: str) -> dict[str, Any]:
    answer: dict[str, Any] = caller.get(f"{VISITS}/{record}").json
    return answer


def save(caller: Caller, record: str, **values: Any) -> Any:
    version = read(caller, record)["version"]
    return caller.send("PATCH", f"{VISITS}/{record}", {"values": values}, version=version)


def test_a_record_takes_files_that_were_sent_before(visits: Firm, agent: Caller) -> None:
    first, second = sent(agent), sent(agent, name="表 1.png")
    made = make(agent, VISITS, "上门", photo=[first["id"], second["id"]])
    seen = read(agent, made)
    assert seen["values"]["photo"] == [first, second]
    assert seen["display"]["photo"] == "门.png, 表 1.png"
    assert fetch(agent, made, first) == 200
    assert agent.get(f"{VISITS}/{made}/attachments").json["items"] == []
    assert save(agent, made, photo=[second]).json["values"]["photo"] == [second]
    assert fetch(agent, made, first) == 404
    log = agent.get(f"{VISITS}/{made}/log").json["items"]
    assert log[0]["changes"][0]["before"] == "门.png, 表 1.png"


def test_a_file_is_its_senders_and_one_records(visits: Firm, agent: Caller, admin: Caller) -> None:
    mine, theirs = sent(agent), sent(admin)
    made = make(agent, VISITS, "上门", photo=[mine["id"]])
    for wrong in (theirs["id"], mine["id"], made, "x"):
        answer = agent.post(VISITS, {"values": {"name": "x", "photo": [wrong]}})
        assert (answer.status_code, [*answer.json["error"]["fields"]]) == (422, ["photo"])
    other = sent(agent, "secret", PDF, "a.pdf")
    answer = save(agent, made, photo=[other["id"]])
    assert answer.status_code == 422


def test_a_field_takes_its_kinds_its_size_and_so_many(visits: Firm, agent: Caller) -> None:
    assert send(agent, "photo", PDF, "a.png").status_code == 422
    assert send(agent, "secret", PNG, "a.pdf").status_code == 422
    assert send(agent, "secret", PDF + b"x" * 1024 * 1024, "a.pdf").status_code == 413
    assert send(agent, "photo", b"<svg onload=alert(1)>", "a.png").status_code == 422
    assert send(agent, "name", PNG, "a.png").status_code == 404
    three = [sent(agent)["id"] for _ in range(3)]
    answer = agent.post(VISITS, {"values": {"name": "x", "photo": three}})
    assert answer.status_code == 422


def test_who_does_not_see_the_field_gets_no_file_of_it(
    visits: Firm, agent: Caller, leader: Caller
) -> None:
    file = sent(agent, "secret", PDF, "a.pdf")
    made = make(agent, VISITS, "上门", secret=[file["id"]])
    assert fetch(agent, made, file) == 200
    assert "secret" not in read(leader, made)["values"]
    assert fetch(leader, made, file) == 404
    assert send(leader, "secret", PDF, "b.pdf").status_code == 404


def test_what_no_record_has_goes_after_a_day(
    visits: Firm, agent: Caller, database: Database, office: Office, clock: ManualClock,
    attachments: Path,
) -> None:  # fmt: skip
    kept, dropped, never = sent(agent), sent(agent), sent(agent)
    made = make(agent, VISITS, "上门", photo=[kept["id"], dropped["id"]])
    save(agent, made, photo=[kept])
    clock.advance(timedelta(hours=23).total_seconds())
    late = sent(agent)
    clock.advance(timedelta(hours=2).total_seconds())
    with database.begin(office.scope()) as session:
        assert Files(attachments, clock).forget(session) == 2
    left = {file.name for file in attachments.rglob("*") if file.is_file()}
    assert left == {kept["id"], late["id"]}
    assert never["id"] not in left
    assert fetch(agent, made, kept) == 200


def test_rich_text_is_cleaned_found_and_told_as_text(visits: Firm, agent: Caller) -> None:
    given = "<h2>结论</h2><p>换<strong>阀芯</strong><img src=x onerror=alert(1)></p>"
    made = make(agent, VISITS, "上门", report=given)
    seen = read(agent, made)
    assert seen["values"]["report"] == "<h2>结论</h2><p>换<strong>阀芯</strong></p>"
    assert seen["display"]["report"] == "结论\n换阀芯"
    assert names(agent, VISITS, q="阀芯") == names(agent, VISITS, q="faxin") == {"上门"}
    assert names(agent, VISITS, q="strong") == set()


def test_a_region_is_shown_by_name_filtered_by_code_and_found_by_sound(
    visits: Firm, agent: Caller
) -> None:
    make(agent, VISITS, "西湖", place="330106")
    make(agent, VISITS, "东城", place="110101")
    for code in ("330106", "330100", "330000"):
        assert names(agent, VISITS, **{"f.place": code}) == {"西湖"}
    assert agent.get(VISITS, **{"f.place": "999999"}).status_code == 422
    assert names(agent, VISITS, q="hangzhou") == {"西湖"}
    listed = agent.get(VISITS, sort="place").json["items"]
    assert [one["display"]["place"] for one in listed] == [
        "北京市 / 东城区", "浙江省 / 杭州市 / 西湖区",
    ]  # fmt: skip
    answer = agent.post(VISITS, {"values": {"name": "x", "place": "330100"}})
    assert [*answer.json["error"]["fields"]] == ["place"]
    regions = {one["code"]: one for one in agent.get("/regions").json}
    assert regions["330106"]["name"] == {"zh-CN": "西湖区", "en": "Xihu District"}
    assert (regions["330106"]["parent"], regions["110100"]["step"]) == ("330100", True)


def test_who_made_a_record_and_when_are_fields_like_others(
    visits: Firm, agent: Caller, leader: Caller, admin: Caller, clock: ManualClock
) -> None:
    first = make(agent, VISITS, "一")
    clock.advance(timedelta(days=2).total_seconds())
    make(leader, VISITS, "二")
    save(admin, first, name="壹")
    seen = read(agent, first)
    made_at, maker = seen["values"]["made_at"], seen["created_by"]
    assert (made_at[:19], seen["values"]["made_by"]) == (seen["created_at"][:19], maker["id"])
    assert seen["display"]["made_by"] == maker["name"]
    assert names(agent, VISITS, **{"f.made_by": maker["id"]}) == {"壹"}
    assert names(agent, VISITS, **{"f.made_at.to": made_at[:10]}) == {"壹"}
    listed = agent.get(VISITS, sort="-made_at").json["items"]
    assert [one["title"] for one in listed] == ["二", "壹"]
    assert save(agent, first, made_by=read(leader, first)["updated_by"]["id"]).status_code == 422


def test_a_role_may_not_know_who_saved_a_record(
    visits: Firm, agent: Caller, leader: Caller
) -> None:
    made = make(leader, VISITS, "一")
    assert read(leader, made)["values"]["saved_by"] == "***"
    assert leader.get(VISITS, **{"f.saved_by": made}).status_code == 422
    assert read(agent, made)["display"]["saved_by"]


def test_a_sheet_has_all_of_it_as_people_read_it(
    visits: Firm, admin: Caller, worker: Worker
) -> None:
    photo = sent(admin)
    make(admin, VISITS, "一", photo=[photo["id"]], report="<p>换<b>阀</b></p>", place="110101")
    wish = {"columns": ["name", "photo", "report", "place", "made_by"], "sort": "name"}
    rows = exported(admin, worker, "/objects/visit/exports", **wish)
    maker = read(admin, admin.get(VISITS).json["items"][0]["id"])["created_by"]["name"]
    assert rows[1:] == [["一", "门.png", "换阀", "北京市 / 东城区", maker]]


def test_a_sheet_names_regions_and_brings_rich_text(
    visits: Firm, admin: Caller, worker: Worker
) -> None:
    importer = Importer(admin, worker, "visit")
    done = importer.whole([
        ["name", "place", "report", "photo"],
        ["甲", "浙江/杭州/西湖", "<p>好<script>alert(1)</script></p>", "门.png"],
        ["乙", "朝阳区", "1 < 2", ""],
    ])  # fmt: skip
    assert (done["counts"]["created"], done["counts"]["failed"]) == (1, 1)
    (made,) = importer.records()
    assert (made["values"]["place"], made["values"]["report"]) == ("330106", "<p>好</p>")
    assert made["values"]["photo"] is None
