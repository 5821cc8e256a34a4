"""How services call back: kept by the administrator, read whole for telephony."""

from collections.abc import Collection, Mapping
from datetime import time
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.callbacks.events import PLAN_CHANGED
from callcenter.callbacks.line import CallbackPlan
from callcenter.callbacks.models import CallbackRules
from callcenter.core.audit import Audit, difference
from callcenter.core.bus import Outbox
from callcenter.core.directory import Directory, ServiceCard
from callcenter.core.errors import Invalid, NotFound, Stale

PLAIN = ("attempts", "pause_seconds", "lasts_seconds", "begins", "ends", "schedule_id")
_PLAIN_PLAN = CallbackPlan()


class Surroundings(Protocol):
    """What lies around callbacks; the composition root hands it in."""

    def schedules(self, session: Session) -> Collection[UUID]: ...


class CallbackRulebook:
    def __init__(
        self, directory: Directory, surroundings: Surroundings, audit: Audit, outbox: Outbox
    ) -> None:
        self._directory = directory
        self._surroundings = surroundings
        self._audit = audit
        self._outbox = outbox

    def all(self, session: Session) -> list[dict[str, Any]]:
        """Of every service; what was never set has version 0."""
        rows = {row.service_id: row for row in session.scalars(select(CallbackRules))}
        services = self._directory.services(session).values()
        return [_shown(card, rows.get(card.id)) for card in services if card.active]

    def change(
        self, session: Session, service_id: UUID, values: Mapping[str, Any], version: int
    ) -> dict[str, Any]:
        """Raises NotFound, Stale, Invalid."""
        card = self._directory.services(session).get(service_id)
        if card is None or not card.active:
            raise NotFound
        query = select(CallbackRules).where(CallbackRules.service_id == service_id)
        row = session.scalar(query.with_for_update())
        if version != (row.version if row else 0):
            raise Stale
        if values["begins"] >= values["ends"]:
            raise Invalid(fields={"ends": ["validation.after_begins"]})
        if values["schedule_id"] and values["schedule_id"] not in self._surroundings.schedules(
            session
        ):
            raise Invalid(fields={"schedule_id": ["validation.unknown_id"]})
        before = {name: _shown(card, row)[name] for name in PLAIN}
        if row is None:
            row = CallbackRules(service_id=service_id)
            session.add(row)
        for name in PLAIN:
            setattr(row, name, values[name])
        session.flush()
        changed = difference(before, {name: getattr(row, name) for name in PLAIN})
        self._audit.record(
            session, "callback_rules.change", "callback_rules", service_id, name=card.name,
            before=changed[0], after=changed[1],
        )  # fmt: skip
        self._outbox.record(session, PLAN_CHANGED, service_id, sorted(changed[1]))
        return _shown(card, row)


def load_callback_plans(session: Session) -> Mapping[UUID, CallbackPlan]:
    """By service."""
    return {
        row.service_id: CallbackPlan(
            row.attempts,
            row.pause_seconds,
            row.lasts_seconds,
            time.fromisoformat(row.begins),
            time.fromisoformat(row.ends),
            row.schedule_id,
        )
        for row in session.scalars(select(CallbackRules))
    }


def _shown(card: ServiceCard, row: CallbackRules | None) -> dict[str, Any]:
    plain = _PLAIN_PLAN
    return {
        "service": {"id": card.id, "name": card.name},
        "attempts": row.attempts if row else plain.attempts,
        "pause_seconds": row.pause_seconds if row else plain.pause_seconds,
        "lasts_seconds": row.lasts_seconds if row else plain.lasts_seconds,
        "begins": row.begins if row else f"{plain.begins:%H:%M}",
        "ends": row.ends if row else f"{plain.ends:%H:%M}",
        "schedule_id": row.schedule_id if row else None,
        "version": row.version if row else 0,
    }
