"""The facts of calls, each made in one place, with the id that keeps it single."""

from datetime import datetime
from typing import Any
from uuid import UUID

from callcenter.calls.events import Fact, FactType
from callcenter.core.ids import fact_id
from callcenter.telephony.legs import LegChange, LegChangeKind
from callcenter.telephony.live import LiveCall
from callcenter.telephony.outlet import Facts

_LEG_FACTS = {
    LegChangeKind.STARTED: FactType.LEG_STARTED,
    LegChangeKind.ANSWERED: FactType.LEG_ANSWERED,
    LegChangeKind.JOINED: FactType.LEG_JOINED,
    LegChangeKind.LEFT: FactType.LEG_LEFT,
    LegChangeKind.HELD: FactType.LEG_HELD,
    LegChangeKind.RESUMED: FactType.LEG_RESUMED,
    LegChangeKind.ENDED: FactType.LEG_ENDED,
}
# What happens once in a leg's life is named by that; what repeats, by its count or moment.
_ONCE = {LegChangeKind.STARTED, LegChangeKind.ANSWERED, LegChangeKind.ENDED}


class Chronicle:
    def __init__(self, facts: Facts) -> None:
        self._facts = facts

    def call(
        self,
        call: LiveCall,
        kind: FactType,
        at: datetime,
        name: tuple[object, ...],
        data: dict[str, Any] | None = None,
        *,
        agent_id: UUID | None = None,
        source: str = "agi",
    ) -> None:
        self._facts.emit(
            Fact(
                id=fact_id("call", call.id, kind, *name),
                type=kind,
                at=at,
                enterprise_id=call.enterprise_id,
                call_id=call.id,
                agent_id=agent_id,
                data=data or {},
                source=source,
            )
        )

    def started(self, call: LiveCall, source: str = "agi") -> None:
        data = {
            "direction": call.direction.value,
            "customer": str(call.customer),
            "caller_name": call.caller_name,
            "language": call.language,
            "access_number": call.access_number,
            "dialled": call.dialled,
            "display_number": call.display_number,
            "uniqueid": call.customer_leg,
            "attempt_id": str(call.attempt_id) if call.attempt_id else None,
            "service_id": str(call.service_id) if call.service_id else None,
            "callback_id": str(call.callback_id) if call.callback_id else None,
            "callback_note": call.callback_note,
            "customer_id": str(call.customer_id) if call.customer_id else None,
        }
        self.call(
            call, FactType.CALL_STARTED, call.started_at, (), data,
            agent_id=call.agent_id, source=source,
        )  # fmt: skip

    def connected(
        self, call: LiveCall, agent_id: UUID, leg: str, at: datetime, waited: float | None
    ) -> None:
        data = {
            # A callback is a call that the agent dialled: nobody waited in the queue for it.
            "service_id": str(call.service_id)
            if call.service_id and not call.callback_id
            else None,
            "waited_seconds": waited,
            "uniqueid": leg,
        }
        self.call(call, FactType.CALL_CONNECTED, at, (leg,), data, agent_id=agent_id, source="ami")

    def ended(self, call: LiveCall, at: datetime, ended_by: str, *, estimated: bool) -> None:
        data = {
            "result": call.result,
            "ended_by": ended_by,
            "estimated": estimated,
            "talk_ended_at": call.talk_ended_at.isoformat() if call.talk_ended_at else None,
        }
        self.call(call, FactType.CALL_ENDED, at, (), data, agent_id=call.agent_id, source="ami")

    def leg(
        self, call: LiveCall, change: LegChange, party: str, agent_id: UUID | None, source: str
    ) -> None:
        type_ = _LEG_FACTS.get(change.kind)
        if type_ is None:
            return
        leg = change.leg
        data: dict[str, Any] = {"uniqueid": leg.uniqueid}
        name: tuple[object, ...] = ()
        if change.kind is LegChangeKind.STARTED:
            data |= {"channel": leg.channel, "party": party, "number": leg.number}
        elif change.kind is LegChangeKind.ENDED:
            data |= {"cause": leg.cause, "estimated": source == "reconcile"}
        elif change.bridge_id:
            data["bridge_id"] = change.bridge_id
            name = (change.joins,)
        if change.kind not in _ONCE and not name:
            name = (int(change.at.timestamp() * 1_000_000),)
        self._facts.emit(
            Fact(
                id=fact_id("leg", leg.uniqueid, change.kind, *name),
                type=type_,
                at=change.at,
                enterprise_id=call.enterprise_id,
                call_id=call.id,
                agent_id=agent_id,
                data=data,
                source=source,
            )
        )
