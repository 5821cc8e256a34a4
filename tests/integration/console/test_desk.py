"""The desk over HTTP: pop, verbs, drafts, appointments, work, figures."""

import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest
from redis import Redis
from sqlalchemy import delete

from callcenter.core.db import Database
from callcenter.core.gateway import Rooms, TelephonyUnavailable
from callcenter.core.ids import new_id
from callcenter.routing.models import AgentService, ServiceTeam
from tests.fakes.telephony import FakeTelephony
from tests.support.ledger import Story
from tests.support.office import NOW, Caller, Office
from tests.support.rooms import agent_state, desk_call, wall_seat

pytestmark = pytest.mark.integration

CUSTOMERS = "/objects/customer/records"
ORDERS = "/objects/work_order/records"


def make_customer(caller: Caller, **values: object) -> dict:
    given = {"name": "王秀兰", "phone": "13800006207", **values}
    return caller.post(CUSTOMERS, {"values": given}).json


def show(redis: Redis, room: str, **keys: object) -> None:
    values = {key: json.dumps(value) for key, value in keys.items()}
    redis.hset(f"room:{room}", mapping={**values, "#seq": "1:1"})


# -- the pop --------------------------------------------------------------------------------


def test_the_one_customer_with_the_number_pops(agent: Caller, story: Story) -> None:
    customer = make_customer(agent, phone="138 0000 6207")
    call_id = story.inbound(ended=False)
    pop = agent.get(f"/console/pop/{call_id}").json
    assert [each["id"] for each in pop["customers"]] == [customer["id"]]
    assert pop["customer_id"] == customer["id"]
    assert pop["call"]["number"] == "138 **** 6207"
    assert (pop["work_order"], pop["draft"], pop["open_work_orders"]) == (None, None, [])


def test_no_number_leaves_the_server_for_an_agent(agent: Caller, story: Story) -> None:
    make_customer(agent)
    story.inbound(start=NOW - timedelta(days=3))
    call_id = story.inbound(ended=False)
    for path in (f"/console/pop/{call_id}", f"/calls/{call_id}", "/calls"):
        text = agent.get(path).get_data(as_text=True)
        assert "6207" in text
        assert "00006207" not in text.replace(" ", "").replace("-", ""), path


def test_several_customers_are_offered_and_one_is_chosen(agent: Caller, story: Story) -> None:
    first = make_customer(agent)
    second = make_customer(agent, name="李强", phone="13900000001", phone2="13800006207")
    call_id = story.inbound(ended=False)
    pop = agent.get(f"/console/pop/{call_id}").json
    assert {each["id"] for each in pop["customers"]} == {first["id"], second["id"]}
    assert pop["customer_id"] is None
    path = f"/console/calls/{call_id}/customer"
    chosen = agent.send("PUT", path, {"customer_id": second["id"]}).json
    assert [each["id"] for each in chosen["customers"]] == [second["id"]]
    assert agent.get(f"/calls/{call_id}").json["customer_name"] == "李强"
    assert agent.get(f"/console/pop/{call_id}").json["call"]["customer_id"] == second["id"]


def test_an_unknown_and_a_withheld_number_find_nobody(agent: Caller, story: Story) -> None:
    make_customer(agent)
    unknown = story.inbound(number="e164:+8613911112222", ended=False)
    withheld = story.inbound(number="withheld:", ended=False)
    for call_id in (unknown, withheld):
        pop = agent.get(f"/console/pop/{call_id}").json
        assert (pop["customers"], pop["history"]) == ([], [])


def test_who_calls_is_known_before_the_ledger_knows_the_call(
    agent: Caller, colleague: Caller, redis: Redis, office: Office
) -> None:
    customer, call = make_customer(agent), desk_call("offered")
    user, key = office.people["agent"].user_id, f"call:{call['id']}"
    show(redis, f"callers:{user}", **{key: {"number": "e164:+8613800006207"}})
    show(redis, f"agent:{user}", **{key: call})
    caller = agent.get(f"/console/pop/{call['id']}/caller").json
    assert [each["id"] for each in caller["customers"]] == [customer["id"]]
    assert caller["customer_id"] == customer["id"]
    assert "00006207" not in json.dumps(caller).replace(" ", "")
    assert agent.get(f"/console/pop/{call['id']}").json["customers"] == caller["customers"]
    assert colleague.get(f"/console/pop/{call['id']}/caller").status_code == 404


@pytest.fixture
def early_call(redis: Redis, office: Office, story: Story) -> Iterator[str]:
    """On the agent's desk at once, in the ledger a moment later."""
    call_id = new_id()
    call = desk_call("connected", id=str(call_id))
    show(redis, f"agent:{office.people['agent'].user_id}", **{f"call:{call_id}": call})
    late = threading.Timer(0.3, story.inbound, kwargs={"ended": False, "call_id": call_id})
    late.start()
    yield str(call_id)
    late.join()


def test_a_customer_is_linked_when_the_ledger_has_caught_up(agent: Caller, early_call: str) -> None:
    customer = make_customer(agent)
    path = f"/console/calls/{early_call}/customer"
    assert agent.send("PUT", path, {"customer_id": customer["id"]}).status_code == 200
    assert agent.get(f"/calls/{early_call}").json["customer_name"] == "王秀兰"


def test_who_calls_is_entered_when_the_ledger_has_caught_up(agent: Caller, early_call: str) -> None:
    made = agent.post(CUSTOMERS, {"values": {"name": "钱多多"}, "call_id": early_call})
    assert made.status_code == 201, made.json
    assert agent.get(f"/calls/{early_call}").json["customer_name"] == "钱多多"


def test_what_is_made_in_a_call_does_not_need_redis(
    agent: Caller, story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_: object) -> None:
        raise TelephonyUnavailable

    monkeypatch.setattr(Rooms, "read", gone)
    call_id = str(story.inbound(ended=False))
    values = {"business_type": "consult_use", "product": "other", "description": "x"}
    for path, given in ((CUSTOMERS, {"name": "钱多多"}), (ORDERS, values)):
        made = agent.post(path, {"values": given, "call_id": call_id})
        assert made.status_code == 201, made.json


def test_a_call_that_is_on_somebody_elses_desk_is_not_waited_for(
    colleague: Caller, early_call: str
) -> None:
    body = {"values": {"name": "钱多多"}, "call_id": early_call}
    assert colleague.post(CUSTOMERS, body).status_code == 404


def test_what_was_before_comes_with_the_pop(agent: Caller, story: Story, office: Office) -> None:
    customer = make_customer(agent)
    earlier = story.inbound(start=NOW - timedelta(days=3), talked=134)
    body = {"disposition_id": str(office.disposition), "note": "约定上门"}
    assert agent.send("PUT", f"/calls/{earlier}/disposition", body).status_code == 200
    values = {"business_type": "consult_use", "product": "other", "description": "x"}
    order = agent.post(ORDERS, {"values": values, "customer_id": customer["id"]}).json
    soon = (NOW + timedelta(hours=1)).isoformat()
    agent.post("/appointments", {"due_at": soon, "subject": "回访", "customer_id": customer["id"]})
    pop = agent.get(f"/console/pop/{story.inbound(ended=False)}").json
    assert [item["kind"] for item in pop["history"]] == ["appointment", "work_order", "call"]
    call = pop["history"][2]
    assert (call["title"], call["seconds"], call["agent_name"]) == ("报修已受理", 134.0, "林晓彤")
    assert [each["id"] for each in pop["open_work_orders"]] == [order["id"]]


def test_the_work_order_of_the_call_and_its_draft_come_back(agent: Caller, story: Story) -> None:
    call_id = story.inbound(ended=False)
    key = f"work-order:{call_id}"
    agent.send("PUT", f"/drafts/{key}", {"payload": {"description": "漏水 😀"}})
    assert agent.get(f"/console/pop/{call_id}").json["draft"]["payload"] == {
        "description": "漏水 😀"
    }
    values = {"business_type": "consult_use", "product": "other", "description": "x"}
    order = agent.post(ORDERS, {"values": values, "call_id": str(call_id)})
    assert order.status_code == 201, order.json
    assert agent.get(f"/console/pop/{call_id}").json["work_order"]["id"] == order.json["id"]


def test_whom_the_work_order_names_is_who_called(agent: Caller, story: Story) -> None:
    customer, call_id = make_customer(agent), story.inbound(ended=False)
    values = {"business_type": "consult_use", "product": "other", "description": "x"}
    body = {"values": values, "call_id": str(call_id), "customer_id": customer["id"]}
    assert agent.post(ORDERS, body).status_code == 201
    assert agent.get(f"/calls/{call_id}").json["customer_id"] == customer["id"]


def test_who_was_chosen_as_the_caller_stays_it(agent: Caller, story: Story) -> None:
    chosen, other = make_customer(agent), make_customer(agent, name="李强", phone="13900000001")
    call_id = story.inbound(ended=False)
    agent.send("PUT", f"/console/calls/{call_id}/customer", {"customer_id": chosen["id"]})
    values = {"business_type": "consult_use", "product": "other", "description": "x"}
    body = {"values": values, "call_id": str(call_id), "customer_id": other["id"]}
    assert agent.post(ORDERS, body).status_code == 201
    assert agent.get(f"/calls/{call_id}").json["customer_id"] == chosen["id"]


def test_a_call_of_somebody_else_does_not_pop(
    colleague: Caller, stranger: Caller, story: Story
) -> None:
    call_id = story.inbound("agent", ended=False)
    assert colleague.get(f"/console/pop/{call_id}").status_code == 404
    assert stranger.get(f"/console/pop/{call_id}").status_code == 403
    assert colleague.get(f"/console/pop/{new_id()}").status_code == 404
    values = {"business_type": "consult_use", "product": "other", "description": "x"}
    answer = colleague.post(ORDERS, {"values": values, "call_id": str(call_id)})
    assert answer.status_code == 404


def test_a_customer_that_does_not_exist_cannot_be_chosen(agent: Caller, story: Story) -> None:
    path = f"/console/calls/{story.inbound(ended=False)}/customer"
    answer = agent.send("PUT", path, {"customer_id": str(new_id())})
    assert list(answer.json["error"]["fields"]) == ["customer_id"]


# -- the desk -------------------------------------------------------------------------------


def test_the_desk_shows_what_telephony_shows(agent: Caller, redis: Redis, office: Office) -> None:
    user = office.people["agent"].user_id
    call = desk_call("connected")
    show(redis, f"agent:{user}", agent=agent_state("talking"), **{f"call:{call['id']}": call})
    desk = agent.get("/console").json
    assert desk["agent"]["state"] == "talking"
    assert desk["calls"] == [call]
    assert desk["phone"] == {"registered": False}
    assert desk["display_numbers"] == ["02160000001"]
    assert (desk["work_order_object"], desk["customer_object"]) == ("work_order", "customer")
    assert [reason["code"] for reason in desk["reasons"]] == ["break"]
    assert [service["name"] for service in desk["services"]] == ["售后维修"]


def test_the_desk_opens_without_telephony(agent: Caller) -> None:
    assert agent.get("/console").json["agent"]["state"] == "offline"


def test_only_seats_have_a_desk(inspector: Caller, admin: Caller) -> None:
    assert inspector.get("/console").status_code == 403
    assert admin.get("/console/softphone").status_code == 403


def test_the_softphone_gets_a_new_secret(agent: Caller) -> None:
    answer = agent.get("/console/softphone")
    assert answer.json["password"] == "a-new-secret"
    assert answer.headers["Cache-Control"] == "no-store"


def test_states_go_to_telephony(agent: Caller, telephony: FakeTelephony, office: Office) -> None:
    telephony.answer("agent.set_not_ready", state="not_ready")
    telephony.answer("agent.sign_in", state="not_ready")
    body = {"state": "not_ready", "reason_id": str(office.reason)}
    assert agent.send("PUT", "/console/state", body).json == {"state": "not_ready"}
    assert agent.post("/console/sign-in").json == {"state": "not_ready"}
    command = telephony.asked("agent.set_not_ready")[0]
    assert command["body"] == {"reason_id": str(office.reason)}
    assert UUID(command["actor_id"]) == office.people["agent"].user_id


def test_an_unknown_reason_is_refused_before_telephony(agent: Caller) -> None:
    for reason in (None, str(new_id())):
        answer = agent.send("PUT", "/console/state", {"state": "not_ready", "reason_id": reason})
        assert list(answer.json["error"]["fields"]) == ["reason_id"]


def test_a_refusal_of_telephony_is_an_error_with_its_code(
    agent: Caller, telephony: FakeTelephony
) -> None:
    telephony.refuse("agent.set_ready", "phone-not-registered")
    answer = agent.send("PUT", "/console/state", {"state": "ready"})
    assert (answer.status_code, answer.json["error"]["code"]) == (409, "phone-not-registered")
    assert answer.json["error"]["message"].startswith("软电话未注册")


def test_a_dialled_number_is_read_and_shown_from_the_enterprise(
    agent: Caller, telephony: FakeTelephony
) -> None:
    call_id = str(new_id())
    telephony.answer("call.dial", call_id=call_id)
    first = agent.post("/calls", {"number": "+86 138 0000 0001"}, key="dial-0000001")
    again = agent.post("/calls", {"number": "+86 138 0000 0001"}, key="dial-0000001")
    assert first.status_code == again.status_code == 202
    assert first.json == again.json == {"call_id": call_id}
    assert len(telephony.asked("call.dial")) == 1
    body = telephony.asked("call.dial")[0]["body"]
    assert (body["number"], body["display_number"]) == ("13800000001", "02160000001")


def test_a_masked_number_dials_the_customer_behind_it(
    agent: Caller, telephony: FakeTelephony
) -> None:
    customer = make_customer(agent)
    telephony.answer("call.dial", call_id=str(new_id()))
    body = {"number": customer["values"]["phone"], "customer_id": customer["id"]}
    assert agent.post("/calls", body).status_code == 202
    assert telephony.asked("call.dial")[0]["body"]["number"] == "13800006207"
    wrong = {"number": "139 **** 9999", "customer_id": customer["id"]}
    assert agent.post("/calls", wrong).status_code == 422


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"number": "drop table"}, "number"),
        ({"number": ""}, "number"),
        ({"number": "anonymous"}, "number"),
        ({"number": "13800000001", "display_number": "02199999999"}, "display_number"),
        ({"number": "13800000001", "customer_id": "5"}, "customer_id"),
        ({"number": ["1"]}, "number"),
    ],
)
def test_a_wrong_dial_names_the_field(agent: Caller, body: dict, field: str) -> None:
    answer = agent.post("/calls", body)
    assert answer.status_code == 422
    assert list(answer.json["error"]["fields"]) == [field]


def test_transfer_and_consult_check_their_target(
    agent: Caller, telephony: FakeTelephony, office: Office, other: Office
) -> None:
    call_id = new_id()
    target = {"kind": "seat", "value": str(office.people["colleague"].user_id)}
    for path in ("transfer", "consult"):
        answer = agent.post(f"/calls/{call_id}/{path}", {"target": target})
        assert answer.status_code == 202, answer.json
    theirs = {"kind": "seat", "value": str(other.people["agent"].user_id)}
    answer = agent.post(f"/calls/{call_id}/transfer", {"target": theirs})
    assert list(answer.json["error"]["fields"]) == ["target.value"]
    for path in ("rejoin", "consult/complete", "consult/cancel", "hang-up"):
        assert agent.post(f"/calls/{call_id}/{path}").status_code == 202
    verbs = [command["verb"] for command in telephony.commands]
    assert verbs == [
        "call.transfer",
        "call.consult",
        "call.rejoin",
        "call.consult_complete",
        "call.consult_cancel",
        "call.hang_up",
    ]


def test_targets_are_found_by_name_and_code(agent: Caller, redis: Redis, office: Office) -> None:
    colleague = office.people["colleague"]
    room = f"wall:{office.id}:{office.teams['first']}"
    seat = wall_seat(colleague.user_id, "8002", "ready")
    show(redis, room, **{f"seat:{colleague.user_id}": seat})
    found = agent.get("/console/targets", q="8002").json
    assert [(each["name"], each["state"]) for each in found] == [("周子墨", "ready")]
    kinds = {each["kind"] for each in agent.get("/console/targets").json}
    assert kinds == {"seat", "service"}


@pytest.fixture
def deleted_service(database: Database, office: Office) -> Iterator[UUID]:
    """One that the agent's team served."""
    with database.begin(office.scope()) as session:
        gone = AgentService(id=new_id(), name="旧热线", status="deleted", created_at=NOW)
        session.add(gone)
        session.flush()
        session.add(ServiceTeam(service_id=gone.id, team_id=office.teams["first"]))
    yield gone.id
    with database.begin(office.scope()) as session:
        session.execute(delete(ServiceTeam).where(ServiceTeam.service_id == gone.id))
        session.execute(delete(AgentService).where(AgentService.id == gone.id))


def test_a_service_that_was_deleted_is_no_target_and_no_queue(
    agent: Caller, telephony: FakeTelephony, deleted_service: UUID
) -> None:
    assert agent.get("/console/targets", q="旧热线").json == []
    assert [queue["service"]["name"] for queue in agent.get("/console/queues").json] == ["售后维修"]
    assert [service["name"] for service in agent.get("/console").json["services"]] == ["售后维修"]
    body = {"target": {"kind": "service", "value": str(deleted_service)}}
    answer = agent.post(f"/calls/{new_id()}/transfer", body)
    assert list(answer.json["error"]["fields"]) == ["target.value"]
    assert telephony.commands == []


# -- drafts and appointments ----------------------------------------------------------------


def test_a_draft_is_its_owners_alone(agent: Caller, colleague: Caller) -> None:
    path = "/drafts/work-order:abc"
    assert agent.send("PUT", path, {"payload": {"a": 1}}).status_code == 200
    assert agent.send("PUT", path, {"payload": {"a": 2}}).status_code == 200
    assert agent.get(path).json["payload"] == {"a": 2}
    assert colleague.get(path).status_code == 404
    assert agent.send("DELETE", path).status_code == 204
    assert agent.send("DELETE", path).status_code == 204
    assert agent.get(path).status_code == 404


def test_a_draft_that_is_too_large_or_badly_named_is_refused(agent: Caller) -> None:
    large = {"payload": {"text": "长" * 100_000}}
    assert agent.send("PUT", "/drafts/work-order:abc", large).status_code == 422
    assert agent.send("PUT", "/drafts/No Key", {"payload": {}}).status_code == 422
    nul = {"payload": {"text": "\x00"}}
    assert agent.send("PUT", "/drafts/work-order:abc", nul).status_code == 422


def test_appointments_are_made_moved_and_done(agent: Caller, colleague: Caller) -> None:
    customer = make_customer(agent)
    due = (NOW + timedelta(hours=2)).isoformat()
    body = {"due_at": due, "subject": "回访", "customer_id": customer["id"]}
    made = agent.post("/appointments", {**body, "number": "138 **** 6207"})
    assert made.status_code == 201, made.json
    path = f"/appointments/{made.json['id']}"
    assert made.json["customer_name"] == "王秀兰"
    assert made.json["number"] == "138 **** 6207"
    moved = agent.send("PATCH", path, {"subject": "回访（改）"}, version=1)
    assert moved.json["version"] == 2
    assert agent.send("PATCH", path, {"subject": "x"}, version=1).status_code == 412
    assert colleague.send("PATCH", path, {"subject": "x"}).status_code == 404
    assert [a["subject"] for a in agent.get("/console/work").json["appointments"]] == ["回访（改）"]
    assert agent.post(f"{path}/done").json["status"] == "done"
    assert agent.post(f"{path}/done").status_code == 409
    assert agent.get("/appointments", status="open").json["total"] == 0
    assert agent.get("/appointments", status="done").json["total"] == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"due_at": "2020-01-01T00:00:00Z"}, "due_at"),
        ({"due_at": "soon"}, "due_at"),
        ({"subject": ""}, "subject"),
        ({"subject": "x" * 201}, "subject"),
        ({"number": "abc"}, "number"),
        ({"customer_id": "0192a000-0000-7000-8000-000000000000"}, "customer_id"),
        ({"user_id": "1"}, "user_id"),
    ],
)
def test_a_wrong_appointment_names_the_field(agent: Caller, change: dict, field: str) -> None:
    body = {"due_at": (NOW + timedelta(hours=2)).isoformat(), "subject": "回访", **change}
    answer = agent.post("/appointments", body)
    assert list(answer.json["error"]["fields"]) == [field]


# -- figures --------------------------------------------------------------------------------


def test_the_day_adds_up(agent: Caller, story: Story) -> None:
    story.states(
        "agent",
        [
            (NOW - timedelta(minutes=60), "ready"),
            (NOW - timedelta(minutes=40), "talking"),
            (NOW - timedelta(minutes=30), "wrap_up"),
            (NOW - timedelta(minutes=25), "ready"),
        ],
    )
    story.inbound(start=NOW - timedelta(minutes=41), waited=60, talked=600)
    day = agent.get("/console/day").json
    assert (day["answered"], day["offered"], day["missed"]) == (1, 1, 0)
    assert day["talk_average"] == 600.0
    assert day["wrap_up_average"] == 300.0
    assert day["signed_in_seconds"] == 3600.0
    assert day["utilisation"] == 25.0
    assert sum(day["totals"].values()) == 3600.0
    assert [part["state"] for part in day["ribbon"]] == ["ready", "talking", "wrap_up", "ready"]


def test_queues_are_those_the_agent_serves(agent: Caller, redis: Redis, office: Office) -> None:
    since = (NOW - timedelta(seconds=42)).isoformat()
    state = {"waiting": 3, "ready": 1, "longest_since": since, "level_percent": 88.0}
    show(redis, f"queues:{office.id}", **{f"service:{office.service}": state})
    assert agent.get("/console/queues").json == [
        {
            "service": {"id": str(office.service), "name": "售后维修"},
            "waiting": 3,
            "ready": 1,
            "longest_wait": 42.0,
            "level_percent": 88.0,
        }
    ]
