"""Facts into the ledger on PostgreSQL: each once, and the fold as if they had come in one piece."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, inspect, select, update

from callcenter.acd.agent import AgentState
from callcenter.callbacks.models import Callback
from callcenter.calls import ledger
from callcenter.calls.events import Fact, FactType
from callcenter.calls.models import AgentInterval, Call, CallLeg, TelephonyFact
from callcenter.core.db import Database
from callcenter.core.ids import new_id
from callcenter.core.tenant import Scope
from callcenter.telephony.delivery import late_to_database, setting_aside, to_database
from callcenter.tenancy.models import Enterprise
from tests.support.databases import FreshDatabase
from tests.unit.telephony import made
from tests.unit.telephony.made import (
    AGENTS,
    CALLS,
    NOW,
    connected,
    dequeued,
    ended,
    fact,
    leg,
    leg_ended,
    leg_started,
    queued,
    started,
    state,
)

pytestmark = pytest.mark.integration

ANNA = AGENTS[0]


class Ledger:
    def __init__(self, database: Database) -> None:
        self.database = database

    def record(self, *facts: Fact) -> list[Fact]:
        with self.database.begin(Scope.platform()) as session:
            return ledger.record(session, facts)

    def rows(self, model: Any) -> Sequence[Any]:
        with self.database.begin(Scope.platform()) as session:
            found = session.scalars(select(model)).all()
            session.expunge_all()
            return found

    def one(self, model: Any) -> Any:
        (row,) = self.rows(model)
        return row


@pytest.fixture
def books(postgres: FreshDatabase) -> Iterator[Ledger]:
    database = Database(postgres.app_url)
    with database.begin(Scope.platform()) as session:
        session.add(
            Enterprise(id=made.HOME, code="100001", name="示例", area_code="021", created_at=NOW)
        )
    yield Ledger(database)
    database.dispose()


def conversation(call: UUID = CALLS[0], customer: str = "1.0", agent: str = "1.1") -> list[Fact]:
    """Queued for 5 s, talked for 60 s with 10 s on hold."""

    def of(type_: FactType, uniqueid: str, seconds: float, **data: Any) -> Fact:
        return fact(type_, seconds, call=call, uniqueid=uniqueid, **data)

    ends = {"cause": 16, "estimated": False}
    return [
        started(call),
        leg_started(customer, call),
        of(FactType.LEG_ANSWERED, customer, 1),
        queued(call, 1),
        fact(FactType.CALL_OFFERED, 2, call=call, agent=ANNA, offer=1),
        leg_started(agent, call, 2),
        of(FactType.LEG_ANSWERED, agent, 6),
        of(FactType.LEG_JOINED, agent, 6, bridge_id="b"),
        of(FactType.LEG_JOINED, customer, 6, bridge_id="b"),
        connected(ANNA, 6, call),
        dequeued("connected", 6, call),
        of(FactType.LEG_HELD, agent, 20),
        of(FactType.LEG_RESUMED, agent, 30),
        of(FactType.LEG_LEFT, customer, 66, bridge_id="b"),
        of(FactType.LEG_LEFT, agent, 66, bridge_id="b"),
        of(FactType.LEG_ENDED, agent, 66, **ends),
        of(FactType.LEG_ENDED, customer, 66, **ends),
        ended(call, 66),
    ]


def figures(call: Call) -> dict[str, Any]:
    names = "state result waited_seconds talk_seconds hold_seconds offers agent_id connected_at"
    return {name: getattr(call, name) for name in names.split()}


def test_a_conversation_is_one_row_with_its_times(books) -> None:
    books.record(*conversation())
    call = books.one(Call)
    assert figures(call) == {
        "state": "ended",
        "result": "answered",
        "waited_seconds": 1.5,
        "talk_seconds": 60,
        "hold_seconds": 10,
        "offers": 1,
        "agent_id": ANNA,
        "connected_at": connected(ANNA, 6).at,
    }


def test_the_totals_of_the_call_are_those_of_its_legs(books) -> None:
    books.record(*conversation())
    call, legs = books.one(Call), books.rows(CallLeg)
    assert [row.joined_seconds for row in legs] == [call.talk_seconds] * 2
    assert sum(row.held_seconds for row in legs) == call.hold_seconds
    assert {row.state for row in legs} == {"ended"}


def test_a_batch_that_comes_twice_changes_nothing(books) -> None:
    assert len(books.record(*conversation())) == 18
    before = figures(books.one(Call))
    assert books.record(*conversation()) == []
    assert figures(books.one(Call)) == before
    assert len(books.rows(TelephonyFact)) == 18


def test_a_fact_that_is_twice_in_one_batch_counts_once(books) -> None:
    offered = fact(FactType.CALL_OFFERED, 2, agent=ANNA, offer=1)
    assert len(books.record(started(), offered, offered)) == 2
    assert books.one(Call).offers == 1


@pytest.mark.parametrize("size", [1, 2, 5, 7])
def test_it_does_not_matter_how_the_facts_are_cut_into_batches(books, size) -> None:
    whole = conversation()
    for start in range(0, len(whole), size):
        books.record(*whole[max(0, start - 1) : start + size])  # the last one comes again
    call = books.one(Call)
    assert (call.talk_seconds, call.hold_seconds, call.offers) == (60, 10, 1)


def test_calls_do_not_depend_on_the_order_among_them(books) -> None:
    first = conversation()
    second = conversation(CALLS[1], "2.0", "2.1")
    mixed = [one for pair in zip(second, first, strict=True) for one in pair]
    books.record(*mixed[:13])
    books.record(*mixed[13:])
    assert {call.talk_seconds for call in books.rows(Call)} == {60}
    assert len(books.rows(CallLeg)) == 4


def test_a_leg_that_ends_in_hold_has_held_until_then(books) -> None:
    books.record(
        started(), leg_started(), leg(FactType.LEG_ANSWERED, seconds=1),
        leg(FactType.LEG_JOINED, seconds=2, bridge_id="b"), leg(FactType.LEG_HELD, seconds=5),
        leg_ended(seconds=9),
    )  # fmt: skip
    row = books.one(CallLeg)
    assert (row.held_seconds, row.joined_seconds, row.held_since) == (4, 7, None)
    assert books.one(Call).hold_seconds == 4


def test_moving_from_bridge_to_bridge_adds_up(books) -> None:
    books.record(
        started(), leg_started(), leg(FactType.LEG_ANSWERED),
        leg(FactType.LEG_JOINED, seconds=1, bridge_id="a"),
        leg(FactType.LEG_LEFT, seconds=4, bridge_id="a"),
        leg(FactType.LEG_JOINED, seconds=10, bridge_id="b"), leg_ended(seconds=15),
    )  # fmt: skip
    assert books.one(CallLeg).joined_seconds == 8


def test_moving_without_leaving_loses_no_time(books) -> None:
    """Asterisk may tell the new bridge before it tells that the old one was left."""
    books.record(
        started(), leg_started(), leg(FactType.LEG_ANSWERED),
        leg(FactType.LEG_JOINED, seconds=1, bridge_id="a"),
        leg(FactType.LEG_JOINED, seconds=4, bridge_id="b"), leg_ended(seconds=15),
    )  # fmt: skip
    assert books.one(CallLeg).joined_seconds == 14


def test_a_held_leg_that_changes_bridges_is_still_held(books) -> None:
    books.record(
        started(), leg_started(), leg(FactType.LEG_ANSWERED),
        leg(FactType.LEG_JOINED, seconds=1, bridge_id="a"), leg(FactType.LEG_HELD, seconds=2),
        leg(FactType.LEG_LEFT, seconds=3, bridge_id="a"),
    )  # fmt: skip
    assert books.one(CallLeg).state == "held"


def test_an_agent_is_in_one_state_at_a_time(books) -> None:
    books.record(state(ANNA, AgentState.READY), state(ANNA, AgentState.RINGING, 5, CALLS[0]))
    books.record(state(ANNA, AgentState.TALKING, 9, CALLS[0]))
    intervals = sorted(books.rows(AgentInterval), key=lambda row: row.since)
    assert [(row.state, row.until) for row in intervals] == [
        ("ready", intervals[1].since), ("ringing", intervals[2].since), ("talking", None),
    ]  # fmt: skip


def test_intervals_of_two_agents_do_not_touch(books) -> None:
    books.record(state(AGENTS[0], AgentState.READY), state(AGENTS[1], AgentState.READY, 5))
    assert [row.until for row in books.rows(AgentInterval)] == [None, None]


def test_facts_of_a_call_that_the_ledger_does_not_know_are_kept(books) -> None:
    assert len(books.record(queued(CALLS[2]), leg_ended("9.9"), ended(CALLS[2], 5))) == 3
    assert books.rows(Call) == []


def test_the_ledger_is_read_back_in_the_order_in_which_it_was_written(books) -> None:
    books.record(*conversation())
    with books.database.begin(Scope.platform()) as session:
        assert ledger.facts_since(session, NOW) == conversation()


def test_another_enterprise_sees_none_of_it(books) -> None:
    books.record(*conversation())
    with books.database.begin(Scope(new_id())) as session:
        assert session.scalar(select(func.count()).select_from(Call)) == 0
        assert session.scalar(select(func.count()).select_from(TelephonyFact)) == 0


def test_a_fact_that_cannot_be_folded_holds_up_none_of_those_after_it(books: Ledger) -> None:
    """One that lacks what a call begins with, and one that PostgreSQL itself cannot take."""
    lacking = started(CALLS[1])
    data = {key: value for key, value in lacking.data.items() if key != "direction"}
    poison = [replace(lacking, data=data), replace(started(CALLS[2]), data={"direction": "\x00"})]
    kept: list[str] = []
    deliver = setting_aside(to_database(books.database), lambda line, _error: kept.append(line))
    batch = [started(), poison[0], queued(), poison[1], ended(seconds=9)]
    for _ in range(2):  # as after a restart
        deliver([one.dump() for one in batch])
    assert kept == [one.dump() for one in poison] * 2
    call = books.one(Call)
    assert (call.id, call.state) == (CALLS[0], "ended")
    assert {row.id for row in books.rows(TelephonyFact)} == {one.id for one in batch} - {
        one.id for one in poison
    }


def as_folded(books: Ledger, call: UUID) -> list[dict[str, Any]]:
    """The call and its legs, but for what they are called by."""
    own = {"id", "call_id", "uniqueid", "channel"}
    rows = [
        *(row for row in books.rows(Call) if row.id == call),
        *(row for row in books.rows(CallLeg) if row.call_id == call),
    ]
    columns = [c.key for model in (Call, CallLeg) for c in inspect(model).column_attrs]
    told = [{c: getattr(row, c, None) for c in columns if c not in own} for row in rows]
    return sorted(told, key=str)


@pytest.mark.parametrize("late", [0, 1, 2, 3, 4, 5, 8, 9, 11, 16, 17])
def test_a_fact_that_comes_late_leaves_its_call_as_if_it_had_come_in_time(
    books: Ledger, late: int
) -> None:
    """Each kind of them: what begins the call or a leg, what a later one depends on, the end."""
    facts = conversation()
    books.record(*conversation(CALLS[1], "2.0", "2.1"))
    right = as_folded(books, CALLS[1])
    books.record(*facts[:late], *facts[late + 1 :])
    assert as_folded(books, CALLS[0]) != right
    for _ in range(2):
        late_to_database(books.database)(facts[late].dump())
    assert as_folded(books, CALLS[0]) == right


def test_a_state_that_comes_late_stands_between_its_neighbours(books: Ledger) -> None:
    before, missing, after = (
        state(ANNA, wanted, seconds)
        for wanted, seconds in (
            (AgentState.READY, 0),
            (AgentState.NOT_READY, 5),
            (AgentState.READY, 9),
        )
    )
    books.record(before, after)
    late_to_database(books.database)(missing.dump())
    rows = sorted(books.rows(AgentInterval), key=lambda row: row.since)
    assert [(row.since, row.until) for row in rows] == [
        (before.at, missing.at), (missing.at, after.at), (after.at, None)
    ]  # fmt: skip


def test_what_people_added_to_a_call_stays_when_it_is_folded_anew(books: Ledger) -> None:
    facts = conversation()
    books.record(*facts[:3], *facts[4:])
    customer = new_id()
    with books.database.begin(Scope.platform()) as session:
        session.execute(update(Call).values(customer_id=customer))
    late_to_database(books.database)(facts[3].dump())
    call = books.one(Call)
    assert (call.customer_id, call.queued_at) == (customer, facts[3].at)


def test_a_callback_that_was_asked_for_late_is_over_when_it_ended(books: Ledger) -> None:
    key, agent = str(new_id()), AGENTS[0]
    asked = fact(
        FactType.CALLBACK_ASKED, 1, callback_id=key, service_id=str(new_id()), number="e164:1",
        display_number="", language="en", priority=5, queued_at=NOW.isoformat(), not_before=None,
        not_after=NOW.isoformat(), note="", origin="web", asked_by=None,
    )  # fmt: skip
    end = fact(FactType.CALLBACK_ENDED, 9, agent=agent, callback_id=key, reason="done")
    to_database(books.database)([end.dump()])
    assert books.rows(Callback) == []
    late_to_database(books.database)(asked.dump())
    callback = books.one(Callback)
    assert (callback.state, callback.reason, callback.asked_at) == ("ended", "done", NOW)
