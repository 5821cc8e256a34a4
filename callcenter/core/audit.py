"""The audit log: who changed what, when, from where, before and after."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, Session, mapped_column

from callcenter.core.clock import Clock
from callcenter.core.db import Base, Identified, TenantRow
from callcenter.core.tenant import Scope

SECRETS = frozenset({"password", "password_hash", "secret", "one_time_password"})


class AuditEntry(Identified, TenantRow, Base):
    """One act. actor_* are copied: the entry outlives the user's name."""

    __tablename__ = "audit_entry"
    __table_args__ = (Index("ix_audit_entry_recent", "enterprise_id", "at"),)

    at: Mapped[datetime]
    actor_id: Mapped[UUID | None]
    actor_name: Mapped[str] = mapped_column(default="")
    actor_code: Mapped[str] = mapped_column(default="")
    ip: Mapped[str] = mapped_column(default="")
    action: Mapped[str]
    entity: Mapped[str]
    entity_id: Mapped[str]
    entity_name: Mapped[str] = mapped_column(default="")
    before: Mapped[dict[str, Any]] = mapped_column(default=dict)
    after: Mapped[dict[str, Any]] = mapped_column(default=dict)


class Audit:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def record(
        self,
        session: Session,
        action: str,
        entity: str,
        entity_id: object,
        *,
        name: str = "",
        before: Mapping[str, Any] | None = None,
        after: Mapping[str, Any] | None = None,
        enterprise_id: UUID | None = None,
    ) -> None:
        """Write the entry in the caller's transaction: an act without its entry does not happen.

        action: verb, `enterprise.suspend`; before/after: changed values only, JSON types.
        enterprise_id: whose log, when the platform acts; else the scope's own.
        """
        scope: Scope = session.info["scope"]
        owner = enterprise_id or scope.enterprise_id
        if owner is None:
            owner = scope.require_actor().enterprise_id
        actor = scope.actor
        session.add(
            AuditEntry(
                enterprise_id=owner,
                at=self._clock.now(),
                actor_id=actor.user_id if actor else None,
                actor_name=actor.name if actor else "",
                actor_code=actor.employee_code if actor else "",
                ip=actor.ip if actor else "",
                action=action,
                entity=entity,
                entity_id=str(entity_id),
                entity_name=name,
                before=_public(before),
                after=_public(after),
            )
        )


def difference(
    before: Mapping[str, Any], after: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The values that changed, as they were and as they are."""
    keys = [key for key in {**before, **after} if before.get(key) != after.get(key)]
    return {key: before.get(key) for key in keys}, {key: after.get(key) for key in keys}


def _public(values: Mapping[str, Any] | None) -> dict[str, Any]:
    return {key: "…" if key in SECRETS else _plain(value) for key, value in (values or {}).items()}


def _plain(value: Any) -> Any:
    if isinstance(value, str | int | float | bool | None):
        return value
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(item) for item in value]
    return str(value)
