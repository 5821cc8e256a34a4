"""Scoring over HTTP: what there is to score, the score, and who sees it."""

import json
from pathlib import Path

import pytest
from sqlalchemy import select

from callcenter.core.audit import Audit
from callcenter.core.bus import OutboxEvent
from callcenter.core.clock import ManualClock
from callcenter.core.db import Database
from callcenter.core.ids import new_id
from callcenter.core.places import PROJECT
from callcenter.quality.service import Forms
from tests.integration.quality.conftest import Played
from tests.support.ledger import Story
from tests.support.office import NOW, Caller, Office

pytestmark = pytest.mark.integration

FORM = json.loads(Path(PROJECT / "config/demo/records/quality_form.json").read_text())
BEST = {i["key"]: max(i["points"]) for g in FORM["groups"] for i in g["items"]}


@pytest.fixture
def form(database: Database, office: Office) -> str:
    with database.begin(office.scope()) as session:
        document = {"fatal": FORM["fatal"], "groups": FORM["groups"]}
        forms = Forms(Audit(ManualClock(NOW)), ManualClock(NOW))
        return str(forms.publish(session, FORM["key"], FORM["name"], document))


@pytest.fixture
def call_id(played: Played) -> str:
    """A call of the agent whose recording can be played."""
    return played()


def body(call_id: str, form: str, **change: object) -> dict:
    return {
        "call_id": call_id,
        "form_version_id": form,
        "answers": BEST,
        "fatal": [],
        "marks": [{"at": 117.0, "kind": "bad", "note": "抢话 2 秒", "item": "listening"}],
        "comment": "请先听完再答。",
        "status": "submitted",
        **change,
    }


def test_what_is_to_score_is_listed_until_it_is_scored(
    inspector: Caller, call_id: str, form: str, story: Story
) -> None:
    story.inbound()  # without a recording
    items = inspector.get("/quality/items", status="open").json
    assert [item["call_id"] for item in items["items"]] == [call_id]
    assert items["items"][0]["agent"]["name"] == "林晓彤"
    inspector.post("/quality/scores", body(call_id, form))
    assert inspector.get("/quality/items", status="open").json["total"] == 0
    scored = inspector.get("/quality/items", status="scored").json["items"][0]
    assert scored["score"]["total"] == 100


def test_the_whole_of_an_item_comes_at_once(
    inspector: Caller, agent: Caller, call_id: str, form: str
) -> None:
    values = {"business_type": "consult_use", "product": "other", "description": "x"}
    order = agent.post("/objects/work_order/records", {"values": values, "call_id": call_id}).json
    inspector.post("/quality/scores", body(call_id, form))
    item = inspector.get(f"/quality/items/{call_id}").json
    assert item["work_order"]["id"] == order["id"]
    assert item["recording"]["duration"] == 120.0
    assert item["score"]["total"] == 100
    assert [point["total"] for point in item["trend"]] == [100]
    assert item["call"]["agent"]["name"] == "林晓彤"


def test_a_fatal_fault_makes_it_nothing(inspector: Caller, call_id: str, form: str) -> None:
    score = inspector.post("/quality/scores", body(call_id, form, fatal=["leak"])).json
    assert (score["total"], score["fatal"]) == (0, ["leak"])


def test_the_total_is_the_servers(inspector: Caller, call_id: str, form: str) -> None:
    answer = inspector.post("/quality/scores", {**body(call_id, form), "total": 100})
    assert answer.status_code == 422
    less = {**BEST, "listening": 6, "holding": 2}
    assert inspector.post("/quality/scores", body(call_id, form, answers=less)).json["total"] == 83


def test_a_draft_is_the_inspectors_a_submitted_score_the_agents_too(
    inspector: Caller, agent: Caller, colleague: Caller, call_id: str, form: str, database, office
) -> None:
    few = {"greeting": 10}
    draft = inspector.post("/quality/scores", body(call_id, form, answers=few, status="draft")).json
    path = f"/quality/scores/{draft['id']}"
    assert agent.get("/quality/mine").json["total"] == 0
    assert agent.get(path).status_code == 404
    answer = inspector.send("PUT", path, body(call_id, form), version=draft["version"])
    assert answer.status_code == 200, answer.json
    mine = agent.get("/quality/mine").json["items"]
    assert [(score["total"], score["comment"]) for score in mine] == [(100, "请先听完再答。")]
    assert agent.get(path).status_code == 200
    assert colleague.get(path).status_code == 404
    assert colleague.get("/quality/mine").json["total"] == 0
    with database.begin(office.scope()) as session:
        query = select(OutboxEvent).where(OutboxEvent.type == "score.submitted")
        assert len(list(session.scalars(query))) == 1


def test_a_stale_score_is_refused_and_a_submitted_one_stands(
    inspector: Caller, call_id: str, form: str
) -> None:
    draft = inspector.post("/quality/scores", body(call_id, form, status="draft")).json
    path = f"/quality/scores/{draft['id']}"
    assert inspector.send("PUT", path, body(call_id, form), version=99).status_code == 412
    assert inspector.send("PUT", path, body(call_id, form)).status_code == 428
    done = inspector.send("PUT", path, body(call_id, form), version=1).json
    again = inspector.send("PUT", path, body(call_id, form), version=done["version"])
    assert (again.status_code, again.json["error"]["code"]) == (409, "score-submitted")


def test_a_call_is_scored_once(inspector: Caller, call_id: str, form: str) -> None:
    first = inspector.post("/quality/scores", body(call_id, form), key="score-000001")
    same = inspector.post("/quality/scores", body(call_id, form), key="score-000001")
    assert same.json == first.json
    other = inspector.post("/quality/scores", body(call_id, form))
    assert (other.status_code, other.json["error"]["code"]) == (409, "already-scored")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"answers": {**BEST, "listening": 7}}, "answers.listening"),
        ({"answers": {**BEST, "nothing": 1}}, "answers.nothing"),
        ({"answers": {k: v for k, v in BEST.items() if k != "holding"}}, "answers.holding"),
        ({"fatal": ["unknown"]}, "fatal.unknown"),
        ({"marks": [{"at": -1, "kind": "bad", "note": ""}]}, "marks.0.at"),
        ({"marks": [{"at": 1, "kind": "odd", "note": ""}]}, "marks.0.kind"),
        ({"comment": "长" * 2001}, "comment"),
        ({"form_version_id": "0192a000-0000-7000-8000-000000000000"}, "form_version_id"),
        ({"status": "final"}, "status"),
    ],
)
def test_a_wrong_score_names_the_field(
    inspector: Caller, call_id: str, form: str, change: dict, field: str
) -> None:
    answer = inspector.post("/quality/scores", body(call_id, form, **change))
    assert answer.status_code == 422
    assert field in answer.json["error"]["fields"]


def test_only_inspectors_score_and_only_in_their_enterprise(
    agent: Caller, leader: Caller, stranger: Caller, inspector: Caller, call_id: str, form: str
) -> None:
    for caller in (agent, leader, stranger):
        assert caller.post("/quality/scores", body(call_id, form)).status_code == 403
        assert caller.get("/quality/items").status_code == 403
    assert inspector.post("/quality/scores", body(str(new_id()), form)).status_code == 404


def test_another_enterprises_inspector_finds_nothing(
    door, other: Office, inspector: Caller, call_id: str, form: str
) -> None:
    score = inspector.post("/quality/scores", body(call_id, form)).json
    theirs = door.open(other.people["inspector"])
    for path in (f"items/{call_id}", f"scores/{score['id']}", f"forms/{form}"):
        assert theirs.get(f"/quality/{path}").status_code == 404
    assert theirs.post("/quality/scores", body(call_id, form)).status_code == 404


def test_an_old_version_of_a_form_stays(
    inspector: Caller, database: Database, office: Office, form: str
) -> None:
    with database.begin(office.scope()) as session:
        forms = Forms(Audit(ManualClock(NOW)), ManualClock(NOW))
        document = {"fatal": [], "groups": FORM["groups"][:1]}
        newer = str(forms.publish(session, FORM["key"], FORM["name"], document))
    listed = inspector.get("/quality/forms").json
    assert [(each["id"], each["version"], each["total"]) for each in listed] == [(newer, 2, 20)]
    assert inspector.get(f"/quality/forms/{form}").json["total"] == 100
