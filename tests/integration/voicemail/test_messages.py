"""Messages over HTTP: who sees one, who works on it, and what is written down of that."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from callcenter.core.audit import AuditEntry
from callcenter.core.db import Database
from callcenter.core.ids import new_id
from tests.fakes.telephony import FakeTelephony
from tests.integration.voicemail.conftest import Leave
from tests.support.office import NOW, Caller, Door, Office

pytestmark = pytest.mark.integration


def ids(answer) -> list[str]:
    assert answer.status_code == 200, answer.json
    return [item["id"] for item in answer.json["items"]]


def state(answer) -> str:
    assert answer.status_code == 200, answer.json
    return answer.json["state"]


def test_a_services_message_is_seen_by_its_members_and_those_who_see_their_calls(
    door: Door, office: Office, leave: Leave
) -> None:
    message = str(leave())
    for who in ("agent", "colleague", "leader", "inspector", "admin"):
        caller = door.open(office.people[who])
        assert ids(caller.get("/voicemail")) == [message], who
        assert caller.get("/voicemail/waiting").json == {"waiting": 1}
    outsider = door.open(office.people["outsider"])
    assert ids(outsider.get("/voicemail")) == []
    assert outsider.get(f"/voicemail/{message}").status_code == 404
    assert outsider.post(f"/voicemail/{message}/take").status_code == 404
    assert door.open(office.people["conf"]).get("/voicemail").status_code == 403


def test_a_seats_message_is_its_users_and_the_teams_leaders(
    door: Door, office: Office, leave: Leave
) -> None:
    message = str(leave(seat="agent"))
    seen = [
        who
        for who in ("agent", "colleague", "outsider", "leader", "admin")
        if ids(door.open(office.people[who]).get("/voicemail"))
    ]
    assert seen == ["agent", "leader", "admin"]
    one = door.open(office.people["agent"]).get(f"/voicemail/{message}").json
    assert one["target"] == {
        "kind": "seat",
        "id": str(office.people["agent"].user_id),
        "name": "林晓彤",
    }


def test_another_enterprise_sees_nothing(stranger: Caller, leave: Leave) -> None:
    message = leave()
    assert ids(stranger.get("/voicemail")) == []
    assert stranger.get(f"/voicemail/{message}").status_code == 404
    assert stranger.send("DELETE", f"/voicemail/{message}").status_code == 404


def test_numbers_are_masked_for_agents_and_whole_for_leaders(
    agent: Caller, leader: Caller, leave: Leave
) -> None:
    leave()
    assert agent.get("/voicemail").json["items"][0]["number"] == "138 **** 6207"
    assert leader.get("/voicemail").json["items"][0]["number"] == "138 0000 6207"
    leave(number="withheld:")
    newest = agent.get("/voicemail", sort="seconds").json["items"]
    assert {item["number"] for item in newest} == {"138 **** 6207", None}


def test_one_agent_at_a_time_works_on_a_message(
    agent: Caller, colleague: Caller, leader: Caller, leave: Leave
) -> None:
    message = f"/voicemail/{leave()}"
    assert state(agent.post(f"{message}/take")) == "taken"
    refused = colleague.post(f"{message}/take")
    assert (refused.status_code, refused.json["error"]["code"]) == (409, "message-state")
    assert refused.json["error"]["details"] == {"state": "taken", "agent": "林晓彤"}
    assert colleague.post(f"{message}/finish").status_code == 409
    assert colleague.post(f"{message}/call").status_code == 409
    assert state(agent.post(f"{message}/finish")) == "done"
    assert agent.post(f"{message}/take").status_code == 409
    assert state(colleague.post(f"{message}/reopen")) == "new"
    assert colleague.get(message).json["agent"] is None
    assert state(colleague.post(f"{message}/take")) == "taken"
    assert state(leader.post(f"{message}/release")) == "new"


def test_the_list_is_asked_by_state_by_number_and_by_who_has_them(
    agent: Caller, colleague: Caller, leave: Leave
) -> None:
    older, newer = leave(), leave(at=NOW + timedelta(minutes=5), number="e164:+8613900001111")
    assert ids(agent.get("/voicemail")) == [str(newer), str(older)]
    agent.post(f"/voicemail/{older}/take")
    assert ids(agent.get("/voicemail", state="new")) == [str(newer)]
    assert ids(agent.get("/voicemail", mine="true")) == [str(older)]
    assert ids(colleague.get("/voicemail", mine="true")) == []
    assert ids(agent.get("/voicemail", number="139 0000 1111")) == [str(newer)]
    assert agent.get("/voicemail", number="what").status_code == 422
    assert agent.get("/voicemail/waiting").json == {"waiting": 1}


def test_who_calls_back_has_the_message_and_never_sees_the_number(
    agent: Caller, leave: Leave, telephony: FakeTelephony
) -> None:
    message = leave()
    telephony.answer("call.dial", call_id=str(new_id()))
    called = agent.post(f"/voicemail/{message}/call")
    assert called.status_code == 200, called.json
    command = telephony.commands[-1]
    assert (command["verb"], command["body"]["number"]) == ("call.dial", "13800006207")
    assert "6207" not in str(called.json)
    one = agent.get(f"/voicemail/{message}").json
    assert (one["state"], one["agent"]["name"]) == ("taken", "林晓彤")


def test_a_message_whose_caller_could_not_be_called_is_anybodys_again(
    agent: Caller, colleague: Caller, leave: Leave, telephony: FakeTelephony
) -> None:
    message = f"/voicemail/{leave()}"
    telephony.refuse("call.dial", "illegal-state")
    assert agent.post(f"{message}/call").status_code == 409
    assert colleague.get(message).json["state"] == "new"


def test_nobody_can_be_called_back_who_withheld_the_number(agent: Caller, leave: Leave) -> None:
    message = leave(number="withheld:")
    answer = agent.post(f"/voicemail/{message}/call")
    assert (answer.status_code, answer.json["error"]["code"]) == (422, "invalid")
    assert agent.get(f"/voicemail/{message}").json["state"] == "new"


def test_what_was_said_is_written_down_and_nobody_overwrites_it_unseen(
    agent: Caller, colleague: Caller, leave: Leave
) -> None:
    message = f"/voicemail/{leave()}"
    version = agent.get(message).json["version"]
    kept = agent.send("PATCH", message, {"transcript": "请回电"}, version=version)
    assert kept.json["transcript"] == "请回电"
    stale = colleague.send("PATCH", message, {"transcript": "别的"}, version=version)
    assert stale.status_code == 412
    assert agent.get(message).json["transcript"] == "请回电"
    too_long = {"transcript": "字" * 5001}
    assert agent.send("PATCH", message, too_long, version=version + 1).status_code == 422


def test_a_message_is_linked_with_a_customer_who_has_its_number(
    agent: Caller, leave: Leave, admin: Caller
) -> None:
    made = admin.post(
        "/objects/customer/records", {"values": {"name": "王女士", "phone": "13800006207"}}
    )
    assert made.status_code == 201, made.json
    message = f"/voicemail/{leave()}"
    one = agent.get(message).json
    assert one["matching"] == [{"id": made.json["id"], "name": "王女士"}]
    body = {"customer_id": made.json["id"]}
    linked = agent.send("PATCH", message, body, version=one["version"])
    assert linked.json["customer"] == {"id": made.json["id"], "name": "王女士"}
    unknown = {"customer_id": "01920000-0000-7000-8000-000000000000"}
    again = agent.send("PATCH", message, unknown, version=linked.json["version"])
    assert again.status_code == 422


def test_leaders_delete_and_agents_do_not(
    agent: Caller, leader: Caller, leave: Leave, database: Database, office: Office
) -> None:
    message = leave()
    assert agent.send("DELETE", f"/voicemail/{message}").status_code == 403
    assert leader.send("DELETE", f"/voicemail/{message}").status_code == 204
    assert leader.get(f"/voicemail/{message}").status_code == 404
    assert ids(agent.get("/voicemail")) == []
    with database.begin(office.scope()) as session:
        entry = session.scalars(select(AuditEntry).order_by(AuditEntry.at.desc())).first()
        assert (entry.action, entry.entity_id) == ("voicemail.delete", str(message))
        assert entry.before["number"] == "138 **** 6207"


def test_members_are_told_at_their_bells_without_the_number(
    agent: Caller, door: Door, office: Office, leave: Leave
) -> None:
    leave()
    notice = agent.get("/notices").json["items"][0]
    assert (notice["kind"], notice["text"]) == ("voicemail", "售后维修 · 138 **** 6207")
    outsider = door.open(office.people["outsider"])
    assert outsider.get("/notices").json["items"] == []


def test_greetings_are_kept_by_the_administrator_and_ones_own_by_oneself(
    agent: Caller, admin: Caller, inspector: Caller, office: Office
) -> None:
    own = office.people["agent"].user_id
    boxes = {UUID(box["target"]["id"]): box for box in admin.get("/voicemail/boxes").json}
    assert {office.service, own} <= set(boxes)
    assert boxes[office.service]["greeting"] is None
    mine = agent.get("/voicemail/boxes").json
    assert [box["target"]["name"] for box in mine] == ["林晓彤"]
    said = {"zh-CN": "我是林晓彤，请留言。", "en": "This is Lin Xiaotong."}
    body = {"greeting": said, "longest_seconds": 60, "silence_seconds": 4}
    kept = agent.send("PUT", f"/voicemail/boxes/{own}", body, version=0)
    assert (kept.status_code, kept.json["greeting"], kept.json["version"]) == (200, said, 1)
    assert agent.send("PUT", f"/voicemail/boxes/{own}", body, version=0).status_code == 412
    service = f"/voicemail/boxes/{office.service}"
    assert agent.send("PUT", service, body, version=0).status_code == 404
    assert admin.send("PUT", service, body, version=0).status_code == 200
    assert inspector.get("/voicemail/boxes").status_code == 403
    half = {**body, "greeting": {"en": "Hello"}}
    assert admin.send("PUT", service, half, version=1).status_code == 422
