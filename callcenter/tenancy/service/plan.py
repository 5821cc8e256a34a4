"""Enterprises, numbers and trunks as telephony and sign-in know them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from callcenter.core.i18n import DEFAULT_LOCALE
from callcenter.routing.rules import Target, read_target
from callcenter.tenancy.models import AccessNumber, Enterprise, NumberStatus, Status, Trunk
from callcenter.tenancy.service.options import Options


@dataclass(frozen=True, slots=True)
class EnterprisePlan:
    id: UUID
    code: str
    name: str
    area_code: str
    time_zone: str
    active: bool
    display_number_id: UUID | None
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TrunkPlan:
    id: UUID
    name: str
    endpoint: str
    host: str
    port: int
    transport: str
    channels: int
    national_prefix: str
    enabled: bool


@dataclass(frozen=True, slots=True)
class NumberPlan:
    id: UUID
    number: str
    trunk_id: UUID
    enterprise_id: UUID | None
    strategy_kind: str | None
    strategy_id: UUID | None
    enabled: bool
    ivr_channels: int | None = None
    ivr_overflow: Target | None = None
    pause_message: Mapping[str, str] | None = None
    language: str = DEFAULT_LOCALE


def find_active_enterprise(session: Session, code: str) -> UUID | None:
    query = select(Enterprise.id).where(Enterprise.code == code, Enterprise.status == Status.ACTIVE)
    return session.scalar(query)


def is_active_enterprise(session: Session, enterprise_id: UUID) -> bool:
    query = select(Enterprise.status).where(Enterprise.id == enterprise_id)
    return session.scalar(query) == Status.ACTIVE


def active_enterprises() -> Select[UUID]:
    """Ids, for a condition: what goes on by itself stops for an enterprise that is suspended."""
    return select(Enterprise.id).where(Enterprise.status == Status.ACTIVE)


def load_enterprises(session: Session) -> tuple[EnterprisePlan, ...]:
    options = Options().by_enterprise(session)
    return tuple(
        EnterprisePlan(
            row.id,
            row.code,
            row.name,
            row.area_code,
            row.time_zone,
            row.status == Status.ACTIVE,
            row.display_number_id,
            options(row.id),
        )
        for row in session.scalars(
            select(Enterprise).where(Enterprise.status != Status.DELETED).order_by(Enterprise.code)
        )
    )


def load_trunks(session: Session) -> tuple[TrunkPlan, ...]:
    return tuple(
        TrunkPlan(
            row.id,
            row.name,
            row.endpoint,
            row.host,
            row.port,
            row.transport,
            row.channels,
            row.national_prefix,
            row.status == NumberStatus.ENABLED,
        )
        for row in session.scalars(select(Trunk).order_by(Trunk.endpoint))
    )


def load_numbers(session: Session) -> tuple[NumberPlan, ...]:
    return tuple(
        NumberPlan(
            row.id,
            row.number,
            row.trunk_id,
            row.enterprise_id,
            row.strategy_kind,
            row.strategy_id,
            row.status == NumberStatus.ENABLED,
            row.ivr_channels,
            read_target(row.ivr_overflow) if row.ivr_overflow else None,
            row.pause_message,
            row.language,
        )
        for row in session.scalars(select(AccessNumber).order_by(AccessNumber.number))
    )
