"""Greetings and limits: each seat's user keeps their own, the administrator all of them."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.core.audit import Audit, difference
from callcenter.core.bus import Outbox
from callcenter.core.directory import Directory
from callcenter.core.errors import NotFound, Stale
from callcenter.core.permissions import Permission, Role
from callcenter.core.tenant import Actor, Scope
from callcenter.voicemail.boxes import LONGEST, SILENCE, BoxPlan
from callcenter.voicemail.models import VoicemailBox
from callcenter.voicemail.states import TargetKind

PLAIN = ("greeting", "longest_seconds", "silence_seconds")
CHANGED = "voicemail_box.changed"
_SEATS = (Role.AGENT, Role.LEADER)


class Boxes:
    def __init__(self, directory: Directory, audit: Audit, outbox: Outbox) -> None:
        self._directory = directory
        self._audit = audit
        self._outbox = outbox

    def all(self, session: Session) -> list[dict[str, Any]]:
        """Those that the actor may change, services first; what was never set has version 0."""
        rows = {row.target_id: row for row in session.scalars(select(VoicemailBox))}
        return [_shown(target, rows.get(target[1])) for target in self._targets(session)]

    def change(
        self, session: Session, target_id: UUID, values: Mapping[str, Any], version: int
    ) -> dict[str, Any]:
        """Raises NotFound for what the actor may not change, Stale."""
        target = next((each for each in self._targets(session) if each[1] == target_id), None)
        if target is None:
            raise NotFound
        query = select(VoicemailBox).where(VoicemailBox.target_id == target_id).with_for_update()
        row = session.scalar(query)
        if version != (row.version if row else 0):
            raise Stale
        before = {name: _shown(target, row)[name] for name in PLAIN}
        if row is None:
            row = VoicemailBox(target_id=target_id, target_kind=target[0].value)
            session.add(row)
        for name in PLAIN:
            setattr(row, name, values[name])
        session.flush()
        changed = difference(before, {name: getattr(row, name) for name in PLAIN})
        self._audit.record(
            session, "voicemail_box.change", "voicemail_box", target_id, name=target[2],
            before=changed[0], after=changed[1],
        )  # fmt: skip
        self._outbox.record(session, CHANGED, target_id, sorted(changed[1]))
        return _shown(target, row)

    def _targets(self, session: Session) -> Sequence[tuple[TargetKind, UUID, str]]:
        """Kind, id and name."""
        scope: Scope = session.info["scope"]
        actor = scope.require_actor()
        people = self._directory.people(session).values()
        seats = [p for p in people if p.active and p.role in _SEATS and _keeps(actor, p.id)]
        found = [
            (TargetKind.SEAT, person.id, person.name)
            for person in sorted(seats, key=lambda person: person.employee_code)
        ]
        if actor.may(Permission.ENTERPRISE_MANAGE):
            services = self._directory.services(session).values()
            found = [
                *((TargetKind.SERVICE, card.id, card.name) for card in services if card.active),
                *found,
            ]
        return found


def load_boxes(session: Session) -> Mapping[UUID, BoxPlan]:
    """By service and user; read whole for telephony."""
    return {
        row.target_id: BoxPlan(row.greeting, row.longest_seconds, row.silence_seconds)
        for row in session.scalars(select(VoicemailBox))
    }


def _keeps(actor: Actor, user_id: UUID) -> bool:
    return actor.may(Permission.ENTERPRISE_MANAGE) or actor.user_id == user_id


def _shown(target: tuple[TargetKind, UUID, str], row: VoicemailBox | None) -> dict[str, Any]:
    kind, target_id, name = target
    return {
        "target": {"kind": kind, "id": target_id, "name": name},
        "greeting": row.greeting if row else None,
        "longest_seconds": row.longest_seconds if row else LONGEST,
        "silence_seconds": row.silence_seconds if row else SILENCE,
        "version": row.version if row else 0,
    }
