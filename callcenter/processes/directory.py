"""The directory that slices are given: reads enterprises, people and services for all of them.

Only a composition root knows every slice's tables; the slices know `core.directory` alone.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Uuid, and_, any_, bindparam, func, select
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by
from sqlalchemy.orm import Session

from callcenter.core.directory import Choice, EnterpriseCard, Person, ServiceCard
from callcenter.core.errors import NotFound
from callcenter.core.tenant import Scope
from callcenter.people.models import (
    Disposition,
    Extension,
    NotReadyReason,
    Team,
    TeamMember,
    User,
    UserSkill,
    UserStatus,
)
from callcenter.routing.models import (
    AgentService,
    ServiceMember,
    ServiceSkill,
    ServiceStatus,
    ServiceTeam,
)
from callcenter.tenancy.models import AccessNumber, Enterprise, NumberStatus

# Made once: these are asked with nearly every request, and to make one costs as much as to run it.
# The enterprise's chosen number comes first: it is shown unless another is asked for.
_NUMBERS = select(
    func.array_agg(
        aggregate_order_by(
            AccessNumber.number,
            AccessNumber.id != Enterprise.display_number_id,
            AccessNumber.number,
        )
    )
).where(AccessNumber.enterprise_id == Enterprise.id, AccessNumber.status == NumberStatus.ENABLED)
_ENTERPRISE = select(Enterprise, _NUMBERS.scalar_subquery()).where(Enterprise.id == bindparam("id"))

# In the same statement: people are asked for with nearly everything that is shown.
_TEAMS = select(TeamMember.team_id).where(TeamMember.user_id == User.id)
_EVERYBODY = select(User, Extension.number, func.array(_TEAMS.scalar_subquery())).outerjoin(
    Extension, Extension.id == User.extension_id
)
_PEOPLE = _EVERYBODY.where(User.id == any_(bindparam("ids", type_=ARRAY(Uuid()))))

_BY_CODE = _EVERYBODY.where(User.employee_code == bindparam("code"))


class SqlDirectory:
    """`core.directory.Directory` over the product's own tables, in the scope's enterprise."""

    def enterprise(self, session: Session) -> EnterpriseCard:
        """Raises NotFound in the platform's scope: it has no enterprise of its own."""
        scope: Scope = session.info["scope"]
        found = session.execute(_ENTERPRISE, {"id": scope.enterprise_id}).one_or_none()
        if found is None:
            raise NotFound
        row, shown = found
        zone = ZoneInfo(row.time_zone)
        return EnterpriseCard(row.id, row.code, row.name, row.area_code, zone, tuple(shown or ()))

    def people(
        self, session: Session, ids: Collection[UUID] | None = None
    ) -> Mapping[UUID, Person]:
        if ids is not None and not ids:
            return {}
        if ids is None:
            found = session.execute(_EVERYBODY)
        else:
            found = session.execute(_PEOPLE, {"ids": [*ids]})
        return {row[0].id: _person(*row) for row in found}

    def person(self, session: Session, employee_code: str) -> Person | None:
        found = session.execute(_BY_CODE, {"code": employee_code}).first()
        return _person(*found) if found else None

    def teams(self, session: Session) -> Mapping[UUID, str]:
        return {team.id: team.name for team in session.scalars(select(Team).order_by(Team.name))}

    def services(self, session: Session) -> Mapping[UUID, ServiceCard]:
        members = _members(session)
        return {
            row.id: ServiceCard(
                row.id,
                row.name,
                row.level_percent,
                row.level_seconds,
                row.short_call_seconds,
                row.work_order_object,
                frozenset(members[row.id]),
                row.status == ServiceStatus.ACTIVE,
            )
            for row in session.scalars(select(AgentService).order_by(AgentService.name))
        }

    def reasons(self, session: Session) -> Sequence[Choice]:
        query = select(NotReadyReason).order_by(NotReadyReason.sort, NotReadyReason.code)
        return [Choice(row.id, row.code, row.label, row.active) for row in session.scalars(query)]

    def dispositions(self, session: Session) -> Sequence[Choice]:
        query = select(Disposition).order_by(Disposition.sort, Disposition.code)
        return [Choice(row.id, row.code, row.label, row.active) for row in session.scalars(query)]


def _person(user: User, extension: str | None, team_ids: Sequence[UUID]) -> Person:
    return Person(
        user.id,
        user.name,
        user.employee_code,
        user.role,
        tuple(team_ids),
        extension or "",
        user.status == UserStatus.ACTIVE,
    )


def _members(session: Session) -> Mapping[UUID, set[UUID]]:
    members: dict[UUID, set[UUID]] = defaultdict(set)
    for member in session.scalars(select(ServiceMember)):
        members[member.service_id].add(member.user_id)
    by_team = select(ServiceTeam.service_id, TeamMember.user_id).join(
        TeamMember, TeamMember.team_id == ServiceTeam.team_id
    )
    for service_id, user_id in session.execute(by_team):
        members[service_id].add(user_id)
    by_skill = select(ServiceSkill.service_id, UserSkill.user_id).join(
        UserSkill,
        and_(UserSkill.skill_id == ServiceSkill.skill_id, UserSkill.level >= ServiceSkill.level),
    )
    for service_id, user_id in session.execute(by_skill):
        members[service_id].add(user_id)
    return members
