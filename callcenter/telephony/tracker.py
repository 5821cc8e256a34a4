"""Legs from AMI events: pure. An event goes in, the changes of legs come out.

A leg belongs to a call by `CC_CALL_ID`, or, before a channel has it, by the Linkedid of the moment
it was born; Linkedid itself is never a key, for it changes when legs meet. The id of a call that
came in is derived from its first channel's Uniqueid, so whoever reads that knows it, even after a
time when nobody was there to give it one.

A nailed channel makes everybody whom it meets its Linkedid's heir, so a leg that is born by one
waits for the variable, or for whom it meets, before anything is told of it.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from uuid import UUID

from callcenter.calls.states import LEG_EDGES, LegEvent, LegState
from callcenter.core.ids import call_id_of
from callcenter.telephony.ami import AmiEvent
from callcenter.telephony.legs import Ended, Leg, LegChange, LegChangeKind
from callcenter.telephony.nails import Nails, is_nail

TRACKED = (
    "Newchannel",
    "Newstate",
    "DialBegin",
    "DialEnd",
    "BridgeEnter",
    "BridgeLeave",
    "Hold",
    "Unhold",
    "Hangup",
    "Rename",
)
_UP = "6"
_RINGING = "5"


class Tracker:
    """The living legs. Ended legs are dropped with the change that tells of their end.

    ended    the last of those, so that nobody tells of them anew
    nails    the nailed channels, which are no legs; their stays are
    ordered  channels that we have asked for → their call, until they exist
    """

    def __init__(self) -> None:
        self.legs: dict[str, Leg] = {}
        self.ended = Ended()
        self.ordered: dict[str, UUID] = {}
        self.illegal_edges = 0
        self.nails = Nails(self.legs, self.ended, self._step)
        self._unplaced: set[str] = set()

    def handle(self, event: AmiEvent) -> list[LegChange]:
        if is_nail(event.get("Uniqueid")) and not event.name.startswith("Dial"):
            return list(self.nails.handle(event))
        placed = list(self._place(event)) if self._unplaced else []
        handler = getattr(self, f"_on_{event.name.lower()}", None)
        changes = [*placed, *(handler(event) if handler else ())]
        told = [change for change in changes if change.leg.uniqueid not in self._unplaced]
        if event.name == "Hangup":
            self._unplaced.discard(event.get("Uniqueid"))
        return told

    def open_leg(self, uniqueid: str) -> Leg | None:
        """The leg of a channel; of a nailed one, its stay."""
        return self.nails.stay(uniqueid) if is_nail(uniqueid) else self.legs.get(uniqueid)

    def in_bridge(self, bridge_id: str) -> list[Leg]:
        return [leg for leg in self.legs.values() if bridge_id and leg.bridge_id == bridge_id]

    def of_call(self, call_id: UUID) -> list[Leg]:
        return [leg for leg in self.legs.values() if leg.call_id == call_id]

    def in_use(self, endpoint: str) -> bool:
        """Whether a phone has a leg; a nailed line that waits is none."""
        return any(leg.endpoint == endpoint for leg in self.legs.values())

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
        if is_nail(event.get("Linkedid")) and not event.variables().get("CC_CALL_ID"):
            self._unplaced.add(leg.uniqueid)
        yield LegChange(LegChangeKind.STARTED, leg, leg.started_at)

    def _place(self, event: AmiEvent) -> Iterable[LegChange]:
        """Say which call the born of a nailed line are of: by their variable, or by whom they met."""
        for prefix in ("", "Dest"):
            uniqueid = event.get(f"{prefix}Uniqueid")
            if uniqueid not in self._unplaced:
                continue
            met = self.in_bridge(event.get("BridgeUniqueid"))
            own = event.variables(f"{prefix}ChanVariable").get("CC_CALL_ID")
            if own or met:
                leg = self.legs[uniqueid]
                leg.call_id = UUID(own) if own else met[0].call_id
                self._unplaced.discard(uniqueid)
                yield LegChange(LegChangeKind.STARTED, leg, leg.started_at)

    def _new_leg(self, event: AmiEvent) -> Leg:
        uniqueid, variables = event.get("Uniqueid"), event.variables()
        born_by = event.get("Linkedid") or uniqueid
        call_id = variables.get("CC_CALL_ID")
        ordered = self.ordered.pop(uniqueid, None)
        at = _time(event)
        leg = Leg(
            uniqueid=uniqueid,
            channel=event.get("Channel"),
            call_id=UUID(call_id) if call_id else ordered or call_id_of(born_by),
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
            # `13900000010@trunk`, or `trunk/sip:13900000010@host:port`.
            dialled = event.get("DialString").partition("@")[0].rpartition("sip:")[2]
            leg.number = leg.number or dialled
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
        yield from self.nails.met(leg, _time(event))

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
