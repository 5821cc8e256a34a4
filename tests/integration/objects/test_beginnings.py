"""Fields that begin with who makes a record, and when."""

from typing import Any

import pytest

from callcenter.core.clock import ManualClock
from callcenter.core.db import Database
from callcenter.objects.service import Records
from callcenter.processes.means import means
from tests.integration.objects.files import Importer, Worker
from tests.integration.objects.shaping import RECORDS, Shaping, a_field, a_pump, seen
from tests.support.office import Caller, Office

pytestmark = pytest.mark.integration

FIELDS = [
    a_field("keeper", "user", settings={"begin": "$me"}),
    a_field("crew", "team", settings={"begin": "$my_team"}),
    a_field("due", "date", settings={"begin": "$today+7d"}),
    a_field("since", "datetime", settings={"begin": "$now-1h"}),
    a_field("note", required=True, settings={"begin": "{$me} {$today}"}),
]


@pytest.fixture
def shaped(pumps: Shaping) -> Shaping:
    pumps.published(*FIELDS)
    return pumps


def test_a_record_begins_with_who_makes_it_and_when(
    shaped: Shaping, admin: Caller, office: Office
) -> None:
    made = a_pump(admin)
    values = {key: made["values"][key] for key in ("keeper", "crew", "due", "since", "note")}
    assert values == {
        "keeper": str(office.people["admin"].user_id), "crew": None, "due": "2026-12-01",
        "since": "2026-11-24T01:00:00Z", "note": "管理员 2026-11-24",
    }  # fmt: skip
    assert made["display"]["keeper"] == "管理员"


def test_what_is_entered_stands(shaped: Shaping, admin: Caller, office: Office) -> None:
    agent = str(office.people["agent"].user_id)
    made = a_pump(admin, keeper=agent, due="2026-11-25", note="已检")
    assert [seen(admin, made, key) for key in ("keeper", "due", "note")] == [
        agent, "2026-11-25", "已检",
    ]  # fmt: skip


def test_nothing_begins_anew_when_a_record_changes(shaped: Shaping, admin: Caller) -> None:
    made = a_pump(admin)
    answer = admin.send("PATCH", f"{RECORDS}/{made['id']}", {"values": {"due": None}}, version=1)
    assert answer.status_code == 200
    assert seen(admin, made, "due") is None


def test_the_product_makes_nobodys_record(
    shaped: Shaping, database: Database, office: Office, clock: ManualClock
) -> None:
    with database.begin(office.scope()) as session:
        records = Records(means(clock))
        made = records.create(session, "pump", {"name": "泵"})
    assert (made["values"]["keeper"], made["values"]["due"]) == (None, "2026-12-01")


def test_a_line_of_a_file_begins_as_its_field_says(
    shaped: Shaping, admin: Caller, worker: Worker, office: Office
) -> None:
    importer = Importer(admin, worker, "pump")
    one = importer.whole([["名称"], ["泵一"]])
    assert (one["counts"]["created"], one["faults"]) == (1, [])
    (made,) = importer.records()
    assert made["values"]["keeper"] == str(office.people["admin"].user_id)
    assert made["values"]["note"] == "管理员 2026-11-24"


def test_the_page_is_told_the_words(shaped: Shaping, admin: Caller) -> None:
    fields = {field["key"]: field for field in admin.get("/objects/pump").json["fields"]}
    assert fields["due"]["begin"] == "$today+7d"
    assert fields["name"]["begin"] is None


@pytest.mark.parametrize(
    ("kind", "settings"),
    [
        ("user", {"begin": "$my_team"}),
        ("date", {"begin": "tomorrow"}),
        ("date", {"begin": "$today", "default": "2026-01-01"}),
        ("integer", {"begin": "$me"}),
    ],
)
def test_what_are_no_words_is_a_problem_of_the_draft(
    pumps: Shaping, kind: str, settings: dict[str, Any]
) -> None:
    answer = pumps.fields(a_field("one", kind, settings=settings))
    assert [problem["path"] for problem in answer["problems"]] == ["one.begin"]
