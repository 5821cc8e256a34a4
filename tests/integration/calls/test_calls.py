"""The ledger over HTTP: who sees which calls, and of recordings who may hear them."""

from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select

from callcenter.calls.models import Recording, RecordingAccess
from callcenter.calls.tasks import RecordingStore
from callcenter.core.audit import AuditEntry
from callcenter.core.clock import ManualClock, SystemClock
from callcenter.core.db import Database
from callcenter.core.ids import fact_id, new_id
from tests.support.ledger import Story, T
from tests.support.office import NOW, Caller, Office
from tests.support.sound import NoProgress, write_tone

pytestmark = pytest.mark.integration


@pytest.fixture
def recorded(story: Story, database: Database, office: Office, tmp_path: Path) -> str:
    """A call of the agent with a recording that can be played."""
    call_id = story.inbound(recorded=True)
    folder = tmp_path / "incoming" / str(office.id)
    folder.mkdir(parents=True)
    write_tone(folder / f"{call_id}/agent.wav", 2.0)
    write_tone(folder / f"{call_id}/customer.wav", 1.0)
    store = RecordingStore(tmp_path, SystemClock())
    with database.begin(office.scope()) as session:
        arguments = {"recording_id": str(fact_id("recording", str(call_id)))}
        store.process(session, arguments, NoProgress())
    return str(call_id)


def test_an_agent_sees_the_own_calls_a_leader_the_teams_an_inspector_all(
    agent: Caller, colleague: Caller, leader: Caller, inspector: Caller, story: Story
) -> None:
    story.inbound("agent")
    story.inbound("colleague", start=NOW - timedelta(minutes=20))
    story.inbound("outsider", start=NOW - timedelta(minutes=10))
    totals = [each.get("/calls").json["total"] for each in (agent, colleague, leader, inspector)]
    assert totals == [1, 1, 2, 3]


def test_calls_of_another_enterprise_do_not_exist(stranger: Caller, story: Story) -> None:
    call_id = story.inbound()
    assert stranger.get("/calls").json["total"] == 0
    assert stranger.get(f"/calls/{call_id}").status_code == 404
    assert stranger.get(f"/calls/{call_id}/recording").status_code == 404


def test_a_call_tells_its_legs_events_and_figures(leader: Caller, story: Story) -> None:
    call_id = story.inbound(waited=10, talked=120)
    call = leader.get(f"/calls/{call_id}").json
    assert call["number"] == "138 0000 6207"
    assert (call["waited_seconds"], call["talk_seconds"], call["result"]) == (10, 120, "answered")
    assert call["agent"]["name"] == "林晓彤"
    assert [leg["party"] for leg in call["legs"]] == ["agent"]
    assert call["events"][0]["type"] == "call.started"
    assert call["events"][-1]["type"] == "call.ended"


def test_calls_are_filtered_and_sorted(inspector: Caller, story: Story, office: Office) -> None:
    story.inbound(talked=10)
    story.inbound("colleague", number="e164:+8613900001111", talked=90)
    story.abandoned()
    agent_id = str(office.people["colleague"].user_id)
    assert inspector.get("/calls", result="abandoned").json["total"] == 1
    assert inspector.get("/calls", agent_id=agent_id).json["total"] == 1
    assert inspector.get("/calls", number="139 0000 1111").json["total"] == 2
    assert inspector.get("/calls", service_id=str(office.service)).json["total"] == 3
    later = (NOW + timedelta(hours=1)).isoformat()
    assert inspector.get("/calls", **{"from": later}).json["total"] == 0
    longest = inspector.get("/calls", sort="-talk_seconds").json["items"][0]
    assert longest["talk_seconds"] == 90


@pytest.mark.parametrize(
    "query",
    [
        {"direction": "sideways"},
        {"number": "abc"},
        {"agent_id": "8001"},
        {"from": "yesterday"},
        {"sort": "customer_number"},
        {"anything": "1"},
    ],
)
def test_a_filter_that_makes_no_sense_is_refused(inspector: Caller, query: dict) -> None:
    answer = inspector.get("/calls", **query)
    assert answer.status_code == 422
    assert answer.json["error"]["fields"]


def test_a_disposition_is_kept_and_told(agent: Caller, story: Story, office: Office) -> None:
    path = f"/calls/{story.inbound()}"
    body = {"disposition_id": str(office.disposition), "note": "客户急 😀"}
    assert agent.send("PUT", f"{path}/disposition", body).status_code == 200
    call = agent.get(path).json
    assert (call["disposition"], call["note"]) == ("报修已受理", "客户急 😀")


def test_a_disposition_of_another_enterprise_or_call_is_refused(
    agent: Caller, colleague: Caller, story: Story, office: Office, other: Office
) -> None:
    path = f"/calls/{story.inbound()}/disposition"
    theirs = agent.send("PUT", path, {"disposition_id": str(other.disposition)})
    assert list(theirs.json["error"]["fields"]) == ["disposition_id"]
    mine = {"disposition_id": str(office.disposition)}
    assert colleague.send("PUT", path, mine).status_code == 404
    assert agent.send("PUT", path, {"note": "x" * 2001}).status_code == 422


def test_a_link_plays_for_whom_it_was_made_and_is_written_down(
    inspector: Caller, leader: Caller, recorded: str, database: Database, office: Office
) -> None:
    link = inspector.get(f"/calls/{recorded}/recording").json
    assert link["duration"] == 2.0
    assert (len(link["peaks"]["agent"]), len(link["peaks"]["customer"])) == (100, 100)
    path = link["url"].removeprefix("/api/v1")
    played = inspector.get(path)
    assert played.status_code == 200
    assert played.headers["X-Accel-Redirect"] == (f"/recordings/{office.id}/2026/11/{recorded}.wav")
    assert played.headers["Content-Type"].startswith("audio/wav")
    assert leader.get(path).status_code == 404
    with database.begin(office.scope()) as session:
        access = session.scalars(select(RecordingAccess)).one()
        assert (access.user_id, access.ip) == (office.people["inspector"].user_id, "10.0.0.7")
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "recording.play"))
        assert entry.one().entity_name == recorded


def test_a_link_ends(inspector: Caller, recorded: str, clock: ManualClock) -> None:
    path = inspector.get(f"/calls/{recorded}/recording").json["url"].removeprefix("/api/v1")
    clock.advance(16 * 60)
    answer = inspector.get(path)
    assert (answer.status_code, answer.json["error"]["code"]) == (410, "link-expired")


def test_a_forged_link_and_another_enterprise_hear_nothing(
    inspector: Caller, stranger: Caller, recorded: str
) -> None:
    path = inspector.get(f"/calls/{recorded}/recording").json["url"].removeprefix("/api/v1")
    assert inspector.get(path[:-3] + "abc").status_code == 404
    assert stranger.get(path).status_code == 404
    assert stranger.get(f"/calls/{recorded}/recording").status_code == 404


def test_an_agent_may_not_play_and_a_call_without_recording_says_so(
    agent: Caller, inspector: Caller, story: Story
) -> None:
    call_id = story.inbound()
    assert agent.get(f"/calls/{call_id}/recording").status_code == 403
    answer = inspector.get(f"/calls/{call_id}/recording")
    assert (answer.status_code, answer.json["error"]["code"]) == (404, "no-recording")
    assert inspector.get(f"/calls/{new_id()}/recording").status_code == 404


def test_holds_are_told_in_seconds_of_the_recording(
    inspector: Caller, recorded: str, story: Story, database: Database, office: Office
) -> None:
    with database.begin(office.scope()) as session:
        start = session.scalars(select(Recording.started_at)).one()
    for kind, second in ((T.LEG_HELD, 30), (T.LEG_RESUMED, 74)):
        at = start + timedelta(seconds=second)
        story.tell(kind, at, UUID(recorded), uniqueid=f"a-{recorded}")
    link = inspector.get(f"/calls/{recorded}/recording").json
    assert link["holds"] == [{"from": 30.0, "to": 74.0}]
