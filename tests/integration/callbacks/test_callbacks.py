"""Callbacks over HTTP: shown from the ledger, asked for and changed by telephony."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from callcenter.callbacks import queries
from callcenter.callbacks.models import Callback, CallbackRules
from callcenter.calls.events import FactType
from callcenter.core.audit import AuditEntry
from callcenter.core.db import Database
from callcenter.core.ids import new_id
from callcenter.processes.seams import Surroundings
from tests.fakes.telephony import FakeTelephony
from tests.integration.callbacks.conftest import Tell
from tests.support.office import NOW, Caller, Door, Office

pytestmark = pytest.mark.integration

LATER = (NOW + timedelta(hours=2)).isoformat()


def items(answer) -> list[dict]:
    assert answer.status_code == 200, answer.json
    return answer.json["items"]


def test_it_is_seen_by_those_who_serve_and_lead_with_its_place(
    door: Door, office: Office, asked
) -> None:
    first, urgent = asked(), asked("e164:+8613900001111", at=NOW, priority=9)
    for who in ("agent", "leader", "inspector", "admin"):
        found = items(door.open(office.people[who]).get("/callbacks"))
        assert {UUID(one["id"]): one["place"] for one in found} == {urgent: 1, first: 2}, who
    assert items(door.open(office.people["outsider"]).get("/callbacks")) == []
    assert door.open(office.people["conf"]).get("/callbacks").status_code == 403


def test_places_are_told_of_those_near_the_front_alone(
    admin: Caller, asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "PLACES", 2)
    waiting = [asked(at=NOW + timedelta(seconds=second)) for second in range(3)]
    found = {UUID(one["id"]): one["place"] for one in items(admin.get("/callbacks"))}
    assert [found[one] for one in waiting] == [1, 2, None]


def test_a_page_reads_the_lines_of_its_own_services_and_no_others(
    admin: Caller, asked, tell: Tell, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[UUID] = []
    line = queries.line
    monkeypatch.setattr(queries, "line", lambda service: read.append(service) or line(service))
    callback, elsewhere = asked(), new_id()
    asked("e164:+8613900001111", service_id=str(elsewhere), at=NOW - timedelta(hours=1))
    (first,) = items(admin.get("/callbacks", page_size=1))
    assert UUID(first["id"]) == callback
    assert read == [office.service]
    tell(FactType.CALLBACK_ENDED, callback, reason="done")
    read.clear()
    items(admin.get("/callbacks", state="ended"))
    assert read == []


def test_another_enterprise_sees_nothing(stranger: Caller, asked) -> None:
    callback = asked()
    assert items(stranger.get("/callbacks")) == []
    assert stranger.post(f"/callbacks/{callback}/cancel").status_code == 404


def test_numbers_are_masked_for_agents(agent: Caller, leader: Caller, asked) -> None:
    asked()
    assert items(agent.get("/callbacks"))[0]["number"] == "138 **** 6207"
    assert items(leader.get("/callbacks"))[0]["number"] == "138 0000 6207"


def test_attempts_and_the_end_are_told_once_however_often_they_are_delivered(
    leader: Caller, asked, tell: Tell, office: Office
) -> None:
    callback = asked()
    for _ in range(2):
        tell(
            FactType.CALLBACK_ATTEMPTED, callback, "agent", attempts=1, outcome="no_answer",
            retry_at=None,
        )  # fmt: skip
    (one,) = items(leader.get("/callbacks", state="open"))
    assert (one["attempts"], one["last_outcome"], one["agent"]["name"]) == (
        1,
        "no_answer",
        "林晓彤",
    )
    tell(FactType.CALLBACK_ENDED, callback, reason="exhausted")
    assert items(leader.get("/callbacks", state="open")) == []
    (one,) = items(leader.get("/callbacks", state="ended"))
    assert (one["reason"], one["place"], one["agent"]["name"]) == ("exhausted", None, "林晓彤")


def test_told_again_with_another_number_it_is_the_same(leader: Caller, asked) -> None:
    callback = asked()
    asked("e164:+8613900001111", callback_id=callback)
    (one,) = items(leader.get("/callbacks"))
    assert (UUID(one["id"]), one["number"]) == (callback, "139 0000 1111")
    assert items(leader.get("/callbacks", number="13900001111"))
    assert items(leader.get("/callbacks", number="13800006207")) == []


def test_what_a_lost_ledger_does_not_know_holds_up_no_fact(tell: Tell, database, office) -> None:
    tell(FactType.CALLBACK_ENDED, new_id(), reason="done")
    with database.begin(office.scope()) as session:
        assert session.scalars(select(Callback)).all() == []


def test_staff_ask_for_one_and_are_told_when_it_is_open_already(
    agent: Caller, office: Office, telephony: FakeTelephony
) -> None:
    callback = str(new_id())
    telephony.answer("callback.ask", id=callback, known=True)
    body = {"service_id": str(office.service), "number": "138 0000 6207", "not_after": LATER}
    answer = agent.post("/callbacks", body, key="once-and-only")
    assert (answer.status_code, answer.json) == (201, {"id": callback, "known": True})
    (command,) = telephony.asked("callback.ask")
    assert command["body"]["number"] == "e164:+8613800006207"
    agent.post("/callbacks", body, key="once-and-only")
    assert len(telephony.asked("callback.ask")) == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"number": "what"}, "number"),
        ({"number": "8001"}, "number"),
        ({"service_id": "01920000-0000-7000-8000-000000000000"}, "service_id"),
        ({"not_after": (NOW - timedelta(minutes=1)).isoformat()}, "not_after"),
        ({"not_before": LATER, "not_after": LATER}, "not_after"),
    ],
)
def test_what_cannot_be_called_back_is_refused_by_name(
    agent: Caller, office: Office, telephony: FakeTelephony, changes, field
) -> None:
    body = {"service_id": str(office.service), "number": "13800006207"} | changes
    answer = agent.post("/callbacks", body, key="some-key-or-other")
    assert (answer.status_code, list(answer.json["error"]["fields"])) == (422, [field])
    assert telephony.asked("callback.ask") == []


def test_nobody_asks_for_a_service_that_is_none_of_theirs(door: Door, office: Office) -> None:
    outsider = door.open(office.people["outsider"])
    body = {"service_id": str(office.service), "number": "13800006207"}
    assert outsider.post("/callbacks", body, key="some-key-or-other").status_code == 422


def test_leaders_change_and_cancel_and_it_is_written_down_without_the_number(
    leader: Caller, agent: Caller, asked, telephony: FakeTelephony, database, office: Office
) -> None:
    callback = asked()
    body = {"number": "13900001111", "not_after": LATER}
    assert agent.send("PATCH", f"/callbacks/{callback}", body).status_code == 403
    assert leader.send("PATCH", f"/callbacks/{callback}", body).status_code == 204
    (command,) = telephony.asked("callback.change")
    assert command["body"]["number"] == "e164:+8613900001111"
    assert agent.post(f"/callbacks/{callback}/cancel").status_code == 403
    assert leader.post(f"/callbacks/{callback}/cancel").status_code == 204
    telephony.refuse("callback.cancel", "unknown-callback")
    gone = leader.post(f"/callbacks/{callback}/cancel")
    assert (gone.status_code, gone.json["error"]["code"]) == (404, "unknown-callback")
    with database.begin(office.scope()) as session:
        entries = list(session.scalars(select(AuditEntry).order_by(AuditEntry.id)))
    acts = [entry.action for entry in entries]
    assert acts == ["callback.change", "callback.cancel", "callback.cancel"]
    assert entries[0].after["number"] == "139 **** 1111"
    assert "13800006207" not in str([entry.before for entry in entries])


def test_how_a_service_calls_back_is_the_administrators(
    admin: Caller, leader: Caller, office: Office
) -> None:
    (plain,) = admin.get("/callbacks/rules").json
    assert (plain["attempts"], plain["begins"], plain["version"]) == (3, "08:00", 0)
    assert leader.get("/callbacks/rules").status_code == 403
    rules = {
        "attempts": 2, "pause_seconds": 60, "lasts_seconds": 3600, "begins": "09:00",
        "ends": "18:00", "schedule_id": None,
    }  # fmt: skip
    path = f"/callbacks/rules/{office.service}"
    assert admin.send("PUT", path, rules, version=0).json["version"] == 1
    assert admin.send("PUT", path, rules, version=0).status_code == 412
    for wrong in ({"ends": "09:00"}, {"begins": "9:00"}, {"attempts": 0},
                  {"schedule_id": str(new_id())}):  # fmt: skip
        assert admin.send("PUT", path, rules | wrong, version=1).status_code == 422, wrong


def test_a_schedule_by_which_customers_are_called_back_is_in_use(
    database: Database, office: Office
) -> None:
    schedule, other = new_id(), new_id()
    with database.begin(office.scope()) as session:
        rules = CallbackRules(
            service_id=office.service, attempts=2, pause_seconds=60, lasts_seconds=3600,
            begins="09:00", ends="18:00", schedule_id=schedule,
        )  # fmt: skip
        session.add(rules)
        session.flush()
        assert Surroundings().of_schedule(session, schedule) == "callback_rules"
        assert Surroundings().of_schedule(session, other) is None
