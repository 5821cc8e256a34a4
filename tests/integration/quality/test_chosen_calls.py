"""Which calls there are to score, by any field of what they were about and whom they were with."""

from datetime import timedelta
from typing import Any

import pytest

from callcenter.core.db import Database
from callcenter.core.ids import new_id
from callcenter.core.numbers import parse_number
from tests.integration.objects.firm import CLIENTS, JOBS, Firm, clients, jobs
from tests.integration.objects.shaping import a_field
from tests.integration.quality.conftest import Played, playable
from tests.support.ledger import Story
from tests.support.office import NOW, Caller, Door, Office

pytestmark = pytest.mark.integration

RIGHTS = {
    act: dict.fromkeys(("agent", "leader", "admin", "inspector"), "all")
    for act in ("create", "read", "edit", "delete")
}
OTHERS_RIGHTS = {act: dict.fromkeys(("agent", "admin"), "all") for act in RIGHTS}
ELSEWHERE = "e164:+8613900000002"


@pytest.fixture(autouse=True)
def shaped(firm: Firm) -> None:
    """Jobs with a price and a day; clients with a level, which are not for inspectors to see."""
    level = a_field("level", indexed=True)
    secret = a_field("secret", indexed=True, rights={"inspector": "mask"})
    firm.keeps(
        clients(level, secret, permissions=RIGHTS),
        jobs(
            a_field("price", "integer", indexed=True),
            a_field("due", "date", indexed=True),
            a_field("note", "text"),
            permissions=RIGHTS,
        ),
        clients(identifier="tool", permissions=RIGHTS) | {"kind": "base"},
        clients(identifier="closed", permissions=OTHERS_RIGHTS),
    )


def make(agent: Caller, path: str, call_id: str | None = None, **values: Any) -> dict[str, Any]:
    body = {"values": {"name": "x", **values}, "call_id": call_id}
    answer = agent.post(path, body)
    assert answer.status_code == 201, answer.json
    made: dict[str, Any] = answer.json
    return made


def chosen(inspector: Caller, **query: Any) -> list[str]:
    answer = inspector.get("/quality/items", **query)
    assert answer.status_code == 200, answer.json
    found = [item["call_id"] for item in answer.json["items"]]
    assert answer.json["total"] == len(found)
    return found


def test_by_a_field_of_the_work_order(inspector: Caller, agent: Caller, played: Played) -> None:
    cheap, dear, without = played(), played(), played()
    make(agent, JOBS, cheap, price=10, due="2026-11-01")
    make(agent, JOBS, dear, price=900, due="2026-11-20")
    make(agent, JOBS, price=900)  # of no call
    assert chosen(inspector, object="job", **{"f.price.from": 500}) == [dear]
    assert chosen(inspector, object="job", **{"f.due": "2026-11-01"}) == [cheap]
    assert chosen(inspector, object="job", **{"f.price": "10,900"}) == [dear, cheap]
    assert chosen(inspector, object="job", **{"f.price.from": 500, "f.due.to": "2026-11-10"}) == []
    assert set(chosen(inspector, object="job")) == {cheap, dear}
    assert set(chosen(inspector)) == {cheap, dear, without}


def test_a_call_of_several_such_work_orders_is_there_once(
    inspector: Caller, agent: Caller, played: Played
) -> None:
    call_id = played()
    for price in (900, 950):
        make(agent, JOBS, call_id, price=price)
    assert chosen(inspector, object="job", **{"f.price.from": 500}) == [call_id]


def test_a_deleted_work_order_does_not_count(
    inspector: Caller, agent: Caller, admin: Caller, played: Played
) -> None:
    order = make(agent, JOBS, played(), price=900)
    path = f"{JOBS}/{order['id']}"
    assert admin.send("DELETE", path, version=order["version"]).status_code == 204
    assert chosen(inspector, object="job", **{"f.price": 900}) == []


def test_by_a_field_of_the_customer_whom_the_agent_named(
    inspector: Caller, agent: Caller, played: Played
) -> None:
    golds, others = played(), played(number=ELSEWHERE)
    make(agent, CLIENTS, golds, level="gold", phone="13800006207")
    make(agent, CLIENTS, others, level="plain", phone="13900000002")
    assert chosen(inspector, object="client", **{"f.level": "gold"}) == [golds]
    assert chosen(inspector, object="client", **{"f.level": "plain"}) == [others]
    assert chosen(inspector, object="client", status="scored", **{"f.level": "plain"}) == []


def test_whom_a_call_was_dialled_for_counts_until_the_agent_names_another(
    inspector: Caller, agent: Caller, story: Story, played: Played, office: Office
) -> None:
    gold = make(agent, CLIENTS, level="gold", phone="13900000002")
    call_id = new_id()
    story.tell(
        "call.started", NOW - timedelta(hours=1), call_id, office.people["agent"].user_id,
        direction="outbound", customer=str(parse_number("13900000002", "021")),
        access_number="02160000001", caller_name="", customer_id=gold["id"], attempt_id=None,
        uniqueid="dialled",
    )  # fmt: skip
    assert played(call_id=call_id) == str(call_id)
    assert chosen(inspector, object="client", **{"f.level": "gold"}) == [str(call_id)]
    make(agent, CLIENTS, str(call_id), level="plain", phone="13900000003")
    assert chosen(inspector, object="client", **{"f.level": "gold"}) == []
    assert chosen(inspector, object="client", **{"f.level": "plain"}) == [str(call_id)]


@pytest.mark.parametrize(
    ("query", "status", "field"),
    [
        ({"object": "client", "f.secret": "x"}, 422, "f.secret"),
        ({"object": "job", "f.note": "x"}, 422, "f.note"),
        ({"object": "job", "f.nothing": "x"}, 422, "f.nothing"),
        ({"object": "job", "f.price": "dear"}, 422, "f.price"),
        ({"object": "job", "price": "10"}, 422, "price"),
        ({"f.price": "10"}, 422, "f.price"),
        ({"ids": "x"}, 422, "ids"),
        ({"object": "tool"}, 422, "object"),
        ({"object": "closed"}, 403, None),
        ({"object": "nothing"}, 404, None),
    ],
    ids=lambda value: str(value) if isinstance(value, dict) else "",
)
def test_what_cannot_be_asked_is_refused_and_named(
    inspector: Caller, query: dict[str, str], status: int, field: str | None
) -> None:
    answer = inspector.get("/quality/items", **query)
    assert answer.status_code == status, answer.json
    assert field is None or [*answer.json["error"]["fields"]] == [field]


def test_each_enterprise_chooses_among_its_own(
    inspector: Caller,
    door: Door,
    database: Database,
    office: Office,
    other: Office,
    agent: Caller,
    played: Played,
) -> None:
    """Both have such a work order, each of a call of its own."""
    ours = played()
    theirs = str(playable(Story(database, other), database, other))
    values = {"business_type": "consult_use", "product": "other", "description": "x"}
    for caller, call_id in ((agent, ours), (door.open(other.people["agent"]), theirs)):
        body = {"values": values, "call_id": call_id}
        order = caller.post("/objects/work_order/records", body)
        assert order.status_code == 201, order.json
    asked = {"object": "work_order", "f.product": "other"}
    their_inspector = door.open(other.people["inspector"])
    assert chosen(inspector, **asked) == [ours]
    assert chosen(their_inspector, **asked) == [theirs]
    assert their_inspector.get("/quality/items", object="job").status_code == 404
