"""Queries asked: what they answer, held against the records one by one; of nobody else's."""

from typing import Any

import pytest
from sqlalchemy import func, select

from callcenter.core.clock import ManualClock
from callcenter.core.db import Database
from callcenter.processes.means import means
from callcenter.queries import compiling
from callcenter.queries.errors import TooSlow
from callcenter.queries.schemas import read
from callcenter.queries.service import Running, Wanted
from callcenter.queries.service import running as running_module
from tests.integration.objects.firm import CLIENTS, JOBS, Firm, make
from tests.integration.queries.making import (
    QUERIES,
    TO_PARTS,
    a_column,
    a_firm_at_work,
    answers,
    jobs_and_clients,
    keep,
    rows,
    run,
)
from tests.support.office import Caller, Office

FOUND: list[tuple[dict[str, Any], str]] = [
    ({"field": "cost", "operator": "gt", "value": ["2.5"]}, "ac"),
    ({"field": "cost", "operator": "between", "value": ["2.5", "4"]}, "bc"),
    ({"field": "cost", "operator": "between", "value": ["", "4"]}, "bc"),
    ({"field": "cost", "operator": "ne", "value": ["4"]}, "abde"),
    ({"field": "cost", "operator": "not_in", "value": ["4", "10"]}, "bde"),
    ({"field": "cost", "operator": "empty"}, "de"),
    ({"field": "cost", "operator": "filled"}, "abc"),
    ({"field": "done", "operator": "eq", "value": ["false"]}, "acde"),
    ({"field": "due", "operator": "eq", "value": ["2026-11-24"]}, "ab"),
    ({"field": "due", "operator": "ge", "value": ["$today"]}, "abc"),
    ({"field": "due", "operator": "gt", "value": ["$today"]}, "c"),
    ({"field": "due", "operator": "le", "value": ["$today"]}, "ab"),
    ({"field": "due", "operator": "between", "value": ["$today", "$today+1d"]}, "abc"),
    ({"field": "name", "operator": "contains", "value": ["A"]}, "a"),
    ({"source": "client", "field": "level", "operator": "eq", "value": ["gold"]}, "abd"),
    ({"source": "client", "field": "level", "operator": "ne", "value": ["gold"]}, "ce"),
    ({"source": "client", "field": "phone", "operator": "eq", "value": ["138 0013 8000"]}, "ab"),
    ({"field": "crew", "operator": "eq", "value": ["$my_team"]}, ""),
    ({"field": "created_at", "operator": "lt", "value": ["$today"]}, ""),
]


STEPS: list[tuple[str, list[str]]] = [
    ("day", ["2026-11-24", "2026-11-25"]),
    ("month", ["2026-11-01"]),
    ("week", ["2026-11-23"]),
    ("year", ["2026-01-01"]),
    ("hour", ["2026-11-23T17:00:00Z", "2026-11-24T01:00:00Z", "2026-11-24T16:00:00Z"]),
]


@pytest.fixture
def world(firm: Firm, agent: Caller, leader: Caller, admin: Caller, office: Office) -> None:
    a_firm_at_work(firm)
    mine = str(office.people["agent"].user_id)
    gold = make(
        admin, CLIENTS, "gold", level="gold", worth="900.00", secret="s", phone="13800138000"
    )
    own = make(agent, CLIENTS, "own", level="plain")
    teams = make(leader, CLIENTS, "teams", level="gold")
    make(admin, JOBS, "a", customer=gold, cost="10", owner=mine, due="2026-11-23T17:30:00Z")
    make(admin, JOBS, "b", customer=gold, cost="2.50", due="2026-11-24T01:00:00Z", done=True)
    make(agent, JOBS, "c", customer=own, cost="4", due="2026-11-24T16:30:00Z")
    make(leader, JOBS, "d", customer=teams)
    make(agent, JOBS, "e")


def reckoned(caller: Caller) -> list[tuple[Any, ...]]:
    """The same, of what the records' own lists say."""
    page = {"page_size": 200, "sort": "name"}
    clients = {each["id"]: each["values"] for each in caller.get(CLIENTS, **page).json["items"]}
    found = []
    for job in caller.get(JOBS, **page).json["items"]:
        client = clients.get(job["values"]["customer"], {})
        found.append((job["values"]["name"], client.get("name"), client.get("level")))
    return found


@pytest.mark.usefixtures("world")
def test_everybody_sees_the_records_within_reach_and_of_what_they_name_no_more(
    conf: Caller, inspector: Caller, agent: Caller, door: Any, office: Office
) -> None:
    keep(conf, jobs_and_clients())
    for who in ("agent", "colleague", "leader", "admin", "outsider"):
        caller = door.open(office.people[who])
        assert rows(caller, "job", "client", "level") == reckoned(caller), who
    found = rows(agent, "job", "client", "cost")
    assert found == [("a", None, "10.00"), ("c", "own", "4.00"), ("e", None, None)]
    assert inspector.post(f"{QUERIES}/list/run", {}).status_code == 403


@pytest.mark.usefixtures("world")
def test_a_join_that_must_be_leaves_out_who_has_none(conf: Caller, agent: Caller) -> None:
    join = {"key": "client", "how": "one", "by": "customer", "must": True}
    assert answers(conf, agent, jobs_and_clients(joins=[join]), "job") == [("c",)]


@pytest.mark.usefixtures("world")
def test_fields_are_left_out_or_masked_as_the_role_sees_them(
    conf: Caller, agent: Caller, admin: Caller
) -> None:
    columns = [a_column("name", "name"), a_column("worth", "worth"), a_column("secret", "secret"),
               a_column("phone", "phone"), a_column("twice", expression="worth * 2")]  # fmt: skip
    keep(conf, {"source": "client", "columns": columns, "order": [{"column": "worth"}]})
    whole = run(admin)
    by_name = {row["values"]["name"]: row["values"] for row in whole["rows"]}
    assert by_name["gold"] == {"name": "gold", "worth": "900.00", "secret": "s",
                               "phone": "13800138000", "twice": "1800.00"}  # fmt: skip
    make(admin, CLIENTS, "mine", worth="7.00", phone="13900139000", secret="t")
    seen = run(agent)
    assert [column["key"] for column in seen["columns"]] == ["name", "worth", "phone"]
    assert {column["key"] for column in seen["columns"] if column["mask"]} == {"worth", "phone"}
    assert not [column for column in seen["columns"] if column["mask"] and column["sortable"]]
    assert [row["values"]["worth"] for row in seen["rows"]] == [None]
    for sort in ("worth", "-secret", "phone", "twice", "nothing"):
        answer = agent.post(f"{QUERIES}/list/run", {"sort": sort})
        assert (answer.status_code, [*answer.json["error"]["fields"]]) == (422, ["sort"]), sort


@pytest.mark.usefixtures("world")
def test_what_is_masked_is_not_told_by_its_sum_or_its_day(
    conf: Caller, agent: Caller, admin: Caller, office: Office
) -> None:
    mine = str(office.people["agent"].user_id)
    make(admin, CLIENTS, "mine", worth="70.00", owner=mine)
    worth = a_column("worth", "worth", total="sum")
    keep(conf, {"source": "client", "columns": [a_column("name", "name"), worth]}, key="worth")
    his, all_of_it = run(agent, "worth"), run(admin, "worth")
    assert (his["sums"], all_of_it["sums"]) == ({}, {"worth": "970.00"})
    assert (his["sum_texts"], all_of_it["sum_texts"]) == ({}, {"worth": "¥970.00"})
    columns = [a_column("job", "name"), a_column("cost", "cost", mask=True, total="greatest"),
               a_column("due", "due", mask=True, by="day"),
               a_column("clear", "due", by="day")]  # fmt: skip
    keep(conf, jobs_and_clients(columns=columns))
    answer = run(admin)
    assert answer["sums"] == {}
    assert [(row["values"]["due"], row["values"]["clear"]) for row in answer["rows"][:2]] == [
        ("***", "2026-11-24"), ("***", "2026-11-24"),
    ]  # fmt: skip


@pytest.mark.usefixtures("world")
def test_conditions_find_what_the_same_tests_say_of_a_record(
    database: Database, office: Office, clock: ManualClock
) -> None:
    running = Running(means(clock))
    with database.begin(office.scope("admin")) as session:
        for condition, wanted in FOUND:
            query, wrong = read(jobs_and_clients(conditions=[condition]))
            assert query is not None, wrong
            answer = running.run(session, query, Wanted({}))
            assert "".join(row.values["job"] for row in answer.rows) == wanted, condition


@pytest.mark.usefixtures("world")
def test_one_of_several_conditions_is_enough_where_that_is_said(
    conf: Caller, admin: Caller
) -> None:
    conditions = [{"field": "name", "operator": "eq", "value": ["e"]},
                  {"field": "cost", "operator": "eq", "value": ["10"]}]  # fmt: skip
    document = jobs_and_clients(conditions=conditions, any=True)
    assert answers(conf, admin, document, "job") == [("a",), ("e",)]


@pytest.mark.usefixtures("world")
def test_a_parameter_gives_values_and_with_none_its_condition_is_left_out(
    conf: Caller, admin: Caller, agent: Caller
) -> None:
    document = jobs_and_clients(
        conditions=[{"field": "owner", "operator": "in", "parameter": "whose"},
                    {"field": "cost", "operator": "between", "parameter": "cost"}],
        parameters=[{"key": "whose", "label": {"zh-CN": "谁", "en": "Whose"}, "default": ["$me"]},
                    {"key": "cost", "label": {"zh-CN": "费用", "en": "Cost"}}],
    )  # fmt: skip
    keep(conf, document)
    assert rows(agent, "job") == [("a",)]
    assert rows(admin, "job") == []
    everything = {"whose": []}
    assert len(rows(admin, "job", parameters=everything)) == 5
    assert rows(admin, "job", parameters={**everything, "cost": ["", "4"]}) == [("b",), ("c",)]
    for wrong in ({"cost": ["many"]}, {"nothing": ["1"]}):
        answer = admin.post(f"{QUERIES}/list/run", {"parameters": wrong})
        assert answer.status_code == 422
        assert [*answer.json["error"]["fields"]] == [f"parameters.{next(iter(wrong))}"]


@pytest.mark.usefixtures("world")
def test_what_must_be_filled_in_is_asked_for(conf: Caller, admin: Caller) -> None:
    asked = {"key": "name", "label": {"zh-CN": "名", "en": "Name"}, "required": True}
    condition = {"field": "name", "operator": "eq", "parameter": "name"}
    keep(conf, jobs_and_clients(conditions=[condition], parameters=[asked]))
    answer = admin.post(f"{QUERIES}/list/run", {})
    assert [*answer.json["error"]["fields"]] == ["parameters.name"]
    assert rows(admin, "job", parameters={"name": ["b"]}) == [("b",)]


@pytest.mark.usefixtures("world")
def test_groups_are_counted_added_up_and_reckoned_with(conf: Caller, admin: Caller) -> None:
    document = jobs_and_clients(
        columns=[a_column("level", "level", "client"), a_column("jobs", aggregate="count"),
                 a_column("cost", "cost", aggregate="sum"),
                 a_column("mean", "cost", aggregate="average"),
                 a_column("most", "cost", aggregate="greatest"),
                 a_column("clients", "customer", aggregate="distinct"),
                 a_column("each", expression="round(cost / jobs, 2)")],
        grouped=True, order=[{"column": "jobs", "descending": True}],
        having=[{"column": "jobs", "operator": "ge", "value": ["1"]}],
    )  # fmt: skip
    keys = ("level", "jobs", "cost", "mean", "most", "clients", "each")
    assert answers(conf, admin, document, *keys) == [
        ("gold", 3, "12.50", "6.25", "10.00", 2, "4.17"),
        ("plain", 1, "4.00", "4.00", "4.00", 1, "4.00"),
        (None, 1, None, None, None, 0, None),
    ]
    document["having"][0]["value"] = ["2"]
    assert answers(conf, admin, document, "level") == [("gold",)]


@pytest.mark.usefixtures("world")
def test_days_begin_where_the_enterprise_is(conf: Caller, admin: Caller) -> None:
    due = {"field": "due", "operator": "filled"}
    for by, days in STEPS:
        columns = [a_column("when", "due", by=by), a_column("jobs", aggregate="count")]
        document = {"source": "job", "columns": columns, "grouped": True, "conditions": [due]}
        assert [when for (when,) in answers(conf, admin, document, "when")] == days, by


@pytest.mark.usefixtures("world")
def test_a_role_whose_rows_would_tell_what_is_kept_from_it_is_refused(
    conf: Caller, agent: Caller, admin: Caller
) -> None:
    worth = {"source": "client", "field": "worth", "operator": "gt", "value": ["1"]}
    told = conf.post(QUERIES, {"key": "kept", "name": {"zh-CN": "x", "en": "x"}, "roles": ["agent"],
                               "document": jobs_and_clients(conditions=[worth])})  # fmt: skip
    assert (told.status_code, told.json["error"]["code"]) == (422, "bad-query")
    assert [*told.json["error"]["fields"]] == ["document.conditions.0"]
    keep(conf, jobs_and_clients(conditions=[worth]), roles=["admin"])
    assert rows(admin, "job") == [("a",), ("b",)]
    assert agent.post(f"{QUERIES}/list/run", {}).status_code == 404


@pytest.mark.usefixtures("world")
def test_lines_are_rows_beside_their_record(conf: Caller, admin: Caller) -> None:
    job = next(each for each in admin.get(JOBS, page_size=50).json["items"]
               if each["title"] == "a")  # fmt: skip
    lines = [
        {"values": {"name": name, "count": count}} for name, count in (("bolt", 4), ("nut", 3))
    ]
    changed = admin.send("PATCH", f"{JOBS}/{job['id']}", {"values": {"parts": lines}},
                         version=job["version"])  # fmt: skip
    assert changed.status_code == 200, changed.json
    columns = [a_column("job", "name"), a_column("part", "name", "parts"),
               a_column("count", "count", "parts", total="sum")]  # fmt: skip
    document = {"source": "job", "joins": [{**TO_PARTS, "must": True}], "columns": columns,
                "order": [{"column": "part"}]}  # fmt: skip
    keep(conf, document)
    answer = run(admin)
    assert rows(admin, "job", "part", "count") == [("a", "bolt", 4), ("a", "nut", 3)]
    assert answer["sums"] == {"count": "7"}
    assert answer["total"] == {"count": 2, "exact": True, "estimate": None}


@pytest.mark.usefixtures("world")
def test_pages_follow_one_another_and_know_how_many_there_are(conf: Caller, admin: Caller) -> None:
    keep(conf, jobs_and_clients(page_size=5))
    pages = [rows(admin, "job", page=page, page_size=2, sort="-job") for page in (1, 2, 3)]
    assert pages == [[("e",), ("d",)], [("c",), ("b",)], [("a",)]]
    assert run(admin, page=3, page_size=2)["total"]["count"] == 5


@pytest.mark.usefixtures("world")
def test_beyond_what_is_counted_there_are_more(
    conf: Caller, admin: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(conf, jobs_and_clients())
    for module in (compiling, running_module):
        monkeypatch.setattr(module, "COUNTED", 3)
    total = run(admin, page_size=2)["total"]
    assert (total["count"], total["exact"]) == (3, False)
    assert total["estimate"] >= 3
    monkeypatch.setattr(running_module, "COUNTING", 50)
    monkeypatch.setattr(running_module.Statement, "counted", _counting_for_long)
    total = run(admin, page=2, page_size=2)["total"]
    assert (total["count"], total["exact"]) == (4, False)


@pytest.mark.usefixtures("world")
def test_rows_have_colours_and_buttons_by_their_values(conf: Caller, admin: Caller) -> None:
    label = {"zh-CN": "看", "en": "See"}
    document = jobs_and_clients(
        colors=[{"when": "cost >= 10", "color": "danger"}, {"when": "cost > 0", "color": "muted"}],
        buttons=[{"key": "see", "label": label, "do": "open"},
                 {"key": "who", "label": label, "do": "open", "source": "client",
                  "when": "not empty(level)"}],
    )  # fmt: skip
    keep(conf, document)
    found = run(admin)["rows"]
    assert [row["color"] for row in found] == ["danger", "muted", "muted", "", ""]
    assert [row["buttons"] for row in found] == [*[["see", "who"]] * 4, ["see"]]
    assert found[0]["records"]["client"]["object"] == "client"


@pytest.mark.usefixtures("world")
def test_a_colour_does_not_tell_what_is_masked(conf: Caller, admin: Caller, agent: Caller) -> None:
    columns = [a_column("name", "name"), a_column("worth", "worth")]
    colors = [{"when": "empty(worth)", "color": "danger"}]
    keep(conf, {"source": "client", "columns": columns, "colors": colors})
    assert {row["color"] for row in run(agent)["rows"]} == {""}
    assert {row["color"] for row in run(admin)["rows"]} == {"", "danger"}


@pytest.mark.usefixtures("world")
def test_another_enterprise_has_neither_the_query_nor_its_rows(
    conf: Caller, door: Any, other: Office
) -> None:
    keep(conf, jobs_and_clients())
    stranger = door.open(other.people["admin"])
    assert stranger.post(f"{QUERIES}/list/run", {}).status_code == 404
    assert stranger.get(f"{QUERIES}/usable").json["items"] == []


@pytest.mark.usefixtures("world")
def test_what_takes_too_long_is_stopped_and_says_so(
    database: Database, office: Office, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow, _ = read(jobs_and_clients())
    assert slow is not None
    running = Running(means(clock), milliseconds=1)
    monkeypatch.setattr(running_module.Statement, "page", _sleeping)
    with (
        pytest.raises(TooSlow),
        database.begin(office.scope("admin")) as session,
    ):
        running.run(session, slow, Wanted({}))


def _counting_for_long(_self: Any) -> Any:
    return select(func.count()).where(func.pg_sleep(5).is_(None))


def _sleeping(self: Any, offset: int, most: int) -> Any:
    return self.all().where(func.pg_sleep(1).is_(None)).offset(offset).limit(most)
