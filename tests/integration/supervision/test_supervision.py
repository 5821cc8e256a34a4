"""The wall, listening and forcing over HTTP."""

import json

import pytest
from redis import Redis
from sqlalchemy import select

from callcenter.core.audit import AuditEntry
from callcenter.core.db import Database
from tests.fakes.telephony import FakeTelephony
from tests.support.ledger import Story
from tests.support.office import Caller, Office
from tests.support.rooms import wall_seat

pytestmark = pytest.mark.integration


@pytest.fixture
def seats(redis: Redis, office: Office) -> None:
    """The agent in the first team, the outsider in the second, as telephony shows them."""
    for who, team in (("agent", "first"), ("outsider", "second")):
        person = office.people[who]
        seat = wall_seat(person.user_id, person.employee_code, "ready")
        room = f"room:wall:{office.id}:{office.teams[team]}"
        redis.hset(room, f"seat:{person.user_id}", json.dumps(seat))


def test_a_leader_sees_the_own_team_others_the_enterprise(
    leader: Caller, inspector: Caller, stranger: Caller, seats: None
) -> None:
    def codes(caller: Caller) -> list[str]:
        return [seat["employee_code"] for seat in caller.get("/supervision/wall").json["seats"]]

    assert codes(leader) == ["8001"]
    assert codes(inspector) == ["8001", "8003"]
    assert codes(stranger) == []


def test_the_wall_counts_as_the_report_does(leader: Caller, story: Story) -> None:
    story.inbound(waited=10)
    story.inbound("colleague", waited=30)
    story.abandoned(waited=40)
    story.abandoned(waited=3)
    wall = leader.get("/supervision/wall").json
    report = leader.get("/reports/services").json[0]
    counted = {"offered": 4, "answered": 2, "within": 1, "abandoned": 2, "short_abandoned": 1}
    assert {name: report[name] for name in counted} == counted
    assert {name: wall["figures"][name] for name in counted} == counted
    assert wall["figures"]["level_percent"] == report["level_percent"] == 33.3
    trend = wall["trend"]
    assert sum(point["answered"] for point in trend) == 2
    assert sum(point["abandoned"] for point in trend) == 2


def test_an_agent_has_no_wall(agent: Caller) -> None:
    assert agent.get("/supervision/wall").status_code == 403


def test_listening_is_a_command_and_stands_in_the_audit_log(
    leader: Caller, telephony: FakeTelephony, office: Office, database: Database
) -> None:
    telephony.answer("supervision.listen", id="listen-1")
    agent_id = str(office.people["agent"].user_id)
    answer = leader.post("/supervision/listen", {"agent_id": agent_id})
    assert (answer.status_code, answer.json) == (202, {"id": "listen-1"})
    assert leader.send("DELETE", "/supervision/listen/listen-1").status_code == 204
    with database.begin(office.scope()) as session:
        done = AuditEntry.action.startswith("supervision.")
        actions = set(session.scalars(select(AuditEntry.action).where(done)))
    assert actions == {"supervision.listen", "supervision.stop"}


def test_a_leader_reaches_the_own_team_only(
    leader: Caller, inspector: Caller, telephony: FakeTelephony, office: Office, other: Office
) -> None:
    telephony.answer("supervision.listen", id="listen-1")
    outsider = {"agent_id": str(office.people["outsider"].user_id)}
    theirs = {"agent_id": str(other.people["agent"].user_id)}
    assert leader.post("/supervision/listen", outsider).status_code == 404
    assert inspector.post("/supervision/listen", outsider).status_code == 202
    assert inspector.post("/supervision/listen", theirs).status_code == 404
    assert len(telephony.commands) == 1


def test_forcing_needs_its_own_permission(
    leader: Caller, inspector: Caller, agent: Caller, telephony: FakeTelephony, office: Office
) -> None:
    telephony.answer("agent.force", state="not_ready")
    path = f"/supervision/agents/{office.people['agent'].user_id}/force"
    assert leader.post(path, {"state": "not_ready"}).json == {"state": "not_ready"}
    assert inspector.post(path, {"state": "ready"}).status_code == 403
    assert agent.post(path, {"state": "ready"}).status_code == 403
    assert leader.post(path, {"state": "asleep"}).status_code == 422


def test_without_telephony_the_answer_is_503(leader: Caller, office: Office) -> None:
    path = f"/supervision/agents/{office.people['agent'].user_id}/force"
    answer = leader.post(path, {"state": "ready"})
    assert (answer.status_code, answer.json["error"]["code"]) == (503, "telephony-unavailable")
