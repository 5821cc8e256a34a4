"""Callbacks asked for by other programs with a key: as agreed, no more, and with nothing told."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from callcenter.calls.events import FactType
from callcenter.core.audit import AuditEntry
from callcenter.core.ids import new_id
from callcenter.core.permissions import Permission
from tests.fakes.telephony import FakeTelephony
from tests.support.office import NOW, Caller, Keys, Office

pytestmark = pytest.mark.integration

ASK = Permission.CALLBACKS_ASK


@pytest.fixture
def website(keys: Keys, office: Office) -> Caller:
    return keys.open(office, ASK, name="官网")


def wish(office: Office, number: str = "138 0000 6207", **more) -> dict:
    return {"service_id": str(office.service), "number": number, **more}


def taken(telephony: FakeTelephony, *, known: bool = False) -> UUID:
    callback = new_id()
    telephony.answer("callback.ask", id=str(callback), known=known)
    return callback


def test_a_program_asks_once_however_often_it_says_so(
    website: Caller, office: Office, telephony: FakeTelephony
) -> None:
    callback = str(taken(telephony))
    until = (NOW + timedelta(hours=2)).isoformat()
    body = wish(office, language="en", note="价格页", not_after=until)
    for _ in range(2):
        answer = website.post("/callbacks", body, key="form-2026-0001")
        assert (answer.status_code, answer.json) == (201, {"id": callback, "known": False})
    (command,) = telephony.asked("callback.ask")
    asked = command["body"]
    assert (asked["source"], asked["language"], asked["note"]) == ("web", "en", "价格页")
    assert asked["number"] == "e164:+8613800006207"


def test_staff_ask_as_staff(agent: Caller, office: Office, telephony: FakeTelephony) -> None:
    taken(telephony)
    assert agent.post("/callbacks", wish(office), key="by-hand-0001").status_code == 201
    assert telephony.asked("callback.ask")[0]["body"]["source"] == "staff"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"number": "what"}, "number"),
        ({"number": "8001"}, "number"),
        ({"language": "fr"}, "language"),
        ({"note": "x" * 201}, "note"),
        ({"note": "two\nlines"}, "note"),
        ({"service_id": str(new_id())}, "service_id"),
        ({"not_after": (NOW - timedelta(minutes=1)).isoformat()}, "not_after"),
        ({"priority": 9}, "priority"),
    ],
)
def test_a_bad_wish_is_refused_by_name_and_costs_nothing(
    keys: Keys, office: Office, telephony: FakeTelephony, changes, field
) -> None:
    website = keys.open(office, ASK, callbacks_per_day=1)
    refused = website.post("/callbacks", wish(office) | changes)
    assert (refused.status_code, [*refused.json["error"]["fields"]]) == (422, [field])
    taken(telephony)
    assert website.post("/callbacks", wish(office)).status_code == 201


def test_one_number_is_called_back_no_oftener_than_agreed_whichever_key_asks(
    keys: Keys, office: Office, telephony: FakeTelephony, clock
) -> None:
    taken(telephony)
    number = f"139{new_id().int % 10**8:08d}"
    one, other = (keys.open(office, ASK, callbacks_per_number=2) for _ in range(2))
    assert one.post("/callbacks", wish(office, number)).status_code == 201
    clock.advance(3600)
    assert other.post("/callbacks", wish(office, f"+86{number}")).status_code == 201
    refused = one.post("/callbacks", wish(office, number))
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, str(23 * 3600))
    assert one.post("/callbacks", wish(office, "13911112222")).status_code == 201
    clock.advance(23 * 3600 + 1)
    assert one.post("/callbacks", wish(office, number)).status_code == 201


def test_a_key_asks_no_oftener_a_day_than_agreed(
    keys: Keys, office: Office, telephony: FakeTelephony
) -> None:
    taken(telephony)
    website = keys.open(office, ASK, callbacks_per_day=2)
    numbers = [f"139{new_id().int % 10**8:08d}" for _ in range(3)]
    statuses = [website.post("/callbacks", wish(office, one)).status_code for one in numbers]
    assert statuses == [201, 201, 429]


def test_what_telephony_did_not_take_is_not_counted(
    keys: Keys, office: Office, telephony: FakeTelephony
) -> None:
    website = keys.open(office, ASK, callbacks_per_day=1)
    telephony.refuse("callback.ask", "target-unavailable")
    assert website.post("/callbacks", wish(office)).status_code == 409
    taken(telephony)
    assert website.post("/callbacks", wish(office)).status_code == 201


def test_it_asks_how_its_own_stands_before_and_after_the_ledger_knows(
    website: Caller, office: Office, telephony: FakeTelephony, asked, tell
) -> None:
    callback = taken(telephony)
    website.post("/callbacks", wish(office))
    path = f"/callbacks/{callback}"
    fresh = website.get(path).json
    assert (fresh["state"], fresh["attempts"], fresh["place"]) == ("open", 0, None)
    asked(callback_id=callback, origin="web", note="价格页")
    assert website.get(path).json["place"] == 1
    tell(
        FactType.CALLBACK_ATTEMPTED, callback, "agent", attempts=1, outcome="no_answer",
        retry_at=None,
    )  # fmt: skip
    tell(FactType.CALLBACK_ENDED, callback, "agent", reason="exhausted")
    over = website.get(path).json
    assert (over["state"], over["attempts"], over["reason"]) == ("ended", 1, "exhausted")
    assert over["last_outcome"] == "no_answer"
    assert "林晓彤" not in str(over)
    assert "6207" not in str(over)


def test_nobody_else_is_told_of_it(
    website: Caller, keys: Keys, office: Office, other: Office, telephony: FakeTelephony, admin
) -> None:
    path = f"/callbacks/{taken(telephony)}"
    website.post("/callbacks", wish(office))
    for stranger in (keys.open(office, ASK), keys.open(other, ASK)):
        assert stranger.get(path).status_code == 404
        assert stranger.post(f"{path}/cancel").status_code == 404
    assert admin.get(path).status_code == 403
    assert telephony.asked("callback.cancel") == []


def test_it_takes_back_its_own_and_not_what_somebody_asked_before(
    website: Caller, office: Office, telephony: FakeTelephony, asked
) -> None:
    theirs = taken(telephony, known=True)
    website.post("/callbacks", wish(office))
    # Before the ledger knows who asked, and after.
    assert website.post(f"/callbacks/{theirs}/cancel").status_code == 404
    asked(callback_id=theirs)
    assert website.post(f"/callbacks/{theirs}/cancel").status_code == 404
    own = taken(telephony)
    website.post("/callbacks", wish(office, "13911113333"))
    assert website.post(f"/callbacks/{own}/cancel").status_code == 204
    (command,) = telephony.asked("callback.cancel")
    assert command["body"] == {"callback_id": str(own)}


def test_whose_first_answer_was_lost_takes_its_own_back_once_the_ledger_knows(
    keys: Keys, office: Office, telephony: FakeTelephony, asked
) -> None:
    made = keys.make(office, ASK)
    bearer = {"Authorization": f"Bearer {made['key']}"}
    website = Caller(keys.app.test_client(), headers=bearer)
    own = taken(telephony, known=True)
    website.post("/callbacks", wish(office))
    asked(callback_id=own, origin="web", asked_by=str(made["id"]))
    assert website.post(f"/callbacks/{own}/cancel").status_code == 204


def test_what_a_key_does_stands_in_the_log_under_its_name(
    keys: Keys, office: Office, telephony: FakeTelephony, database
) -> None:
    made = keys.make(office, ASK, name="官网")
    taken(telephony)
    bearer = {"Authorization": f"Bearer {made['key']}"}
    Caller(keys.app.test_client(), headers=bearer).post("/callbacks", wish(office))
    with database.begin(office.scope()) as session:
        entry = session.scalars(select(AuditEntry).filter_by(action="callback.ask")).one()
    assert (entry.actor_id, entry.actor_name) == (made["id"], "官网")
    assert entry.actor_code == made["prefix"]
    assert entry.after == {"number": "138 **** 6207"}


def test_the_page_shows_where_it_came_from_and_what_it_is_about(
    keys: Keys, office: Office, admin: Caller, asked
) -> None:
    key = keys.make(office, ASK, name="官网")
    asked(origin="web", asked_by=str(key["id"]), note="价格页")
    asked("e164:+8613900001111", origin="staff", asked_by=str(office.people["agent"].user_id))
    shown = admin.get("/callbacks", sort="not_after").json["items"]
    told = {(one["source"], one["asked_by"]["name"], one["note"]) for one in shown}
    assert told == {("web", "官网", "价格页"), ("staff", "林晓彤", "")}


def test_it_learns_the_names_of_services_and_nothing_of_people(
    website: Caller, office: Office, keys: Keys
) -> None:
    assert website.get("/callbacks").status_code == 403
    assert website.get("/callbacks/rules").status_code == 403
    assert website.get("/calls").status_code == 403
    assert keys.open(office, Permission.RECORDS_READ).post(
        "/callbacks", wish(office)
    ).status_code == 403  # fmt: skip
