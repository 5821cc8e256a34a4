"""The platform at a glance."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from callcenter.core.gateway import TelephonyUnavailable
from callcenter.tenancy.models import AccessNumber, NumberStatus, Trunk
from callcenter.tenancy.service.enterprises import totals
from callcenter.tenancy.service.seams import Aside, Live, Traffic


class Overview:
    def __init__(self, live: Live, traffic: Traffic, aside: Aside) -> None:
        self._live = live
        self._traffic = traffic
        self._aside = aside

    def read(self, session: Session) -> dict[str, Any]:
        """drift: legs, calls and agents that the last day's reconciliations had to repair.

        facts_aside: what the ledger could not take, and waits to be put back.
        """
        room = self._room()
        nodes = [value for key, value in room.items() if key.startswith("node:")]
        times = [node["reconciled_at"] for node in nodes if node.get("reconciled_at")]
        numbers = select(func.count(), func.count(AccessNumber.enterprise_id))
        total, bound = session.execute(numbers.select_from(AccessNumber)).one()
        return {
            "access_numbers": {"total": total, "bound": bound},
            "enterprises": totals(session),
            "calls": {
                "now": sum(self._traffic.calls_by_number(session).values()),
                "capacity": _capacity(session),
            },
            "trunks": _trunks(session, room),
            "drift_24h": sum(int(node.get("drift_24h", 0)) for node in nodes),
            "facts_aside": sum(group["count"] for group in self._aside.groups()),
            "reconciled_at": max(times, default=None),
        }

    def _room(self) -> Mapping[str, Any]:
        try:
            return self._live.read("platform")
        except TelephonyUnavailable:
            return {}


def _capacity(session: Session) -> int:
    query = select(func.sum(Trunk.channels)).where(Trunk.status == NumberStatus.ENABLED)
    return int(session.scalar(query) or 0)


def _trunks(session: Session, room: Mapping[str, Any]) -> dict[str, int]:
    ids = session.scalars(select(Trunk.id)).all()
    states = [room.get(f"trunk:{trunk_id}", {}).get("state") for trunk_id in ids]
    return {"total": len(ids), "up": states.count("up")}
