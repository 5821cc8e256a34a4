"""Queries over HTTP: kept by designers, used by the roles they name, with what each user keeps of them."""

import csv
from io import StringIO
from typing import Any
from uuid import UUID

import pytest
from redis import Redis
from sqlalchemy import select

from callcenter.core.audit import AuditEntry
from callcenter.core.clock import ManualClock
from callcenter.core.db import Database
from callcenter.core.jobs import Job, JobRunner, JobState
from callcenter.objects.service.transfer import TransferStore
from callcenter.processes.means import means
from callcenter.processes.queries import export_work
from callcenter.queries.expert.running import ExpertRuns
from callcenter.queries.service import QUERY_EXPORT, exports, pins
from tests.integration.objects.firm import CLIENTS, JOBS, Firm, make
from tests.integration.objects.shaping import label
from tests.integration.queries.making import (
    QUERIES,
    a_column,
    a_firm_at_work,
    jobs_and_clients,
    keep,
)
from tests.support.office import Caller, Office


@pytest.fixture(autouse=True)
def world(firm: Firm) -> None:
    a_firm_at_work(firm)


def test_a_query_is_kept_changed_and_deleted_and_the_audit_log_tells(
    conf: Caller, database: Database, office: Office
) -> None:
    made = keep(conf, jobs_and_clients())
    assert (made["source"], made["version"], made["used_by"]) == ("job", 1, [])
    stale = conf.send("PATCH", f"{QUERIES}/list", {"active": False}, version=7)
    assert stale.status_code == 412
    changed = conf.send(
        "PATCH", f"{QUERIES}/list", {"active": False, "roles": ["agent"]}, version=1
    )
    assert (changed.json["active"], changed.json["roles"]) == (False, ["agent"])
    assert conf.get(QUERIES, q="LIS").json["total"] == 1
    assert conf.post(QUERIES, {**_body("list"), "document": jobs_and_clients()}).status_code == 422
    assert conf.send("DELETE", f"{QUERIES}/list", version=2).status_code == 204
    assert conf.get(f"{QUERIES}/list").status_code == 404
    with database.begin(office.scope()) as session:
        query = select(AuditEntry.action).where(AuditEntry.action.startswith("query."))
        told = [*session.scalars(query.order_by(AuditEntry.id))]
    assert told == ["query.create", "query.change", "query.delete"]


def test_what_contradicts_itself_is_not_kept(conf: Caller) -> None:
    wrong = jobs_and_clients(order=[{"column": "nobody"}])
    answer = conf.post(QUERIES, {**_body("wrong"), "document": wrong})
    assert answer.json["error"]["code"] == "bad-query"
    assert [*answer.json["error"]["fields"]] == ["document.order.0.column"]


def test_a_query_that_a_button_leads_to_stays(conf: Caller) -> None:
    keep(conf, jobs_and_clients(), key="target")
    button = {"key": "more", "label": label("更多"), "do": "query", "query": "target"}
    keep(conf, jobs_and_clients(buttons=[button]), key="source")
    assert conf.get(f"{QUERIES}/target").json["used_by"] == ["source"]
    refused = conf.send("DELETE", f"{QUERIES}/target", version=1)
    assert (refused.status_code, refused.json["error"]["code"]) == (409, "in-use")
    lost = jobs_and_clients(buttons=[{**button, "query": "nobody"}])
    answer = conf.post(QUERIES, {**_body("lost"), "document": lost})
    assert [*answer.json["error"]["fields"]] == ["document.buttons.0.query"]


def test_who_uses_queries_finds_those_of_his_role_alone(
    conf: Caller, agent: Caller, admin: Caller
) -> None:
    keep(conf, jobs_and_clients(), roles=["admin"])
    assert agent.get(f"{QUERIES}/usable").json["items"] == []
    assert agent.get(f"{QUERIES}/list/ready").status_code == 404
    assert [each["key"] for each in admin.get(f"{QUERIES}/usable").json["items"]] == ["list"]
    assert agent.get(QUERIES).status_code == 403
    assert agent.post(f"{QUERIES}/run", {"document": jobs_and_clients()}).status_code == 403
    conf.send("PATCH", f"{QUERIES}/list", {"active": False}, version=1)
    assert admin.get(f"{QUERIES}/list/ready").status_code == 404


def test_a_page_learns_what_there_is_to_fill_in(conf: Caller, agent: Caller) -> None:
    level = {"source": "client", "field": "level", "operator": "in", "parameter": "level"}
    asked = {"key": "level", "label": label("等级", "Level"), "default": ["gold"]}
    keep(conf, jobs_and_clients(conditions=[level], parameters=[asked]))
    ready = agent.get(f"{QUERIES}/list/ready").json
    assert ready["parameters"] == [
        {"key": "level", "label": label("等级", "Level"), "type": "choice", "object": "client",
         "field": "level", "operator": "in", "default": ["gold"], "required": False,
         "problem": None}
    ]  # fmt: skip


def test_a_document_is_tried_before_it_is_kept(conf: Caller, admin: Caller) -> None:
    make(admin, JOBS, "a", cost="1")
    tried = conf.post(f"{QUERIES}/run", {"document": jobs_and_clients()}).json
    assert tried["problems"] == {}
    assert [row["values"]["job"] for row in tried["answer"]["rows"]] == ["a"]
    columns = [a_column("x", "nothing"), a_column("y", expression="1 +")]
    wrong = conf.post(f"{QUERIES}/run", {"document": jobs_and_clients(columns=columns)}).json
    places = {"columns.0.field", "columns.1.expression", "order.0.column"}
    assert {*wrong["problems"]} == places
    assert wrong["answer"] is None
    assert {*conf.post(f"{QUERIES}/run", {"document": {}}).json["problems"]} == {
        "source",
        "columns",
    }


def test_everybody_keeps_sets_of_parameters_of_his_own(
    conf: Caller, agent: Caller, colleague: Caller
) -> None:
    keep(conf, jobs_and_clients())
    views = f"{QUERIES}/list/views"
    agent.send("PUT", views, {"name": "mine", "parameters": {"a": ["1"]}, "sort": "job"})
    again = agent.send("PUT", views, {"name": "mine", "parameters": {}, "sort": "-job"}).json[
        "items"
    ]
    assert [(each["name"], each["sort"]) for each in again] == [("mine", "-job")]
    assert colleague.get(views).json["items"] == []
    place = f"{views}/{again[0]['id']}"
    assert agent.send("PATCH", place, {"first": True}).json["items"][0]["first"] is True
    # Replaced under its name, it stays what the list begins with.
    agent.send("PUT", views, {"name": "mine", "parameters": {}, "sort": "job"})
    assert agent.get(f"{QUERIES}/list/ready").json["first"]["sort"] == "job"
    assert colleague.get(f"{QUERIES}/list/ready").json["first"] is None
    agent.send("PUT", views, {"name": "other", "parameters": {}, "first": True})
    assert agent.get(f"{QUERIES}/list/ready").json["first"]["name"] == "other"
    # What is not the first takes nothing from the one that is.
    agent.send("PUT", views, {"name": "mine", "parameters": {}, "first": False})
    agent.send("PATCH", place, {"first": False})
    assert agent.get(f"{QUERIES}/list/ready").json["first"]["name"] == "other"
    refused = agent.send("PATCH", place, {"name": "other"})
    assert (refused.status_code, [*refused.json["error"]["fields"]]) == (422, ["name"])
    (other,) = [one for one in agent.get(views).json["items"] if one["name"] == "other"]
    assert agent.send("DELETE", f"{views}/{other['id']}").status_code == 204
    renamed = agent.send("PATCH", place, {"name": "renamed"}).json["items"]
    assert [(each["name"], each["first"]) for each in renamed] == [("renamed", False)]
    assert colleague.send("PATCH", place, {"name": "his"}).status_code == 404
    assert colleague.send("DELETE", place).status_code == 404
    assert agent.send("DELETE", place).status_code == 204
    assert agent.get(views).json["items"] == []


def test_a_list_begins_without_what_it_asks_for_no_more(conf: Caller, agent: Caller) -> None:
    level = {"source": "client", "field": "level", "operator": "in", "parameter": "level"}
    asked = {"key": "level", "label": label("等级", "Level")}
    keep(conf, jobs_and_clients(conditions=[level], parameters=[asked]))
    view = {"name": "mine", "parameters": {"level": ["gold"]}, "first": True}
    agent.send("PUT", f"{QUERIES}/list/views", view)
    assert agent.get(f"{QUERIES}/list/ready").json["first"]["parameters"] == {"level": ["gold"]}
    changed = conf.send("PATCH", f"{QUERIES}/list", {"document": jobs_and_clients()}, version=1)
    assert changed.status_code == 200
    assert agent.get(f"{QUERIES}/list/ready").json["first"]["parameters"] == {}


def test_everybody_has_lists_at_hand_that_he_has_pinned(
    conf: Caller, agent: Caller, colleague: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pins, "MOST", 2)
    for key in ("list", "second", "third", "kept"):
        keep(conf, jobs_and_clients(), key=key, roles=["admin"] if key == "kept" else None)

    def pinned(caller: Caller) -> list[str]:
        items = caller.get(f"{QUERIES}/usable").json["items"]
        return [one["key"] for one in items if one["pinned"]]

    for key, status in (
        ("list", 204), ("list", 204), ("second", 204), ("third", 422), ("kept", 404), ("no", 404),
    ):  # fmt: skip
        assert agent.send("PUT", f"{QUERIES}/{key}/pin").status_code == status, key
    assert (pinned(agent), pinned(colleague)) == (["list", "second"], [])
    assert agent.send("DELETE", f"{QUERIES}/list/pin").status_code == 204
    assert pinned(agent) == ["second"]
    # One that he may use no longer takes no room, and can still be let go.
    second = conf.get(f"{QUERIES}/second").json
    closed = conf.send(
        "PATCH", f"{QUERIES}/second", {"roles": ["admin"]}, version=second["version"]
    )
    assert closed.status_code == 200
    for key in ("list", "third"):
        assert agent.send("PUT", f"{QUERIES}/{key}/pin").status_code == 204
    for key, status in (("second", 204), ("second", 404), ("kept", 404), ("third", 204)):
        assert agent.send("DELETE", f"{QUERIES}/{key}/pin").status_code == status, key
    assert pinned(agent) == ["list"]


def test_a_report_says_so_to_the_roles_that_it_is_shared_with(conf: Caller, leader: Caller) -> None:
    made = keep(conf, jobs_and_clients())
    report = {"category": label("服务", "Service"), "description": label("说明", "What it tells")}
    place = f"{QUERIES}/list"
    changed = conf.send("PATCH", place, {"report": report}, version=made["version"])
    assert changed.json["report"] == report
    assert [one["report"] for one in leader.get(f"{QUERIES}/usable").json["items"]] == [report]
    assert leader.get(f"{place}/ready").json["report"] == report
    half = conf.send("PATCH", place, {"report": {"category": label("x")}}, version=2)
    assert [*half.json["error"]["fields"]] == ["report.description"]
    assert conf.send("PATCH", place, {"report": None}, version=2).json["report"] is None


class Worker:
    """Carries out exports, as the worker's process does."""

    def __init__(
        self, database: Database, redis: Redis, clock: ManualClock, store: TransferStore,
        office: Office,
    ) -> None:  # fmt: skip
        self._database = database
        self._store = store
        self._office = office
        self._runner = JobRunner(database, redis, clock, export_work(database, store, means(clock)))

    def work(self) -> list[JobState]:
        with self._database.begin(self._office.scope()) as session:
            waiting = select(Job.id).where(Job.kind == QUERY_EXPORT, Job.state == JobState.QUEUED)
            jobs = [*session.scalars(waiting)]
        return [self._runner.run(job_id, self._office.id) for job_id in jobs]

    def lines(self, export_id: str) -> list[list[str]]:
        path = self._store.path(self._office.id, UUID(export_id), "export.csv")
        return [*csv.reader(StringIO(path.read_text("utf-8-sig")))]


@pytest.fixture
def worker(
    database: Database, redis: Redis, clock: ManualClock, transfers: TransferStore, office: Office
) -> Worker:
    return Worker(database, redis, clock, transfers, office)


def test_a_file_has_the_rows_that_its_maker_may_take_out(
    conf: Caller, leader: Caller, agent: Caller, admin: Caller, worker: Worker, office: Office
) -> None:
    mine = str(office.people["leader"].user_id)
    gold = make(admin, CLIENTS, "=gold", level="gold", phone="13800138000", owner=mine)
    due = "2026-11-23T17:30:00Z"
    make(admin, JOBS, "a", customer=gold, cost="2.50", owner=mine, due=due)
    make(admin, JOBS, "b", customer=gold)
    columns = [a_column("job", "name"), a_column("client", "name", "client"),
               a_column("due", "due"), a_column("cost", "cost"), a_column("owner", "owner"),
               a_column("phone", "phone", "client")]  # fmt: skip
    keep(conf, jobs_and_clients(columns=columns))
    exports = f"{QUERIES}/list/exports"
    assert agent.post(exports, {"format": "csv"}).status_code == 403
    asked = leader.post(exports, {"format": "csv", "sort": "-job"}).json
    assert (asked["state"], asked["name"]) == ("queued", "清单 2026-11-24.csv")
    assert leader.get(f"{exports}/{asked['id']}/file").status_code == 404
    assert worker.work() == [JobState.DONE]
    done = leader.get(f"{exports}/{asked['id']}").json
    assert (done["state"], done["rows"]) == ("done", 1)
    heading, *lines = worker.lines(asked["id"])
    assert heading == ["job", "client", "due", "cost", "owner", "phone"]
    name = office.people["leader"].name
    assert lines == [["a", "'=gold", "2026-11-24 01:30:00", "2.50", name, "138 0013 8000"]]
    file = leader.get(f"{exports}/{asked['id']}/file")
    assert file.headers["X-Accel-Redirect"].endswith(f"{asked['id']}.export.csv")
    assert admin.get(f"{exports}/{asked['id']}").status_code == 404


def test_a_file_of_a_statement_has_formulas_by_their_kind_and_days_as_they_were_reckoned(
    conf: Caller, admin: Caller, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where counting its rows takes too long: then nobody knows how far it has come, no more."""
    monkeypatch.setattr(ExpertRuns, "count", lambda *_: None)
    make(admin, JOBS, "a", cost="2.50", due="2026-11-23T17:30:00Z")
    texts = {"select": "name, size, twice, due, due at time zone 'Asia/Shanghai' as here",
             "source": "job"}  # fmt: skip
    document = {"kind": "expert", "texts": texts}
    kept = conf.post("/expert-queries", {**_body("told"), "document": document, "roles": ["admin"]})
    assert kept.status_code == 201, kept.json
    asked = admin.post(f"{QUERIES}/told/exports", {"format": "csv"}).json
    assert worker.work() == [JobState.DONE]
    assert worker.lines(asked["id"])[1:] == [
        ["a", "small", "5.00", "2026-11-24 01:30:00", "2026-11-24 01:30:00"]
    ]


def test_a_file_that_is_cut_says_so(
    conf: Caller, admin: Caller, worker: Worker, database: Database, office: Office,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(exports, "MOST_ROWS", 2)
    monkeypatch.setattr(exports, "BATCH", 1)
    for name in ("a", "b", "c", "d"):
        make(admin, JOBS, name)
    keep(conf, jobs_and_clients(columns=[a_column("job", "name")]))
    texts = {"select": "name", "source": "job", "order": "name"}
    told = {**_body("told"), "document": {"kind": "expert", "texts": texts}, "roles": ["admin"]}
    assert conf.post("/expert-queries", told).status_code == 201
    for key in ("list", "told"):
        asked = admin.post(f"{QUERIES}/{key}/exports", {"format": "csv"}).json
        assert worker.work() == [JobState.DONE]
        lines = worker.lines(asked["id"])[1:]
        assert lines == [["a"], ["b"], ["后面还有数据：一个文件最多 2 行。"]], key
        assert admin.get(f"{QUERIES}/{key}/exports/{asked['id']}").json["rows"] == 2
    with database.begin(office.scope()) as session:
        query = select(AuditEntry.after).where(AuditEntry.action == "query.export")
        assert [after["cut"] for after in session.scalars(query)] == [True, True]


def _body(key: str) -> dict[str, Any]:
    return {"key": key, "name": label("清单", "List")}
