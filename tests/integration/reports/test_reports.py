"""Day figures over HTTP."""

from datetime import timedelta

import pytest

from tests.support.ledger import Story
from tests.support.office import NOW, Caller, Office

pytestmark = pytest.mark.integration


def test_each_agent_has_a_row_that_equals_the_own_day(
    leader: Caller, agent: Caller, story: Story
) -> None:
    story.states("agent", [(NOW - timedelta(minutes=60), "ready")])
    story.states("colleague", [(NOW - timedelta(minutes=30), "not_ready")])
    story.inbound("agent")
    rows = {row["employee_code"]: row for row in leader.get("/reports/agents").json}
    assert set(rows) == {"8001", "8002"}
    own = agent.get("/console/day").json
    for name in ("offered", "answered", "missed", "signed_in_seconds", "totals", "utilisation"):
        assert rows["8001"][name] == own[name]


def test_a_day_begins_and_ends_in_the_enterprises_zone(leader: Caller, story: Story) -> None:
    midnight = NOW.replace(hour=16, minute=0) - timedelta(days=1)  # 00:00 in Shanghai
    story.inbound(start=midnight - timedelta(minutes=5), waited=1, talked=5)
    story.inbound(start=midnight + timedelta(minutes=5), waited=1, talked=5)
    story.states("agent", [(midnight - timedelta(minutes=30), "ready")])
    today = leader.get("/reports/agents").json[0]
    yesterday = leader.get("/reports/agents", day="2026-11-23").json[0]
    assert (today["answered"], yesterday["answered"]) == (1, 1)
    assert yesterday["signed_in_seconds"] == 1800.0
    assert today["signed_in_seconds"] == 36_000.0


def test_calls_of_another_enterprise_count_nowhere(stranger: Caller, story: Story) -> None:
    story.inbound()
    assert stranger.get("/reports/agents").json == []
    assert stranger.get("/reports/services").json[0]["offered"] == 0


def test_reports_are_not_for_agents(agent: Caller, leader: Caller, office: Office) -> None:
    assert agent.get("/reports/agents").status_code == 403
    assert leader.get("/reports/services").json[0]["service"]["id"] == str(office.service)
    assert leader.get("/reports/agents", day="tomorrow").status_code == 422
    assert leader.get("/reports/agents", team="x").status_code == 422
