"""Nailed-up lines: one channel of an agent's phone that serves many calls in turn. Pure.

A leg is a channel's part in one call, so a nailed channel's leg is a *stay*: from the bridge in
which it first meets somebody of a call until it is back in the waiting bridge, or gone. The id of
the channel says whose line it is, so AMI, CEL and CoreShowChannels need no memory of it; the id
of a stay names the bridge that began it, so each stands once, whoever tells of it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from callcenter.calls.states import LegEvent, LegState
from callcenter.telephony.ami import AmiEvent
from callcenter.telephony.legs import Ended, Leg, LegChange, LegChangeKind

PREFIX = "nail-"
CONTEXT = "nail"
WAITING = "holding_bridge"
_CLEARING = 16

Step = Callable[[Leg, LegEvent, LegChangeKind, datetime, str], Iterable[LegChange]]


def nail_id(agent_id: UUID) -> str:
    """Of the channel; Asterisk itself refuses a second living one of the same agent."""
    return f"{PREFIX}{agent_id}"


def is_nail(uniqueid: str) -> bool:
    return uniqueid.startswith(PREFIX)


def agent_of(uniqueid: str) -> UUID:
    """Raises ValueError for what is no nailed channel."""
    return UUID(uniqueid.removeprefix(PREFIX).partition(":")[0])


def channel_of(uniqueid: str) -> str:
    """The Uniqueid of the channel that a leg is of."""
    return uniqueid.partition(":")[0] if is_nail(uniqueid) else uniqueid


@dataclass(slots=True)
class Nail:
    """waiting: in the waiting bridge, so a caller may be joined to it at once."""

    uniqueid: str
    channel: str
    enterprise: str = ""
    number: str = ""
    waiting: bool = False
    bridge_id: str = ""
    changed_at: datetime | None = None


class Nails:
    """The nailed channels that live, by Uniqueid; their stays are among the tracker's legs."""

    def __init__(self, legs: dict[str, Leg], ended: Ended, step: Step) -> None:
        self.lines: dict[str, Nail] = {}
        self._legs = legs
        self._ended = ended
        self._step = step

    def stay(self, uniqueid: str) -> Leg | None:
        """The open stay of a nailed channel."""
        prefix = f"{uniqueid}:"
        return next((leg for leg in self._legs.values() if leg.uniqueid.startswith(prefix)), None)

    def handle(self, event: AmiEvent) -> Iterable[LegChange]:
        nail = self.lines.get(event.get("Uniqueid")) or self._new(event)
        nail.enterprise = nail.enterprise or event.variables().get("CC_ENT", "")
        at = nail.changed_at = _time(event)
        if event.name == "BridgeEnter":
            yield from self._enter(nail, event, at)
        elif event.name == "BridgeLeave" and event.get("BridgeUniqueid") == nail.bridge_id:
            yield from self._leave(nail, at)
        elif event.name == "Hangup":
            self.lines.pop(nail.uniqueid, None)
            yield from self._end(nail.uniqueid, at, int(event.get("Cause") or 0))
        elif event.name == "Rename":
            nail.channel = event.get("Newname")
        elif event.name in ("Hold", "Unhold") and (stay := self.stay(nail.uniqueid)):
            hold = event.name == "Hold"
            step = LegEvent.HOLD if hold else LegEvent.RESUME
            kind = LegChangeKind.HELD if hold else LegChangeKind.RESUMED
            yield from self._step(stay, step, kind, at, "")

    def stood(self, event: AmiEvent) -> None:
        """Before a gap: a line that is about to leave this bridge was in it.

        Lines are not remembered over a death of ours. Without this, a caller who came to a line
        that stood ready would meet nobody, and a stay that was open would leave nothing.
        """
        nail = self.lines.get(event.get("Uniqueid")) or self._new(event)
        nail.bridge_id = event.get("BridgeUniqueid")
        nail.waiting = event.get("BridgeTechnology") == WAITING

    def met(self, leg: Leg, at: datetime) -> Iterable[LegChange]:
        """Somebody of a call has entered a bridge: a nailed channel there begins its stay."""
        for nail in self.lines.values():
            if nail.bridge_id == leg.bridge_id and not nail.waiting:
                yield from self._join(nail, leg.call_id, at)

    def compare(self, event: AmiEvent, asked: datetime, at: datetime) -> Iterable[LegChange]:
        """A CoreShowChannel line of a nailed channel: what Asterisk says is, if it moved since not."""
        nail = self.lines.get(event.get("Uniqueid")) or self._new(event)
        if nail.changed_at is not None and nail.changed_at > asked:
            return
        nail.channel, nail.bridge_id = event.get("Channel"), event.get("BridgeId")
        nail.enterprise = nail.enterprise or event.variables().get("CC_ENT", "")
        others = self._there(nail)
        # All waiting lines share one bridge; a call is never in it.
        nail.waiting = event.get("Context") == CONTEXT and bool(nail.bridge_id) and not others
        stay = self.stay(nail.uniqueid)
        if others:
            yield from self._join(nail, others[0].call_id, at)
        elif stay is not None and nail.waiting:
            yield from self._end(nail.uniqueid, at, _CLEARING)
        elif stay is not None and stay.bridge_id != nail.bridge_id:
            yield from self._part(stay, at)

    def keep(self, present: Iterable[str], asked: datetime) -> None:
        """Lines that Asterisk no longer knows are gone; their stays are legs, and told as such."""
        for uniqueid in self.lines.keys() - set(present):
            changed_at = self.lines[uniqueid].changed_at
            if changed_at is None or changed_at <= asked:
                del self.lines[uniqueid]

    def _new(self, event: AmiEvent) -> Nail:
        number = event.get("CallerIDNum").replace("<unknown>", "")
        nail = Nail(event.get("Uniqueid"), event.get("Channel"), number=number)
        if event.name != "Hangup":
            self.lines[nail.uniqueid] = nail
        return nail

    def _enter(self, nail: Nail, event: AmiEvent, at: datetime) -> Iterable[LegChange]:
        nail.bridge_id = event.get("BridgeUniqueid")
        nail.waiting = event.get("BridgeTechnology") == WAITING
        if nail.waiting:
            yield from self._end(nail.uniqueid, at, _CLEARING)
            return
        for leg in self._there(nail)[:1]:
            yield from self._join(nail, leg.call_id, at)

    def _there(self, nail: Nail) -> list[Leg]:
        """Who else is in the bridge where the line is."""
        if not nail.bridge_id:
            return []
        own = f"{nail.uniqueid}:"
        return [
            leg
            for leg in self._legs.values()
            if leg.bridge_id == nail.bridge_id and not leg.uniqueid.startswith(own)
        ]

    def _join(self, nail: Nail, call_id: UUID, at: datetime) -> Iterable[LegChange]:
        stay = self.stay(nail.uniqueid)
        if stay is None:
            uniqueid = f"{nail.uniqueid}:{nail.bridge_id}"
            if uniqueid in self._ended:
                return  # told already: CEL is read from a little before the end of what AMI told
            stay = self._begin(nail, uniqueid, call_id, at)
            yield LegChange(LegChangeKind.STARTED, stay, at)
            yield from self._step(stay, LegEvent.ANSWER, LegChangeKind.ANSWERED, at, "")
        if stay.bridge_id != nail.bridge_id:
            stay.bridge_id = nail.bridge_id
            stay.joins += 1
            yield from self._step(stay, LegEvent.JOIN, LegChangeKind.JOINED, at, stay.bridge_id)

    def _begin(self, nail: Nail, uniqueid: str, call_id: UUID, at: datetime) -> Leg:
        stay = self._legs[uniqueid] = Leg(
            uniqueid=uniqueid,
            channel=nail.channel,
            call_id=call_id,
            state=LegState.STARTED,
            started_at=at,
            number=nail.number,
            context=CONTEXT,
            enterprise=nail.enterprise,
            answered_at=at,
        )
        return stay

    def _leave(self, nail: Nail, at: datetime) -> Iterable[LegChange]:
        bridge_id, nail.bridge_id, nail.waiting = nail.bridge_id, "", False
        stay = self.stay(nail.uniqueid)
        if stay is not None and stay.bridge_id == bridge_id:
            yield from self._part(stay, at)

    def _part(self, stay: Leg, at: datetime) -> Iterable[LegChange]:
        bridge_id, stay.bridge_id = stay.bridge_id, ""
        stay.left_bridge_id = bridge_id
        yield from self._step(stay, LegEvent.LEAVE, LegChangeKind.LEFT, at, bridge_id)

    def _end(self, uniqueid: str, at: datetime, cause: int) -> Iterable[LegChange]:
        stay = self.stay(uniqueid)
        if stay is None or at < stay.started_at:
            return
        del self._legs[stay.uniqueid]
        self._ended.note(stay.uniqueid)
        stay.cause, stay.ended_at = cause, at
        yield from self._step(stay, LegEvent.END, LegChangeKind.ENDED, at, "")


def _time(event: AmiEvent) -> datetime:
    return datetime.fromtimestamp(event.at, UTC)
