"""Secrets of other systems that flows send along: kept sealed, used by name, never shown again."""

from collections.abc import Callable, Collection, Mapping
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.core.audit import Audit, difference
from callcenter.core.clock import Clock
from callcenter.core.errors import InUse, Invalid, NotFound, Stale
from callcenter.core.http import Page, PageRequest
from callcenter.core.ids import new_id
from callcenter.core.listing import holds, page_rows
from callcenter.core.sealed import CannotOpen, Seal
from ivr import queries
from ivr.models import IvrCredential
from ivr.references import goes_to, is_covered, written

log = structlog.get_logger()

Named = Callable[[Session, str], bool]
_SORTS = {"name": IvrCredential.name, "changed_at": IvrCredential.changed_at}


class Credentials:
    """For the enterprise's administrator. in_tasks: whether a scheduled task names one."""

    def __init__(self, clock: Clock, audit: Audit, seal: Seal, in_tasks: Named) -> None:
        self._clock = clock
        self._audit = audit
        self._seal = seal
        self._in_tasks = in_tasks

    def page(self, session: Session, request: PageRequest) -> Page:
        query = select(IvrCredential)
        if request.q:
            query = query.where(holds(request.q, IvrCredential.name))
        rows, total = page_rows(session, query, request, _SORTS, "name", IvrCredential.id)
        return Page(_shown(session, rows), total, request.page, request.page_size)

    def choices(self, session: Session) -> list[dict[str, str]]:
        """All, by name; nothing of their secrets."""
        found = queries.credentials(session)
        return [{"name": name, "host": found[name]} for name in sorted(found)]

    def create(self, session: Session, values: Mapping[str, str]) -> dict[str, Any]:
        """values: name, host, secret. Raises Invalid for a name that is taken."""
        if queries.credentials(session).get(values["name"]) is not None:
            raise Invalid(fields={"name": ["validation.taken"]})
        owner = session.info["scope"].require_actor().enterprise_id
        row = IvrCredential(
            id=new_id(), enterprise_id=owner, name=values["name"], host=values["host"].lower(),
            changed_at=self._clock.now(),
        )  # fmt: skip
        row.sealed = self._seal.seal(values["secret"], _about(row))
        session.add(row)
        session.flush()
        self._note(session, "create", row, {}, {"host": row.host, "secret": ""})
        return _shown(session, [row])[0]

    def change(
        self, session: Session, credential_id: UUID, values: Mapping[str, str], expected: int
    ) -> dict[str, Any]:
        """values: host, secret; one that is left out stays.

        Raises NotFound, Stale, and Invalid for another host without the secret.
        """
        row = _current(session, credential_id, expected)
        before, after = {"host": row.host}, {"host": values.get("host", row.host).lower()}
        # Else a secret that is never shown could be sent to wherever one likes.
        if after != before and "secret" not in values:
            raise Invalid(fields={"secret": ["validation.secret_for_host"]})
        row.host, row.changed_at = after["host"], self._clock.now()
        changed = difference(before, after)
        if "secret" in values:
            row.sealed = self._seal.seal(values["secret"], _about(row))
            changed[1]["secret"] = ""
        session.flush()
        self._note(session, "change", row, *changed)
        return _shown(session, [row])[0]

    def delete(self, session: Session, credential_id: UUID, expected: int | None) -> None:
        """Raises NotFound, Stale, InUse while a flow, as a draft or published, or a task names it."""
        row = _current(session, credential_id, expected)
        if _users(session, [row])[row.id]:
            raise InUse({"by": "ivr_service"})
        if self._in_tasks(session, row.name):
            raise InUse({"by": "scheduled_task"})
        session.delete(row)
        session.flush()
        self._note(session, "delete", row, {"host": row.host}, {})

    def _note(
        self,
        session: Session,
        act: str,
        row: IvrCredential,
        before: Mapping[str, Any],
        after: Mapping[str, Any],
    ) -> None:
        self._audit.record(
            session, f"ivr_credential.{act}", "ivr_credential", row.id, name=row.name,
            before=before, after=after,
        )  # fmt: skip


class OpenedCredentials:
    """For calls: what is sent to an address in place of the names."""

    def __init__(self, seal: Seal) -> None:
        self._seal = seal

    def of(self, session: Session, names: Collection[str], url: str) -> Mapping[str, str]:
        """By name.

        Raises NotFound for one that is not there, not for this host, or cannot be opened, and where
        it would be sent in clear.
        """
        if not is_covered(url):
            raise NotFound
        rows = session.scalars(select(IvrCredential).where(IvrCredential.name.in_(names)))
        found = {row.name: self._open(row) for row in rows if goes_to(row.host, url)}
        if set(names) - found.keys():
            raise NotFound
        return found

    def _open(self, row: IvrCredential) -> str:
        try:
            return self._seal.open(row.sealed, _about(row))
        except CannotOpen as error:
            log.error("credential.sealed", credential=str(row.id))  # noqa: TRY400 (told by its id)
            raise NotFound from error


def _about(row: IvrCredential) -> str:
    return f"credential:{row.enterprise_id}:{row.id}"


def _current(session: Session, credential_id: UUID, expected: int | None) -> IvrCredential:
    row = session.scalar(select(IvrCredential).where(IvrCredential.id == credential_id))
    if row is None:
        raise NotFound
    if expected is not None and row.version != expected:
        raise Stale
    return row


def _users(session: Session, rows: Collection[IvrCredential]) -> Mapping[UUID, Any]:
    return queries.flows_holding(session, {row.id: written(row.name) for row in rows})


def _shown(session: Session, rows: Collection[IvrCredential]) -> list[dict[str, Any]]:
    used_by = _users(session, rows)
    names = ("id", "name", "host", "version", "changed_at")
    return [
        {**{name: getattr(row, name) for name in names}, "used_by": used_by[row.id]} for row in rows
    ]
