"""The tables of calls and legs: walked edge by edge, and closed to everything else."""

from datetime import UTC, datetime
from itertools import product
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.calls.states import (
    CALL_EDGES,
    LEG_EDGES,
    CallEvent,
    CallState,
    LegEvent,
    LegState,
)
from callcenter.core.numbers import WITHHELD
from callcenter.telephony.live import Direction, LiveCall

CALLS = """
new: enter_ivr>in_ivr queue>queued dial>dialling offer>offered connect>connected overflow>in_ivr
in_ivr: enter_ivr>in_ivr queue>queued dial>dialling offer>offered connect>connected overflow>in_ivr
queued: offer>offered queue>queued overflow>in_ivr connect>connected
offered: connect>connected miss>queued queue>queued offer>offered enter_ivr>in_ivr dial>dialling overflow>in_ivr
dialling: connect>connected offer>offered queue>queued enter_ivr>in_ivr dial>dialling overflow>in_ivr
connected: consult>consulting transfer>transferring
consulting: return>connected connect>connected queue>queued overflow>in_ivr
transferring: connect>connected offer>offered queue>queued dial>dialling return>connected overflow>in_ivr
"""
LEGS = """
started: ring>ringing answer>up join>started
ringing: answer>up join>ringing
up: join>joined hold>held
joined: leave>up hold>held join>joined
held: resume>joined leave>held join>held
"""


def _table(text, states, events):
    edges = {}
    for line in text.strip().splitlines():
        state, _, pairs = line.partition(": ")
        for pair in pairs.split():
            event, _, target = pair.partition(">")
            edges[states(state), events(event)] = states(target)
    return edges | {
        (state, events("end")): states("ended") for state in states if state != states("ended")
    }


def _call(state: CallState) -> LiveCall:
    now = datetime(2026, 11, 24, tzinfo=UTC)
    return LiveCall(UUID(int=1), UUID(int=2), Direction.INBOUND, now, WITHHELD, state=state)


@pytest.mark.parametrize(("edge", "target"), CALL_EDGES.items(), ids=str)
def test_a_call_follows_every_edge(edge, target) -> None:
    call = _call(edge[0])
    assert call.may(edge[1])
    assert call.step(edge[1])
    assert call.state is target


@pytest.mark.parametrize(
    "edge", [edge for edge in product(CallState, CallEvent) if edge not in CALL_EDGES], ids=str
)
def test_a_call_refuses_what_is_no_edge(edge) -> None:
    call = _call(edge[0])
    assert not call.may(edge[1])
    assert not call.step(edge[1])
    assert call.state is edge[0]


def test_the_leg_table_is_as_it_is_written() -> None:
    assert _table(LEGS, LegState, LegEvent) == LEG_EDGES


@given(st.lists(st.sampled_from(CallEvent)))
def test_no_sequence_brings_an_ended_call_back(events) -> None:
    call = _call(CallState.ENDED)
    for event in events:
        call.step(event)
    assert call.state is CallState.ENDED


def test_every_living_call_and_leg_can_end() -> None:
    for state in CallState:
        assert ((state, CallEvent.END) in CALL_EDGES) == (state is not CallState.ENDED)
    for state in LegState:
        assert ((state, LegEvent.END) in LEG_EDGES) == (state is not LegState.ENDED)


def test_the_call_table_is_as_it_is_written() -> None:
    assert _table(CALLS, CallState, CallEvent) == CALL_EDGES
