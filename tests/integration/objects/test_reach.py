"""Whose records somebody reaches, on every path; and what a call gives beside that."""

import json
from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from redis import Redis

from callcenter.calls.events import FactType
from callcenter.core.clock import ManualClock
from callcenter.core.db import Database
from callcenter.core.ids import new_id
from callcenter.objects.service import NewRow, Records
from callcenter.processes.means import means
from tests.integration.objects.firm import CLIENTS, JOBS, Firm, clients, jobs, make, names
from tests.integration.objects.shaping import a_field
from tests.support.ledger import Story
from tests.support.office import NOW, Caller, Office
from tests.support.rooms import desk_call

pytestmark = pytest.mark.integration

PHONE = "13800006207"


@pytest.fixture(autouse=True)
def objects(firm: Firm) -> None:
    firm.keeps(clients(), jobs())


def user(office: Office, who: str) -> str:
    return str(office.people[who].user_id)


# -- own, team, all --------------------------------------------------------------------------------


def test_own_is_what_one_has_made_or_is_assigned_to(
    agent: Caller, colleague: Caller, admin: Caller, office: Office
) -> None:
    make(admin, CLIENTS, "nobody's")
    make(admin, CLIENTS, "assigned", owner=user(office, "agent"))
    make(agent, CLIENTS, "made")
    make(agent, CLIENTS, "given away", owner=user(office, "colleague"))
    assert names(agent, CLIENTS) == {"assigned", "made", "given away"}
    assert names(colleague, CLIENTS) == {"given away"}
    assert names(admin, CLIENTS) == {"nobody's", "assigned", "made", "given away"}


def test_team_is_what_belongs_to_its_members_or_names_it(
    agent: Caller, outsider: Caller, leader: Caller, admin: Caller, office: Office
) -> None:
    make(agent, CLIENTS, "a member's")
    make(admin, CLIENTS, "a member is assigned", owner=user(office, "colleague"))
    make(admin, CLIENTS, "the team's", crew=str(office.teams["first"]))
    make(admin, CLIENTS, "another team's", crew=str(office.teams["second"]))
    make(outsider, CLIENTS, "a stranger's")
    assert names(leader, CLIENTS) == {"a member's", "a member is assigned", "the team's"}
    assert names(agent, CLIENTS) == {"a member's"}


@pytest.mark.parametrize(("reach", "who"), [*product(("own", "team"), ("agent", "outsider"))])
def test_lists_and_buttons_follow_one_rule(
    reach: str,
    who: str,
    firm: Firm,
    database: Database,
    office: Office,
    clock: ManualClock,
    request: pytest.FixtureRequest,
) -> None:
    """Every mixture of maker, assignee and team, against the rule as the guide tells it."""
    firm.keeps(
        clients(identifier="listed", permissions={"read": {"agent": reach}}),
        clients(identifier="changed", permissions={"read": {"agent": "all"}, "edit": {"agent": reach}}),
    )  # fmt: skip
    everybody = (None, "agent", "colleague", "outsider", "inspector")
    mixtures = [*product(everybody, everybody, (None, "first", "second"))]
    service = Records(means(clock))
    with database.begin(office.scope()) as session:
        for identifier in ("listed", "changed"):
            service.load(session, identifier, [_row(office, *each) for each in mixtures])
    actor = office.people[who]
    teams = {name for name, team in office.teams.items() if team in actor.team_ids}
    mates = {name for name, one in office.people.items() if set(one.team_ids) & set(actor.team_ids)}
    people = {who} if reach == "own" else mates
    expected = {
        str(each)
        for each in mixtures
        if {each[0], each[1]} & people or (reach == "team" and each[2] in teams)
    }
    caller: Caller = request.getfixturevalue(who)
    assert names(caller, "/objects/listed/records", page_size=200) == expected
    shown = caller.get("/objects/changed/records", page_size=200).json["items"]
    assert {each["title"] for each in shown if each["may"]["edit"]} == expected
    assert len(shown) == len(mixtures)


def _row(office: Office, maker: str | None, assignee: str | None, team: str | None) -> NewRow:
    values: dict[str, Any] = {"name": str((maker, assignee, team))}
    if assignee:
        values["owner"] = user(office, assignee)
    if team:
        values["crew"] = str(office.teams[team])
    return NewRow(values, NOW, office.people[maker].user_id if maker else None)


# -- out of reach ----------------------------------------------------------------------------------


def test_what_is_out_of_reach_is_not_there_on_any_path(agent: Caller, colleague: Caller) -> None:
    record = make(agent, CLIENTS, "王秀兰", phone=PHONE)
    path = f"{CLIENTS}/{record}"
    assert colleague.get(path).status_code == 404
    assert colleague.get(f"{path}/log").status_code == 404
    patch = colleague.send("PATCH", path, {"values": {"name": "x"}}, version=1)
    assert patch.status_code == 404
    for query in ({"q": "秀兰"}, {"q": PHONE}, {"f.name": "王秀兰"}, {"sort": "name"}, {}):
        assert colleague.get(CLIENTS, **query).json["total"] == 0, query
        assert agent.get(CLIENTS, **query).json["total"] == 1, query


def test_what_is_out_of_reach_cannot_be_referred_to_or_looked_for(
    agent: Caller, colleague: Caller
) -> None:
    record = make(agent, CLIENTS, "王秀兰")
    make(colleague, JOBS, "with nobody")
    refused = colleague.post(JOBS, {"values": {"name": "x", "customer": record}})
    unknown = colleague.post(JOBS, {"values": {"name": "x", "customer": str(new_id())}})
    assert refused.status_code == 422
    assert refused.json["error"]["fields"] == unknown.json["error"]["fields"]
    assert colleague.get(JOBS, **{"f.customer": record}).status_code == 422
    body = {"values": {"name": "x"}, "customer_id": record}
    assert list(colleague.post(JOBS, body).json["error"]["fields"]) == ["customer"]


def test_a_customer_out_of_reach_is_neither_dialled_nor_promised_a_call(
    agent: Caller, colleague: Caller
) -> None:
    """Or a call would give what the reach does not."""
    record = make(agent, CLIENTS, "王秀兰", phone=PHONE)
    for number in ("13900000001", "138 **** 6207"):
        dial = colleague.post("/calls", {"number": number, "customer_id": record})
        assert list(dial.json["error"]["fields"]) == ["customer_id"]
    soon = (NOW + timedelta(hours=1)).isoformat()
    promise = {"due_at": soon, "subject": "x", "customer_id": record}
    answer = colleague.post("/appointments", promise)
    assert list(answer.json["error"]["fields"]) == ["customer_id"]
    assert agent.post("/appointments", promise).status_code == 201


def test_a_record_names_what_is_out_of_reach_and_does_not_open_it(
    agent: Caller, admin: Caller, office: Office
) -> None:
    client = make(admin, CLIENTS, "王秀兰")
    job = make(admin, JOBS, "leak", customer=client, owner=user(office, "agent"))
    shown = agent.get(f"{JOBS}/{job}").json
    assert shown["display"]["customer"] == "王秀兰"
    assert agent.get(f"{CLIENTS}/{client}").status_code == 404
    kept = {"values": {"name": "leak!", "customer": client}}
    assert agent.send("PATCH", f"{JOBS}/{job}", kept, version=1).status_code == 200


def test_who_may_read_and_not_change_is_told_so(agent: Caller, leader: Caller) -> None:
    path = f"{CLIENTS}/{make(agent, CLIENTS, 'a member')}"
    assert leader.get(path).json["may"] == {"edit": False, "delete": False}
    assert agent.get(path).json["may"] == {"edit": True, "delete": False}
    answer = leader.send("PATCH", path, {"values": {"name": "x"}}, version=1)
    assert (answer.status_code, answer.json["error"]["code"]) == (403, "forbidden")
    assert agent.get(path).json["title"] == "a member"


def test_deleting_has_a_reach_of_its_own(admin: Caller, conf: Caller) -> None:
    theirs, own = make(admin, CLIENTS, "theirs"), make(conf, CLIENTS, "own")
    assert conf.get(f"{CLIENTS}/{theirs}").json["may"]["delete"] is False
    assert conf.send("DELETE", f"{CLIENTS}/{theirs}", version=1).status_code == 403
    assert conf.get(f"{CLIENTS}/{own}").json["may"]["delete"] is True
    assert conf.send("DELETE", f"{CLIENTS}/{own}", version=1).status_code == 204


def test_who_gives_a_record_away_sees_what_was_saved_and_then_no_more(
    agent: Caller, admin: Caller, office: Office
) -> None:
    path = f"{CLIENTS}/{make(admin, CLIENTS, 'x', owner=user(office, 'agent'))}"
    give = {"values": {"owner": user(office, "outsider")}}
    answer = agent.send("PATCH", path, give, version=1)
    assert (answer.status_code, answer.json["version"]) == (200, 2)
    assert answer.json["may"] == {"edit": False, "delete": False}
    assert agent.get(path).status_code == 404


def test_who_may_do_nothing_with_an_object_is_not_told_of_it(
    inspector: Caller, conf: Caller
) -> None:
    assert inspector.get("/objects/client").status_code == 404
    assert inspector.get(CLIENTS).status_code == 403
    assert "client" not in {each["identifier"] for each in inspector.get("/objects").json}
    assert conf.get("/objects/client").status_code == 200


# -- what a call gives -----------------------------------------------------------------------------


@pytest.fixture
def caller_id(admin: Caller) -> str:
    """The client who will call."""
    return make(admin, CLIENTS, "王秀兰", phone=PHONE)


def test_a_call_gives_its_agent_the_customer_to_read(
    agent: Caller, colleague: Caller, admin: Caller, caller_id: str, story: Story
) -> None:
    path = f"{CLIENTS}/{caller_id}"
    job = make(admin, JOBS, "leak", customer=caller_id)
    make(admin, JOBS, "somebody else's", customer=make(admin, CLIENTS, "李强", phone="13900000001"))
    assert agent.get(path).status_code == 404
    story.inbound("agent")
    assert agent.get(path).status_code == 200
    assert agent.get(f"{path}/log").status_code == 200
    assert names(agent, CLIENTS) == {"王秀兰"}
    assert names(agent, JOBS) == {"leak"}
    assert agent.get(f"{JOBS}/{job}").json["may"] == {"edit": False, "delete": False}
    assert agent.send("PATCH", path, {"values": {"name": "x"}}, version=1).status_code == 403
    assert agent.post(JOBS, {"values": {"name": "x", "customer": caller_id}}).status_code == 201
    assert colleague.get(path).status_code == 404
    assert names(colleague, JOBS) == set()


def test_who_was_dialled_or_linked_is_given_without_the_number(
    agent: Caller, admin: Caller, office: Office, story: Story
) -> None:
    dialled, linked = make(admin, CLIENTS, "dialled"), make(admin, CLIENTS, "linked", phone=PHONE)
    started = {"direction": "outbound", "customer": "e164:+8613911112222", "access_number": "",
               "caller_name": "", "attempt_id": None, "uniqueid": "c"}  # fmt: skip
    me = office.people["agent"].user_id
    story.tell(FactType.CALL_STARTED, NOW, new_id(), me, customer_id=dialled, **started)
    assert names(agent, CLIENTS) == {"dialled"}
    call_id = story.inbound("agent")
    agent.send("PUT", f"/console/calls/{call_id}/customer", {"customer_id": linked})
    admin.send("PATCH", f"{CLIENTS}/{linked}", {"values": {"phone": None}}, version=1)
    assert names(agent, CLIENTS) == {"dialled", "linked"}


def test_who_gave_the_call_away_after_talking_has_handled_it(
    agent: Caller, colleague: Caller, outsider: Caller, caller_id: str, office: Office, story: Story
) -> None:
    call_id = story.inbound("colleague", ended=False)
    colleague_leg, outsider_leg = f"a-{call_id}", f"b-{call_id}"
    story.tell(FactType.LEG_ANSWERED, NOW, call_id, uniqueid=colleague_leg)
    stranger = office.people["outsider"].user_id
    story.tell(FactType.LEG_STARTED, NOW, call_id, stranger, uniqueid=outsider_leg,
               channel="PJSIP/b", party="agent", number="")  # fmt: skip
    me, service = office.people["agent"].user_id, str(office.service)
    story.tell(FactType.CALL_CONNECTED, NOW, call_id, me, service_id=service, waited_seconds=0)
    path = f"{CLIENTS}/{caller_id}"
    assert agent.get(path).status_code == 200
    assert colleague.get(path).status_code == 200
    # Rung, and never answered.
    assert outsider.get(path).status_code == 404


def test_what_was_recorded_during_the_call_goes_with_it(
    agent: Caller, colleague: Caller, story: Story
) -> None:
    call_id = story.inbound("agent", ended=False)
    body = {"values": {"name": "leak"}, "call_id": str(call_id)}
    job = agent.post(JOBS, body).json["id"]
    assert colleague.get(f"{JOBS}/{job}").status_code == 404
    story.inbound("colleague", call_id=call_id)
    assert colleague.get(f"{JOBS}/{job}").status_code == 200


def test_a_call_gives_nothing_to_a_role_that_reaches_nothing(
    firm: Firm, agent: Caller, admin: Caller, story: Story
) -> None:
    rights = {"create": {"admin": "all"}, "read": {"admin": "all"}}
    firm.keeps(clients(identifier="secret", permissions=rights))
    record = make(admin, "/objects/secret/records", "王秀兰", phone=PHONE)
    pop = agent.get(f"/console/pop/{story.inbound('agent', ended=False)}").json
    assert pop["customers"] == []
    assert agent.get(f"/objects/secret/records/{record}").status_code == 403


def test_the_pop_shows_who_calls_whosever_he_is(
    agent: Caller, admin: Caller, caller_id: str, redis: Redis, office: Office
) -> None:
    """And before the ledger knows of the call."""
    job = make(admin, JOBS, "leak", customer=caller_id)
    call = desk_call("offered")
    for room, value in (("callers", {"number": f"e164:+86{PHONE}"}), ("agent", call)):
        values = {f"call:{call['id']}": json.dumps(value), "#seq": "1:1"}
        redis.hset(f"room:{room}:{user(office, 'agent')}", mapping=values)
    pop = agent.get(f"/console/pop/{call['id']}").json
    assert [each["id"] for each in pop["customers"]] == [caller_id]
    assert pop["customers"][0]["may"] == {"edit": False, "delete": False}
    assert [each["id"] for each in pop["open_work_orders"]] == [job]
    assert [each["id"] for each in pop["history"]] == [job]
    assert agent.get(f"{CLIENTS}/{caller_id}").status_code == 404


def test_a_call_is_linked_with_nobody_out_of_reach(
    agent: Caller, admin: Caller, caller_id: str, story: Story
) -> None:
    other = make(admin, CLIENTS, "李强", phone="13900000001")
    path = f"/console/calls/{story.inbound('agent', ended=False)}/customer"
    refused = agent.send("PUT", path, {"customer_id": other})
    assert list(refused.json["error"]["fields"]) == ["customer_id"]
    assert agent.get(f"{CLIENTS}/{other}").status_code == 404
    assert agent.send("PUT", path, {"customer_id": caller_id}).status_code == 200


def test_the_call_says_who_called_even_where_its_agent_may_not(
    firm: Firm, agent: Caller, admin: Caller, caller_id: str, story: Story
) -> None:
    settings = {"reference": {"object": "client"}}
    document = jobs(identifier="errand")
    fields = [each for each in document["groups"][0]["fields"] if each["key"] != "customer"]
    kept = a_field("customer", "reference", settings=settings, rights={"agent": "mask"})
    document["groups"][0]["fields"] = [*fields, kept]
    firm.keeps(document)
    call_id = str(story.inbound("agent", ended=False))
    path = "/objects/errand/records"
    without = agent.post(path, {"values": {"name": "x"}, "customer_id": caller_id})
    assert list(without.json["error"]["fields"]) == ["customer"]
    body = {"values": {"name": "x"}, "customer_id": caller_id, "call_id": call_id}
    made = agent.post(path, body)
    assert made.status_code == 201, made.json
    assert made.json["values"]["customer"] == "***"
    assert admin.get(f"{path}/{made.json['id']}").json["values"]["customer"] == caller_id
    assert agent.get(f"/calls/{call_id}").json["customer_id"] == caller_id
