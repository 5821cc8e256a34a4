"""The agent's table: every edge, nothing but the edges, and what follows a contact."""

from datetime import UTC, datetime, timedelta
from itertools import product
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.acd.agent import EDGES, AgentEvent, AgentState, AgentStatus, IllegalEdge, apply

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
AGENT, CALL, LUNCH, TRAINING = (UUID(int=n) for n in (1, 2, 3, 4))
S, E = AgentState, AgentEvent

CONTACT = "reserved ringing talking hold consulting wrap_up"
WISHES = "set_ready set_not_ready sign_out presence_lost phone_lost"
TABLE = """
offline: sign_in>not_ready
not_ready: set_ready>ready set_not_ready>not_ready dial>reserved summon>reserved sign_out>offline
not_ready: presence_lost>not_ready phone_lost>not_ready
ready: set_not_ready>not_ready reserve>reserved summon>reserved dial>reserved sign_out>offline
ready: presence_lost>not_ready phone_lost>not_ready
reserved: ring>ringing connect>talking release>ready miss>not_ready
ringing: answer>talking release>ready miss>not_ready
talking: hold>hold consult>consulting hang_up>wrap_up release>ready
hold: resume>talking consult>consulting hang_up>wrap_up release>ready
consulting: consult_ended>talking hang_up>wrap_up
wrap_up: finish>ready timeout>ready dial>reserved summon>reserved
"""


def _legal() -> dict[tuple[AgentState, AgentEvent], AgentState]:
    edges = {}
    for line in TABLE.strip().splitlines():
        state, _, pairs = line.partition(": ")
        for pair in pairs.split():
            event, _, target = pair.partition(">")
            edges[S(state), E(event)] = S(target)
    for state, wish in product(CONTACT.split(), WISHES.split()):
        edges[S(state), E(wish)] = S(state)
    return edges


LEGAL = _legal()
ILLEGAL = [edge for edge in product(S, E) if edge not in LEGAL]


def agent(state: AgentState, **details: object) -> AgentStatus:
    return AgentStatus(AGENT, state, NOW, NOW, **details)


def after(status: AgentStatus, *events: AgentEvent, **details: object) -> AgentStatus:
    """Each event a minute after the one before."""
    for minute, event in enumerate(events, 1):
        status = apply(status, event, NOW + timedelta(minutes=minute), **details)
    return status


@pytest.mark.parametrize(("edge", "target"), LEGAL.items(), ids=str)
def test_every_edge_leads_where_the_table_says(edge, target) -> None:
    state, event = edge
    assert apply(agent(state), event, NOW, wrap_up_until=NOW).state is target


@pytest.mark.parametrize(("state", "event"), ILLEGAL, ids=str)
def test_what_is_not_in_the_table_is_refused(state, event) -> None:
    with pytest.raises(IllegalEdge) as refused:
        apply(agent(state), event, NOW)
    assert (refused.value.state, refused.value.event) == (state, event)


def test_the_code_has_no_edge_that_this_table_has_not() -> None:
    assert EDGES.keys() == LEGAL.keys()


@given(st.lists(st.sampled_from(E)), st.booleans())
def test_no_sequence_of_events_leaves_the_table(events, wraps_up) -> None:
    status = AgentStatus.offline(AGENT, NOW)
    for event in events:
        expected = LEGAL.get((status.state, event))
        try:
            following = apply(
                status, event, NOW, call_id=CALL, wrap_up_until=NOW if wraps_up else None
            )
        except IllegalEdge:
            assert expected is None
            continue
        assert expected is not None
        assert following.in_contact <= (following.call_id is not None)
        assert (following.wrap_up_until is not None) == (following.state is S.WRAP_UP)
        assert following.after in (S.READY, S.NOT_READY, S.OFFLINE)
        if following.state is S.READY:
            assert following.call_id is following.reason_id is None
        status = following


# -- what follows the contact -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wish", "becomes"),
    [(E.SET_READY, S.READY), (E.SET_NOT_READY, S.NOT_READY), (E.SIGN_OUT, S.OFFLINE)],
)
@pytest.mark.parametrize("state", [S.RINGING, S.TALKING, S.HOLD])
def test_a_wish_during_a_contact_waits_for_its_end(state, wish, becomes) -> None:
    wished = after(agent(state), wish)
    assert wished.state is state
    end = E.RELEASE if state is S.RINGING else E.HANG_UP
    assert after(wished, end).state is becomes


def test_the_last_wish_counts() -> None:
    wished = after(agent(S.TALKING), E.SIGN_OUT, E.SET_NOT_READY, E.SET_READY)
    assert after(wished, E.HANG_UP).state is S.READY


def test_the_reason_of_a_wished_pause_is_kept_until_then() -> None:
    wished = apply(agent(S.TALKING), E.SET_NOT_READY, NOW, reason_id=LUNCH)
    assert wished.reason_id is None
    wrapping = apply(wished, E.HANG_UP, NOW, wrap_up_until=NOW)
    assert after(wrapping, E.FINISH).reason_id == LUNCH


def test_a_wish_in_wrap_up_waits_for_its_end() -> None:
    wished = after(agent(S.WRAP_UP), E.SIGN_OUT)
    assert after(wished, E.TIMEOUT).state is S.OFFLINE


@pytest.mark.parametrize("lost", [E.PRESENCE_LOST, E.PHONE_LOST])
def test_who_signed_out_in_a_talk_and_closed_the_page_is_offline_after_it(lost) -> None:
    closed = after(agent(S.TALKING), E.SIGN_OUT, lost)
    assert after(closed, E.HANG_UP).state is S.OFFLINE


@pytest.mark.parametrize("lost", [E.PRESENCE_LOST, E.PHONE_LOST])
def test_who_loses_page_or_phone_in_a_talk_takes_no_further_call(lost) -> None:
    assert after(agent(S.TALKING), lost, E.HANG_UP).state is S.NOT_READY


@pytest.mark.parametrize("lost", [E.PRESENCE_LOST, E.PHONE_LOST])
def test_a_pause_goes_on_with_its_reason_when_the_page_is_closed(lost) -> None:
    resting = agent(S.NOT_READY, reason_id=LUNCH)
    assert after(resting, lost) == resting


def test_who_was_called_out_of_a_pause_goes_back_to_it() -> None:
    resting = agent(S.NOT_READY, reason_id=LUNCH)
    rung = apply(resting, E.SUMMON, NOW, call_id=CALL)
    back = after(rung, E.RING, E.RELEASE)
    assert (back.state, back.reason_id, back.call_id) == (S.NOT_READY, LUNCH, None)


def test_who_was_called_out_of_wrap_up_follows_the_wish_made_there() -> None:
    wrapping = apply(agent(S.WRAP_UP), E.SET_NOT_READY, NOW, reason_id=TRAINING)
    rung = apply(wrapping, E.SUMMON, NOW, call_id=CALL)
    assert rung.wrap_up_until is None
    assert after(rung, E.RELEASE).reason_id == TRAINING


# -- missed calls -------------------------------------------------------------------------------


@pytest.mark.parametrize("policy", [S.READY, S.NOT_READY])
def test_a_missed_call_sends_the_agent_where_the_policy_says(policy) -> None:
    assert apply(agent(S.RINGING), E.MISS, NOW, missed_to=policy).state is policy


@pytest.mark.parametrize(
    ("wish", "becomes"), [(E.SIGN_OUT, S.OFFLINE), (E.SET_NOT_READY, S.NOT_READY)]
)
def test_a_wish_made_while_it_rang_goes_before_the_policy(wish, becomes) -> None:
    wished = after(agent(S.RINGING), wish)
    assert apply(wished, E.MISS, NOW, missed_to=S.READY).state is becomes


# -- order among the ready ----------------------------------------------------------------------


def test_an_offer_in_vain_does_not_cost_the_place_in_the_order() -> None:
    assert after(agent(S.READY), E.RESERVE, E.RING, E.RELEASE).idle_since == NOW


def test_becoming_ready_goes_to_the_end_of_the_order() -> None:
    assert after(agent(S.NOT_READY), E.SET_READY).idle_since == NOW + timedelta(minutes=1)


def test_a_talk_without_wrap_up_goes_to_the_end_of_the_order() -> None:
    talked = after(agent(S.READY), E.RESERVE, E.RING, E.ANSWER, E.HANG_UP)
    assert talked.state is S.READY
    assert talked.idle_since == NOW + timedelta(minutes=4)


def test_wrap_up_counts_as_idle_from_the_end_of_the_talk() -> None:
    talked = apply(agent(S.TALKING), E.HANG_UP, NOW, wrap_up_until=NOW + timedelta(minutes=1))
    assert after(talked, E.TIMEOUT).idle_since == NOW


def test_hold_and_consultation_keep_the_call() -> None:
    talking = agent(S.TALKING, call_id=CALL)
    assert after(talking, E.HOLD, E.RESUME, E.CONSULT, E.CONSULT_ENDED).call_id == CALL


@pytest.mark.parametrize(
    ("status", "takes"),
    [
        (agent(S.READY), True),
        (after(agent(S.READY), E.RESERVE, E.RING, E.ANSWER), True),
        (after(agent(S.READY), E.RESERVE, E.RING, E.ANSWER, E.SET_NOT_READY), False),
        (after(agent(S.NOT_READY), E.DIAL), False),
        (agent(S.WRAP_UP), False),
        (agent(S.NOT_READY), False),
        (agent(S.OFFLINE), False),
    ],
    ids=[
        "ready",
        "talks",
        "talks, then pauses",
        "dials out of a pause",
        "wrap-up",
        "pause",
        "gone",
    ],
)
def test_who_takes_calls_as_soon_as_the_phone_is_free(status, takes) -> None:
    assert status.takes_calls is takes
