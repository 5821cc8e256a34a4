"""Enterprises: registered, changed, suspended and, while unused, deleted by operators."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from callcenter.core.audit import Audit, difference
from callcenter.core.bus import Outbox
from callcenter.core.clock import Clock
from callcenter.core.errors import InUse, Invalid, NotFound, Stale
from callcenter.core.http import Page, PageRequest
from callcenter.core.ids import new_id
from callcenter.core.listing import holds, page_rows
from callcenter.tenancy.models import PLATFORM_CODE, AccessNumber, Enterprise, Status
from callcenter.tenancy.service.numbers import AccessNumbers
from callcenter.tenancy.service.options import Options
from callcenter.tenancy.service.seams import Accounts, Installer, IssuedPassword, Seats

_SORTS = {
    "code": Enterprise.code,
    "name": Enterprise.name,
    "status": Enterprise.status,
    "created_at": Enterprise.created_at,
}
_PLAIN = ("name", "area_code", "time_zone")


class Enterprises:
    """The scope is the platform's throughout."""

    def __init__(
        self,
        accounts: Accounts,
        installer: Installer,
        numbers: AccessNumbers,
        options: Options,
        audit: Audit,
        outbox: Outbox,
        clock: Clock,
    ) -> None:
        self._accounts = accounts
        self._installer = installer
        self._numbers = numbers
        self._options = options
        self._audit = audit
        self._outbox = outbox
        self._clock = clock

    def page(self, session: Session, request: PageRequest, filters: Mapping[str, Any]) -> Page:
        query = _customers()
        if filters.get("status"):
            query = query.where(Enterprise.status == filters["status"])
        if request.q:
            query = query.where(holds(request.q, Enterprise.code, Enterprise.name))
        rows, total = page_rows(session, query, request, _SORTS, "code", Enterprise.id)
        return Page(self._shown(session, rows), total, request.page, request.page_size)

    def read(self, session: Session, enterprise_id: UUID) -> dict[str, Any]:
        """Raises NotFound."""
        return self._shown(session, [_find(session, enterprise_id)])[0]

    def register(
        self, session: Session, values: Mapping[str, Any]
    ) -> tuple[dict[str, Any], Sequence[IssuedPassword]]:
        """A new enterprise and its first users' passwords, shown this once. Raises Invalid."""
        code = values["code"]
        if session.scalar(_customers().where(Enterprise.code == code)) is not None:
            raise Invalid(fields={"code": ["validation.taken"]})
        enterprise = Enterprise(
            id=new_id(),
            code=code,
            created_at=self._clock.now(),
            **{name: values[name] for name in _PLAIN},
        )
        session.add(enterprise)
        session.flush()
        self._options.set(session, enterprise.id, values["options"])
        self._show_as(session, enterprise, values["display_number_id"])
        issued = self._accounts.issue_initial(session, enterprise.id)
        self._installer.install(session, enterprise.id, code, values["set"])
        session.flush()
        made = {"code": code, "name": enterprise.name, "set": values["set"]}
        self._note(session, "register", enterprise, {}, made)
        return self.read(session, enterprise.id), issued

    def change(
        self, session: Session, enterprise_id: UUID, values: Mapping[str, Any], version: int | None
    ) -> dict[str, Any]:
        """Only what `values` names. Raises NotFound, Stale, Invalid."""
        enterprise = _find(session, enterprise_id)
        if version is not None and enterprise.version != version:
            raise Stale
        before = self._values(session, enterprise)
        for name in _PLAIN:
            if name in values:
                setattr(enterprise, name, values[name])
        if "options" in values:
            self._options.set(session, enterprise.id, values["options"])
            # They stand in another table; the enterprise's ETag must move with them.
            flag_modified(enterprise, "name")
        if "display_number_id" in values:
            self._show_as(session, enterprise, values["display_number_id"])
        session.flush()
        after = self._values(session, enterprise)
        self._note(session, "change", enterprise, *difference(before, after))
        return self.read(session, enterprise_id)

    def change_own(
        self, session: Session, enterprise_id: UUID, values: Mapping[str, Any], version: int
    ) -> dict[str, Any]:
        """By its own administrator: a free number is not taken. Raises Stale, Invalid."""
        if number_id := values.get("display_number_id"):
            number = session.get(AccessNumber, number_id)
            if number is None or number.enterprise_id != enterprise_id:
                raise Invalid(fields={"display_number_id": ["validation.not_own_number"]})
        return self.change(session, enterprise_id, values, version)

    def suspend(self, session: Session, enterprise_id: UUID) -> dict[str, Any]:
        """Nobody of it is signed in any longer, and its numbers say so. Raises NotFound."""
        enterprise = _find(session, enterprise_id)
        self._accounts.end_sessions_of(session, enterprise.id)
        return self._set_status(session, enterprise, "suspend", Status.SUSPENDED)

    def activate(self, session: Session, enterprise_id: UUID) -> dict[str, Any]:
        """Raises NotFound."""
        enterprise = _find(session, enterprise_id)
        return self._set_status(session, enterprise, "activate", Status.ACTIVE)

    def delete(self, session: Session, enterprise_id: UUID, version: int | None) -> None:
        """Raises NotFound, Stale, InUse once somebody signed in or while it has a number."""
        enterprise = _find(session, enterprise_id)
        if version is not None and enterprise.version != version:
            raise Stale
        bound = select(AccessNumber.id).where(AccessNumber.enterprise_id == enterprise.id)
        if session.scalars(bound).first() is not None:
            raise InUse({"by": "access_number"})
        if self._accounts.ever_used(session, enterprise.id):
            raise InUse({"by": "user"})
        enterprise.status = Status.DELETED
        session.flush()
        self._note(session, "delete", enterprise, {"code": enterprise.code}, {})

    def reset_user(self, session: Session, enterprise_id: UUID, code: str) -> IssuedPassword:
        """A new one-time password for `conf` or `admin`. Raises NotFound."""
        return self._accounts.reset(session, _find(session, enterprise_id).id, code)

    def _set_status(
        self, session: Session, enterprise: Enterprise, act: str, status: Status
    ) -> dict[str, Any]:
        before, enterprise.status = enterprise.status, status
        session.flush()
        self._note(session, act, enterprise, {"status": before}, {"status": status})
        return self.read(session, enterprise.id)

    def _show_as(self, session: Session, enterprise: Enterprise, number_id: UUID | None) -> None:
        """Its display number: one of its own, or a free one, which is bound to it thereby."""
        number = session.get(AccessNumber, number_id) if number_id else None
        owners = (None, enterprise.id)
        if number_id and (number is None or number.enterprise_id not in owners):
            raise Invalid(fields={"display_number_id": ["validation.unknown_id"]})
        if number is not None and number.enterprise_id is None:
            self._numbers.bind(session, number.id, enterprise.id)
        enterprise.display_number_id = number_id

    def _values(self, session: Session, enterprise: Enterprise) -> dict[str, Any]:
        number_id = enterprise.display_number_id
        return {
            **{name: getattr(enterprise, name) for name in _PLAIN},
            "display_number_id": str(number_id) if number_id else None,
            **self._options.of(session, enterprise.id),
        }

    def _note(
        self,
        session: Session,
        act: str,
        enterprise: Enterprise,
        before: Mapping[str, Any],
        after: Mapping[str, Any],
    ) -> None:
        self._audit.record(
            session, f"enterprise.{act}", "enterprise", enterprise.id, name=enterprise.name,
            before=before, after=after, enterprise_id=enterprise.id,
        )  # fmt: skip
        self._outbox.record(
            session, "enterprise.changed", enterprise.id, sorted({*before, *after}),
            enterprise_id=enterprise.id,
        )  # fmt: skip

    def _shown(self, session: Session, rows: Sequence[Enterprise]) -> list[dict[str, Any]]:
        seats = self._accounts.seats(session, [row.id for row in rows])
        numbers = _numbers(session, rows)
        return [
            {
                "id": row.id,
                "code": row.code,
                **{name: getattr(row, name) for name in _PLAIN},
                "display_number": _display(row, numbers.get(row.id, [])),
                "status": row.status,
                "options": self._options.of(session, row.id),
                "seats": seats.get(row.id, Seats()),
                "access_numbers": numbers.get(row.id, []),
                "initial_users": self._accounts.initial(session, row.id),
                "created_at": row.created_at,
                "version": row.version,
            }
            for row in rows
        ]


def totals(session: Session) -> dict[str, int]:
    """How many enterprises there are, and how many are active."""
    query = (
        select(Enterprise.status, func.count())
        .where(Enterprise.code != PLATFORM_CODE, Enterprise.status != Status.DELETED)
        .group_by(Enterprise.status)
    )
    counts = dict(session.execute(query).all())
    return {"total": sum(counts.values()), "active": counts.get(Status.ACTIVE, 0)}


def _customers() -> Any:
    return select(Enterprise).where(
        Enterprise.code != PLATFORM_CODE, Enterprise.status != Status.DELETED
    )


def _find(session: Session, enterprise_id: UUID) -> Enterprise:
    query = _customers().where(Enterprise.id == enterprise_id)
    enterprise: Enterprise | None = session.scalar(query.with_for_update())
    if enterprise is None:
        raise NotFound
    return enterprise


def _numbers(session: Session, rows: Sequence[Enterprise]) -> Mapping[UUID, list[dict[str, Any]]]:
    query = (
        select(AccessNumber)
        .where(AccessNumber.enterprise_id.in_([row.id for row in rows]))
        .order_by(AccessNumber.number)
    )
    found: dict[UUID, list[dict[str, Any]]] = {}
    for number in session.scalars(query):
        assert number.enterprise_id is not None
        found.setdefault(number.enterprise_id, []).append(
            {"id": number.id, "number": number.number}
        )
    return found


def _display(row: Enterprise, numbers: Sequence[Mapping[str, Any]]) -> Any:
    return next((number for number in numbers if number["id"] == row.display_number_id), None)
