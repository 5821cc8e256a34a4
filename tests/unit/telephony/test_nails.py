"""Nailed lines: each call gets a stay of its own, and nothing else comes of the channel."""

from uuid import UUID

import pytest

from callcenter.acd.agent import AgentState
from callcenter.core.ids import call_id_of
from callcenter.telephony.ami import AmiEvent
from callcenter.telephony.legs import LegChange
from callcenter.telephony.nails import WAITING, agent_of, channel_of, is_nail, nail_id
from callcenter.telephony.tracker import Tracker
from tests.fakes.switchboard import ANNA, BEN, CUSTOMER_LEG, World, event
from tests.unit.telephony.recorded import events
from tests.unit.telephony.test_tracker import NOW

LINE = nail_id(ANNA)
ANOTHER_LEG = "1795480690.0"


class Line:
    """Anna's line as AMI tells of it, and customers who come and go."""

    def __init__(self) -> None:
        self.tracker = Tracker()
        self.told: list[str] = []
        self.tell("Newchannel", LINE, Channel="PJSIP/e100001-8001-00000001", Linkedid=LINE)
        self.waits()

    def tell(self, name: str, uniqueid: str, **headers: str) -> list[LegChange]:
        changes = self.tracker.handle(event(name, uniqueid, NOW, **headers))
        self.told += [f"{change.leg.uniqueid} {change.kind}" for change in changes]
        return changes

    def waits(self) -> None:
        self.enter(LINE, "waiting", WAITING)

    def enter(self, uniqueid: str, bridge: str, technology: str = "simple_bridge") -> None:
        self.tell("BridgeEnter", uniqueid, BridgeUniqueid=bridge, BridgeTechnology=technology)

    def leave(self, uniqueid: str, bridge: str) -> None:
        self.tell("BridgeLeave", uniqueid, BridgeUniqueid=bridge)

    def customer(self, uniqueid: str = CUSTOMER_LEG) -> None:
        self.tell("Newchannel", uniqueid, Channel="PJSIP/demo-00000001", Linkedid=uniqueid)
        self.tell("Newstate", uniqueid, ChannelState="6")

    def of_line(self) -> list[str]:
        return [one.partition(":")[2] for one in self.told if one.startswith(LINE)]

    def shown(self, bridge: str, context: str = "nail") -> AmiEvent:
        return event(
            "CoreShowChannel", LINE, NOW, Channel="PJSIP/e100001-8001-00000001",
            BridgeId=bridge, Context=context, ChannelState="6",
        )  # fmt: skip


@pytest.fixture
def line() -> Line:
    return Line()


def test_a_channels_id_says_whose_line_it_is() -> None:
    assert is_nail(LINE)
    assert not is_nail(CUSTOMER_LEG)
    assert agent_of(f"{LINE}:b1") == ANNA
    assert channel_of(f"{LINE}:b1") == LINE
    assert channel_of(CUSTOMER_LEG) == CUSTOMER_LEG


def test_a_line_that_waits_is_no_leg(line: Line) -> None:
    assert line.told == []
    assert line.tracker.legs == {}
    assert line.tracker.nails.lines[LINE].waiting


@pytest.mark.parametrize("first", ["the line", "the customer"])
def test_a_stay_begins_whoever_enters_first(line: Line, first: str) -> None:
    line.customer()
    line.leave(LINE, "waiting")
    for who in (LINE, CUSTOMER_LEG) if first == "the line" else (CUSTOMER_LEG, LINE):
        line.enter(who, "b1")
    assert line.of_line() == ["b1 started", "b1 answered", "b1 joined"]
    stay = line.tracker.nails.stay(LINE)
    assert stay is not None
    assert stay.call_id == call_id_of(CUSTOMER_LEG)
    assert stay.endpoint == "e100001-8001"
    assert not line.tracker.nails.lines[LINE].waiting


def test_the_next_call_is_another_stay(line: Line) -> None:
    for customer, bridge in ((CUSTOMER_LEG, "b1"), (ANOTHER_LEG, "b2")):
        line.customer(customer)
        line.leave(LINE, "waiting")
        line.enter(LINE, bridge)
        line.enter(customer, bridge)
        line.leave(customer, bridge)
        line.leave(LINE, bridge)
        line.waits()
        line.tell("Hangup", customer, Cause="16")
    life = ["started", "answered", "joined", "left", "ended"]
    assert line.of_line() == [f"{b} {kind}" for b in ("b1", "b2") for kind in life]
    assert line.tracker.legs == {}


def test_a_stay_goes_on_through_a_consultation(line: Line) -> None:
    line.customer()
    line.enter(LINE, "b1")
    line.enter(CUSTOMER_LEG, "b1")
    line.leave(LINE, "b1")
    line.customer(ANOTHER_LEG)
    line.enter(ANOTHER_LEG, "b2")
    line.enter(LINE, "b2")
    kinds = ["started", "answered", "joined", "left", "joined"]
    assert line.of_line() == [f"b1 {kind}" for kind in kinds]


def test_holding_is_the_stays(line: Line) -> None:
    line.tell("Hold", LINE)
    line.customer()
    line.enter(LINE, "b1")
    line.enter(CUSTOMER_LEG, "b1")
    line.tell("Hold", LINE)
    line.tell("Unhold", LINE)
    assert line.of_line()[-2:] == ["b1 held", "b1 resumed"]


def test_a_line_that_dies_in_a_talk_ends_its_stay(line: Line) -> None:
    line.customer()
    line.enter(LINE, "b1")
    line.enter(CUSTOMER_LEG, "b1")
    (change,) = line.tell("Hangup", LINE, Cause="19")
    assert (change.kind, change.leg.cause) == ("ended", 19)
    assert line.tracker.nails.lines == {}


def test_a_talk_that_was_told_already_is_not_begun_anew(line: Line) -> None:
    line.customer()
    line.enter(LINE, "b1")
    line.enter(CUSTOMER_LEG, "b1")
    line.waits()
    line.told.clear()
    line.enter(LINE, "b1")
    assert line.told == []


def test_a_leg_born_of_a_line_waits_until_its_call_is_known(line: Line) -> None:
    """The line serves another call by now; its Linkedid says nothing."""
    call = UUID(int=77)
    born = {"Channel": "PJSIP/e100001-8002-00000003", "Linkedid": LINE}
    assert line.tell("Newchannel", "1.5", **born) == []
    (change,) = line.tell(
        "DialBegin", "1.4", DestUniqueid="1.5", DestChanVariable=f"CC_CALL_ID={call}"
    )
    assert (change.kind, change.leg.call_id) == ("started", call)


def test_a_leg_born_of_a_line_may_be_known_by_whom_it_meets(line: Line) -> None:
    line.customer()
    line.enter(CUSTOMER_LEG, "b1")
    line.tell("Newchannel", "1.5", Channel="PJSIP/e100001-8002-00000003", Linkedid=LINE)
    line.tell("Newstate", "1.5", ChannelState="6")
    line.enter("1.5", "b1")
    assert [one for one in line.told if one.startswith("1.5")] == ["1.5 started", "1.5 joined"]
    assert line.tracker.legs["1.5"].call_id == call_id_of(CUSTOMER_LEG)


def test_a_leg_that_ends_unknown_is_never_told(line: Line) -> None:
    line.tell("Newchannel", "1.5", Channel="PJSIP/x-1", Linkedid=LINE)
    assert line.tell("Hangup", "1.5", Cause="17") == []


# -- what Asterisk shows on demand ---------------------------------------------------------------


def test_a_line_among_waiting_lines_is_found_waiting(line: Line) -> None:
    tracker = Tracker()
    assert list(tracker.nails.compare(line.shown("waiting"), NOW, NOW)) == []
    assert tracker.nails.lines[LINE].waiting


def test_a_talk_that_nobody_saw_begin_is_found(line: Line) -> None:
    line.customer()
    line.enter(CUSTOMER_LEG, "b9")
    changes = list(line.tracker.nails.compare(line.shown("b9"), NOW, NOW))
    assert [change.kind for change in changes] == ["started", "answered", "joined"]
    assert list(line.tracker.nails.compare(line.shown("b9"), NOW, NOW)) == []


def test_a_talk_that_nobody_saw_end_is_found(line: Line) -> None:
    line.customer()
    line.enter(LINE, "b1")
    line.enter(CUSTOMER_LEG, "b1")
    line.tell("Hangup", CUSTOMER_LEG, Cause="16")
    (change,) = line.tracker.nails.compare(line.shown("waiting"), NOW, NOW)
    assert change.kind == "ended"
    assert line.tracker.nails.lines[LINE].waiting


def test_a_line_in_a_consultation_keeps_its_stay(line: Line) -> None:
    line.customer()
    line.enter(LINE, "b1")
    line.enter(CUSTOMER_LEG, "b1")
    (left,) = line.tracker.nails.compare(line.shown("", context="ask"), NOW, NOW)
    assert left.kind == "left"
    assert line.tracker.nails.stay(LINE) is left.leg


def test_a_line_that_is_gone_is_forgotten(line: Line) -> None:
    line.tracker.nails.keep([CUSTOMER_LEG], NOW)
    assert line.tracker.nails.lines == {}


def test_the_recorded_line_served_two_calls() -> None:
    tracker = Tracker()
    changes = [change for one in events("nailed") for change in tracker.handle(one)]
    stays = [c.leg for c in changes if is_nail(c.leg.uniqueid) and c.kind == "ended"]
    assert len({stay.call_id for stay in stays}) == len(stays) == 2
    assert tracker.legs == {}


def test_the_agent_talks_and_wraps_up_by_the_stay() -> None:
    world = World()
    world.ready(ANNA, BEN)
    call = world.inbound()
    world.channel(CUSTOMER_LEG, "PJSIP/demo-00000000", CUSTOMER_LEG)
    world.up(CUSTOMER_LEG)
    world.channel(LINE, "PJSIP/e100001-8001-00000001", LINE)
    assert world.agents.fire(ANNA, "reserve", call_id=call.id)
    world.join("b1", LINE, CUSTOMER_LEG)
    assert world.state(ANNA) is AgentState.TALKING
    world.leave("b1", CUSTOMER_LEG, LINE)
    world.ami("BridgeEnter", LINE, BridgeUniqueid="w", BridgeTechnology=WAITING)
    assert world.state(ANNA) is AgentState.READY
