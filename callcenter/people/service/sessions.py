"""Sign-in, sessions on the server, lock-out with growing delay."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, bindparam, delete, func, select, text
from sqlalchemy.orm import Session

from callcenter.core.audit import Audit
from callcenter.core.clock import Clock
from callcenter.core.db import Database
from callcenter.core.http import SignedIn
from callcenter.core.permissions import Role, granted
from callcenter.core.tenant import Actor, Scope
from callcenter.people.errors import LockedOut, SignInRefused, WrongPassword
from callcenter.people.models import SignInFailure, TeamMember, User, UserSession, UserStatus
from callcenter.people.service.passwords import check_policy, hash_password, verify
from callcenter.tenancy.service import Options, find_active_enterprise

IDLE = timedelta(hours=12)
LONGEST = timedelta(days=7)
SEEN_EVERY = timedelta(minutes=1)
COUNTED = timedelta(minutes=30)
FREE_ATTEMPTS = 4
FREE_ATTEMPTS_OF_ADDRESS = 30
_LONGEST_DELAY = 900.0


@dataclass(frozen=True, slots=True)
class SignIn:
    """The cookie's value, shown once, and who is signed in."""

    cookie: str
    signed_in: SignedIn


def _teams(user_id: Any) -> Select[Sequence[UUID]]:
    """All in one row, None where there are none."""
    return select(func.array_agg(TeamMember.team_id)).where(TeamMember.user_id == user_id)


_BEHIND = (
    select(UserSession, User, _teams(User.id).scalar_subquery())
    .join(User, User.id == UserSession.user_id)
    .where(UserSession.token_hash == bindparam("hash"))
)
"""Whose a cookie is. Made once: every request asks."""


def _hash(cookie: str) -> str:
    return hashlib.sha256(cookie.encode()).hexdigest()


def delay_after(failures: int, free: int) -> float:
    """Seconds to wait after so many failures: none, then doubling from 5 s to 15 minutes."""
    return 0.0 if failures < free else min(5.0 * 2 ** min(failures - free, 10), _LONGEST_DELAY)


class SessionGate:
    """Finds who is behind a cookie; core.http's `Gatekeeper`."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def find(self, cookie: str, ip: str) -> SignedIn | None:
        if not cookie:
            return None
        now = self._clock.now()
        with self._database.begin(Scope.platform()) as session:
            row = session.execute(_BEHIND, {"hash": _hash(cookie)}).one_or_none()
            if row is None:
                return None
            stored, user, teams = row
            ended = now - stored.seen_at > IDLE or now - stored.started_at > LONGEST
            if ended or user.status != UserStatus.ACTIVE:
                return None
            if now - stored.seen_at > SEEN_EVERY:
                stored.seen_at = now
            return _signed_in(session, user, stored, teams, ip)


def find_actor(session: Session, user_id: UUID) -> Actor | None:
    """Who somebody is by now, for work that goes on without them; None for who is no longer active."""
    query = select(User, _teams(User.id).scalar_subquery()).where(User.id == user_id)
    row = session.execute(query).one_or_none()
    if row is None or row[0].status != UserStatus.ACTIVE:
        return None
    return _actor(session, row[0], row[1])


def _signed_in(
    session: Session, user: User, stored: UserSession, teams: Sequence[UUID] | None, ip: str
) -> SignedIn:
    actor = replace(_actor(session, user, teams), session_id=stored.id, ip=ip)
    return SignedIn(actor, stored.csrf_token, user.must_change_password)


def _actor(session: Session, user: User, teams: Sequence[UUID] | None) -> Actor:
    role = Role(user.role)
    return Actor(
        user_id=user.id,
        enterprise_id=user.enterprise_id,
        employee_code=user.employee_code,
        name=user.name,
        role=role,
        locale=user.locale,
        team_ids=tuple(teams or ()),
        permissions=granted(role, Options().of(session, user.enterprise_id)),
    )


class SignInService:
    def __init__(self, database: Database, clock: Clock, audit: Audit) -> None:
        self._database = database
        self._clock = clock
        self._audit = audit

    def sign_in(
        self, enterprise_code: str, employee_code: str, password: str, ip: str, *, operator: bool
    ) -> SignIn:
        """Raises LockedOut, or SignInRefused, which never says what was wrong.

        The operator's page and the enterprises' are apart: neither opens the other's accounts.
        """
        name = f"{enterprise_code}/{employee_code}".lower()[:200]
        with self._database.begin(Scope.platform()) as session:
            self._check_lock(session, name, ip)
            user = self._find(session, enterprise_code, employee_code, operator=operator)
            right = verify(password, user.password_hash if user else "")
            if user is not None and right:
                return self._open(session, user, name, ip)
            session.add(SignInFailure(name=name, ip=ip, at=self._clock.now()))
            if user is not None:
                self._audit.record(
                    session, "session.refused", "user", user.id,
                    name=user.name, after={"ip": ip}, enterprise_id=user.enterprise_id,
                )  # fmt: skip
        raise SignInRefused

    def open_here(self, enterprise_code: str, employee_code: str) -> SignIn:
        """Sign in without a password: for tools of who owns this machine's data folder.

        No HTTP route leads here. Raises SignInRefused for an unknown user.
        """
        with self._database.begin(Scope.platform()) as session:
            user = self._find(session, enterprise_code, employee_code, operator=False)
            if user is None:
                raise SignInRefused
            return self._open(session, user, "", "local")

    def _find(
        self, session: Session, enterprise_code: str, employee_code: str, *, operator: bool
    ) -> User | None:
        enterprise = find_active_enterprise(session, enterprise_code)
        if enterprise is None:
            return None
        query = select(User).where(
            User.enterprise_id == enterprise,
            User.employee_code == employee_code,
            User.status == UserStatus.ACTIVE,
        )
        user = session.scalar(query)
        if user is None or (user.role == Role.OPERATOR) is not operator:
            return None
        return user

    def _check_lock(self, session: Session, name: str, ip: str) -> None:
        # Guesses that arrive at once are counted one after the other.
        session.execute(text("SELECT pg_advisory_xact_lock(hashtext(:name))"), {"name": name})
        since = self._clock.now() - COUNTED
        session.execute(delete(SignInFailure).where(SignInFailure.at < since))
        for column, value, free in (
            (SignInFailure.name, name, FREE_ATTEMPTS),
            (SignInFailure.ip, ip, FREE_ATTEMPTS_OF_ADDRESS),
        ):
            times = list(session.scalars(select(SignInFailure.at).where(column == value)))
            if times:
                self._check_delay(max(times), delay_after(len(times), free))

    def _check_delay(self, last: datetime, delay: float) -> None:
        left = delay - (self._clock.now() - last).total_seconds()
        if left > 0:
            raise LockedOut({"retry_after": int(left) + 1})

    def _open(self, session: Session, user: User, name: str, ip: str) -> SignIn:
        session.execute(delete(SignInFailure).where(SignInFailure.name == name))
        now, cookie = self._clock.now(), secrets.token_urlsafe(32)
        stored = UserSession(
            enterprise_id=user.enterprise_id,
            user_id=user.id,
            token_hash=_hash(cookie),
            csrf_token=secrets.token_urlsafe(24),
            ip=ip,
            started_at=now,
            seen_at=now,
        )
        session.add(stored)
        user.last_sign_in_at = now
        session.flush()
        self._audit.record(
            session, "session.opened", "user", user.id,
            name=user.name, after={"ip": ip}, enterprise_id=user.enterprise_id,
        )  # fmt: skip
        teams = session.scalar(_teams(user.id))
        return SignIn(cookie, _signed_in(session, user, stored, teams, ip))

    def sign_out(self, actor: Actor, *, everywhere: bool = False) -> None:
        with self._database.begin(Scope(actor.enterprise_id, actor)) as session:
            mine = delete(UserSession).where(UserSession.user_id == actor.user_id)
            session.execute(mine if everywhere else mine.where(UserSession.id == actor.session_id))
            act = "session.closed_everywhere" if everywhere else "session.closed"
            self._audit.record(session, act, "user", actor.user_id, name=actor.name)

    def change_password(self, actor: Actor, current: str, new: str) -> None:
        """Other sessions of the user end. Raises WrongPassword, Invalid."""
        with self._database.begin(Scope(actor.enterprise_id, actor)) as session:
            user = session.get_one(User, actor.user_id)
            if not verify(current, user.password_hash):
                raise WrongPassword(fields={"current": ["error.wrong-password"]})
            check_policy(new, employee_code=user.employee_code, current=current)
            user.password_hash = hash_password(new)
            user.must_change_password = False
            others = delete(UserSession).where(
                UserSession.user_id == user.id, UserSession.id != actor.session_id
            )
            session.execute(others)
            self._audit.record(session, "password.changed", "user", user.id, name=user.name)

    def set_locale(self, actor: Actor, locale: str) -> None:
        with self._database.begin(Scope(actor.enterprise_id, actor)) as session:
            session.get_one(User, actor.user_id).locale = locale


def end_sessions(session: Session, user_id: UUID) -> None:
    """Sign a user out everywhere, in the caller's transaction."""
    session.execute(delete(UserSession).where(UserSession.user_id == user_id))
