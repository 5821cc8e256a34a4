"""Tasks at work: due once, carried out once, ended in time, and told."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import OperationalError

from callcenter.automation import tasks
from callcenter.automation.commands import COMMANDS
from callcenter.automation.commands.base import Command, Refused
from callcenter.automation.models import RunState, ScheduledTask, TaskRun
from callcenter.automation.tasks import Clockwork, Runner, TimeIsUp, Watch
from callcenter.core import insisting
from callcenter.core.clock import ManualClock
from callcenter.core.db import Database
from callcenter.core.ids import new_id
from callcenter.core.permissions import Permission
from callcenter.core.tenant import Scope
from callcenter.people.models import User, UserStatus
from tests.integration.automation.conftest import TASKS, a_task, runs, states, work
from tests.integration.objects.firm import CLIENTS, RIGHTS, Firm, clients, make
from tests.integration.objects.triggering import calls_allowed
from tests.integration.templates.making import a_template
from tests.support.office import NOW, Caller, Office, suspended
from tests.support.receiver import a_receiver

pytestmark = pytest.mark.integration
DAY = 86_400


class _Stubborn(Command):
    """Does what the test says; what it is told of comes in `done`."""

    key = "template"
    needs = Permission.OBJECTS_DEFINE
    parameters = ()

    def __init__(self) -> None:
        self.faults: list[BaseException] = []
        self.done = 0

    def run(self, values: Any, doing: Any) -> None:
        doing.show("begun")
        if self.faults:
            raise self.faults.pop(0)
        self.done += 1


@pytest.fixture
def stubborn(monkeypatch: pytest.MonkeyPatch) -> _Stubborn:
    made = _Stubborn()
    monkeypatch.setitem(COMMANDS, "template", made)  # type: ignore[arg-type] # a dict it is
    return made


@pytest.fixture
def task(conf: Caller, stubborn: _Stubborn, database: Database, office: Office) -> dict[str, Any]:
    """Due at eleven; it runs the test's own command."""
    made = a_task(conf, cron="0 11 * * *", retries=1)
    with database.begin(office.scope()) as session:
        session.execute(update(ScheduledTask).values(command="template", parameters={}))
    return made


def test_what_is_due_runs_once_and_then_when_it_is_due_again(
    task, conf: Caller, clockwork: Clockwork, runner: Runner, clock: ManualClock, stubborn
) -> None:
    assert (clockwork.tick(), work(runner)) == (0, 0)
    clock.advance(3600)
    assert (clockwork.tick(), clockwork.tick(), work(runner)) == (1, 0, 1)
    (run,) = runs(conf, task)
    assert (run["state"], run["output"], run["asked_by"]) == ("done", "begun", None)
    assert run["due_at"] == "2026-11-24T03:00:00+00:00"
    found = conf.get(f"{TASKS}/{task['id']}").json
    assert (found["next_at"], found["last"]["state"]) == ("2026-11-25T03:00:00+00:00", "done")
    # That it ran is no change of it: whoever has its form open may save it.
    assert found["version"] == task["version"]


def test_what_was_missed_for_days_runs_once(
    task, conf: Caller, clockwork: Clockwork, runner: Runner, clock: ManualClock
) -> None:
    clock.advance(5 * DAY)
    assert (clockwork.tick(), clockwork.tick()) == (1, 0)
    assert (work(runner), states(conf, task)) == (1, ["done"])


def test_a_thousand_due_at_once_are_seen_once_by_however_many_look(
    database: Database, office: Office, clock: ManualClock
) -> None:
    rows = [
        ScheduledTask(
            id=new_id(), name=f"t{number}", cron="* * * * *", zone="Asia/Shanghai", version=1,
            command="purge", parameters={}, overlap="skip", retries=0, timeout_seconds=5,
            paused=False, next_at=NOW, acts_as=office.people["conf"].user_id, changed_at=NOW,
        )
        for number in range(1000)
    ]  # fmt: skip
    with database.begin(office.scope()) as session:
        session.add_all(rows)

    def look(_: int) -> int:
        clockwork, seen = Clockwork(database, clock), 0
        while found := clockwork.tick():
            seen += found
        return seen

    with ThreadPoolExecutor(3) as several:
        assert sum(several.map(look, range(3))) == 1000
    with database.begin(office.scope()) as session:
        assert session.scalar(select(func.count(func.distinct(TaskRun.task_id)))) == 1000
        assert session.scalar(select(func.count()).select_from(TaskRun)) == 1000


@pytest.mark.parametrize(
    ("overlap", "expected", "beside"),
    [("skip", ["running", "skipped"], 0), ("queue", ["running", "queued"], 0),
     ("parallel", ["running", "queued"], 1)],
)  # fmt: skip
def test_what_is_due_while_it_runs_goes_by_its_policy(
    conf: Caller,
    clockwork: Clockwork,
    runner: Runner,
    clock: ManualClock,
    overlap,
    expected,
    beside,
) -> None:
    task = a_task(conf, cron="* * * * *", overlap=overlap)
    clock.advance(60)
    clockwork.tick()
    assert runner.claim() is not None
    clock.advance(60)
    clockwork.tick()
    assert states(conf, task) == expected
    assert (runner.claim() is not None) is bool(beside)


def test_two_of_a_task_never_begin_at_the_same_moment(
    conf: Caller, clockwork: Clockwork, runner: Runner, clock: ManualClock, database: Database
) -> None:
    a_task(conf, cron="* * * * *", overlap="queue")
    for _ in range(3):
        clock.advance(60)
        clockwork.tick()
    with ThreadPoolExecutor(3) as several:
        claimed = list(several.map(lambda _: runner.claim(), range(3)))
    assert len([one for one in claimed if one]) == 1


def test_one_enterprise_leaves_a_runner_to_the_others(
    conf: Caller, door, other: Office, clockwork: Clockwork, runner: Runner, clock: ManualClock
) -> None:
    for number in range(5):
        a_task(conf, name=f"t{number}", cron="* * * * *")
    clock.advance(30)
    a_task(door.open(other.people["conf"]), name="other", cron="* * * * *")
    clock.advance(60)
    while clockwork.tick():
        pass
    claimed = [runner.claim() for _ in range(6)]
    owners = [one.enterprise_id for one in claimed if one]
    assert (len(owners), owners.count(other.id)) == (4, 1)


def test_also_when_all_its_runners_wake_at_once(
    conf: Caller, clockwork: Clockwork, runner: Runner, clock: ManualClock
) -> None:
    for number in range(8):
        a_task(conf, name=f"t{number}", cron="* * * * *")
    clock.advance(60)
    clockwork.tick()
    together = Barrier(8)

    def wake(_: int) -> bool:
        together.wait()
        return runner.claim() is not None

    with ThreadPoolExecutor(8) as several:
        assert sum(several.map(wake, range(8))) == 3


def test_what_came_of_a_run_outlives_a_moment_without_the_database(
    task, conf: Caller, runner: Runner, stubborn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(insisting, "PAUSES", (0.0, 0.0))
    faults = [OperationalError("UPDATE", None, Exception("gone"))] * 2
    finish = runner._finish

    def failing(*given: Any, **more: Any) -> None:
        if faults:
            raise faults.pop()
        finish(*given, **more)

    monkeypatch.setattr(runner, "_finish", failing)
    conf.post(f"{TASKS}/{task['id']}/run")
    assert (work(runner), states(conf, task), stubborn.done) == (1, ["done"], 1)


def test_one_whose_next_time_cannot_be_told_is_paused_and_stops_no_other(
    task, conf: Caller, clockwork: Clockwork, clock: ManualClock, database: Database, office: Office
) -> None:
    other = a_task(conf, name="other", cron="0 11 * * *")
    broken = update(ScheduledTask).where(ScheduledTask.name == task["name"])
    with database.begin(office.scope()) as session:
        session.execute(broken.values(zone="Mars/Base"))
    clock.advance(3600)
    assert clockwork.tick() == 2
    assert (states(conf, other), states(conf, task)) == (["queued"], ["queued"])
    found = conf.get(f"{TASKS}/{task['id']}").json
    assert (found["paused"], found["next_at"]) == (True, None)
    assert conf.get(f"{TASKS}/{other['id']}").json["next_at"] == "2026-11-25T03:00:00+00:00"


def test_while_an_enterprise_is_suspended_its_tasks_rest(
    task, conf: Caller, clockwork: Clockwork, runner: Runner, clock: ManualClock,
    database: Database, office: Office,
) -> None:  # fmt: skip
    conf.post(f"{TASKS}/{task['id']}/run")
    with suspended(database, office):
        clock.advance(3600)
        assert (clockwork.tick(), clockwork.tick(), work(runner)) == (1, 0, 0)
    assert (states(conf, task), work(runner)) == (["queued"], 1)
    assert conf.get(f"{TASKS}/{task['id']}").json["next_at"] == "2026-11-25T03:00:00+00:00"


def test_what_failed_and_may_pass_is_tried_again_later(
    task, conf: Caller, runner: Runner, clock: ManualClock, stubborn
) -> None:
    stubborn.faults = [Refused("outbound.too_slow", may_pass=True)]
    assert conf.post(f"{TASKS}/{task['id']}/run").status_code == 202
    assert (work(runner), states(conf, task)) == (1, ["queued"])
    (run,) = runs(conf, task)
    assert (run["attempt"], run["message"], run["asked_by"]["name"]) == (2, "返回超时。", "配置员")
    assert work(runner) == 0
    clock.advance(60)
    assert (work(runner), states(conf, task), stubborn.done) == (1, ["done"], 1)


def test_what_is_refused_for_good_has_failed_and_says_why(
    task, conf: Caller, runner: Runner, stubborn
) -> None:
    stubborn.faults = [Refused("task.object_gone", {"object": "x"})]
    conf.post(f"{TASKS}/{task['id']}/run")
    work(runner)
    (run,) = runs(conf, task)
    assert (run["state"], run["message"]) == ("failed", "数据对象 x 已不存在。")


def test_it_is_not_asked_for_twice(task, conf: Caller) -> None:
    place = f"{TASKS}/{task['id']}/run"
    assert conf.post(place).status_code == 202
    assert conf.post(place).json["error"]["code"] == "task-waiting"


def test_whose_time_is_up_is_told_and_tried_again(
    task, conf: Caller, runner: Runner, clock: ManualClock, stubborn
) -> None:
    stubborn.faults = [TimeIsUp(), TimeIsUp()]
    conf.post(f"{TASKS}/{task['id']}/run")
    for _ in range(2):
        with pytest.raises(TimeIsUp):
            work(runner)
        clock.advance(60)
    (run,) = runs(conf, task)
    assert (run["state"], run["message"]) == ("timed_out", "超过 60 秒，已终止。")
    assert run["output"] == "begun"


def test_a_run_whose_process_died_has_failed_and_one_that_heeds_nothing_is_found(
    task, conf: Caller, runner: Runner, watch: Watch, clock: ManualClock
) -> None:
    conf.post(f"{TASKS}/{task['id']}/run")
    assert runner.claim() is not None
    assert watch.bury("here:12", "task.runner_died") == 0
    assert watch.bury("here:1", "task.runner_died") == 1
    (run,) = runs(conf, task)
    assert (run["state"], run["message"], run["attempt"]) == ("queued", "执行进程中断。", 2)
    clock.advance(60)
    claimed = runner.claim()
    assert claimed is not None
    clock.advance(61)
    grace = timedelta(seconds=2)
    assert watch.overdue(grace) == []
    clock.advance(2)
    assert watch.overdue(grace) == ["here:1"]
    assert watch.bury("here:", "task.runner_died") == 1
    assert states(conf, task) == ["timed_out"]
    # Whoever comes back from the dead changes nothing.
    runner.carry_out(claimed)
    assert states(conf, task) == ["timed_out"]


def test_whoever_set_it_up_and_left_runs_nothing(
    task, conf: Caller, runner: Runner, database: Database, office: Office, stubborn
) -> None:
    conf.post(f"{TASKS}/{task['id']}/run")
    conf_id = office.people["conf"].user_id
    with database.begin(office.scope()) as session:
        session.execute(update(User).where(User.id == conf_id).values(status=UserStatus.INACTIVE))
    try:
        work(runner)
    finally:
        with database.begin(office.scope()) as session:
            active = update(User).where(User.id == conf_id).values(status=UserStatus.ACTIVE)
            session.execute(active)
    (run,) = runs(conf, task)
    assert (run["message"], stubborn.done) == ("任务设置人已离职，或不再有此权限。", 0)


def test_output_is_kept_within_bounds(task, conf: Caller, runner: Runner, stubborn) -> None:
    stubborn.run = lambda _values, doing: doing.show("x\x00" * 20_000)
    conf.post(f"{TASKS}/{task['id']}/run")
    work(runner)
    (run,) = runs(conf, task)
    assert len(run["output"]) == tasks.LARGEST_OUTPUT + 2


def test_what_ended_long_ago_is_forgotten(
    task, conf: Caller, clockwork: Clockwork, runner: Runner, clock: ManualClock, database: Database
) -> None:
    conf.post(f"{TASKS}/{task['id']}/run")
    work(runner)
    clock.advance(tasks.KEPT.total_seconds() + 60)
    clockwork.forget()
    with database.begin(Scope.platform()) as session:
        assert session.scalar(select(func.count()).select_from(TaskRun)) == 0
    assert RunState.DONE == "done"


def test_the_commands_do_what_they_say(
    conf: Caller, admin: Caller, firm: Firm, runner: Runner, clock: ManualClock,
    database: Database, office: Office,
) -> None:  # fmt: skip
    firm.keeps(clients(permissions={**RIGHTS, "export": {"conf": "all"}}))
    for name, number in (("王秀兰", "13800000001"), ("李四", None)):
        make(admin, CLIENTS, name, **({"phone": number} if number else {}))
    gone = make(admin, CLIENTS, "旧客户")
    assert admin.send("DELETE", f"{CLIENTS}/{gone}", version=1).status_code == 204
    clock.advance(31 * DAY)
    a_template(conf, text="{{ record.name }}，您好")
    a_template(conf, "note", "{{ log(user.name) }}{{ enterprise.name }} 早上好")
    sms = {
        "url": "https://sms.example.com/", "body": '{"m": "{{to}}", "t": "{{text}}"}',
        "success": {"by": "status"},
    }  # fmt: skip
    channel = {"key": "sms", "name": "短信", "kind": "sms", "sms": sms}
    assert admin.post("/message-channels", channel).status_code == 201
    greet = {"object": "client", "channel": "sms", "template": "letter", "field": "phone"}
    with a_receiver() as receiver, calls_allowed(database, office, receiver.place):
        call = {"method": "POST", "url": f"http://{receiver.place}/in", "body": '{"a": 1}'}
        said = {}
        for command, parameters in [
            ("purge", {"object": "client"}), ("messages", greet), ("http", call),
            ("template", {"template": "note"}), ("export", {"object": "client", "format": "csv"}),
        ]:  # fmt: skip
            task = a_task(conf, name=command, command=command, parameters=parameters)
            for _ in range(2 if command == "messages" else 1):
                clock.advance(1)
                conf.post(f"{TASKS}/{task['id']}/run")
                work(runner)
            run = runs(conf, task)[-1]
            assert run["state"] == "done", (command, run["message"], run["output"])
            said[command] = run["output"]
        assert receiver.bodies == [{"a": 1}]
    assert said["purge"] == "client：彻底删除 1 条记录。"
    # The second time each has had its message.
    assert said["messages"] == "提交 0 条消息，1 条记录此前已发送，1 条记录没有有效地址。"
    assert admin.get("/messages").json["total"] == 1
    assert said["http"].endswith("返回状态 200。")
    assert said["template"] == f"第 1 行：{office.people['conf'].name}\n{office.code} 早上好"
    assert "已申请导出" in said["export"]
    assert conf.get("/jobs").json["items"][0]["what"] == "export"
