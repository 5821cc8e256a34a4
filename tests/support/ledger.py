"""Calls in the ledger, told as telephony tells them: as facts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from callcenter.calls import ledger
from callcenter.calls.events import Fact, FactType
from callcenter.core.db import Database
from callcenter.core.ids import fact_id, new_id
from callcenter.core.tenant import Scope
from tests.support.office import NOW, Office

T = FactType


@dataclass
class Story:
    """Facts of one enterprise, written into the ledger in the order they are told."""

    database: Database
    office: Office

    def tell(
        self,
        kind: FactType,
        at: datetime,
        call_id: UUID | None = None,
        agent_id: UUID | None = None,
        **data: Any,
    ) -> None:
        fact = Fact(
            fact_id(kind, at, call_id, agent_id, sorted(data.items())),
            kind, at, self.office.id, call_id, agent_id, data,
        )  # fmt: skip
        with self.database.begin(Scope.platform()) as session:
            ledger.record(session, [fact])

    def inbound(
        self,
        who: str = "agent",
        *,
        number: str = "e164:+8613800006207",
        start: datetime = NOW - timedelta(minutes=30),
        waited: float = 10,
        talked: float = 120,
        ended: bool = True,
        recorded: bool = False,
        call_id: UUID | None = None,
    ) -> UUID:
        """A caller waits, talks with `who` and hangs up."""
        call_id, agent = call_id or new_id(), self.office.people[who].user_id
        connected = start + timedelta(seconds=waited)
        self.started(call_id, start, number)
        self.queued(call_id, start)
        self.tell(
            T.CALL_OFFERED, start, call_id, agent,
            service_id=str(self.office.service), form="rung", offer=1,
        )  # fmt: skip
        self.tell(
            T.LEG_STARTED, start, call_id, agent, uniqueid=f"a-{call_id}", channel="PJSIP/a",
            party="agent", number="",
        )  # fmt: skip
        self.tell(
            T.CALL_CONNECTED, connected, call_id, agent,
            service_id=str(self.office.service), waited_seconds=waited,
        )  # fmt: skip
        self.dequeued(call_id, connected, "connected")
        if recorded:
            self.tell(T.RECORDING_STARTED, connected, call_id, name=str(call_id), uniqueid="c")
        if ended:
            end = connected + timedelta(seconds=talked)
            if recorded:
                self.tell(T.RECORDING_STOPPED, end, call_id, name=str(call_id), uniqueid="c")
            self.ended(call_id, end, "answered")
        return call_id

    def abandoned(self, *, start: datetime = NOW - timedelta(hours=1), waited: float = 40) -> UUID:
        call_id = new_id()
        end = start + timedelta(seconds=waited)
        self.started(call_id, start, "e164:+8613900001111")
        self.queued(call_id, start)
        self.dequeued(call_id, end, "abandoned")
        self.ended(call_id, end, "abandoned")
        return call_id

    def states(self, who: str, states: Sequence[tuple[datetime, str]]) -> None:
        agent = self.office.people[who].user_id
        for at, state in states:
            self.tell(T.AGENT_STATE, at, None, agent, state=state, reason_id=None, estimated=False)

    def started(
        self,
        call_id: UUID,
        at: datetime,
        number: str,
        *,
        direction: str = "inbound",
        agent_id: UUID | None = None,
    ) -> None:
        self.tell(
            T.CALL_STARTED, at, call_id, agent_id, direction=direction, customer=number,
            access_number="02160000001", caller_name="", customer_id=None, attempt_id=None,
            uniqueid=f"c-{call_id}",
        )  # fmt: skip

    def queued(self, call_id: UUID, at: datetime) -> None:
        service = str(self.office.service)
        self.tell(T.CALL_QUEUED, at, call_id, service_id=service, queued_at=at.isoformat())

    def dequeued(self, call_id: UUID, at: datetime, reason: str) -> None:
        service = str(self.office.service)
        self.tell(T.CALL_DEQUEUED, at, call_id, service_id=service, reason=reason)

    def ended(self, call_id: UUID, at: datetime, result: str) -> None:
        self.tell(T.CALL_ENDED, at, call_id, result=result, ended_by="customer", estimated=False)
