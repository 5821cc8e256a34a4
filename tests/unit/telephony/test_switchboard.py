"""What legs mean for calls, and calls for agents."""

from uuid import UUID

import pytest

from callcenter.acd.agent import AgentEvent, AgentState
from callcenter.calls.events import FactType
from callcenter.calls.states import CallEvent, CallState
from callcenter.core.ids import call_id_of
from callcenter.core.numbers import parse_number
from callcenter.telephony.legs import LegChangeKind
from callcenter.telephony.live import (
    Consult,
    DeskState,
    Direction,
    LiveCall,
    Target,
    TargetKind,
    Transfer,
)
from callcenter.telephony.outlet import callers_room
from callcenter.telephony.switchboard import read_name
from tests.fakes.switchboard import (
    ANNA,
    BEN,
    CUSTOMER_LEG,
    HOME,
    SERVICE,
    TRUNK,
    World,
    service,
)

S = AgentState
ANNA_LEG, BEN_LEG = "1795480688.1", "1795480689.2"
DIALLED = UUID("0192dddd-0000-7000-8000-000000000001")


@pytest.fixture
async def world() -> World:
    """In a loop: wrap-up has a timer."""
    made = World(service(wrap_up_seconds=30))
    made.ready(ANNA, BEN)
    return made


def offer(world: World, call: LiveCall, agent: UUID) -> None:
    """As the distribution does it."""
    world.agents.fire(agent, AgentEvent.RESERVE, call_id=call.id)
    world.agents.fire(agent, AgentEvent.RING)
    call.offers += 1
    world.board.step(call, CallEvent.OFFER)
    world.board.show(call, agent, DeskState.OFFERED)


def queued(world: World) -> LiveCall:
    world.channel(CUSTOMER_LEG, TRUNK)
    call = world.inbound()
    call.service_id, call.queued_at, call.queue_number = SERVICE, world.clock.now(), 1
    call.in_queue = True
    world.board.step(call, CallEvent.QUEUE)
    world.up(CUSTOMER_LEG)
    return call


def talking(world: World) -> LiveCall:
    call = queued(world)
    offer(world, call, ANNA)
    world.phone_of(ANNA, ANNA_LEG)
    world.up(ANNA_LEG)
    world.join("b1", ANNA_LEG, CUSTOMER_LEG)
    return call


def consulting(world: World) -> LiveCall:
    """Customer held, Anna has asked Ben, and they talk."""
    call = talking(world)
    call.consult = Consult(ANNA, Target(TargetKind.SEAT, str(BEN)), colleague_id=BEN)
    world.agents.fire(ANNA, AgentEvent.CONSULT)
    world.board.step(call, CallEvent.CONSULT)
    world.board.show(call, ANNA, DeskState.CONSULTING)
    world.leave("b1", ANNA_LEG, CUSTOMER_LEG)
    world.agents.fire(BEN, AgentEvent.SUMMON, call_id=call.id)
    world.agents.fire(BEN, AgentEvent.RING)
    world.board.show(call, BEN, DeskState.OFFERED)
    world.phone_of(BEN, BEN_LEG)
    world.up(BEN_LEG)
    world.join("b2", BEN_LEG, ANNA_LEG)
    return call


def steps(world: World) -> list[str]:
    return [fact.data["step"] for fact in world.facts.of(FactType.CALL_CONSULT)]


def result(world: World) -> tuple[str, str]:
    (ended,) = world.facts.of(FactType.CALL_ENDED)
    return ended.data["result"], ended.data["ended_by"]


# -- the conversation ---------------------------------------------------------------------------


async def test_they_talk_only_when_both_are_in_one_bridge(world) -> None:
    call = queued(world)
    offer(world, call, ANNA)
    world.phone_of(ANNA, ANNA_LEG)
    world.up(ANNA_LEG)
    world.join("b1", ANNA_LEG)
    assert (call.state, world.state(ANNA)) == (CallState.OFFERED, S.RINGING)
    world.join("b1", CUSTOMER_LEG)
    assert (call.state, world.state(ANNA)) == (CallState.CONNECTED, S.TALKING)
    (connected,) = world.facts.of(FactType.CALL_CONNECTED)
    assert (connected.agent_id, connected.data["uniqueid"]) == (ANNA, ANNA_LEG)
    assert connected.data["waited_seconds"] == pytest.approx(0.005)
    assert world.shown.desk(ANNA, call.id)["state"] == "connected"


async def test_it_is_connected_and_recorded_once_however_often_they_join(world) -> None:
    call = talking(world)
    world.leave("b1", ANNA_LEG)
    world.join("b1", ANNA_LEG)
    assert len(world.facts.of(FactType.CALL_CONNECTED)) == 1
    assert len(world.facts.of(FactType.CALL_DEQUEUED)) == 1
    assert {joined.call.id for joined in world.joined} == {call.id}


async def test_hold_and_resume_are_the_agents(world) -> None:
    call = talking(world)
    world.ami("Hold", ANNA_LEG)
    assert world.state(ANNA) is S.HOLD
    assert world.shown.desk(ANNA, call.id)["state"] == "held"
    world.ami("Unhold", ANNA_LEG)
    assert world.state(ANNA) is S.TALKING
    assert world.shown.desk(ANNA, call.id)["state"] == "connected"
    assert world.facts.names("leg.")[-2:] == ["leg.held", "leg.resumed"]


async def test_a_customer_who_holds_changes_nothing_for_the_agent(world) -> None:
    talking(world)
    world.ami("Hold", CUSTOMER_LEG)
    assert world.state(ANNA) is S.TALKING


async def test_the_desk_shows_the_number_masked(world) -> None:
    call = talking(world)
    assert world.shown.desk(ANNA, call.id)["number"] == "138 **** 0001"


async def test_the_whole_number_is_for_the_server_as_long_as_the_contact_lasts(world) -> None:
    call = talking(world)
    place = callers_room(ANNA), f"call:{call.id}"
    assert world.shown.rooms[place] == {"number": str(call.customer)}
    world.board.clear(call.id, ANNA)
    assert world.shown.rooms.get(place) is None


# -- its end --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "by"), [(CUSTOMER_LEG, "customer"), (ANNA_LEG, "agent")], ids=["customer", "agent"]
)
async def test_a_talk_is_ended_by_who_leaves_first(world, first, by) -> None:
    call = talking(world)
    second = ANNA_LEG if first == CUSTOMER_LEG else CUSTOMER_LEG
    world.leave("b1", first, second)
    world.hang_up(ANNA_LEG, CUSTOMER_LEG)  # Dial ends its own leg first, whoever hung up
    assert result(world) == ("answered", by)
    assert call.state is CallState.ENDED
    assert world.ended == [call]


async def test_the_agent_wraps_up_and_the_contact_stays_on_the_desk_until_then(world) -> None:
    call = talking(world)
    world.hang_up(CUSTOMER_LEG, ANNA_LEG)
    assert world.state(ANNA) is S.WRAP_UP
    assert world.shown.desk(ANNA, call.id)["state"] == "ended"
    world.agents.fire(ANNA, AgentEvent.FINISH)
    world.board.wrapped_up(ANNA, call.id)
    assert world.shown.desk(ANNA, call.id) is None
    assert world.board.calls == {}


async def test_without_wrap_up_the_desk_is_clear_and_the_agent_ready(world) -> None:
    world.use(service())
    call = talking(world)
    world.hang_up(CUSTOMER_LEG, ANNA_LEG)
    assert world.state(ANNA) is S.READY
    assert world.shown.desk(ANNA, call.id) is None
    assert world.board.calls == {}


async def test_a_caller_who_gives_up_in_the_queue_has_abandoned(world) -> None:
    queued(world)
    world.hang_up(CUSTOMER_LEG)
    assert result(world) == ("abandoned", "customer")
    assert [f.data["reason"] for f in world.facts.of(FactType.CALL_DEQUEUED)] == ["abandoned"]


async def test_a_caller_who_gives_up_while_it_rings_frees_the_agent(world) -> None:
    call = queued(world)
    offer(world, call, ANNA)
    world.phone_of(ANNA, ANNA_LEG)
    world.hang_up(ANNA_LEG, CUSTOMER_LEG)
    assert result(world) == ("abandoned", "customer")
    assert world.state(ANNA) is S.READY
    assert world.shown.desk(ANNA, call.id) is None


async def test_a_caller_who_needed_no_agent_is_the_flows(world) -> None:
    world.channel(CUSTOMER_LEG, TRUNK)
    world.board.step(world.inbound(), CallEvent.ENTER_IVR)
    world.hang_up(CUSTOMER_LEG)
    assert result(world)[0] == "ivr_only"


async def test_a_call_ends_once(world) -> None:
    call = talking(world)
    world.hang_up(CUSTOMER_LEG, ANNA_LEG)
    world.board.end(call, world.clock.now())
    assert len(world.facts.of(FactType.CALL_ENDED)) == 1
    assert world.ended == [call]


# -- calls out ------------------------------------------------------------------------------------


def dialling(world: World) -> LiveCall:
    world.agents.fire(ANNA, AgentEvent.DIAL, call_id=DIALLED)
    call = world.board.begin(
        LiveCall(
            id=DIALLED,
            enterprise_id=HOME,
            direction=Direction.OUTBOUND,
            started_at=world.clock.now(),
            customer=parse_number("13900000010"),
            agent_id=ANNA,
            dialled="13900000010",
        ),
        "command",
    )
    world.board.step(call, CallEvent.DIAL)
    world.board.show(call, ANNA, DeskState.DIALLING)
    world.phone_of(ANNA, str(DIALLED), str(DIALLED))
    world.up(str(DIALLED))
    world.channel("1.9", TRUNK, str(DIALLED))
    return call


async def test_an_answered_call_out_is_a_talk(world) -> None:
    call = dialling(world)
    assert call.customer_leg == "1.9"
    world.up("1.9")
    world.join("b", "1.9", str(DIALLED))
    assert (call.state, world.state(ANNA)) == (CallState.CONNECTED, S.TALKING)
    world.hang_up("1.9", str(DIALLED))
    assert result(world) == ("answered", "customer")
    assert world.facts.of(FactType.CALL_QUEUED, FactType.CALL_DEQUEUED) == []


@pytest.mark.parametrize(
    ("cause", "status", "named"),
    [
        (17, "BUSY", "busy"),
        (1, "CHANUNAVAIL", "unallocated"),
        (28, "CHANUNAVAIL", "unallocated"),
        (19, "NOANSWER", "no_answer"),
        (21, "NOANSWER", "rejected"),
        (0, "NOANSWER", "no_answer"),
        (16, "CANCEL", "cancelled"),
        (38, "CONGESTION", "failed"),
    ],
)
async def test_a_call_out_in_vain_says_why(world, cause, status, named) -> None:
    dialling(world)
    world.ami("DialEnd", str(DIALLED), DestUniqueid="1.9", DialStatus=status)
    world.hang_up("1.9", cause=cause)
    world.hang_up(str(DIALLED), cause=cause)
    assert result(world)[0] == named
    assert world.state(ANNA) is S.READY
    assert world.shown.desk(ANNA, DIALLED) is None


async def test_an_agent_whose_phone_did_not_answer_is_free_again(world) -> None:
    world.agents.fire(ANNA, AgentEvent.DIAL, call_id=DIALLED)
    call = world.inbound()
    world.board.show(call, ANNA, DeskState.DIALLING)
    world.board.end(call, world.clock.now())
    assert world.shown.desk(ANNA, call.id) is None


# -- transfer and consultation --------------------------------------------------------------------


async def test_a_blind_transfer_leaves_the_first_agent_with_wrap_up(world) -> None:
    call = talking(world)
    call.transfer = Transfer(ANNA, Target(TargetKind.SEAT, str(BEN)))
    world.board.step(call, CallEvent.TRANSFER)
    world.leave("b1", CUSTOMER_LEG, ANNA_LEG)
    world.hang_up(ANNA_LEG)
    assert world.state(ANNA) is S.WRAP_UP
    assert call.state is CallState.TRANSFERRING
    world.agents.fire(BEN, AgentEvent.SUMMON, call_id=call.id)
    world.agents.fire(BEN, AgentEvent.RING)
    world.phone_of(BEN, BEN_LEG)
    world.up(BEN_LEG)
    world.join("b2", BEN_LEG, CUSTOMER_LEG)
    assert (call.state, world.state(BEN)) == (CallState.CONNECTED, S.TALKING)
    assert (call.agent_id, call.transfer) == (BEN, None)
    assert [f.agent_id for f in world.facts.of(FactType.CALL_CONNECTED)] == [ANNA, BEN]
    assert len(world.facts.of(FactType.CALL_DEQUEUED)) == 1


async def test_the_one_who_gave_the_call_away_is_not_who_ended_it(world) -> None:
    await test_a_blind_transfer_leaves_the_first_agent_with_wrap_up(world)
    world.hang_up(CUSTOMER_LEG, BEN_LEG)
    assert result(world) == ("answered", "customer")


async def test_a_colleague_who_answers_is_consulted(world) -> None:
    call = consulting(world)
    assert (world.state(ANNA), world.state(BEN)) == (S.CONSULTING, S.TALKING)
    assert call.state is CallState.CONSULTING
    assert steps(world) == ["answered"]
    assert world.shown.desk(BEN, call.id)["consult"]["state"] == "talking"


async def test_completed_the_colleague_has_the_customer_and_the_agent_wraps_up(world) -> None:
    call = consulting(world)
    world.join("b3", CUSTOMER_LEG)
    world.leave("b2", BEN_LEG)
    world.join("b3", BEN_LEG)
    world.leave("b2", ANNA_LEG)
    world.hang_up(ANNA_LEG)
    assert (world.state(ANNA), world.state(BEN)) == (S.WRAP_UP, S.TALKING)
    assert (call.state, call.agent_id, call.consult) == (CallState.CONNECTED, BEN, None)
    assert steps(world) == ["answered", "completed"]


async def test_who_leaves_a_completed_consultation_is_not_who_ended_the_call(world) -> None:
    await test_completed_the_colleague_has_the_customer_and_the_agent_wraps_up(world)
    world.leave("b3", CUSTOMER_LEG, BEN_LEG)
    world.hang_up(CUSTOMER_LEG, BEN_LEG)
    assert result(world) == ("answered", "customer")


async def test_cancelled_the_agent_has_the_customer_and_the_colleague_is_free(world) -> None:
    call = consulting(world)
    world.leave("b2", BEN_LEG, ANNA_LEG)
    world.hang_up(BEN_LEG)
    world.join("b3", CUSTOMER_LEG, ANNA_LEG)
    assert (world.state(ANNA), world.state(BEN)) == (S.TALKING, S.READY)
    assert (call.state, call.consult) == (CallState.CONNECTED, None)
    assert steps(world) == ["answered", "cancelled"]
    assert world.shown.desk(BEN, call.id) is None


async def test_cancelled_with_the_customer_back_before_the_colleague_has_hung_up(world) -> None:
    consulting(world)
    world.leave("b2", ANNA_LEG)
    world.join("b3", CUSTOMER_LEG, ANNA_LEG)
    world.leave("b2", BEN_LEG)
    world.hang_up(BEN_LEG)
    assert (world.state(ANNA), world.state(BEN)) == (S.TALKING, S.READY)
    assert steps(world) == ["answered", "cancelled"]


async def test_refused_the_customer_is_back_and_the_call_goes_on(world) -> None:
    call = talking(world)
    call.consult = Consult(ANNA, Target(TargetKind.SEAT, str(BEN)), colleague_id=BEN)
    world.agents.fire(ANNA, AgentEvent.CONSULT)
    world.board.step(call, CallEvent.CONSULT)
    world.leave("b1", ANNA_LEG, CUSTOMER_LEG)
    world.board.consult_step(call, call.consult, "refused", world.clock.now())
    world.join("b3", CUSTOMER_LEG, ANNA_LEG)
    assert world.state(ANNA) is S.TALKING
    assert steps(world) == ["refused"]


async def test_a_customer_who_leaves_during_a_consultation_ended_the_call(world) -> None:
    consulting(world)
    world.hang_up(CUSTOMER_LEG)
    assert world.state(ANNA) is S.CONSULTING
    world.leave("b2", BEN_LEG, ANNA_LEG)
    world.hang_up(BEN_LEG, ANNA_LEG)
    assert result(world) == ("answered", "customer")
    assert (world.state(ANNA), world.state(BEN)) == (S.WRAP_UP, S.READY)


# -- what our sessions did not see ---------------------------------------------------------------


async def test_a_phone_that_stops_ringing_with_nobody_watching_sets_the_agent_free(world) -> None:
    call = queued(world)
    offer(world, call, ANNA)
    world.phone_of(ANNA, ANNA_LEG)
    world.hang_up(ANNA_LEG, cause=17)
    assert world.state(ANNA) is S.READY
    assert world.shown.desk(ANNA, call.id) is None


async def test_a_phone_that_stops_ringing_is_its_sessions_affair(world) -> None:
    call = queued(world)
    offer(world, call, ANNA)
    call.watched.add(ANNA)
    world.phone_of(ANNA, ANNA_LEG)
    world.hang_up(ANNA_LEG, cause=17)
    assert world.state(ANNA) is S.RINGING


@pytest.mark.parametrize("watched", [False, True], ids=["after a restart", "by a session"])
async def test_a_held_customer_whose_agent_left_is_seen_to_once(world, watched) -> None:
    call = consulting(world)
    deserted: list[LiveCall] = []
    world.board.on_deserted = deserted.append
    if watched:
        call.watched.add(ANNA)
    world.hang_up(ANNA_LEG)
    assert deserted == ([] if watched else [call])
    assert world.board.is_held(call) is watched  # else it is on its way already


async def test_a_customer_who_is_with_the_colleague_by_then_is_not_deserted(world) -> None:
    call = consulting(world)
    world.board.on_deserted = lambda _: pytest.fail("the talk would be torn apart")
    call.consult.closing = True
    world.join("b2", CUSTOMER_LEG)
    world.hang_up(ANNA_LEG)
    assert call.agent_id == BEN


async def test_changes_before_the_session_spoke_are_told_in_their_order(world) -> None:
    world.channel(CUSTOMER_LEG, TRUNK)
    world.up(CUSTOMER_LEG)
    assert world.facts.names("leg.") == []
    world.inbound()
    assert world.facts.names()[-3:] == ["call.started", "leg.started", "leg.answered"]


async def test_a_call_that_no_session_saw_is_told_when_it_connects(world) -> None:
    """Asterisk's own queue served the caller while we were away."""
    world.channel(CUSTOMER_LEG, TRUNK, CallerIDNum="13800000001", Exten="02160000001")
    world.up(CUSTOMER_LEG)
    world.phone_of(ANNA, ANNA_LEG)
    world.up(ANNA_LEG)
    world.join("b1", ANNA_LEG, CUSTOMER_LEG)
    call = world.board.calls[call_id_of(CUSTOMER_LEG)]
    assert (call.state, call.agent_id) == (CallState.CONNECTED, ANNA)
    assert (str(call.customer), call.access_number) == ("e164:+8613800000001", "02160000001")
    joins = [f.data["uniqueid"] for f in world.facts.of(FactType.LEG_JOINED)]
    assert joins == [ANNA_LEG, CUSTOMER_LEG]
    world.hang_up(CUSTOMER_LEG, ANNA_LEG)
    assert result(world) == ("answered", "customer")


async def test_a_caller_whom_nobody_served_while_we_were_away_is_told_at_the_end(world) -> None:
    world.channel(CUSTOMER_LEG, TRUNK)
    world.hang_up(CUSTOMER_LEG)
    assert world.facts.names("call.") == ["call.started", "call.ended"]
    assert result(world)[0] == "abandoned"


async def test_who_was_refused_at_the_door_is_nobodys_call(world) -> None:
    world.channel(CUSTOMER_LEG, TRUNK, ChanVariable="CC_ENT=")
    world.up(CUSTOMER_LEG)
    world.hang_up(CUSTOMER_LEG)
    assert world.facts.names("call.") == []
    assert world.board._before_call == {}


async def test_a_phones_own_call_is_nobodys_call(world) -> None:
    """An echo test; or a listening that began before our restart."""
    world.phone_of(ANNA, "5.0", "5.0")
    world.up("5.0")
    world.join("spy", "5.0")
    world.hang_up("5.0")
    assert world.facts.names("call.") == []
    assert world.board._before_call == {}


async def test_a_supervisor_who_listens_is_no_leg_of_the_call(world) -> None:
    talking(world)
    before = world.facts.names()
    world.board.supervising.add("6.0")
    world.phone_of(BEN, "6.0", "6.0")
    world.up("6.0")
    world.hang_up("6.0")
    assert world.facts.names() == before
    assert world.board.supervising == set()


async def test_a_leg_that_comes_after_the_end_does_not_begin_the_call_anew(world) -> None:
    world.use(service())
    talking(world)
    world.hang_up(CUSTOMER_LEG, ANNA_LEG)
    before = world.facts.names("call.")
    world.phone_of(ANNA, "7.0")
    world.hang_up("7.0")
    assert world.facts.names("call.") == before
    assert (world.state(ANNA), world.board.calls) == (S.READY, {})


async def test_an_end_that_nobody_saw_is_estimated(world) -> None:
    talking(world)
    for uniqueid in (CUSTOMER_LEG, ANNA_LEG):
        world.board.leg_changed(world.tracker.forget(uniqueid, world.clock.now()), "reconcile")
    (ended,) = world.facts.of(FactType.CALL_ENDED)
    assert ended.data["estimated"] is True
    assert [f.data["estimated"] for f in world.facts.of(FactType.LEG_ENDED)] == [True, True]


async def test_another_enterprises_phone_is_no_agent_of_the_call(world) -> None:
    call = queued(world)
    world.channel("8.0", "PJSIP/e100002-8901-00000001")
    world.up("8.0")
    world.join("b1", "8.0", CUSTOMER_LEG)
    assert call.agent_id is None
    (started,) = [f for f in world.facts.of(FactType.LEG_STARTED) if f.data["uniqueid"] == "8.0"]
    assert started.data["party"] == "external"


async def test_no_ordinary_call_breaks_a_table(world) -> None:
    consulting(world)
    world.join("b3", CUSTOMER_LEG)
    world.leave("b2", BEN_LEG)
    world.join("b3", BEN_LEG)
    world.leave("b2", ANNA_LEG)
    world.hang_up(ANNA_LEG, CUSTOMER_LEG, BEN_LEG)
    assert world.board.illegal_edges == world.agents.illegal_edges == 0
    assert world.tracker.illegal_edges == 0
    assert [f.type for f in world.facts.all].count(FactType.LEG_ENDED) == 3
    assert LegChangeKind.RINGING not in world.facts.names()


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        ("张三 & 李四", "张三 & 李四"),
        ('Zoë \\"Bob\\" \\\\', 'Zoë "Bob" \\'),
        ("a\x01b\tc\u202ed", "a b c d"),
        ("unknown", ""),
        ("<unknown>", ""),
        ("长" * 300, "长" * 80),
    ],
)
def test_a_callers_name_is_made_fit_to_be_shown(told: str, shown: str) -> None:
    assert read_name(told) == shown
