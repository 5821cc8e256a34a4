"""Teams and skills."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from callcenter.core.audit import Audit, difference
from callcenter.core.bus import Outbox
from callcenter.core.errors import InUse, Invalid, NotFound, Stale
from callcenter.core.http import Page, PageRequest
from callcenter.core.ids import new_id
from callcenter.core.listing import holds, page_rows
from callcenter.people.models import Skill, Team, TeamMember, User, UserSkill, UserStatus


class Teams:
    def __init__(self, audit: Audit, outbox: Outbox) -> None:
        self._audit = audit
        self._outbox = outbox

    def page(self, session: Session, request: PageRequest) -> Page:
        query = select(Team)
        if request.q:
            query = query.where(holds(request.q, Team.name))
        rows, total = page_rows(session, query, request, {"name": Team.name}, "name", Team.id)
        return Page(_shown(session, rows), total, request.page, request.page_size)

    def read(self, session: Session, team_id: UUID) -> dict[str, Any]:
        """Raises NotFound."""
        return _shown(session, [_find(session, team_id)])[0]

    def create(self, session: Session, values: Mapping[str, Any]) -> dict[str, Any]:
        """Raises Invalid."""
        team = Team(id=new_id(), name=_free_name(session, Team, values["name"]))
        session.add(team)
        session.flush()
        self._lead(session, team, values["leader_id"])
        self._note(session, "create", team, {}, {"name": team.name})
        return self.read(session, team.id)

    def change(
        self, session: Session, team_id: UUID, values: Mapping[str, Any], version: int
    ) -> dict[str, Any]:
        """Raises NotFound, Stale, Invalid."""
        team = _find(session, team_id)
        if team.version != version:
            raise Stale
        before = {"name": team.name, "leader_id": team.leader_id}
        if "name" in values:
            team.name = _free_name(session, Team, values["name"], team.id)
        if "leader_id" in values:
            self._lead(session, team, values["leader_id"])
        session.flush()
        after = {"name": team.name, "leader_id": team.leader_id}
        self._note(session, "change", team, *difference(before, after))
        return self.read(session, team_id)

    def delete(self, session: Session, team_id: UUID, version: int | None) -> None:
        """Services lose it. Raises NotFound, Stale, InUse while it has members."""
        team = _find(session, team_id)
        if version is not None and team.version != version:
            raise Stale
        members = select(TeamMember.user_id).where(TeamMember.team_id == team.id)
        if session.scalars(members).first() is not None:
            raise InUse({"by": "user"})
        session.delete(team)
        session.flush()
        self._note(session, "delete", team, {"name": team.name}, {})

    def _lead(self, session: Session, team: Team, leader_id: UUID | None) -> None:
        """A leader belongs to the team: that is what opens its wall."""
        if leader_id is None:
            team.leader_id = None
            return
        known = select(User.id).where(User.id == leader_id, User.status == UserStatus.ACTIVE)
        if session.scalar(known) is None:
            raise Invalid(fields={"leader_id": ["validation.unknown_id"]})
        team.leader_id = leader_id
        member = select(TeamMember.user_id).where(
            TeamMember.team_id == team.id, TeamMember.user_id == leader_id
        )
        if session.scalar(member) is None:
            session.add(TeamMember(team_id=team.id, user_id=leader_id))
            session.flush()

    def _note(
        self,
        session: Session,
        act: str,
        team: Team,
        before: Mapping[str, Any],
        after: Mapping[str, Any],
    ) -> None:
        self._audit.record(
            session, f"team.{act}", "team", team.id, name=team.name, before=before, after=after
        )
        self._outbox.record(session, "team.changed", team.id, sorted({*before, *after}))


class SkillUsers(Protocol):
    def of_skill(self, session: Session, skill_id: UUID) -> str | None:
        """What asks for the skill: `agent_service`, or nothing."""
        ...


class Skills:
    def __init__(self, users: SkillUsers, audit: Audit) -> None:
        self._users = users
        self._audit = audit

    def page(self, session: Session, request: PageRequest) -> Page:
        query = select(Skill)
        if request.q:
            query = query.where(holds(request.q, Skill.name))
        rows, total = page_rows(session, query, request, {"name": Skill.name}, "name", Skill.id)
        items = [{"id": row.id, "name": row.name} for row in rows]
        return Page(items, total, request.page, request.page_size)

    def create(self, session: Session, name: str) -> dict[str, Any]:
        """Raises Invalid."""
        skill = Skill(id=new_id(), name=_free_name(session, Skill, name))
        session.add(skill)
        session.flush()
        self._audit.record(session, "skill.create", "skill", skill.id, name=name)
        return {"id": skill.id, "name": name}

    def rename(self, session: Session, skill_id: UUID, name: str) -> dict[str, Any]:
        """Raises NotFound, Invalid."""
        skill = self._find(session, skill_id)
        before, skill.name = skill.name, _free_name(session, Skill, name, skill.id)
        session.flush()
        self._audit.record(
            session, "skill.change", "skill", skill.id, name=name,
            before={"name": before}, after={"name": name},
        )  # fmt: skip
        return {"id": skill.id, "name": name}

    def delete(self, session: Session, skill_id: UUID) -> None:
        """Raises NotFound, InUse while a seat has it or a service asks for it."""
        skill = self._find(session, skill_id)
        if user := self._users.of_skill(session, skill_id):
            raise InUse({"by": user})
        having = select(UserSkill.user_id).where(UserSkill.skill_id == skill.id)
        if session.scalars(having).first() is not None:
            raise InUse({"by": "user"})
        session.delete(skill)
        self._audit.record(session, "skill.delete", "skill", skill.id, name=skill.name)

    def _find(self, session: Session, skill_id: UUID) -> Skill:
        skill = session.scalar(select(Skill).where(Skill.id == skill_id))
        if skill is None:
            raise NotFound
        return skill


def _find(session: Session, team_id: UUID) -> Team:
    team = session.scalar(select(Team).where(Team.id == team_id).with_for_update())
    if team is None:
        raise NotFound
    return team


def _free_name(session: Session, model: Any, name: str, own_id: UUID | None = None) -> str:
    if session.scalar(select(model.id).where(model.name == name)) not in (None, own_id):
        raise Invalid(fields={"name": ["validation.taken"]})
    return name


def _shown(session: Session, teams: Sequence[Team]) -> list[dict[str, Any]]:
    counted = (
        select(TeamMember.team_id, func.count())
        .where(TeamMember.team_id.in_([team.id for team in teams]))
        .group_by(TeamMember.team_id)
    )
    counts = dict(session.execute(counted).all())
    leaders = select(User.id, User.name).where(User.id.in_([team.leader_id for team in teams]))
    names = dict(session.execute(leaders).all())
    return [
        {
            "id": team.id,
            "name": team.name,
            "leader_id": team.leader_id,
            "leader_name": names.get(team.leader_id) if team.leader_id else None,
            "member_count": counts.get(team.id, 0),
            "version": team.version,
        }
        for team in teams
    ]
