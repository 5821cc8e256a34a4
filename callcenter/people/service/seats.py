"""Seats: the users of an enterprise, made and changed by its administrator."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from callcenter.core.audit import Audit, difference
from callcenter.core.bus import Outbox
from callcenter.core.clock import Clock
from callcenter.core.errors import Conflict, Invalid, NotFound, Stale
from callcenter.core.http import Page, PageRequest
from callcenter.core.ids import new_id
from callcenter.core.listing import holds, page_rows
from callcenter.core.permissions import Role
from callcenter.core.tenant import Actor, Scope
from callcenter.people.models import (
    Extension,
    Skill,
    Team,
    TeamMember,
    User,
    UserSkill,
    UserStatus,
)
from callcenter.people.service.accounts import issue_password
from callcenter.people.service.sessions import end_sessions

_SORTS = {
    "employee_code": User.employee_code,
    "name": User.name,
    "role": User.role,
    "status": User.status,
    "last_sign_in_at": User.last_sign_in_at,
}
_PLAIN = ("name", "role", "extension_id", "wrap_up_seconds", "auto_answer", "leg_form")


class Seats:
    """In the enterprise's scope. What belongs to another enterprise does not exist here."""

    def __init__(self, audit: Audit, outbox: Outbox, clock: Clock) -> None:
        self._audit = audit
        self._outbox = outbox
        self._clock = clock

    def page(self, session: Session, request: PageRequest, filters: Mapping[str, Any]) -> Page:
        query = select(User)
        for name in ("role", "status"):
            if filters.get(name):
                query = query.where(getattr(User, name) == filters[name])
        if team_id := filters.get("team_id"):
            members = select(TeamMember.user_id).where(TeamMember.team_id == team_id)
            query = query.where(User.id.in_(members))
        if request.q:
            query = query.where(holds(request.q, User.employee_code, User.name))
        rows, total = page_rows(session, query, request, _SORTS, "employee_code", User.id)
        return Page(_shown(session, rows), total, request.page, request.page_size)

    def read(self, session: Session, user_id: UUID) -> dict[str, Any]:
        """Raises NotFound."""
        return _shown(session, [_find(session, user_id)])[0]

    def create(self, session: Session, values: Mapping[str, Any]) -> tuple[dict[str, Any], str]:
        """A seat and its one-time password, shown this once. Raises Invalid."""
        code = values["employee_code"]
        if session.scalar(select(User.id).where(User.employee_code == code)) is not None:
            raise Invalid(fields={"employee_code": ["validation.taken"]})
        _check(session, None, values)
        user = User(
            id=new_id(),
            employee_code=code,
            created_at=self._clock.now(),
            **{name: values[name] for name in _PLAIN},
        )
        password = issue_password(user, self._clock)
        session.add(user)
        session.flush()
        _set_teams(session, user, values["team_ids"])
        _set_skills(session, user, values["skills"])
        after = {"employee_code": code, **_values(session, user)}
        self._note(session, "create", user, {}, after)
        return self.read(session, user.id), password

    def change(
        self, session: Session, user_id: UUID, values: Mapping[str, Any], version: int
    ) -> dict[str, Any]:
        """Only what `values` names. Raises NotFound, Stale, Invalid."""
        user = _find(session, user_id)
        if user.version != version:
            raise Stale
        if values.get("employee_code", user.employee_code) != user.employee_code:
            raise Invalid(fields={"employee_code": ["validation.read_only"]})
        if user.id == _actor(session).user_id and values.get("role", user.role) != user.role:
            raise Invalid(fields={"role": ["validation.read_only"]})
        _check(session, user, values)
        before = _values(session, user)
        for name in _PLAIN:
            if name in values:
                setattr(user, name, values[name])
        if "team_ids" in values:
            _set_teams(session, user, values["team_ids"])
        if "skills" in values:
            _set_skills(session, user, values["skills"])
        # Teams and skills lie in rows of their own; whoever read the seat before is out of date.
        flag_modified(user, "name")
        session.flush()
        changed = difference(before, _values(session, user))
        if "role" in changed[0]:
            end_sessions(session, user.id)
        self._note(session, "change", user, *changed)
        return self.read(session, user_id)

    def deactivate(self, session: Session, user_id: UUID) -> dict[str, Any]:
        """Signed out at once, and the extension is free. Raises NotFound, Conflict for oneself."""
        user = _find(session, user_id)
        if user.id == _actor(session).user_id:
            raise Conflict
        user.extension_id = None
        end_sessions(session, user.id)
        return self._set_status(session, user, "deactivate", UserStatus.INACTIVE)

    def activate(self, session: Session, user_id: UUID) -> dict[str, Any]:
        """Raises NotFound."""
        return self._set_status(session, _find(session, user_id), "activate", UserStatus.ACTIVE)

    def reset_password(self, session: Session, user_id: UUID) -> tuple[str, str]:
        """(employee code, one-time password); signed out everywhere. Raises NotFound."""
        user = _find(session, user_id)
        password = issue_password(user, self._clock)
        end_sessions(session, user.id)
        self._audit.record(session, "user.reset", "user", user.id, name=user.name)
        return user.employee_code, password

    def _set_status(
        self, session: Session, user: User, act: str, status: UserStatus
    ) -> dict[str, Any]:
        before, user.status = user.status, status
        session.flush()
        self._note(session, act, user, {"status": before}, {"status": status})
        return self.read(session, user.id)

    def _note(
        self,
        session: Session,
        act: str,
        user: User,
        before: Mapping[str, Any],
        after: Mapping[str, Any],
    ) -> None:
        self._audit.record(
            session, f"user.{act}", "user", user.id, name=user.name, before=before, after=after
        )
        self._outbox.record(session, "user.changed", user.id, sorted({*before, *after}))


def _actor(session: Session) -> Actor:
    scope: Scope = session.info["scope"]
    return scope.require_actor()


def _find(session: Session, user_id: UUID) -> User:
    user = session.scalar(select(User).where(User.id == user_id).with_for_update())
    if user is None:
        raise NotFound
    return user


def _check(session: Session, user: User | None, values: Mapping[str, Any]) -> None:
    wrong: dict[str, list[str]] = {}
    if not _all_known(session, Team.id, values.get("team_ids", ())):
        wrong["team_ids"] = ["validation.unknown_id"]
    if not _all_known(session, Skill.id, [each["id"] for each in values.get("skills", ())]):
        wrong["skills"] = ["validation.unknown_id"]
    if extension_id := values.get("extension_id"):
        if not _all_known(session, Extension.id, [extension_id]):
            wrong["extension_id"] = ["validation.unknown_id"]
        holder = session.scalar(select(User.id).where(User.extension_id == extension_id))
        if holder is not None and (user is None or holder != user.id):
            wrong["extension_id"] = ["validation.extension_taken"]
    if wrong:
        raise Invalid(fields=wrong)


def _all_known(session: Session, column: Any, ids: Sequence[UUID]) -> bool:
    wanted = set(ids)
    return not wanted or set(session.scalars(select(column).where(column.in_(wanted)))) == wanted


def _set_teams(session: Session, user: User, team_ids: Sequence[UUID]) -> None:
    session.execute(delete(TeamMember).where(TeamMember.user_id == user.id))
    session.add_all(TeamMember(team_id=each, user_id=user.id) for each in dict.fromkeys(team_ids))
    session.flush()


def _set_skills(session: Session, user: User, skills: Sequence[Mapping[str, Any]]) -> None:
    session.execute(delete(UserSkill).where(UserSkill.user_id == user.id))
    levels = {each["id"]: each["level"] for each in skills}
    session.add_all(
        UserSkill(skill_id=skill_id, user_id=user.id, level=level)
        for skill_id, level in levels.items()
    )
    session.flush()


def _values(session: Session, user: User) -> dict[str, Any]:
    """For the audit log: names rather than ids, where there are names."""
    shown = _shown(session, [user])[0]
    return {
        **{name: shown[name] for name in _PLAIN if name != "extension_id"},
        "teams": [team["name"] for team in shown["teams"]],
        "extension": shown["extension"]["number"] if shown["extension"] else None,
        "skills": {skill["name"]: skill["level"] for skill in shown["skills"]},
    }


def _shown(session: Session, users: Sequence[User]) -> list[dict[str, Any]]:
    ids = [user.id for user in users]
    teams = _grouped(
        session,
        select(TeamMember.user_id, Team.id, Team.name)
        .join(Team, Team.id == TeamMember.team_id)
        .where(TeamMember.user_id.in_(ids))
        .order_by(Team.name),
    )
    skills = _grouped(
        session,
        select(UserSkill.user_id, Skill.id, Skill.name, UserSkill.level)
        .join(Skill, Skill.id == UserSkill.skill_id)
        .where(UserSkill.user_id.in_(ids))
        .order_by(Skill.name),
    )
    wanted = [user.extension_id for user in users if user.extension_id]
    numbers = select(Extension.id, Extension.number).where(Extension.id.in_(wanted))
    extensions = {key: {"id": key, "number": text} for key, text in session.execute(numbers)}
    return [
        {
            "id": user.id,
            "employee_code": user.employee_code,
            "name": user.name,
            "role": Role(user.role),
            "teams": teams.get(user.id, []),
            "extension": extensions.get(user.extension_id) if user.extension_id else None,
            "skills": skills.get(user.id, []),
            "wrap_up_seconds": user.wrap_up_seconds,
            "auto_answer": user.auto_answer,
            "leg_form": user.leg_form,
            "status": user.status,
            "last_sign_in_at": user.last_sign_in_at,
            "version": user.version,
        }
        for user in users
    ]


def _grouped(session: Session, query: Any) -> Mapping[UUID, list[dict[str, Any]]]:
    """By the first column, what the other columns say under their names."""
    found: dict[UUID, list[dict[str, Any]]] = {}
    for row in session.execute(query):
        values = dict(row._mapping)  # noqa: SLF001 - how SQLAlchemy names it
        found.setdefault(values.pop("user_id"), []).append(values)
    return found
