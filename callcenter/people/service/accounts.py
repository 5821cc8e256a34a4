"""The users of enterprises as operators meet them: first passwords, counts, ended sessions."""

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from callcenter.core.audit import Audit
from callcenter.core.clock import Clock
from callcenter.core.errors import NotFound
from callcenter.core.ids import new_id
from callcenter.core.permissions import Role
from callcenter.people.models import User, UserSession, UserStatus
from callcenter.people.service.passwords import hash_password, one_time_password
from callcenter.people.service.roster import SEAT_ROLES
from callcenter.people.service.sessions import end_sessions
from callcenter.tenancy.service import InitialUser, IssuedPassword, Seats

INITIAL: Mapping[str, tuple[Role, str]] = {
    "conf": (Role.CONF, "配置管理员"),
    "admin": (Role.ADMIN, "企业管理员"),
}
ONLINE = timedelta(minutes=2)
"""A page that is open is seen every minute at the least."""


class Accounts:
    """`callcenter.tenancy.service.seams.Accounts`; the scope is the platform's."""

    def __init__(self, audit: Audit, clock: Clock) -> None:
        self._audit = audit
        self._clock = clock

    def issue_initial(self, session: Session, enterprise_id: UUID) -> Sequence[IssuedPassword]:
        issued = []
        for code, (role, name) in INITIAL.items():
            user = User(
                id=new_id(),
                enterprise_id=enterprise_id,
                employee_code=code,
                name=name,
                role=role,
                created_at=self._clock.now(),
            )
            session.add(user)
            issued.append(IssuedPassword(code, issue_password(user, self._clock)))
        session.flush()
        return issued

    def initial(self, session: Session, enterprise_id: UUID) -> Sequence[InitialUser]:
        users = session.scalars(
            select(User)
            .where(User.enterprise_id == enterprise_id, User.employee_code.in_(INITIAL))
            .order_by(User.employee_code.desc())
        )
        return [
            InitialUser(
                user.employee_code,
                "unused" if user.must_change_password else "changed",
                user.password_issued_at,
            )
            for user in users
        ]

    def reset(self, session: Session, enterprise_id: UUID, employee_code: str) -> IssuedPassword:
        """Raises NotFound for anyone but the enterprise's `conf` and `admin`."""
        if employee_code not in INITIAL:
            raise NotFound
        query = select(User).where(
            User.enterprise_id == enterprise_id, User.employee_code == employee_code
        )
        user = session.scalar(query)
        if user is None:
            raise NotFound
        issued = IssuedPassword(employee_code, issue_password(user, self._clock))
        end_sessions(session, user.id)
        self._audit.record(
            session, "user.reset", "user", user.id, name=user.name, enterprise_id=enterprise_id
        )
        return issued

    def seats(self, session: Session, ids: Collection[UUID]) -> Mapping[UUID, Seats]:
        seated = (
            User.enterprise_id.in_(ids),
            User.status == UserStatus.ACTIVE,
            User.role.in_(SEAT_ROLES),
        )
        totals = select(User.enterprise_id, func.count()).where(*seated)
        online = (
            select(User.enterprise_id, func.count(User.id.distinct()))
            .join(UserSession, UserSession.user_id == User.id)
            .where(*seated, UserSession.seen_at > self._clock.now() - ONLINE)
        )
        grouped = User.enterprise_id
        here = dict(session.execute(online.group_by(grouped)).all())
        counted = session.execute(totals.group_by(grouped)).all()
        return {key: Seats(total, here.get(key, 0)) for key, total in counted}

    def end_sessions_of(self, session: Session, enterprise_id: UUID) -> None:
        session.execute(delete(UserSession).where(UserSession.enterprise_id == enterprise_id))

    def ever_used(self, session: Session, enterprise_id: UUID) -> bool:
        query = select(User.id).where(
            User.enterprise_id == enterprise_id, User.last_sign_in_at.is_not(None)
        )
        return session.scalars(query).first() is not None


def issue_password(user: User, clock: Clock) -> str:
    """A one-time password, which must be changed at the next sign-in; its hash alone is kept."""
    password = one_time_password()
    user.password_hash = hash_password(password)
    user.must_change_password = True
    user.password_issued_at = clock.now()
    return password
