"""Legs from AMI events: pure. An event goes in, the changes of legs come out.

A leg belongs to a call by `CC_CALL_ID`, or, before a channel has it, by the Linkedid of the moment
it was born; Linkedid itself is never a key, for it changes when legs meet. The id of a call that
came in is derived from its first channel's Uniqueid, so whoever reads that knows it, even after a
time when nobody was there to give it one.
"""

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from uuid import UUID

from callcenter.calls.states import LEG_EDGES, LegEvent, LegState
from callcenter.core.ids import fact_id
from callcenter.telephony.ami import AmiEvent

TRACKED = (
    "Newchannel",
    "Newstate",
    "DialBegin",
    "DialState",
    "DialEnd",
    "BridgeEnter",
    "BridgeLeave",
    "Hold",
    "Unhold",
    "Hangup",
    "Rename",
)
REMEMBERED = 2_000
"""Ended legs: more than end in the seconds that CEL is read twice."""

_UP = "6"
_RINGING = "5"


class LegChangeKind(StrEnum):
    STARTED = "started"
    RINGING = "ringing"
    ANSWERED = "answered"
    JOINED = "joined"
    LEFT = "left"
    HELD = "held"
    RESUMED = "resumed"
    ENDED = "ended"


@dataclass(slots=True)
class Leg:
    """One channel. enterprise is empty until a channel variable or the call tells it.

    context     at its birth; where it stands, once Asterisk was asked
    changed_at  the moment of the last event that moved it
    """

    uniqueid: str
    channel: str
    call_id: UUID
    state: LegState
    started_at: datetime
    number: str = ""
    name: str = ""
    exten: str = ""
    context: str = ""
    enterprise: str = ""
    bridge_id: str = ""
    left_bridge_id: str = ""
    dial_status: str = ""
    cause: int = 0
    joins: int = 0
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    changed_at: datetime | None = None

    @property
    def endpoint(self) -> str:
        """`e100001-8001` of `PJSIP/e100001-8001-0000000a`."""
        return self.channel.partition("/")[2].rpartition("-")[0]


@dataclass(frozen=True, slots=True)
class LegChange:
    """joins: how often the leg had joined a bridge at that moment; the leg itself goes on."""

    kind: LegChangeKind
    leg: Leg
    at: datetime
    bridge_id: str = ""
    joins: int = 0


def call_id_of(uniqueid: str) -> UUID:
    """The id of the call whose first channel is `uniqueid`; ours where we chose the channel's id."""
    try:
        return UUID(uniqueid)
    except ValueError:
        return fact_id("call", uniqueid)


class Ended(OrderedDict[str, None]):
    """The Uniqueids of the legs that ended last, oldest first."""

    def note(self, uniqueid: str) -> None:
        self[uniqueid] = None
        if len(self) > REMEMBERED:
            self.popitem(last=False)


class Tracker:
    """The living legs. Ended legs are dropped with the change that tells of their end.

    ended  the last of those, so that nobody tells of them anew
    """

    def __init__(self) -> None:
        self.legs: dict[str, Leg] = {}
        self.ended = Ended()
        self.illegal_edges = 0

    def handle(self, event: AmiEvent) -> list[LegChange]:
        handler = getattr(self, f"_on_{event.name.lower()}", None)
        return list(handler(event)) if handler else []

    def in_bridge(self, bridge_id: str) -> list[Leg]:
        return [leg for leg in self.legs.values() if bridge_id and leg.bridge_id == bridge_id]

    def of_call(self, call_id: UUID) -> list[Leg]:
        return [leg for leg in self.legs.values() if leg.call_id == call_id]

    def adopt(self, event: AmiEvent) -> Leg:
        """A leg from a CoreShowChannel line: what Asterisk says is, whatever we thought."""
        variables = event.variables()
        up = event.get("ChannelState") == _UP
        bridge_id = event.get("BridgeId")
        leg = self.legs.get(event.get("Uniqueid")) or self._new_leg(event)
        leg.channel = event.get("Channel")
        leg.context = event.get("Context")
        leg.enterprise = variables.get("CC_ENT") or leg.enterprise
        if variables.get("CC_CALL_ID"):
            leg.call_id = UUID(variables["CC_CALL_ID"])
        leg.bridge_id = bridge_id
        if leg.state is not LegState.HELD or not bridge_id:
            leg.state = LegState.JOINED if bridge_id and up else LegState.UP if up else leg.state
        return leg

    def forget(self, uniqueid: str, at: datetime) -> LegChange | None:
        """A leg that Asterisk no longer knows; nobody saw its end."""
        leg = self.legs.pop(uniqueid, None)
        if leg is None:
            return None
        self.ended.note(uniqueid)
        leg.state, leg.ended_at = LegState.ENDED, at
        return LegChange(LegChangeKind.ENDED, leg, at, joins=leg.joins)

    def _on_newchannel(self, event: AmiEvent) -> Iterable[LegChange]:
        if event.get("Uniqueid") in self.legs:
            return
        leg = self._new_leg(event)
        yield LegChange(LegChangeKind.STARTED, leg, leg.started_at)

    def _new_leg(self, event: AmiEvent) -> Leg:
        uniqueid, variables = event.get("Uniqueid"), event.variables()
        born_by = event.get("Linkedid") or uniqueid
        call_id = variables.get("CC_CALL_ID")
        at = _time(event)
        leg = Leg(
            uniqueid=uniqueid,
            channel=event.get("Channel"),
            call_id=UUID(call_id) if call_id else call_id_of(born_by),
            state=LegState.STARTED,
            started_at=at,
            number=event.get("CallerIDNum").replace("<unknown>", ""),
            name=event.get("CallerIDName").replace("<unknown>", ""),
            exten=event.get("Exten"),
            context=event.get("Context"),
            enterprise=variables.get("CC_ENT", ""),
        )
        self.legs[uniqueid] = leg
        return leg

    def _on_newstate(self, event: AmiEvent) -> Iterable[LegChange]:
        leg = self._known(event)
        if leg is None:
            return
        if event.get("ChannelState") == _UP and leg.answered_at is None:
            leg.answered_at = _time(event)
            yield from self._step(leg, LegEvent.ANSWER, LegChangeKind.ANSWERED, leg.answered_at)
        elif event.get("ChannelState") == _RINGING and leg.state is LegState.STARTED:
            yield from self._step(leg, LegEvent.RING, LegChangeKind.RINGING, _time(event))

    def _on_dialbegin(self, event: AmiEvent) -> Iterable[LegChange]:
        self._known(event)
        leg = self._known(event, "Dest")
        if leg is not None and event.get("DialString"):
            leg.number = leg.number or event.get("DialString").partition("@")[0]
        return ()

    def _on_dialend(self, event: AmiEvent) -> Iterable[LegChange]:
        leg = self._known(event, "Dest")
        if leg is not None:
            leg.dial_status = event.get("DialStatus")
        return ()

    def _on_bridgeenter(self, event: AmiEvent) -> Iterable[LegChange]:
        leg = self._known(event)
        if leg is None:
            return
        leg.bridge_id = event.get("BridgeUniqueid")
        leg.joins += 1
        yield from self._step(leg, LegEvent.JOIN, LegChangeKind.JOINED, _time(event), leg.bridge_id)

    def _on_bridgeleave(self, event: AmiEvent) -> Iterable[LegChange]:
        leg = self._known(event)
        if leg is None or leg.bridge_id != event.get("BridgeUniqueid"):
            return
        bridge_id, leg.bridge_id = leg.bridge_id, ""
        leg.left_bridge_id = bridge_id
        yield from self._step(leg, LegEvent.LEAVE, LegChangeKind.LEFT, _time(event), bridge_id)

    def _on_hold(self, event: AmiEvent) -> Iterable[LegChange]:
        if leg := self._known(event):
            yield from self._step(leg, LegEvent.HOLD, LegChangeKind.HELD, _time(event))

    def _on_unhold(self, event: AmiEvent) -> Iterable[LegChange]:
        if leg := self._known(event):
            yield from self._step(leg, LegEvent.RESUME, LegChangeKind.RESUMED, _time(event))

    def _on_hangup(self, event: AmiEvent) -> Iterable[LegChange]:
        leg = self._known(event)
        if leg is None:
            return
        del self.legs[leg.uniqueid]
        self.ended.note(leg.uniqueid)
        leg.cause = int(event.get("Cause") or 0)
        leg.ended_at = _time(event)
        yield from self._step(leg, LegEvent.END, LegChangeKind.ENDED, leg.ended_at)

    def _on_rename(self, event: AmiEvent) -> Iterable[LegChange]:
        if leg := self.legs.get(event.get("Uniqueid")):
            leg.channel = event.get("Newname")
        return ()

    def _known(self, event: AmiEvent, prefix: str = "") -> Leg | None:
        leg = self.legs.get(event.get(f"{prefix}Uniqueid"))
        if leg is not None and not leg.enterprise:
            variables = event.variables(f"{prefix}ChanVariable")
            leg.enterprise = variables.get("CC_ENT", "")
        return leg

    def _step(
        self, leg: Leg, event: LegEvent, kind: LegChangeKind, at: datetime, bridge_id: str = ""
    ) -> Iterable[LegChange]:
        target = LEG_EDGES.get((leg.state, event))
        if target is None:
            self.illegal_edges += 1
            return
        leg.state, leg.changed_at = target, at
        yield LegChange(kind, leg, at, bridge_id, leg.joins)


def _time(event: AmiEvent) -> datetime:
    return datetime.fromtimestamp(event.at, UTC)
