"""Access numbers: the operator registers and binds them, both sides say where they lead."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from callcenter.core.audit import Audit
from callcenter.core.bus import Outbox
from callcenter.core.clock import Clock
from callcenter.core.errors import InUse, Invalid, NotFound, Stale
from callcenter.core.http import Page, PageRequest
from callcenter.core.i18n import DEFAULT_LOCALE
from callcenter.core.ids import new_id
from callcenter.core.listing import holds, page_rows
from callcenter.core.numbers import BadNumber, NumberKind, parse_number
from callcenter.core.tenant import Scope
from callcenter.tenancy.errors import AlreadyBound, NotBound
from callcenter.tenancy.models import (
    PLATFORM_CODE,
    AccessNumber,
    Enterprise,
    NumberStatus,
    Status,
    Trunk,
)
from callcenter.tenancy.service.seams import Targets, Traffic

_SORTS = {
    "number": AccessNumber.number,
    "status": AccessNumber.status,
    "created_at": AccessNumber.created_at,
    "updated_at": AccessNumber.updated_at,
}


class AccessNumbers:
    """In an enterprise's scope its own numbers alone are found; in the platform's, all."""

    def __init__(
        self, targets: Targets, traffic: Traffic, audit: Audit, outbox: Outbox, clock: Clock
    ) -> None:
        self._targets = targets
        self._traffic = traffic
        self._audit = audit
        self._outbox = outbox
        self._clock = clock

    def page(self, session: Session, request: PageRequest, filters: Mapping[str, Any]) -> Page:
        query = select(AccessNumber).where(*_own(session))
        for name in ("trunk_id", "enterprise_id", "status"):
            if filters.get(name) is not None:
                query = query.where(getattr(AccessNumber, name) == filters[name])
        if (bound := filters.get("bound")) is not None:
            query = query.where(AccessNumber.enterprise_id.is_not(None) == bound)
        if request.q:
            query = query.where(_found(request.q))
        rows, total = page_rows(session, query, request, _SORTS, "number", AccessNumber.id)
        return Page(self._shown(session, rows), total, request.page, request.page_size)

    def read(self, session: Session, number_id: UUID) -> dict[str, Any]:
        """Raises NotFound."""
        return self._shown(session, [self._find(session, number_id)])[0]

    def create(self, session: Session, values: Mapping[str, Any]) -> dict[str, Any]:
        """Register a number on a trunk; raises Invalid."""
        now = self._clock.now()
        number = AccessNumber(
            id=new_id(),
            number=_checked_number(session, values["number"]),
            trunk_id=_checked_trunk(session, values["trunk_id"]),
            language=values["language"],
            note=values["note"],
            created_at=now,
            updated_at=now,
        )
        session.add(number)
        session.flush()
        self._note(session, "register", number, {}, {"number": number.number})
        return self.read(session, number.id)

    def change(
        self, session: Session, number_id: UUID, values: Mapping[str, Any], version: int
    ) -> dict[str, Any]:
        """Raises NotFound, Stale, Invalid."""
        number = self._find(session, number_id)
        _check_version(number, version)
        wanted = dict(values)
        if "number" in wanted:
            wanted["number"] = _checked_number(session, wanted["number"], number.id)
        if "trunk_id" in wanted:
            _checked_trunk(session, wanted["trunk_id"])
        return self._set(session, number, "change", wanted)

    def delete(self, session: Session, number_id: UUID, version: int | None) -> None:
        """Raises NotFound, Stale, InUse while it leads to an enterprise."""
        number = self._find(session, number_id)
        _check_version(number, version)
        if number.enterprise_id is not None:
            raise InUse({"by": "enterprise"})
        session.delete(number)
        self._note(session, "delete", number, {"number": number.number}, {})

    def bind(self, session: Session, number_id: UUID, enterprise_id: UUID) -> dict[str, Any]:
        """Raises NotFound, AlreadyBound, Invalid for an enterprise that does not exist."""
        number = self._find(session, number_id)
        if number.enterprise_id is not None:
            raise AlreadyBound
        enterprise = session.get(Enterprise, enterprise_id)
        if enterprise is None or not is_customer(enterprise):
            raise Invalid(fields={"enterprise_id": ["validation.unknown_id"]})
        return self._set(session, number, "bind", {"enterprise_id": enterprise_id})

    def unbind(self, session: Session, number_id: UUID) -> dict[str, Any]:
        """It leads nowhere then. Raises NotFound, NotBound."""
        number = self._find(session, number_id)
        if number.enterprise_id is None:
            raise NotBound
        owner = number.enterprise_id
        enterprise = session.get_one(Enterprise, owner)
        if enterprise.display_number_id == number.id:
            enterprise.display_number_id = None
        nowhere = dict.fromkeys(
            (
                "enterprise_id",
                "strategy_kind",
                "strategy_id",
                "ivr_channels",
                "ivr_overflow",
                "pause_message",
            )
        )
        return self._set(session, number, "unbind", nowhere | {"language": DEFAULT_LOCALE}, owner)

    def set_status(self, session: Session, number_id: UUID, status: NumberStatus) -> dict[str, Any]:
        """Raises NotFound."""
        number = self._find(session, number_id)
        act = "pause" if status is NumberStatus.PAUSED else "enable"
        return self._set(session, number, act, {"status": status})

    def set_strategy(
        self,
        session: Session,
        number_id: UUID,
        kind: str,
        target_id: UUID,
        version: int | None = None,
        language: str | None = None,
    ) -> dict[str, Any]:
        """Where its calls go, and the language for them; None: as it is.

        Raises NotFound, NotBound, Stale, Invalid for an unknown target.
        """
        number = self._find(session, number_id)
        _check_version(number, version)
        if number.enterprise_id is None:
            raise NotBound
        if not self._targets.exists(session, number.enterprise_id, kind, target_id):
            raise Invalid(fields={"target_id": ["validation.unknown_id"]})
        wanted: dict[str, Any] = {"strategy_kind": kind, "strategy_id": target_id}
        wanted |= {"language": language} if language else {}
        return self._set(session, number, "strategy", wanted)

    def set_ivr_channels(
        self,
        session: Session,
        number_id: UUID,
        channels: int | None,
        overflow: Mapping[str, Any] | None,
        version: int | None = None,
    ) -> dict[str, Any]:
        """Its callers in flows at once, and where all others go.

        Raises NotFound, NotBound, Stale, Invalid for an unknown target.
        """
        number = self._find(session, number_id)
        _check_version(number, version)
        owner = number.enterprise_id
        if owner is None:
            raise NotBound
        kept = self._targets.checked(session, owner, overflow) if overflow else None
        wanted = {"ivr_channels": channels, "ivr_overflow": kept}
        return self._set(session, number, "ivr_channels", wanted)

    def set_pause_message(
        self,
        session: Session,
        number_id: UUID,
        say: Mapping[str, str] | None,
        version: int | None = None,
    ) -> dict[str, Any]:
        """What callers hear while it is paused, by language. Raises NotFound, NotBound, Stale."""
        number = self._find(session, number_id)
        _check_version(number, version)
        if number.enterprise_id is None:
            raise NotBound
        return self._set(session, number, "pause_message", {"pause_message": say})

    def _set(
        self,
        session: Session,
        number: AccessNumber,
        act: str,
        values: Mapping[str, Any],
        owner: UUID | None = None,
    ) -> dict[str, Any]:
        """owner: whose log tells of it, when the change takes the number away from them."""
        before = {key: getattr(number, key) for key in values}
        for key, value in values.items():
            setattr(number, key, value)
        number.updated_at = self._clock.now()
        session.flush()
        self._note(session, act, number, before, values, owner)
        return self.read(session, number.id)

    def _note(
        self,
        session: Session,
        act: str,
        number: AccessNumber,
        before: Mapping[str, Any],
        after: Mapping[str, Any],
        owner: UUID | None = None,
    ) -> None:
        enterprise_id = owner or number.enterprise_id
        self._audit.record(
            session, f"access_number.{act}", "access_number", number.id, name=number.number,
            before=before, after=after, enterprise_id=enterprise_id,
        )  # fmt: skip
        self._outbox.record(
            session, "access_number.changed", number.id, sorted({*before, *after}),
            enterprise_id=enterprise_id,
        )  # fmt: skip

    def _find(self, session: Session, number_id: UUID) -> AccessNumber:
        query = select(AccessNumber).where(AccessNumber.id == number_id, *_own(session))
        number = session.scalar(query.with_for_update())
        if number is None:
            raise NotFound
        return number

    def _shown(self, session: Session, rows: Sequence[AccessNumber]) -> list[dict[str, Any]]:
        trunks = dict(session.execute(select(Trunk.id, Trunk.name)).all())
        enterprises = _enterprises(session, rows)
        led = {row.strategy_id for row in rows if row.strategy_id}
        targets = self._targets.names(session, led)
        in_use = self._traffic.calls_by_number(session)
        return [
            {
                "id": row.id,
                "number": row.number,
                "trunk": _named(row.trunk_id, trunks),
                "enterprise": enterprises.get(row.enterprise_id) if row.enterprise_id else None,
                "strategy": _strategy(row, targets),
                "language": row.language,
                "ivr_channels": row.ivr_channels,
                "ivr_overflow": row.ivr_overflow,
                "pause_message": row.pause_message,
                "status": row.status,
                "note": row.note,
                "channels_in_use": in_use.get(row.number, 0),
                "created_at": row.created_at,
                "updated_at": row.updated_at,
                "version": row.version,
            }
            for row in rows
        ]


def _found(text: str) -> Any:
    """By number, however it is written, by note, and by the enterprise it leads to."""
    digits = text.replace(" ", "").replace("-", "")
    owners = select(Enterprise.id).where(holds(text, Enterprise.code, Enterprise.name))
    return or_(
        holds(digits, AccessNumber.number),
        holds(text, AccessNumber.note),
        AccessNumber.enterprise_id.in_(owners),
    )


def is_customer(enterprise: Enterprise) -> bool:
    """Neither the platform itself nor one that was deleted."""
    return enterprise.code != PLATFORM_CODE and enterprise.status != Status.DELETED


def _own(session: Session) -> list[Any]:
    scope: Scope = session.info["scope"]
    if scope.enterprise_id is None:
        return []
    return [AccessNumber.enterprise_id == scope.enterprise_id]


def _check_version(number: AccessNumber, version: int | None) -> None:
    if version is not None and number.version != version:
        raise Stale


def _checked_number(session: Session, text: str, own_id: UUID | None = None) -> str:
    try:
        number = parse_number(text)
    except BadNumber:
        raise Invalid(fields={"number": ["validation.phone"]}) from None
    if number.kind is NumberKind.WITHHELD:
        raise Invalid(fields={"number": ["validation.phone"]})
    query = select(AccessNumber.id).where(AccessNumber.number == number.national)
    if session.scalar(query) not in (None, own_id):
        raise Invalid(fields={"number": ["validation.taken"]})
    return number.national


def _checked_trunk(session: Session, trunk_id: UUID) -> UUID:
    if session.get(Trunk, trunk_id) is None:
        raise Invalid(fields={"trunk_id": ["validation.unknown_id"]})
    return trunk_id


def _enterprises(session: Session, rows: Sequence[AccessNumber]) -> Mapping[UUID, dict[str, Any]]:
    ids = {row.enterprise_id for row in rows if row.enterprise_id}
    query = select(Enterprise.id, Enterprise.code, Enterprise.name).where(Enterprise.id.in_(ids))
    return {
        key: {"id": key, "code": code, "name": name} for key, code, name in session.execute(query)
    }


def _named(key: UUID, names: Mapping[UUID, str]) -> dict[str, Any] | None:
    """None for an enterprise's administrator, who sees no trunks."""
    return {"id": key, "name": names[key]} if key in names else None


def _strategy(row: AccessNumber, names: Mapping[UUID, str]) -> dict[str, Any] | None:
    if row.strategy_kind is None or row.strategy_id is None:
        return None
    return {"kind": row.strategy_kind, "target": _target(row.strategy_id, names)}


def _target(key: UUID | None, names: Mapping[UUID, str]) -> dict[str, Any] | None:
    return {"id": key, "name": names.get(key, "")} if key else None
