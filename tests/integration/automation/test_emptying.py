"""Old messages lose what was written and to whom; nothing is sent a second time for it."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from callcenter.core.clock import ManualClock
from callcenter.core.db import Database
from callcenter.messaging.models import Message, MessageState
from callcenter.messaging.service import Accepting, Draft, Emptying, Source, emptying
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
        file = {"name": "a.csv", "place": "x/a.csv", "type": "text/csv"}
        sent = {"state": MessageState.GIVEN_UP.value, "cost": 1, "history": [],
                "attachments": [file]}  # fmt: skip
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
        kept = select(Message.attachments).where(Message.id == old)
        assert session.scalar(kept) == []


def test_each_batch_goes_on_where_the_one_before_it_ended_and_leaves_none_out(
    admin: Caller, clock: ManualClock, database: Database, office: Office,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(emptying, "BATCH", 2)
    channel = {"key": "sms", "name": "短信", "kind": "sms", "sms": SMS}
    assert admin.post("/message-channels", channel).status_code == 201
    accepting = Accepting(SqlDirectory(), clock)
    with database.begin(office.scope("admin")) as session:
        held = accepting.channel(session, "sms")
        for _ in range(3):
            clock.advance(60)
            # Two at the same moment, one of which falls into the next batch.
            accepting.accept(session, held, [Draft("13800000001", "您好")] * 2, Source.TASK)
        session.execute(update(Message).values(state=MessageState.SENT.value))
        first = session.scalars(select(Message).order_by(Message.made_at).limit(1)).one()
        first.state = MessageState.QUEUED.value
    moment, since, found = clock.now() + timedelta(days=1), None, []
    while not found or found[-1]:
        with database.begin(office.scope()) as session:
            count, since = Emptying().before(session, moment, since)
        found.append(count)
    assert (found, since) == ([2, 2, 1, 0], clock.now())
    with database.begin(office.scope()) as session:
        # What lies before where it goes on is not looked at again.
        session.execute(update(Message).values(text="x", state=MessageState.SENT.value))
        assert Emptying().before(session, moment, since)[0] == 2
