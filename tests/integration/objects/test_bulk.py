"""Several records at once: each by its own rules, none lost for another's fault, and on after a crash."""

from typing import Any
from uuid import UUID

import pytest
from redis import Redis

from callcenter.core.clock import ManualClock
from callcenter.core.db import Database
from callcenter.core.jobs import Job, JobRunner
from callcenter.objects.models import Transfer
from callcenter.objects.service import Files, Several
from callcenter.processes.jobs import bulk_work
from callcenter.processes.means import means
from tests.integration.objects.firm import CLIENTS, Firm, clients, make, names
from tests.integration.objects.shaping import a_field
from tests.support.office import Caller, Office

pytestmark = pytest.mark.integration

BULK = "/objects/client/bulk"


@pytest.fixture
def runner(database: Database, redis: Redis, clock: ManualClock, attachments: Any) -> JobRunner:
    work = bulk_work(database, Files(attachments, clock), means(clock))
    return JobRunner(database, redis, clock, work)


def acted(caller: Caller, act: str, *records: str, **more: Any) -> dict[str, Any]:
    chosen = [{"id": one} for one in records]
    answer = caller.post(BULK, {"act": act, "records": chosen or None, **more})
    assert answer.status_code == 200, answer.json
    outcome: dict[str, Any] = answer.json
    return outcome


def run(runner: JobRunner, database: Database, office: Office, bulk: dict[str, Any]) -> str:
    with database.begin(office.scope()) as session:
        row = session.get(Transfer, UUID(bulk["id"]))
        assert row is not None
        assert row.job_id is not None
        job_id = row.job_id
    return runner.run(job_id, office.id).value


def values(caller: Caller, record: str) -> dict[str, Any]:
    found: dict[str, Any] = caller.get(f"{CLIENTS}/{record}").json["values"]
    return found


def test_each_is_changed_by_its_own_rules_and_the_others_all_the_same(
    firm: Firm, agent: Caller, admin: Caller, stranger: Caller
) -> None:
    firm.keeps(clients(a_field("code", unique=True)))
    mine, theirs = make(agent, CLIENTS, "mine"), make(admin, CLIENTS, "theirs")
    second = make(agent, CLIENTS, "second")
    outcome = acted(agent, "edit", mine, theirs, second, values={"code": "A"})
    assert (outcome["state"], outcome["done"], outcome["failed"]) == ("done", 1, 2)
    told = {fault["id"]: (fault["name"], fault["reason"]) for fault in outcome["faults"]}
    assert told[theirs] == ("", "已不存在或超出可见范围")
    assert told[second][0] == "second"
    assert "code" in told[second][1]
    assert (values(agent, mine)["code"], values(agent, second)["code"]) == ("A", None)
    assert stranger.post(BULK, {"act": "delete", "records": [{"id": mine}]}).status_code == 404


def test_what_was_changed_since_it_was_read_is_left_as_it_is(firm: Firm, agent: Caller) -> None:
    firm.keeps(clients())
    record = make(agent, CLIENTS, "a")
    agent.send("PATCH", f"{CLIENTS}/{record}", {"values": {"name": "b"}}, version=1)
    chosen = [{"id": record, "version": 1}]
    answer = agent.post(BULK, {"act": "edit", "values": {"name": "c"}, "records": chosen})
    assert answer.json["faults"][0]["reason"] == "期间已被他人修改"
    assert values(agent, record)["name"] == "b"


def test_deleted_together_they_come_back_together(firm: Firm, admin: Caller, agent: Caller) -> None:
    firm.keeps(clients())
    records = [make(admin, CLIENTS, name) for name in "ab"]
    denied = agent.post(BULK, {"act": "delete", "records": [{"id": records[0]}]})
    assert denied.status_code == 403
    assert acted(admin, "delete", *records)["done"] == 2
    assert names(admin, CLIENTS) == set()
    assert acted(admin, "restore", *records)["done"] == 2
    assert names(admin, CLIENTS) == {"a", "b"}
    log = admin.get(f"{CLIENTS}/{records[0]}/log").json["items"]
    assert [line["action"] for line in log] == ["restore", "delete", "create"]


def test_to_whom_they_were_given_is_told_once(
    firm: Firm, admin: Caller, colleague: Caller, office: Office
) -> None:
    firm.keeps(clients())
    records = [make(admin, CLIENTS, name) for name in "abc"]
    acted(admin, "edit", *records, values={"owner": str(office.people["colleague"].user_id)})
    (notice,) = colleague.get("/notices").json["items"]
    assert (notice["kind"], notice["text"]) == ("assigned_many", "3")
    assert (notice["object"], notice["record_id"]) == ("client", None)


@pytest.mark.parametrize(
    "body",
    [
        {"act": "edit", "values": {}, "every": {}},
        {"act": "edit", "values": {"name": "x"}},
        {"act": "edit", "values": {"name": "x"}, "records": []},
        {"act": "edit", "values": {"name": "x"}, "every": {"filters": {"f.nothing": "1"}}},
        {"act": "restore", "every": {}},
        {"act": "purge", "every": {}},
    ],
)
def test_what_makes_no_sense_is_refused(firm: Firm, admin: Caller, body: dict[str, Any]) -> None:
    firm.keeps(clients())
    answer = admin.post(BULK, body)
    assert answer.status_code == 422, answer.json


def test_all_that_match_are_done_by_a_job_as_its_maker_may(
    firm: Firm, admin: Caller, agent: Caller, colleague: Caller, runner: JobRunner,
    database: Database, office: Office, clock: ManualClock,
) -> None:  # fmt: skip
    firm.keeps(clients(a_field("state", indexed=True)))
    make(colleague, CLIENTS, "not mine", state="open")
    mine = [make(agent, CLIENTS, f"{n}", state="open") for n in range(3)]
    make(agent, CLIENTS, "closed", state="closed")
    every = {"filters": {"f.state": "open"}}
    bulk = acted(agent, "edit", every=every, values={"state": "closed"})
    assert (bulk["state"], bulk["total"]) == ("queued", 3)
    clock.advance(1)
    make(agent, CLIENTS, "made since", state="open")
    assert run(runner, database, office, bulk) == "done"
    end = agent.get(f"{BULK}/{bulk['id']}").json
    assert (end["state"], end["done"], end["failed"]) == ("done", 3, 0)
    assert {values(agent, one)["state"] for one in mine} == {"closed"}
    assert names(admin, CLIENTS, **{"f.state": "open"}) >= {"not mine"}
    assert colleague.get(f"{BULK}/{bulk['id']}").status_code == 404


def test_after_a_crash_it_goes_on_behind_the_last_batch(
    firm: Firm, admin: Caller, runner: JobRunner, database: Database, office: Office,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr("callcenter.objects.service.acting.AT_ONCE", 2)
    firm.keeps(clients(a_field("state", indexed=True)))
    records = [make(admin, CLIENTS, f"{n}", state="open") for n in range(5)]
    bulk = acted(admin, "edit", every={}, values={"state": "closed"})
    with monkeypatch.context() as dying:
        dying.setattr(Several, "act", _dies_after(Several.act, 1))
        with pytest.raises(KeyboardInterrupt):
            run(runner, database, office, bulk)
    written = [values(admin, one)["state"] for one in records]
    assert written.count("closed") == 2
    assert run(runner, database, office, bulk) == "done"
    logs = [admin.get(f"{CLIENTS}/{one}/log").json["items"] for one in records]
    assert [[line["action"] for line in log] for log in logs] == [["update", "create"]] * 5
    end = admin.get(f"{BULK}/{bulk['id']}").json
    assert (end["done"], end["total"]) == (5, 5)


def test_called_off_it_keeps_what_it_did(
    firm: Firm, admin: Caller, runner: JobRunner, database: Database, office: Office
) -> None:
    firm.keeps(clients())
    make(admin, CLIENTS, "a")
    bulk = acted(admin, "delete", every={})
    assert admin.post(f"{BULK}/{bulk['id']}/cancel", {}).json["state"] == "cancelled"
    assert run(runner, database, office, bulk) == "cancelled"
    assert names(admin, CLIENTS) == {"a"}
    with database.begin(office.scope()) as session:
        assert session.query(Job).count() == 1


def _dies_after(act: Any, batches: int) -> Any:
    """As a worker that is killed in the middle of a batch: what it wrote of that is gone."""
    left = [batches]

    def dying(self: Several, *given: Any) -> None:
        act(self, *given)
        if left[0] == 0:
            raise KeyboardInterrupt
        left[0] -= 1

    return dying
