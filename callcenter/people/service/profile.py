"""What a page learns of who is signed in at it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.core.db import Database
from callcenter.core.directory import Directory
from callcenter.core.http import SignedIn
from callcenter.core.permissions import Role
from callcenter.core.tenant import Actor, Scope
from callcenter.people.models import UserSession

HOMES: Mapping[Role, str] = {
    Role.OPERATOR: "operator",
    Role.CONF: "config",
    Role.ADMIN: "admin",
    Role.AGENT: "console",
    Role.LEADER: "supervisor",
    Role.INSPECTOR: "quality",
}


class Options(Protocol):
    def of(self, session: Session, enterprise_id: UUID) -> Mapping[str, Any]:
        """The enterprise's options by key, defaults filled in."""
        ...


@dataclass(frozen=True)
class Profiles:
    database: Database
    directory: Directory
    options: Options

    def me(self, signed_in: SignedIn) -> dict[str, Any]:
        actor = signed_in.actor
        # The operator's own enterprise too, and not the platform as a whole.
        with self.database.begin(Scope(actor.enterprise_id, actor)) as session:
            return {
                "user": self._user(session, actor),
                "enterprise": self._enterprise(session, actor),
                "permissions": sorted(actor.permissions),
                "csrf_token": signed_in.csrf_token,
                "must_change_password": signed_in.must_change_password,
                "home": HOMES[actor.role],
                "locale": actor.locale,
                "signed_in_at": session.scalar(
                    select(UserSession.started_at).where(UserSession.id == actor.session_id)
                ),
            }

    def _user(self, session: Session, actor: Actor) -> dict[str, Any]:
        person = self.directory.people(session, [actor.user_id])[actor.user_id]
        teams = self.directory.teams(session)
        return {
            "id": actor.user_id,
            "employee_code": actor.employee_code,
            "name": actor.name,
            "role": actor.role,
            "extension": person.extension or None,
            "teams": [{"id": each, "name": teams[each]} for each in person.team_ids],
        }

    def _enterprise(self, session: Session, actor: Actor) -> dict[str, Any]:
        card = self.directory.enterprise(session)
        return {
            "id": card.id,
            "code": card.code,
            "name": card.name,
            "time_zone": card.zone.key,
            "display_numbers": list(card.display_numbers),
            "options": dict(self.options.of(session, actor.enterprise_id)),
        }
