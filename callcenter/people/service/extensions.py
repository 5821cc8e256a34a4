"""Extensions: the SIP endpoints of seats."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.core.audit import Audit, difference
from callcenter.core.bus import Outbox
from callcenter.core.directory import Directory
from callcenter.core.errors import InUse, Invalid, NotFound, Stale
from callcenter.core.http import Page, PageRequest
from callcenter.core.ids import new_id
from callcenter.core.listing import holds, page_rows
from callcenter.people.models import Extension, User
from callcenter.people.service.roster import endpoint_name
from callcenter.people.service.softphones import new_secret

KINDS = ("browser", "desk")
_SORTS = {"number": Extension.number, "kind": Extension.kind}


class ExtensionUsers(Protocol):
    def of_extension(self, session: Session, extension_id: UUID) -> str | None:
        """What rings it: `routing_service`, `ivr_service`, `agent_service`, or nothing."""
        ...


class Extensions:
    def __init__(
        self, directory: Directory, users: ExtensionUsers, audit: Audit, outbox: Outbox
    ) -> None:
        self._directory = directory
        self._users = users
        self._audit = audit
        self._outbox = outbox

    def page(self, session: Session, request: PageRequest, filters: Mapping[str, Any]) -> Page:
        query = select(Extension)
        if filters.get("kind"):
            query = query.where(Extension.kind == filters["kind"])
        if request.q:
            query = query.where(holds(request.q, Extension.number))
        rows, total = page_rows(session, query, request, _SORTS, "number", Extension.id)
        return Page(_shown(session, rows), total, request.page, request.page_size)

    def read(self, session: Session, extension_id: UUID) -> dict[str, Any]:
        """Raises NotFound."""
        return _shown(session, [_find(session, extension_id)])[0]

    def create(self, session: Session, values: Mapping[str, Any]) -> dict[str, Any]:
        """Raises Invalid for a number that is taken."""
        taken = select(Extension.id).where(Extension.number == values["number"])
        if session.scalar(taken) is not None:
            raise Invalid(fields={"number": ["validation.taken"]})
        extension = Extension(id=new_id(), secret=new_secret(), **values)
        session.add(extension)
        session.flush()
        self._note(session, "create", extension, {}, dict(values))
        return self.read(session, extension.id)

    def change(
        self, session: Session, extension_id: UUID, kind: str, version: int
    ) -> dict[str, Any]:
        """Raises NotFound, Stale."""
        extension = _find(session, extension_id)
        if extension.version != version:
            raise Stale
        before, extension.kind = extension.kind, kind
        session.flush()
        changed = difference({"kind": before}, {"kind": kind})
        self._note(session, "change", extension, *changed)
        return self.read(session, extension_id)

    def delete(self, session: Session, extension_id: UUID, version: int | None) -> None:
        """Raises NotFound, Stale, InUse while a seat has it, or calls are led there."""
        extension = _find(session, extension_id)
        if version is not None and extension.version != version:
            raise Stale
        holder = select(User.id).where(User.extension_id == extension.id)
        if session.scalar(holder) is not None:
            raise InUse({"by": "user"})
        if user := self._users.of_extension(session, extension_id):
            raise InUse({"by": user})
        session.delete(extension)
        session.flush()
        self._note(session, "delete", extension, {"number": extension.number}, {})

    def renew_secret(self, session: Session, extension_id: UUID) -> dict[str, Any]:
        """A new account for a desk phone, shown this once; the old one ends. Raises NotFound."""
        extension = _find(session, extension_id)
        extension.secret = new_secret()
        session.flush()
        self._note(session, "renew", extension, {}, {"secret": ""})
        code = self._directory.enterprise(session).code
        return {
            "authorization_user": endpoint_name(code, extension.number),
            "password": extension.secret,
        }

    def _note(
        self,
        session: Session,
        act: str,
        extension: Extension,
        before: Mapping[str, Any],
        after: Mapping[str, Any],
    ) -> None:
        self._audit.record(
            session, f"extension.{act}", "extension", extension.id, name=extension.number,
            before=before, after=after,
        )  # fmt: skip
        self._outbox.record(session, "extension.changed", extension.id, sorted({*before, *after}))


def _find(session: Session, extension_id: UUID) -> Extension:
    query = select(Extension).where(Extension.id == extension_id).with_for_update()
    extension = session.scalar(query)
    if extension is None:
        raise NotFound
    return extension


def _shown(session: Session, rows: Sequence[Extension]) -> list[dict[str, Any]]:
    query = select(User.extension_id, User.id, User.name).where(
        User.extension_id.in_([row.id for row in rows])
    )
    holders = {key: {"id": user_id, "name": name} for key, user_id, name in session.execute(query)}
    names = ("id", "number", "kind", "status", "version")
    return [
        {**{name: getattr(row, name) for name in names}, "user": holders.get(row.id)}
        for row in rows
    ]
