"""Old messages lose what was written and to whom; nothing is sent a second time for it."""

import pytest
from sqlalchemy import func, select, update

from callcenter.core.clock import ManualClock
from callcenter.core.db import Database
from callcenter.messaging.models import Message, MessageState
from callcenter.messaging.service import Accepting, Draft, Source
from callcenter.processes.directory import SqlDirectory
from tests.integration.automation.conftest import TASKS, AtWork, a_task, runs, work
from tests.support.office import Caller, Office

pytestmark = pytest.mark.integration
SMS = {
    "url": "https://sms.example.com/", "body": '{"m": "{{to}}", "t": "{{text}}"}',
    "success": {"by": "status"},
}  # fmt: skip
DAY = 86_400


def test_old_messages_are_emptied_new_and_open_ones_are_not_and_nothing_goes_twice(
    conf: Caller, admin: Caller, runner: AtWork, clock: ManualClock, database: Database,
    office: Office,
) -> None:  # fmt: skip
    channel = {"key": "sms", "name": "短信", "kind": "sms", "sms": SMS}
    assert admin.post("/message-channels", channel).status_code == 201
    accepting = Accepting(SqlDirectory(), clock)

    def take(*keys: str) -> list[str]:
        drafts = [Draft("13800000001", f"您好 {key}", key=key) for key in keys]
        with database.begin(office.scope("admin")) as session:
            held = accepting.channel(session, "sms")
            return [str(one) for one in accepting.accept(session, held, drafts, Source.TASK)]

    old, waiting = take("old", "waiting")
    with database.begin(office.scope()) as session:
        sent = {"state": MessageState.GIVEN_UP.value, "cost": 1, "history": []}
        session.execute(update(Message).where(Message.id == old).values(sent))
    clock.advance(31 * DAY)
    (new,) = take("new")
    with database.begin(office.scope()) as session:
        done = {"state": MessageState.SENT.value}
        session.execute(update(Message).where(Message.id == new).values(done))
    task = a_task(conf, command="empty_messages", parameters={"older_than": 30})
    conf.post(f"{TASKS}/{task['id']}/run")
    work(runner)
    assert [run["output"] for run in runs(conf, task)] == ["清空 1 条消息的内容。"]

    found = {one["id"]: one for one in admin.get("/messages").json["items"]}
    told = ("text", "to", "state", "cost")
    assert [found[old][name] for name in told] == ["", "", "given_up", "1.0000"]
    assert all(found[one]["text"].startswith("您好") for one in (waiting, new))
    assert admin.post(f"/messages/{old}/again").json["error"]["code"] == "sending-state"
    # The same message, asked for again, is known by its id.
    assert take("old") == [old]
    with database.begin(office.scope()) as session:
        assert session.scalar(select(func.count()).select_from(Message)) == 3
