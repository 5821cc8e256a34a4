"""Puts together what administration is made of: sessions, the platform, an enterprise's own."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from redis import Redis
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from callcenter.calls.models import Call
from callcenter.core.audit import Audit
from callcenter.core.bus import Outbox
from callcenter.core.clock import Clock
from callcenter.core.db import Database
from callcenter.core.gateway import Rooms
from callcenter.core.http import Blueprint
from callcenter.objects.service import Installer
from callcenter.objects.tasks import Publisher
from callcenter.people.http import session as session_http
from callcenter.people.service import Accounts, Profiles, SignInService
from callcenter.processes.directory import SqlDirectory
from callcenter.routing.models import AgentService
from callcenter.tenancy.http import enterprises as enterprises_http
from callcenter.tenancy.http import numbers as numbers_http
from callcenter.tenancy.http import options as options_http
from callcenter.tenancy.http import trunks as trunks_http
from callcenter.tenancy.service import (
    AccessNumbers,
    Enterprises,
    OptionDefinitions,
    Options,
    Overview,
    Trunks,
)
from ivr.models import IvrService, ServiceStatus

# Kind of strategy → the services' table, and the state in which they take calls.
_TARGETS: Mapping[str, tuple[Any, str]] = {
    "agent_service": (AgentService, "active"),
    "ivr_service": (IvrService, ServiceStatus.ENABLED),
}


@dataclass(frozen=True, slots=True)
class Parts:
    """What the process has made already. redis decodes answers to text; secure: cookies by TLS."""

    database: Database
    redis: Redis
    clock: Clock
    publisher: Publisher
    secure: bool


def blueprints(parts: Parts) -> list[Blueprint]:
    """Blueprints of sessions and administration."""
    database, clock = parts.database, parts.clock
    audit, outbox, directory = Audit(clock), Outbox(clock), SqlDirectory()
    options, live, traffic = Options(), Rooms(parts.redis), LedgerTraffic(clock)
    numbers = AccessNumbers(SqlTargets(), traffic, audit, outbox, clock)
    enterprises = Enterprises(
        Accounts(audit, clock),
        Installer(parts.publisher, audit, clock),
        numbers,
        options,
        audit,
        outbox,
        clock,
    )
    return [
        session_http.blueprint(
            SignInService(database, clock, audit),
            Profiles(database, directory, options),
            secure=parts.secure,
        ),
        trunks_http.blueprint(
            database, Trunks(live, audit, outbox, clock), Overview(live, traffic)
        ),
        numbers_http.blueprint(database, numbers),
        numbers_http.own_blueprint(database, numbers),
        enterprises_http.blueprint(database, enterprises),
        enterprises_http.own_blueprint(database, enterprises),
        options_http.blueprint(database, OptionDefinitions(audit)),
    ]


class SqlTargets:
    """`callcenter.tenancy.service.seams.Targets` over the tables of services."""

    def names(self, session: Session, ids: Collection[UUID]) -> Mapping[UUID, str]:
        names: dict[UUID, str] = {}
        for model, _ in _TARGETS.values():
            query = select(model.id, model.name).where(model.id.in_(ids))
            names |= dict(session.execute(query).tuples())
        return names

    def exists(self, session: Session, enterprise_id: UUID, kind: str, target_id: UUID) -> bool:
        if kind not in _TARGETS:
            return False
        model, in_use = _TARGETS[kind]
        query = select(model.id).where(
            model.id == target_id, model.enterprise_id == enterprise_id, model.status == in_use
        )
        return session.scalar(query) is not None


class LedgerTraffic:
    """`callcenter.tenancy.service.seams.Traffic`: what the ledger has not seen the end of."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def calls_by_number(self, session: Session) -> Mapping[str, int]:
        query = (
            select(Call.access_number, func.count())
            # The index is by start; nobody is on the phone for longer.
            .where(Call.started_at > self._clock.now() - timedelta(hours=12))
            .where(Call.ended_at.is_(None), Call.access_number != "")
            .group_by(Call.access_number)
        )
        return dict(session.execute(query).tuples())
