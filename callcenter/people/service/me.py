"""What a signed-in page knows of its user."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.core.db import Database
from callcenter.core.http import SignedIn
from callcenter.core.permissions import Role
from callcenter.core.tenant import Scope
from callcenter.people.models import Extension, Team, User, UserSession
from callcenter.tenancy.service import about_enterprise

HOMES = {
    Role.OPERATOR: "operator",
    Role.CONF: "config",
    Role.ADMIN: "admin",
    Role.AGENT: "console",
    Role.LEADER: "supervisor",
    Role.INSPECTOR: "quality",
}


def me(database: Database, signed_in: SignedIn) -> dict[str, Any]:
    actor = signed_in.actor
    with database.begin(Scope.platform(actor)) as session:
        user = session.get_one(User, actor.user_id)
        stored = session.get_one(UserSession, actor.session_id)
        return {
            "user": _user(session, user, signed_in),
            "enterprise": about_enterprise(session, actor.enterprise_id),
            "permissions": sorted(actor.permissions),
            "csrf_token": signed_in.csrf_token,
            "must_change_password": signed_in.must_change_password,
            "home": HOMES[actor.role],
            "locale": user.locale,
            "signed_in_at": stored.started_at,
        }


def _user(session: Session, user: User, signed_in: SignedIn) -> dict[str, Any]:
    teams = select(Team).where(Team.id.in_(signed_in.actor.team_ids)).order_by(Team.name)
    extension = session.get(Extension, user.extension_id) if user.extension_id else None
    return {
        "id": user.id,
        "employee_code": user.employee_code,
        "name": user.name,
        "role": user.role,
        "extension": extension.number if extension else None,
        "teams": [{"id": team.id, "name": team.name} for team in session.scalars(teams)],
    }
