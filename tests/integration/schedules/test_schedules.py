"""Schedules and holidays through the API: kept, looked at ahead, switched, and nobody else's."""

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from callcenter.core.bus import OutboxEvent
from callcenter.core.db import Database
from callcenter.core.tenant import Scope
from callcenter.schedules.service import load_schedules
from tests.support.firms import Firm, Page

pytestmark = pytest.mark.integration

OFFICE = [{"begins": "09:00", "ends": "12:00"}, {"begins": "13:30", "ends": "18:00"}]
WEEK = {
    **dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), OFFICE),
    "sat": [],
    "sun": [],
}
ALWAYS = {day: [{"begins": "00:00", "ends": "24:00"}] for day in WEEK}


_names = count(1)


def fresh() -> str:
    return f"日程 {next(_names)}"


def a_schedule(**changes: Any) -> dict[str, Any]:
    return {"name": fresh(), "week": WEEK, **changes}


def days(admin: Page, month: str, **changes: Any) -> dict[str, dict[str, Any]]:
    body = {"month": month, "schedule": a_schedule(**changes)}
    answer = admin.post("/schedules/preview", body)
    assert answer.status_code == 200, answer.json
    return {day["date"]: day for day in answer.json["days"]}


def test_a_schedule_is_made_read_changed_and_deleted(firm: Firm) -> None:
    admin = firm.admin
    special = {"first": "2026-12-24", "last": "2026-12-25", "name": "盘点", "periods": OFFICE[:1]}
    made = admin.made("/schedules", a_schedule(name="工作时间", days=[special]))
    assert (made["week"], made["days"], made["time_zone"]) == (WEEK, [special], None)
    assert (made["follows_holidays"], made["workday_as"], made["emergency"]) == (True, "mon", None)
    path = f"/schedules/{made['id']}"
    changed = admin.patch(path, {"week": ALWAYS, "days": []}, made["version"]).json
    assert (changed["week"], changed["days"], changed["name"]) == (ALWAYS, [], "工作时间")
    assert admin.patch(path, {"name": "x"}, made["version"]).status_code == 412
    assert [one["id"] for one in admin.get("/schedules", q="工作").json["items"]] == [made["id"]]
    assert admin.delete(path, changed["version"]).status_code == 204
    assert admin.get(path).status_code == 404


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"week": {**WEEK, "mon": [{"begins": "9:00", "ends": "12:00"}]}}, "week.mon.0.begins"),
        ({"week": {**WEEK, "mon": [{"begins": "24:00", "ends": "12:00"}]}}, "week.mon.0.begins"),
        ({"week": {**WEEK, "mon": [OFFICE[0], OFFICE[0]]}}, "week.mon"),
        ({"week": {k: v for k, v in WEEK.items() if k != "sun"}}, "week.sun"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"workday_as": "someday"}, "workday_as"),
        ({"name": " "}, "name"),
        (
            {"days": [{"first": "", "last": "2026-10-01", "name": "x", "periods": []}]},
            "days.0.first",
        ),
        (
            {"days": [{"first": "2026-10-02", "last": "2026-10-01", "name": "x", "periods": []}]},
            "days.0.last",
        ),
        (
            {
                "days": [{"first": "2026-10-01", "last": "2026-10-03", "name": "x", "periods": []}]
                * 2
            },
            "days",
        ),
        ({"emergency": {"open": True}}, "emergency"),
    ],
)
def test_what_makes_no_schedule_is_named(firm: Firm, change: dict[str, Any], field: str) -> None:
    answer = firm.admin.post("/schedules", a_schedule(**change))
    assert (answer.status_code, [*answer.json["error"]["fields"]]) == (422, [field]), answer.json


def test_a_name_is_given_once(firm: Firm) -> None:
    made = firm.admin.made("/schedules", a_schedule())
    answer = firm.admin.post("/schedules", a_schedule(name=made["name"]))
    assert answer.json["error"]["fields"]["name"]


def test_a_month_is_looked_at_before_anything_is_kept(firm: Firm) -> None:
    october = days(firm.admin, "2026-10")
    assert len(october) == 31
    national_day = october["2026-10-01"]
    assert (national_day["why"], national_day["name"], national_day["periods"]) == (
        "holiday",
        "National Day",
        [],
    )
    assert (october["2026-10-10"]["why"], october["2026-10-10"]["periods"]) == ("workday", OFFICE)
    assert (october["2026-10-17"]["why"], october["2026-10-17"]["periods"]) == ("week", [])
    special = {"first": "2026-10-01", "last": "2026-10-01", "name": "值班", "periods": OFFICE[:1]}
    duty = days(firm.admin, "2026-10", days=[special])["2026-10-01"]
    assert (duty["why"], duty["name"], duty["periods"]) == ("special", "值班", OFFICE[:1])
    ordinary = days(firm.admin, "2026-10", follows_holidays=False)["2026-10-01"]
    assert (ordinary["why"], ordinary["periods"]) == ("week", OFFICE)


def test_a_night_and_a_whole_day_are_shown_as_they_were_entered(firm: Firm) -> None:
    night = [{"begins": "22:00", "ends": "06:00"}]
    shown = days(firm.admin, "2026-11", week={**ALWAYS, "mon": night})
    assert shown["2026-11-02"]["periods"] == night
    assert shown["2026-11-03"]["periods"] == ALWAYS["tue"]


def test_the_enterprises_word_on_a_day_goes_before_the_countrys(firm: Firm) -> None:
    admin = firm.admin
    year = admin.get("/holidays", year=2026).json
    assert year["announced"]
    assert {
        key: value
        for key, value in next(d for d in year["days"] if d["day"] == "2026-05-01").items()
        if key != "name"
    } == {"day": "2026-05-01", "kind": "holiday", "own": False}
    assert admin.put("/holidays/2026-05-01", {"kind": "ordinary"}).status_code == 200
    assert admin.put("/holidays/2026-05-20", {"kind": "holiday", "name": "店庆"}).status_code == 200
    assert admin.put("/holidays/2026-05-16", {"kind": "workday"}).status_code == 200
    may = days(admin, "2026-05")
    assert (may["2026-05-01"]["why"], may["2026-05-01"]["periods"]) == ("week", OFFICE)
    assert (may["2026-05-20"]["why"], may["2026-05-20"]["name"]) == ("holiday", "店庆")
    assert (may["2026-05-16"]["why"], may["2026-05-16"]["periods"]) == ("workday", OFFICE)
    assert admin.delete("/holidays/2026-05-01").status_code == 204
    assert admin.delete("/holidays/2026-05-01").status_code == 404
    assert days(admin, "2026-05")["2026-05-01"]["why"] == "holiday"


def test_a_year_that_was_not_announced_is_said_to_be_so(firm: Firm) -> None:
    assert firm.admin.get("/holidays", year=2090).json == {"announced": False, "days": []}


@pytest.mark.parametrize("day", ["2026-02-30", "20260501", "tomorrow"])
def test_what_is_no_day_is_not_found(firm: Firm, day: str) -> None:
    assert firm.admin.put(f"/holidays/{day}", {"kind": "holiday"}).status_code == 404


def test_the_switch_counts_at_once_and_until_it_is_taken_back(firm: Firm) -> None:
    admin = firm.admin
    made = admin.made("/schedules", a_schedule(week=ALWAYS, follows_holidays=False))
    assert (made["now"]["open"], made["now"]["why"]) == (True, "week")
    path = f"/schedules/{made['id']}/emergency"
    later = (datetime.now(UTC) + timedelta(hours=2)).replace(microsecond=0)
    shut = admin.put(path, {"open": False, "until": later.isoformat(), "reason": "台风"}).json
    assert shut["now"]["open"] is False
    assert (shut["now"]["why"], shut["emergency"]["reason"]) == ("emergency", "台风")
    assert datetime.fromisoformat(shut["now"]["until"]) == later
    back = admin.put(path, {"open": None}).json
    assert (back["now"]["open"], back["emergency"]) == (True, None)
    past = admin.put(path, {"open": False, "until": "2020-01-01T00:00:00Z"})
    assert [*past.json["error"]["fields"]] == ["until"]


def test_calls_are_told_of_every_change_and_it_stands_in_the_audit_log(
    firm: Firm, platform_rows: Database
) -> None:
    made = firm.admin.made("/schedules", a_schedule())
    firm.admin.put(f"/schedules/{made['id']}/emergency", {"open": True})
    firm.admin.put("/holidays/2026-06-01", {"kind": "holiday", "name": "店休"})
    acts = {entry["action"] for entry in firm.admin.get("/audit").json["items"]}
    assert {"schedule.create", "schedule.switch", "holiday.put"} <= acts
    with platform_rows.begin(Scope.platform()) as session:
        query = select(OutboxEvent).where(OutboxEvent.type == "schedule.changed")
        told = [event for event in session.scalars(query) if str(event.enterprise_id) == firm.id]
    assert len(told) >= 3


def test_calls_read_every_enterprises_schedules_with_its_own_days(
    firm: Firm, rival: Firm, platform_rows: Database
) -> None:
    theirs = rival.admin.made("/schedules", a_schedule(week=ALWAYS))
    ours = firm.admin.made("/schedules", a_schedule(week=ALWAYS, time_zone="Asia/Urumqi"))
    firm.admin.put("/holidays/2026-07-15", {"kind": "holiday", "name": "店休"})
    noon = datetime(2026, 7, 15, 4, tzinfo=UTC)
    zones = {UUID(each.id): ZoneInfo("Asia/Shanghai") for each in (firm, rival)}
    with platform_rows.begin(Scope.platform()) as session:
        plans = {str(key): plan for key, plan in load_schedules(session, zones).items()}
    assert [str(plans[made["id"]].enterprise_id) for made in (ours, theirs)] == [firm.id, rival.id]
    assert not plans[ours["id"]].hours.is_open(noon)
    assert plans[theirs["id"]].hours.is_open(noon)


def test_nobody_but_the_administrator_and_no_other_enterprise(firm: Firm, rival: Firm) -> None:
    made = firm.admin.made("/schedules", a_schedule())
    firm.admin.put("/holidays/2026-08-08", {"kind": "holiday"})
    path = f"/schedules/{made['id']}"
    assert rival.admin.get(path).status_code == 404
    assert rival.admin.put(f"{path}/emergency", {"open": False}).status_code == 404
    assert rival.admin.delete(path, made["version"]).status_code == 404
    assert rival.admin.delete("/holidays/2026-08-08").status_code == 404
    agent = firm.page(firm.seat()["employee_code"])
    assert agent.get("/holidays", year=2026).status_code == 403
    for place in ("/schedules", path):
        assert agent.get(place).status_code == 403
    assert agent.put(f"{path}/emergency", {"open": False}).status_code == 403
