"""The bell: who is told, who sees it, what becomes of it."""

from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from redis import Redis
from sqlalchemy import select

from callcenter.core.bus import Event, Outbox, OutboxEvent
from callcenter.core.clock import ManualClock
from callcenter.core.db import Database
from callcenter.core.http import PageRequest
from callcenter.core.tenant import Scope
from callcenter.notices.events import ring
from callcenter.notices.service import KEPT, Notice, Notices, tidy
from callcenter.processes.directory import SqlDirectory
from tests.support.office import Caller, Office

pytestmark = pytest.mark.integration


@pytest.fixture
def notices(clock: ManualClock) -> Notices:
    return Notices(SqlDirectory(), Outbox(clock), clock)


@pytest.fixture
def me(office: Office) -> UUID:
    return office.people["agent"].user_id


def post(
    database: Database, office: Office, notices: Notices, *people: UUID, text: str = "张伟"
) -> None:
    with database.begin(office.scope("leader")) as session:
        notices.post(session, people, Notice("assigned", text, "customer", uuid4()))


def told(database: Database, office: Office) -> list[Event]:
    with database.begin(office.scope()) as session:
        query = select(OutboxEvent).where(OutboxEvent.type == "notice.changed")
        rows = session.scalars(query.order_by(OutboxEvent.position)).all()
        return [Event(row.id, row.type, row.at, row.enterprise_id, row.data) for row in rows]


def unread(caller: Caller) -> int:
    count: int = caller.get("/notices/unread").json["unread"]
    return count


def test_a_notice_waits_until_it_is_read(
    agent: Caller, database: Database, office: Office, notices: Notices, me: UUID
) -> None:
    post(database, office, notices, me)
    (notice,) = agent.get("/notices").json["items"]
    assert (notice["kind"], notice["text"], notice["made_by"]) == ("assigned", "张伟", "沈慧")
    assert (notice["object"], notice["read_at"], unread(agent)) == ("customer", None, 1)
    for _ in range(2):
        read = agent.post(f"/notices/{notice['id']}/read", {})
        assert (read.status_code, unread(agent)) == (200, 0)
    assert agent.get("/notices", unread="true").json["total"] == 0
    assert agent.get("/notices").json["total"] == 1


def test_each_reads_a_notice_in_their_own_language(
    agent: Caller, database: Database, office: Office, notices: Notices, me: UUID
) -> None:
    with database.begin(office.scope()) as session:
        notices.post(session, [me], Notice("trigger", {"zh-CN": "工单加急", "en": "Urgent"}))
    (notice,) = agent.get("/notices").json["items"]
    assert notice["text"] == "工单加急"
    english = Scope.of(replace(office.people["agent"], locale="en"))
    with database.begin(english) as session:
        (seen,) = notices.page(session, PageRequest(), unread=True).items
        assert seen["text"] == notices.read(session, seen["id"])["text"] == "Urgent"


def test_nobody_sees_or_reads_what_another_is_told(
    agent: Caller, colleague: Caller, stranger: Caller,
    database: Database, office: Office, notices: Notices, me: UUID,
) -> None:  # fmt: skip
    post(database, office, notices, me)
    (notice,) = agent.get("/notices").json["items"]
    for caller in (colleague, stranger):
        assert caller.get("/notices").json["items"] == []
        assert caller.post(f"/notices/{notice['id']}/read", {}).status_code == 404
        assert caller.post("/notices/read", {"until": notice["at"]}).json == {"unread": 0}
    assert unread(agent) == 1


def test_people_of_another_enterprise_are_never_told(
    database: Database, office: Office, other: Office, notices: Notices, stranger: Caller
) -> None:
    post(database, office, notices, other.people["agent"].user_id, uuid4())
    assert stranger.get("/notices").json["total"] == 0
    assert told(database, office) == []


def test_all_that_were_seen_are_read_at_once_and_later_ones_are_not(
    agent: Caller, database: Database, office: Office, notices: Notices, me: UUID,
    clock: ManualClock,
) -> None:  # fmt: skip
    for text in ("a", "b"):
        post(database, office, notices, me, text=text)
    newest = agent.get("/notices").json["items"][0]["at"]
    clock.advance(1)
    post(database, office, notices, me, text="later")
    assert agent.post("/notices/read", {"until": newest}).json == {"unread": 1}
    left = agent.get("/notices", unread="true").json["items"]
    assert [notice["text"] for notice in left] == ["later"]


def test_what_is_rolled_back_was_never_told(
    agent: Caller, database: Database, office: Office, notices: Notices, me: UUID
) -> None:
    with database.begin(office.scope("leader")) as session:
        notices.post(session, [me], Notice("assigned", "x"))
        session.rollback()
    assert (unread(agent), told(database, office)) == (0, [])


def test_the_users_room_hears_of_it(
    database: Database, office: Office, notices: Notices, me: UUID, redis: Redis, clock: ManualClock
) -> None:
    post(database, office, notices, me, me)
    (event,) = told(database, office)
    ring(redis, clock, event)
    room = redis.hgetall(f"room:user:{me}")
    assert str(event.id).encode() in room[b"notices"]


def test_the_old_ones_are_forgotten(
    agent: Caller, database: Database, office: Office, notices: Notices, me: UUID,
    clock: ManualClock,
) -> None:  # fmt: skip
    post(database, office, notices, me, text="old")
    clock.advance(KEPT.total_seconds() + 1)
    post(database, office, notices, me, text="new")
    with database.begin(office.scope()) as session:
        tidy(session, clock)
    assert [each["text"] for each in agent.get("/notices").json["items"]] == ["new"]


def test_who_is_given_a_record_is_told_and_who_takes_it_is_not(
    agent: Caller, colleague: Caller, leader: Caller, office: Office
) -> None:
    mine, theirs = (str(office.people[who].user_id) for who in ("agent", "colleague"))
    given = {"business_type": "consult_use", "product": "other", "description": "x"}
    order = agent.post("/objects/work_order/records", {"values": {**given, "assignee": mine}}).json
    assert unread(agent) == 0
    path = f"/objects/work_order/records/{order['id']}"
    changed = leader.send("PATCH", path, {"values": {"assignee": theirs}}, version=1)
    assert changed.status_code == 200, changed.json
    again = leader.send("PATCH", path, {"values": {"description": "y"}}, version=2)
    assert again.status_code == 200, again.json
    (notice,) = colleague.get("/notices").json["items"]
    assert (notice["kind"], notice["record_id"]) == ("assigned", order["id"])
