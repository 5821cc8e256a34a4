"""A query's file by the clock: of what its maker may take out, at his bell and by e-mail, once."""

import csv
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from callcenter.automation.commands import query_export
from callcenter.automation.models import RunState, TaskRun
from callcenter.automation.service import deliveries
from callcenter.automation.tasks import Clockwork, TimeIsUp
from callcenter.core.clock import ManualClock
from callcenter.core.db import Database
from callcenter.core.sealed import Seal
from callcenter.messaging.tasks import Courier
from callcenter.processes.messages import courier as a_courier
from callcenter.queries.service import tidy
from tests.integration.automation.conftest import AtWork, a_task, runs, states, work
from tests.integration.messaging.sending import a_channel, by_mail, deliver
from tests.integration.objects.firm import CLIENTS, JOBS, Firm, make
from tests.integration.objects.triggering import calls_allowed
from tests.integration.queries.making import (
    QUERIES,
    a_column,
    a_firm_at_work,
    jobs_and_clients,
    keep,
)
from tests.support.mail_server import MailServer, a_mail_server
from tests.support.office import SEALING_KEY, Caller, Office

pytestmark = pytest.mark.integration
DELIVERIES, TO = "/deliveries", "boss@hailan.example"
FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "＝1"]


@pytest.fixture
def mail(admin: Caller, database: Database, office: Office) -> Iterator[MailServer]:
    with a_mail_server() as made, calls_allowed(database, office, made.place):
        a_channel(admin, by_mail(made))
        yield made


@pytest.fixture
def courier(database: Database, clock: ManualClock, tmp_path: Path) -> Courier:
    return a_courier(database, Seal(SEALING_KEY), clock, tmp_path / "transfers")


@pytest.fixture(autouse=True)
def world(firm: Firm, admin: Caller, office: Office) -> None:
    a_firm_at_work(firm)
    mine = str(office.people["leader"].user_id)
    gold = make(admin, CLIENTS, "=gold", level="gold", owner=mine)
    make(admin, JOBS, "a", customer=gold, owner=mine, due="2026-11-23T17:30:00Z")
    make(admin, JOBS, "old", customer=gold, owner=mine, due="2026-11-01T17:30:00Z")
    make(admin, JOBS, "of another", customer=gold)


@pytest.fixture(autouse=True)
def query(conf: Caller, world: None) -> None:
    since = {"field": "due", "operator": "ge", "parameter": "since"}
    asked = {"key": "since", "label": {"zh-CN": "自", "en": "Since"}}
    columns = [a_column("job", "name"), a_column("client", "name", "client")]
    keep(conf, jobs_and_clients(columns=columns, conditions=[since], parameters=[asked]))


def wanted(**more: Any) -> dict[str, Any]:
    parameters = {"query": "list", "given": {"since": ["$today-7d"]}, "format": "csv", **more}
    return {"name": "周报", "cron": "0 11 * * 1-5", "parameters": parameters}


def ordered(caller: Caller, **more: Any) -> dict[str, Any]:
    answer = caller.post(DELIVERIES, wanted(**more))
    assert answer.status_code == 201, answer.json
    made: dict[str, Any] = answer.json
    return made


def lines(content: str) -> list[list[str]]:
    return [*csv.reader(StringIO(content))]


def told(caller: Caller) -> list[dict[str, Any]]:
    """Notices of files: others have come with the records."""
    return [one for one in caller.get("/notices").json["items"] if one["kind"] == "query_file"]


def run_it(caller: Caller, task: dict[str, Any], runner: AtWork) -> None:
    assert caller.post(f"{DELIVERIES}/{task['id']}/run").status_code == 202
    assert work(runner) == 1


def test_the_file_is_made_when_it_is_due_and_its_maker_hears_of_it(
    leader: Caller, admin: Caller, conf: Caller, clockwork: Clockwork, runner: AtWork,
    clock: ManualClock, tmp_path: Path,
) -> None:  # fmt: skip
    task = ordered(leader)
    assert task["command"] == "query_export"
    clock.advance(3600)
    assert (clockwork.tick(), work(runner), states(conf, task)) == (1, 1, ["done"]), runs(
        conf, task
    )
    (notice,) = told(leader)
    assert (notice["kind"], notice["text"]) == ("query_file", "清单 2026-11-24.csv，1 行")
    place = f"{QUERIES}/{notice['object']}/exports/{notice['record_id']}"
    found = leader.get(place).json
    assert (found["state"], found["rows"]) == ("done", 1)
    sent = leader.get(f"{place}/file").headers["X-Accel-Redirect"]
    content = (tmp_path / "transfers" / sent.removeprefix("/transfers/")).read_text("utf-8-sig")
    # Of his own records, of the last seven days, and no formula.
    assert lines(content) == [["job", "client"], ["a", "'=gold"]]
    assert admin.get(place).status_code == 404


def test_it_goes_by_e_mail_with_the_file_once_also_where_its_runner_died_after_it(
    leader: Caller, conf: Caller, runner: AtWork, mail: MailServer, courier: Courier,
    database: Database, office: Office,
) -> None:  # fmt: skip
    task = ordered(leader, channel="mail", to=[TO, "two@hailan.example", TO])
    run_it(leader, task, runner)
    with database.begin(office.scope()) as session:
        # As if it had been told to nobody that the run was over.
        again = {"state": RunState.QUEUED.value, "attempt": 2}
        session.execute(update(TaskRun).values(again))
    assert (work(runner), states(conf, task)) == (1, ["done"])
    assert deliver(courier) == 2
    assert {letter["To"] for letter in mail.taken} == {TO, "two@hailan.example"}
    (file,) = mail.taken[0].iter_attachments()
    assert (file.get_filename(), file.get_content_type()) == ("清单 2026-11-24.csv", "text/csv")
    assert lines(file.get_content().lstrip("\ufeff"))[1:] == [["a", "'=gold"]]
    text = mail.taken[0].get_body()
    assert text is not None
    assert "/queries/list?file=" in text.get_content()
    assert len(told(leader)) == 1


def test_a_run_that_is_broken_off_has_told_nobody_and_tells_when_it_is_tried_again(
    leader: Caller, conf: Caller, runner: AtWork, mail: MailServer, courier: Courier,
    monkeypatch: pytest.MonkeyPatch, clock: ManualClock,
) -> None:  # fmt: skip
    task = ordered(leader, channel="mail", to=[TO])
    with monkeypatch.context() as broken:
        broken.setattr(query_export.QueryExport, "_mail", _out_of_time)
        leader.post(f"{DELIVERIES}/{task['id']}/run")
        claimed = runner.claim()
        assert claimed is not None
        runner.carry_out(claimed)
    assert states(conf, task) == ["queued"]
    assert (len(told(leader)), deliver(courier)) == (0, 0)
    clock.advance(60)
    assert (work(runner), states(conf, task)) == (1, ["done"])
    assert (len(told(leader)), deliver(courier)) == (1, 1)


def test_what_is_too_large_for_a_letter_is_fetched_by_whoever_signs_in_and_may(
    leader: Caller, admin: Caller, agent: Caller, runner: AtWork, mail: MailServer,
    courier: Courier, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(query_export, "LARGEST_ATTACHED", 10)
    run_it(leader, ordered(leader, channel="mail", to=[TO]), runner)
    assert deliver(courier) == 1
    (letter,) = mail.taken
    assert not [*letter.iter_attachments()]
    file_id = letter.get_content().partition("?file=")[2].split()[0]
    place = f"{QUERIES}/list/exports/{file_id}/file"
    assert admin.get(place).status_code == 200
    assert agent.get(place).status_code == 403


def test_an_attachment_that_is_kept_no_longer_is_told_and_the_letter_does_not_go(
    leader: Caller, admin: Caller, runner: AtWork, mail: MailServer, courier: Courier,
    tmp_path: Path,
) -> None:  # fmt: skip
    run_it(leader, ordered(leader, channel="mail", to=[TO]), runner)
    for file in (tmp_path / "transfers").rglob("*.delivered.csv"):
        file.unlink()
    deliver(courier)
    (message,) = admin.get("/messages").json["items"]
    assert (message["state"], message["message"]) == (
        "failed",
        "附件“清单 2026-11-24.csv”已过保留期。",
    )
    assert mail.taken == []


def test_whoever_has_lost_the_query_gets_no_file(
    leader: Caller, conf: Caller, runner: AtWork
) -> None:
    task = ordered(leader)
    conf.send("PATCH", f"{QUERIES}/list", {"roles": ["agent"]}, version=1)
    run_it(leader, task, runner)
    assert runs(conf, task)[0]["message"] == "查询器 list 已不存在，或不再对任务设置人开放。"


def test_everybody_has_and_ends_his_own_alone(
    leader: Caller, admin: Caller, agent: Caller, conf: Caller, inspector: Caller
) -> None:
    task = ordered(leader)
    assert [one["name"] for one in leader.get(DELIVERIES, query="list").json] == ["周报"]
    assert (
        leader.get(DELIVERIES, query="other").json,
        admin.get(DELIVERIES, query="list").json,
    ) == ([], [])
    place = f"{DELIVERIES}/{task['id']}"
    assert admin.post(f"{place}/run").status_code == 404
    assert admin.send("DELETE", place, version=task["version"]).status_code == 404
    assert {one.post(DELIVERIES, wanted()).status_code for one in (agent, inspector)} == {403}
    other = a_task(conf)
    assert conf.send("DELETE", f"{DELIVERIES}/{other['id']}", version=1).status_code == 404
    assert leader.send("DELETE", place, version=task["version"]).status_code == 204


def test_two_people_have_files_of_the_same_name_and_neither_has_them_without_bound(
    leader: Caller, admin: Caller, conf: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    long = {**wanted(), "name": "周" * 60}
    named = [
        one.post(DELIVERIES, body).json["name"]
        for body in (wanted(), long)
        for one in (leader, admin, admin)
    ]
    assert named[:3] == ["周报", "周报 2", "周报 3"]
    assert [name[-3:] for name in named[3:]] == ["周周周", "周 2", "周 3"]
    often = leader.post(DELIVERIES, {**wanted(), "cron": "*/10 * * * *"})
    assert often.json["error"]["fields"] == {"cron": ["两次之间至少间隔 15 分钟。"]}
    monkeypatch.setattr(deliveries, "MOST", 3)
    assert leader.post(DELIVERIES, wanted()).status_code == 201
    refused = leader.post(DELIVERIES, wanted())
    assert (refused.status_code, refused.json["error"]["message"]) == (
        409, "最多可设置 3 个定期文件，请先停止一些。",
    )  # fmt: skip
    # Those who keep all tasks set up as many, as often as they like.
    parameters = wanted()["parameters"]
    a_task(conf, name="often", cron="* * * * *", command="query_export", parameters=parameters)


@pytest.mark.parametrize(
    ("more", "place"),
    [({"to": [TO]}, "parameters.channel"), ({"to": ["nobody"], "channel": "mail"}, "parameters.to.0"),
     ({"format": "pdf"}, "parameters.format"), ({"given": {"since": "x"}}, "parameters.given.since.value")],
)  # fmt: skip
def test_what_cannot_be_sent_is_not_set_up(
    leader: Caller, more: dict[str, Any], place: str
) -> None:
    refused = leader.post(DELIVERIES, wanted(**more))
    assert (refused.status_code, [*refused.json["error"]["fields"]]) == (422, [place])


def test_a_file_is_kept_for_a_week(
    leader: Caller, runner: AtWork, clock: ManualClock, database: Database, office: Office
) -> None:
    run_it(leader, ordered(leader), runner)
    (notice,) = told(leader)
    place = f"{QUERIES}/list/exports/{notice['record_id']}"
    for days, status in ((6, 200), (2, 404)):
        clock.advance(days * 86_400)
        with database.begin(office.scope()) as session:
            tidy(session, clock)
        assert leader.get(place).status_code == status


def _out_of_time(*_: Any) -> None:
    raise TimeIsUp
