"""Tasks at work: due once, carried out once, ended in time, and told."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import DBAPIError

from callcenter.automation.commands import COMMANDS
from callcenter.automation.commands import base as commands
from callcenter.automation.commands.base import Command, Doing, Parameter, Refused, Values
from callcenter.automation.hand import Claimed, Outcome, Room
from callcenter.automation.models import RunState, ScheduledTask, TaskRun
from callcenter.automation.service import names_credential
from callcenter.automation.tasks import Claims, Clockwork, Ended, StoppedByHand, TimeIsUp, Turn
from callcenter.automation.tasks.clockwork import KEPT
from callcenter.automation.tasks.runner import LARGEST_OUTPUT
from callcenter.core.audit import Audit
from callcenter.core.clock import ManualClock
from callcenter.core.db import Database
from callcenter.core.errors import TooManyRequests
from callcenter.core.i18n import caption
from callcenter.core.ids import new_id
from callcenter.core.permissions import Permission
from callcenter.core.sealed import Seal
from callcenter.core.tenant import Scope
from callcenter.objects.service.presenting import viewer
from callcenter.people.models import User, UserStatus
from callcenter.queries.external.errors import SourceUnreachable
from ivr.credentials import Credentials
from tests.integration.automation.conftest import TASKS, AtWork, a_task, runs, states, work
from tests.integration.objects.firm import CLIENTS, RIGHTS, Firm, clients, make
from tests.integration.objects.triggering import calls_allowed
from tests.integration.templates.making import a_template
from tests.support.logged import enterprises_of
from tests.support.office import NOW, SEALING_KEY, Caller, Office, suspended
from tests.support.receiver import a_receiver
from tests.support.waiting import wait_until

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
    task, conf: Caller, clockwork: Clockwork, runner: AtWork, clock: ManualClock, stubborn
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
    task, conf: Caller, clockwork: Clockwork, runner: AtWork, clock: ManualClock
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


def test_what_one_that_is_frozen_has_taken_others_see_soon(
    task, conf: Caller, clockwork: Clockwork, clock: ManualClock, database: Database,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    clock.advance(3600)
    frozen, thawed = Event(), Event()
    other = Clockwork(database, clock)

    def freeze(*_: Any) -> None:
        frozen.set()
        thawed.wait(20)

    monkeypatch.setattr(other, "_make", freeze)
    with ThreadPoolExecutor(1) as one:
        ticking = one.submit(other.tick)
        frozen.wait(10)
        assert clockwork.tick() == 0
        wait_until(clockwork.tick, 10, "what the other had taken")
        thawed.set()
        with pytest.raises(DBAPIError):
            ticking.result(10)
    assert states(conf, task) == ["queued"]


@pytest.mark.parametrize(
    ("overlap", "expected", "beside"),
    [("skip", ["running", "skipped"], 0), ("queue", ["running", "queued"], 0),
     ("parallel", ["running", "queued"], 1)],
)  # fmt: skip
def test_what_is_due_while_it_runs_goes_by_its_policy(
    conf: Caller,
    clockwork: Clockwork,
    runner: AtWork,
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
    conf: Caller, clockwork: Clockwork, claims: Claims, clock: ManualClock
) -> None:
    a_task(conf, cron="* * * * *", overlap="queue")
    for _ in range(3):
        clock.advance(60)
        clockwork.tick()
    together = Barrier(3)

    def wake(_: int) -> int:
        together.wait()
        return len(claims.turn(Turn(room=Room())))

    with ThreadPoolExecutor(3) as several:
        assert sum(several.map(wake, range(3))) == 1


def test_many_are_claimed_at_once_each_by_one_hand_and_never_more_than_there_is_room_for(
    conf: Caller, clockwork: Clockwork, database: Database, clock: ManualClock, office: Office
) -> None:
    for number in range(12):
        a_task(conf, name=f"t{number}", cron="* * * * *")
    clock.advance(60)
    clockwork.tick()
    several = [Claims(database, clock, f"node{number}:1") for number in range(4)]
    assert several[0].turn(Turn(room=Room(full=[office.id]))) == []
    together = Barrier(4)

    def wake(one: Claims) -> list[Claimed]:
        together.wait()
        return one.turn(Turn(room=Room(most=2)))

    with ThreadPoolExecutor(4) as pool:
        claimed = [*pool.map(wake, several)]
    assert max(map(len, claimed)) <= 2
    found = [run.run_id for each in claimed for run in each]
    assert len(found) == len(set(found)) > 0
    several[0].turn(Turn(back=claimed[1]))
    assert not {*found} & {one.run_id for one in several[0].turn(Turn(room=Room(most=0)))}
    several[1].turn(Turn(back=claimed[1]))
    rest = several[0].turn(Turn(room=Room()))
    # What was put back by whose it was waits again, for whoever asks.
    assert {one.run_id for one in claimed[1]} <= {one.run_id for one in rest}


def test_what_is_no_longer_in_our_hand_is_not_ours_to_end(
    task, conf: Caller, runner: AtWork, claims: Claims
) -> None:
    conf.post(f"{TASKS}/{task['id']}/run")
    claimed = runner.claim()
    assert claimed is not None
    claims.turn(Turn(back=[claimed]))
    runner.carry_out(claimed)
    assert states(conf, task) == ["queued"]


def test_what_it_says_is_read_while_it_runs_and_a_person_stops_it(
    task, conf: Caller, runner: AtWork, claims: Claims
) -> None:
    place = f"{TASKS}/{task['id']}/run"
    made = conf.post(place).json
    claimed = runner.claim()
    assert claimed is not None
    claims.turn(Turn(said=[(claimed, "half of it")]))
    (run,) = runs(conf, task)
    assert (run["state"], run["output"], claims.stopped()) == ("running", "half of it", [])
    stop = f"{place}s/{made['id']}/stop"
    assert conf.post(stop).json["stopped_by"]["name"] == "配置员"
    assert claims.stopped() == [claimed.run_id]
    fault = Ended(claimed, StoppedByHand().outcome(claimed), "half of it", NOW, NOW)
    claims.turn(Turn([fault]))
    (run,) = runs(conf, task)
    # It is not tried again, though the task tries what failed.
    assert (run["state"], run["message"]) == ("stopped", "已被人工停止。")
    assert conf.post(stop).json["error"]["code"] == "task-run-over"


def test_a_stop_that_nobody_heard_in_time_is_not_lost(
    task, conf: Caller, runner: AtWork, claims: Claims, clock: ManualClock, database: Database
) -> None:
    """Whatever would have made it wait again: put back, failed and to be tried again, died."""
    place = f"{TASKS}/{task['id']}/run"
    again = Outcome(RunState.FAILED, {"key": "outbound.too_slow", "parameters": {}}, again=True)

    def of_a_turn(claimed: Claimed) -> None:
        claims.turn(Turn([Ended(claimed, again, "half", NOW, NOW)]))

    for end in (
        lambda claimed: claims.turn(Turn(back=[claimed])),
        of_a_turn,
        lambda _claimed: claims.put_back_but([]),
        lambda _claimed: Claims(database, clock, "here:2").bury("task.runner_died"),
    ):
        made = conf.post(place).json
        claimed = runner.claim()
        assert claimed is not None
        clock.advance(1)
        assert conf.post(f"{place}s/{made['id']}/stop").status_code == 202
        end(claimed)
        run = runs(conf, task)[-1]
        assert (run["state"], run["message"]) == ("stopped", "已被人工停止。")
        assert (run["attempt"], run["finished_at"] is not None) == (1, True)
        assert work(runner) == 0


def test_what_was_claimed_and_is_in_nobody_s_hand_waits_again(
    task, conf: Caller, runner: AtWork, claims: Claims, database: Database, clock: ManualClock
) -> None:
    conf.post(f"{TASKS}/{task['id']}/run")
    claimed = runner.claim()
    assert claimed is not None
    Claims(database, clock, "there:1").put_back_but([])
    claims.put_back_but([claimed.run_id])
    assert states(conf, task) == ["running"]
    claims.put_back_but([])
    assert (states(conf, task), work(runner)) == (["queued"], 1)


def test_a_command_that_is_no_longer_for_tasks_does_not_run(
    task, conf: Caller, runner: AtWork, stubborn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stubborn, "callers", frozenset({commands.Caller.TEMPLATE}), raising=False)
    conf.post(f"{TASKS}/{task['id']}/run")
    work(runner)
    (run,) = runs(conf, task)
    assert (run["message"], stubborn.done) == ("没有此命令，或定时任务不可使用。", 0)


def test_whatever_a_run_says_it_is_told_and_stops_no_other(
    task, conf: Caller, runner: AtWork, claims: Claims, stubborn
) -> None:
    stubborn.faults = [Refused("trigger.render_failed", {"text": "a\x00\ud800", "deep": ["\x00"]})]
    conf.post(f"{TASKS}/{task['id']}/run")
    claimed = runner.claim()
    assert claimed is not None
    claims.turn(Turn(said=[(claimed, "half\x00\udfff")]))
    assert runs(conf, task)[-1]["output"] == "half?"
    runner.carry_out(claimed)
    assert states(conf, task) == ["failed"]


def test_what_failed_because_somebody_was_away_is_tried_again(
    task, conf: Caller, runner: AtWork, clock: ManualClock, stubborn
) -> None:
    away = (SourceUnreachable("erp", host="erp"), TooManyRequests({"retry_after": 5}))
    for done, fault in enumerate(away, 1):
        stubborn.faults = [fault]
        clock.advance(1)
        conf.post(f"{TASKS}/{task['id']}/run")
        assert (work(runner), states(conf, task)[-1]) == (1, "queued")
        clock.advance(60)
        assert (work(runner), states(conf, task)[-1], stubborn.done) == (1, "done", done)


def test_one_that_waits_is_stopped_before_it_begins(
    task, conf: Caller, runner: AtWork, stubborn
) -> None:
    made = conf.post(f"{TASKS}/{task['id']}/run").json
    stopped = conf.post(f"{TASKS}/{task['id']}/runs/{made['id']}/stop")
    assert (stopped.status_code, stopped.json["state"]) == (202, "stopped")
    assert (work(runner), stubborn.done) == (0, 0)


def test_a_run_of_another_task_or_of_nobody_is_not_stopped(
    task, conf: Caller, admin: Caller
) -> None:
    made = conf.post(f"{TASKS}/{task['id']}/run").json
    other = a_task(conf, name="other")
    assert conf.post(f"{TASKS}/{other['id']}/runs/{made['id']}/stop").status_code == 404
    assert conf.post(f"{TASKS}/{task['id']}/runs/{new_id()}/stop").status_code == 404
    assert admin.post(f"{TASKS}/{task['id']}/runs/{made['id']}/stop").status_code == 403


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
    task, conf: Caller, clockwork: Clockwork, runner: AtWork, clock: ManualClock,
    database: Database, office: Office,
) -> None:  # fmt: skip
    conf.post(f"{TASKS}/{task['id']}/run")
    with suspended(database, office):
        clock.advance(3600)
        assert (clockwork.tick(), clockwork.tick(), work(runner)) == (1, 0, 0)
    assert (states(conf, task), work(runner)) == (["queued"], 1)
    assert conf.get(f"{TASKS}/{task['id']}").json["next_at"] == "2026-11-25T03:00:00+00:00"


def test_what_failed_and_may_pass_is_tried_again_later(
    task, conf: Caller, runner: AtWork, clock: ManualClock, stubborn
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
    task, conf: Caller, runner: AtWork, stubborn
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
    task, conf: Caller, runner: AtWork, clock: ManualClock, stubborn
) -> None:
    stubborn.faults = [TimeIsUp(), TimeIsUp()]
    conf.post(f"{TASKS}/{task['id']}/run")
    for _ in range(2):
        work(runner)
        clock.advance(60)
    (run,) = runs(conf, task)
    assert (run["state"], run["message"]) == ("timed_out", "超过 60 秒，已终止。")
    assert run["output"] == "begun"


def test_a_run_whose_process_died_has_failed_and_is_tried_again(
    task, conf: Caller, runner: AtWork, database: Database, clock: ManualClock
) -> None:
    conf.post(f"{TASKS}/{task['id']}/run")
    claimed = runner.claim()
    assert claimed is not None
    ours, others = (Claims(database, clock, name) for name in ("here:2", "there:1"))
    assert others.bury("task.runner_died") == 0
    assert ours.bury("task.runner_died") == 1
    (run,) = runs(conf, task)
    assert (run["state"], run["message"], run["attempt"]) == ("queued", "执行进程中断。", 2)
    # Whoever comes back from the dead changes nothing.
    runner.carry_out(claimed)
    assert states(conf, task) == ["queued"]


def test_what_a_node_had_in_hand_that_is_gone_for_good_is_told_by_another(
    task, conf: Caller, runner: AtWork, database: Database, clock: ManualClock
) -> None:
    conf.post(f"{TASKS}/{task['id']}/run")
    assert runner.claim() is not None
    there = Claims(database, clock, "there:1")
    clock.advance(60 + 60)
    assert there.bury_lost() == 0
    clock.advance(3)
    assert there.bury_lost() == 1
    assert [run["message"] for run in runs(conf, task)] == ["超过 60 秒，已终止。"]


def test_whoever_set_it_up_and_left_runs_nothing(
    task, conf: Caller, runner: AtWork, database: Database, office: Office, stubborn
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


def test_output_is_kept_within_bounds(task, conf: Caller, runner: AtWork, stubborn) -> None:
    stubborn.run = lambda _values, doing: doing.show("x\x00" * 20_000)
    conf.post(f"{TASKS}/{task['id']}/run")
    work(runner)
    (run,) = runs(conf, task)
    assert len(run["output"]) == LARGEST_OUTPUT + 2


def test_what_ended_long_ago_is_forgotten(
    task, conf: Caller, clockwork: Clockwork, runner: AtWork, clock: ManualClock, database: Database
) -> None:
    conf.post(f"{TASKS}/{task['id']}/run")
    work(runner)
    clock.advance(KEPT.total_seconds() + 60)
    clockwork.forget()
    with database.begin(Scope.platform()) as session:
        assert session.scalar(select(func.count()).select_from(TaskRun)) == 0
    assert RunState.DONE == "done"


def test_the_commands_do_what_they_say(
    conf: Caller, admin: Caller, firm: Firm, runner: AtWork, clock: ManualClock,
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
    with (
        a_receiver() as receiver,
        calls_allowed(database, office, receiver.place),
        enterprises_of("outbound.asked") as whose,
    ):
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
    assert whose == {str(office.id)}
    assert said["purge"] == "client：彻底删除 1 条记录。"
    # The second time each has had its message.
    assert said["messages"] == "提交 0 条消息，1 条记录此前已发送，1 条记录没有有效地址。"
    assert admin.get("/messages").json["total"] == 1
    assert said["http"].endswith("返回状态 200。")
    assert said["template"] == f"第 1 行：{office.people['conf'].name}\n{office.code} 早上好"
    assert "已申请导出" in said["export"]
    assert conf.get("/jobs").json["items"][0]["what"] == "export"


def test_a_template_of_a_task_reaches_outside_and_keeps_what_it_has(
    conf: Caller, runner: AtWork, clock: ManualClock, database: Database, office: Office
) -> None:
    with a_receiver() as receiver, calls_allowed(database, office, receiver.place):
        lines = (
            f"{{{{ http('POST', 'http://{receiver.place}/in', {{'name': '泵' ~ signature}}).status }}}}",
            "{{ file_save('report/a.csv', '泵,1' ~ signature) }} {{ file_append('report/a.csv', ';') }}",
            "{{ file_read('report/a.csv') }} {{ file_list('report') | length }}",
            "{{ http('GET', 'http://169.254.169.254/').status }}",
        )
        a_template(conf, "good", "\n".join(lines[:3]))
        a_template(conf, "bad", "\n".join(lines))
        outputs = []
        for key in ("good", "bad"):
            task = a_task(conf, name=key, command="template", parameters={"template": key})
            clock.advance(1)
            conf.post(f"{TASKS}/{task['id']}/run")
            work(runner)
            outputs.append(runs(conf, task)[-1])
        good, bad = outputs
    assert (good["state"], good["output"]) == ("done", "200\n5 6\n泵,1; 1"), good["message"]
    assert receiver.bodies == [{"name": "泵"}, {"name": "泵"}]
    assert bad["state"] == "failed"
    assert "169.254.169.254" in bad["message"]
    assert "4" in bad["message"]


def test_a_call_sends_a_credential_along_to_its_own_host(
    conf: Caller, runner: AtWork, clock: ManualClock, database: Database, office: Office
) -> None:
    credentials = Credentials(clock, Audit(clock), Seal(SEALING_KEY), names_credential)
    with a_receiver() as receiver, calls_allowed(database, office, receiver.place):
        for name, host in (("erp", receiver.place), ("other", "crm.example.com")):
            with database.begin(office.scope("admin")) as session:
                secret = f"Bearer of {name}"
                credentials.create(session, {"name": name, "host": host, "secret": secret})
        ended = {}
        for name in ("erp", "other", "nothing", None):
            call = {"url": f"http://{receiver.place}/in", "body": "{}", "credential": name}
            task = a_task(conf, name=f"call {name}", command="http", parameters=call)
            clock.advance(1)
            conf.post(f"{TASKS}/{task['id']}/run")
            work(runner)
            ended[name] = runs(conf, task)[-1]
            assert "Bearer" not in str((task, ended[name]))
        assert [ended[name]["state"] for name in ("erp", None)] == ["done", "done"]
        assert receiver.signed == ["Bearer of erp", None]
        for name in ("other", "nothing"):
            said = caption("outbound.no_credential", "zh-CN", {"credential": name})
            assert (ended[name]["state"], ended[name]["message"]) == ("failed", said)


class Shouting(Command):
    """What a developer has registered for templates."""

    key = "shout"
    needs = Permission.OBJECTS_DEFINE
    parameters = (Parameter("text", "text"), Parameter("times", "number", default=1, most=3))
    callers = frozenset({commands.Caller.TEMPLATE})

    def run(self, values: Values, doing: Doing) -> None:
        with doing.begin() as session:
            assert viewer(session) is not None
        if values["text"] == "hush":
            raise Refused("outbound.refused", {"status": 418})
        doing.show(values["text"].upper() * values["times"])


def test_a_template_calls_commands_that_the_product_has(
    conf: Caller, admin: Caller, firm: Firm, runner: AtWork, database: Database, office: Office
) -> None:
    firm.keeps(clients(permissions={**RIGHTS, "export": {"conf": "all"}}))
    with a_receiver() as receiver, calls_allowed(database, office, receiver.place):
        call = f"command('http', url='http://{receiver.place}/in', body='{{\"a\": 1}}')"
        a_template(conf, text=f"{{{{ {call} }}}}\n{{{{ command('export', object='client') }}}}")
        task = a_task(conf, command="template", parameters={"template": "letter"})
        conf.post(f"{TASKS}/{task['id']}/run")
        work(runner)
        assert receiver.bodies == [{"a": 1}]
    (run,) = runs(conf, task)
    assert run["state"] == "done", run["message"]
    assert "返回状态 200。" in run["output"]
    assert "已申请导出" in run["output"]


def test_a_template_calls_commands_that_are_for_templates_as_whoever_set_up_the_task_may(
    conf: Caller, runner: AtWork, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(COMMANDS, "shout", Shouting())  # type: ignore[arg-type] # a dict it is
    a_template(conf, text="")
    task = a_task(conf, command="template", parameters={"template": "letter"})

    def said(text: str) -> dict[str, Any]:
        version = conf.get("/templates/letter").json["version"]
        conf.send("PATCH", "/templates/letter", {"text": text}, version=version)
        clock.advance(1)
        conf.post(f"{TASKS}/{task['id']}/run")
        work(runner)
        return runs(conf, task)[-1]

    assert said("{{ command('shout', text='hey', times=2) }}!")["output"] == "HEYHEY!"
    for text, why in (
        ("{{ command('purge', object='client') }}", "purge"),
        ("{{ command('shout', text='hey', times=9) }}", "times"),
        ("{{ command('http', method='GET', url='https://elsewhere.example/') }}", "elsewhere"),
        ("{{ command('shout', words='hey') }}", "text"),
        ("{{ command('shout', text='hush') }}", "418"),
    ):
        failed = said(text)
        assert failed["state"] == "failed"
        assert why in failed["message"], failed
    # It is none for tasks, neither to be set up nor to be run.
    assert "shout" not in {one["key"] for one in conf.get("/scheduled-tasks/commands").json}
    body = {"name": "x", "cron": "0 9 * * *", "command": "shout", "parameters": {"text": "x"},
            "timeout_seconds": 60}  # fmt: skip
    assert [*conf.post(TASKS, body).json["error"]["fields"]] == ["command"]
    monkeypatch.setattr(Shouting, "needs", Permission.PLATFORM_MANAGE)
    assert said("{{ command('shout', text='hey') }}")["state"] == "failed"
