"""Legs out of AMI events: recorded calls, and what a line never promised."""

from collections import Counter
from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.calls.states import LegState
from callcenter.core.ids import call_id_of, fact_id
from callcenter.telephony.ami import AmiEvent
from callcenter.telephony.legs import LegChangeKind
from callcenter.telephony.tracker import Tracker
from tests.unit.telephony.recorded import ENTERPRISE, SCENARIOS, events, named, told

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
CALL = UUID("0192dddd-0000-7000-8000-000000000001")


def event(name: str, uniqueid: str = "1.0", second: float = 0, **headers: str) -> AmiEvent:
    fields = {"Event": name, "Uniqueid": uniqueid, "Timestamp": str(1795480000 + second)}
    return AmiEvent({key.lower(): value for key, value in (fields | headers).items()})


def story(scenario: str) -> list[str]:
    """`customer joined`…: the legs by their order, what happened to each."""
    names = {}
    lines = []
    tracker = Tracker()
    for one in events(scenario):
        for change in tracker.handle(one):
            name = names.setdefault(change.leg.uniqueid, f"{len(names) + 1}")
            lines.append(f"{name} {change.kind}")
    return lines


def test_an_answered_call() -> None:
    assert story("answered") == [
        "1 started", "2 started", "2 ringing", "2 answered", "1 answered", "2 joined", "1 joined",
        "1 left", "2 left", "2 ended", "1 ended",
    ]  # fmt: skip


def test_an_abandoned_call() -> None:
    assert story("abandoned") == ["1 started", "1 answered", "1 ended"]


def test_a_transferred_call_joins_twice() -> None:
    tracker = Tracker()
    joined = [
        named(c) for e in events("transferred") for c in tracker.handle(e) if c.kind == "joined"
    ]
    customer = [(bridge, count) for uniqueid, _, bridge, count in joined if uniqueid.endswith(".0")]
    assert [count for _, count in customer] == [1, 2]
    assert len({bridge for bridge, _ in customer}) == 2


def test_a_consulted_call_changes_bridges_without_a_new_leg() -> None:
    lines = story("consulted")
    assert lines.count("1 joined") == 2  # the agent, then the colleague
    assert lines.count("2 joined") == 2  # the customer, then the colleague
    assert lines.count("3 joined") == 2  # the agent, then the customer
    assert lines[-3:].count("1 ended") == 1


@pytest.mark.parametrize(
    ("scenario", "cause", "status"),
    [
        ("dialled", 16, "ANSWER"),
        ("dialled_busy", 17, "BUSY"),
        ("dialled_unallocated", 1, "NOANSWER"),
        ("dialled_rejected", 21, "NOANSWER"),
        ("dialled_unanswered", 0, "NOANSWER"),
    ],
)
def test_a_call_out_ends_with_its_cause(scenario, cause, status) -> None:
    tracker = Tracker()
    ended = {}
    for one in events(scenario):
        ended |= {c.leg.uniqueid: c.leg for c in tracker.handle(one) if c.kind == "ended"}
    (customer,) = [leg for leg in ended.values() if leg.uniqueid != str(CALL)]
    assert (customer.cause, customer.dial_status) == (cause, status)
    assert {leg.call_id for leg in ended.values()} == {CALL}


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_every_leg_of_a_call_belongs_to_it_and_to_the_enterprise(scenario) -> None:
    tracker = Tracker()
    legs = {c.leg.uniqueid: c.leg for e in events(scenario) for c in tracker.handle(e)}
    calls = 2 if scenario == "nailed" else 1
    assert len({leg.call_id for leg in legs.values()}) == calls
    assert {leg.enterprise for leg in legs.values()} == {ENTERPRISE}


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_call_that_is_over_leaves_no_leg_and_broke_no_rule(scenario) -> None:
    tracker = Tracker()
    kinds = Counter(name[:2] for name in told(tracker, events(scenario)))
    assert tracker.legs == {}
    assert tracker.illegal_edges == 0
    assert all(count == 1 for (_, kind), count in kinds.items() if kind in ("started", "ended"))


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_start_answer_and_end_are_told_once_though_events_come_twice(scenario) -> None:
    tracker = Tracker()
    twice = [one for one in events(scenario) for _ in range(2)]
    once = told(Tracker(), events(scenario))
    again = told(tracker, twice)
    for kind in ("started", "answered", "ended", "left"):
        assert [n[:3] for n in again if n[1] == kind] == [n[:3] for n in once if n[1] == kind]


@given(st.data())
def test_no_order_and_no_loss_of_events_breaks_it(data) -> None:
    some = data.draw(st.permutations(events("consulted")))
    tracker = Tracker()
    for one in some[: data.draw(st.integers(0, len(some)))]:
        tracker.handle(one)
    assert all(leg.state is not LegState.ENDED for leg in tracker.legs.values())
    assert not tracker.legs.keys() & tracker.ended.keys()


def test_unknown_events_and_unknown_channels_are_passed_over() -> None:
    tracker = Tracker()
    strange = ("VarSet", "Newstate", "Hangup", "BridgeEnter", "BridgeLeave", "Hold", "DialEnd", "")
    assert [c for name in strange for c in tracker.handle(event(name, ChannelState="6"))] == []


def test_a_call_is_named_by_its_first_channel() -> None:
    assert call_id_of("1795480688.0") == fact_id("call", "1795480688.0")
    assert call_id_of(str(CALL)) == CALL


def test_the_variable_goes_before_the_linked_id() -> None:
    tracker = Tracker()
    variables = f"CC_CALL_ID={CALL}"
    (change,) = tracker.handle(event("Newchannel", Linkedid="9.9", ChanVariable=variables))
    assert change.leg.call_id == CALL


def test_hold_and_resume_are_told_in_a_bridge_only() -> None:
    tracker = Tracker()
    for name in ("Newchannel", "Hold"):
        tracker.handle(event(name))
    assert tracker.illegal_edges == 1
    tracker.handle(event("Newstate", ChannelState="6"))
    tracker.handle(event("BridgeEnter", BridgeUniqueid="b"))
    kinds = [c.kind for name in ("Hold", "Unhold") for c in tracker.handle(event(name))]
    assert kinds == [LegChangeKind.HELD, LegChangeKind.RESUMED]


def test_early_media_joins_before_the_answer() -> None:
    tracker = Tracker()
    tracker.handle(event("Newchannel"))
    (joined,) = tracker.handle(event("BridgeEnter", BridgeUniqueid="b"))
    assert (joined.kind, joined.leg.state) == ("joined", LegState.STARTED)


def test_leaving_a_bridge_that_it_is_not_in_says_nothing() -> None:
    tracker = Tracker()
    tracker.handle(event("Newchannel"))
    tracker.handle(event("Newstate", ChannelState="6"))
    tracker.handle(event("BridgeEnter", BridgeUniqueid="b"))
    assert tracker.handle(event("BridgeLeave", BridgeUniqueid="a")) == []


def test_a_renamed_channel_keeps_its_leg() -> None:
    tracker = Tracker()
    tracker.handle(event("Newchannel", Channel="PJSIP/e100001-8001-00000001"))
    tracker.handle(event("Rename", Newname="PJSIP/e100001-8001-00000002"))
    assert tracker.legs["1.0"].channel == "PJSIP/e100001-8001-00000002"
    assert tracker.legs["1.0"].endpoint == "e100001-8001"


def test_a_number_and_a_name_that_are_not_known_are_empty() -> None:
    tracker = Tracker()
    tracker.handle(event("Newchannel", CallerIDNum="<unknown>", CallerIDName="<unknown>"))
    assert (tracker.legs["1.0"].number, tracker.legs["1.0"].name) == ("", "")


def test_the_dialled_number_is_the_called_legs() -> None:
    tracker = Tracker()
    tracker.handle(event("Newchannel", "1.1"))
    tracker.handle(event("DialBegin", DestUniqueid="1.1", DialString="13900000010@demo"))
    assert tracker.legs["1.1"].number == "13900000010"


# -- what Asterisk shows on demand ---------------------------------------------------------------


def test_a_channel_that_was_not_known_is_adopted_as_it_is() -> None:
    tracker = Tracker()
    leg = tracker.adopt(
        event("CoreShowChannel", ChannelState="6", BridgeId="b", Linkedid="1.0",
              ChanVariable=f"CC_ENT={ENTERPRISE}")
    )  # fmt: skip
    assert (leg.state, leg.bridge_id, leg.enterprise) == (LegState.JOINED, "b", ENTERPRISE)
    assert tracker.legs == {"1.0": leg}


def test_a_held_leg_that_is_adopted_stays_held() -> None:
    tracker = Tracker()
    for name, headers in (
        ("Newchannel", {}),
        ("Newstate", {"ChannelState": "6"}),
        ("BridgeEnter", {"BridgeUniqueid": "b"}),
        ("Hold", {}),
    ):
        tracker.handle(event(name, **headers))
    leg = tracker.adopt(event("CoreShowChannel", ChannelState="6", BridgeId="b"))
    assert leg.state is LegState.HELD


def test_a_channel_that_is_gone_ends_once() -> None:
    tracker = Tracker()
    tracker.handle(event("Newchannel"))
    change = tracker.forget("1.0", NOW)
    assert (change.kind, change.at, change.leg.ended_at) == ("ended", NOW, NOW)
    assert tracker.forget("1.0", NOW) is None
    assert tracker.handle(event("Hangup")) == []
