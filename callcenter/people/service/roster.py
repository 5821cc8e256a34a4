"""The seats as telephony knows them: read whole, kept in memory, replaced whole."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.core.db import Database
from callcenter.core.permissions import GRANTS, Permission, Role, granted
from callcenter.core.tenant import Scope
from callcenter.people.models import (
    Extension,
    LegForm,
    Team,
    TeamMember,
    User,
    UserSkill,
    UserStatus,
)

SEAT_ROLES = tuple(role for role in Role if Permission.CALLS_HANDLE in GRANTS[role])
LISTENER_ROLES = tuple(role for role in Role if Permission.SUPERVISE_LISTEN in GRANTS[role])


@dataclass(frozen=True, slots=True)
class SeatPlan:
    """A user with a phone. endpoint: the extension's name in Asterisk, empty without one.

    sees_numbers: whether customers' numbers reach this user's screen unmasked.
    skills: each with its level.
    """

    user_id: UUID
    enterprise_id: UUID
    enterprise_code: str
    employee_code: str
    name: str
    role: str
    team_ids: tuple[UUID, ...]
    extension: str
    endpoint: str
    secret: str
    kind: str
    wrap_up_seconds: int | None
    auto_answer: bool
    leg_form: LegForm
    sees_numbers: bool
    skills: tuple[tuple[UUID, int], ...] = ()

    @property
    def takes_calls(self) -> bool:
        """Else the phone is for listening only."""
        return self.role in SEAT_ROLES


@dataclass(frozen=True, slots=True)
class ExtensionPlan:
    """A phone that Asterisk lets in. user_id: whose seat it is at; None: a door, a meeting room."""

    id: UUID
    enterprise_id: UUID
    enterprise_code: str
    number: str
    endpoint: str
    secret: str
    kind: str
    user_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Roster:
    """extensions: those at these seats, and those at nobody's."""

    seats: tuple[SeatPlan, ...]
    extensions: tuple[ExtensionPlan, ...] = ()


def endpoint_name(enterprise_code: str, extension: str) -> str:
    """`e100001-8001`: unlike any number, so nobody can dial a device by guessing."""
    return f"e{enterprise_code}-{extension}"


def load_roster(
    session: Session, codes: dict[UUID, str], options: Mapping[UUID, Mapping[str, object]]
) -> Roster:
    """All seats of the enterprises in `codes` (id → code); the scope is the platform's.

    options: each enterprise's, for they say as well who sees numbers.
    """
    query = (
        select(User, Extension)
        .outerjoin(Extension, Extension.id == User.extension_id)
        .where(User.status == UserStatus.ACTIVE, User.role.in_({*SEAT_ROLES, *LISTENER_ROLES}))
        .order_by(User.id)
    )
    teams, skills = _teams(session), _skills(session)
    seats = tuple(
        _seat(
            user,
            extension,
            codes[user.enterprise_id],
            teams.get(user.id, ()),
            skills.get(user.id, ()),
            options.get(user.enterprise_id, {}),
        )
        for user, extension in session.execute(query)
        if user.enterprise_id in codes
    )
    return Roster(seats, _extensions(session, codes, {seat.user_id for seat in seats}))


def _extensions(
    session: Session, codes: Mapping[UUID, str], seated: AbstractSet[UUID]
) -> tuple[ExtensionPlan, ...]:
    """Whose user has left, or takes no calls, is let in by nobody."""
    query = (
        select(Extension, User.id)
        .outerjoin(User, User.extension_id == Extension.id)
        .where(Extension.status == UserStatus.ACTIVE)
        .order_by(Extension.id)
    )
    holders: list[tuple[Extension, UUID | None]] = [
        (row, holder) for row, holder in session.execute(query)
    ]
    return tuple(
        ExtensionPlan(
            row.id,
            row.enterprise_id,
            codes[row.enterprise_id],
            row.number,
            endpoint_name(codes[row.enterprise_id], row.number),
            row.secret,
            row.kind,
            user_id,
        )
        for row, user_id in holders
        if row.enterprise_id in codes and (user_id is None or user_id in seated)
    )


def _seat(
    user: User,
    extension: Extension | None,
    code: str,
    team_ids: tuple[UUID, ...],
    skills: tuple[tuple[UUID, int], ...],
    options: Mapping[str, object],
) -> SeatPlan:
    return SeatPlan(
        user_id=user.id,
        enterprise_id=user.enterprise_id,
        enterprise_code=code,
        employee_code=user.employee_code,
        name=user.name,
        role=user.role,
        team_ids=team_ids,
        extension=extension.number if extension else "",
        endpoint=endpoint_name(code, extension.number) if extension else "",
        secret=extension.secret if extension else "",
        kind=extension.kind if extension else "",
        wrap_up_seconds=user.wrap_up_seconds,
        auto_answer=user.auto_answer,
        leg_form=LegForm(user.leg_form),
        sees_numbers=Permission.NUMBERS_UNMASKED in granted(Role(user.role), options),
        skills=skills,
    )


def _teams(session: Session) -> dict[UUID, tuple[UUID, ...]]:
    found: dict[UUID, tuple[UUID, ...]] = {}
    for member in session.scalars(select(TeamMember).order_by(TeamMember.team_id)):
        found[member.user_id] = (*found.get(member.user_id, ()), member.team_id)
    return found


def _skills(session: Session) -> dict[UUID, tuple[tuple[UUID, int], ...]]:
    found: dict[UUID, tuple[tuple[UUID, int], ...]] = {}
    for one in session.scalars(select(UserSkill).order_by(UserSkill.skill_id)):
        found[one.user_id] = (*found.get(one.user_id, ()), (one.skill_id, one.level))
    return found


def list_team_ids(database: Database, enterprise_id: UUID) -> list[UUID]:
    with database.begin(Scope(enterprise_id)) as session:
        return list(session.scalars(select(Team.id).order_by(Team.id)))
