"""The words an enterprise chooses for its agents: not-ready reasons and dispositions."""

from collections.abc import Mapping
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.core.audit import Audit, difference
from callcenter.core.errors import InUse, Invalid, NotFound, Stale
from callcenter.core.http import Page, PageRequest
from callcenter.core.ids import new_id
from callcenter.core.listing import holds, page_rows
from callcenter.people.models import Disposition, NotReadyReason


class History(Protocol):
    def mentions(self, session: Session, word_id: UUID) -> bool:
        """Whether something that happened refers to a reason or a disposition."""
        ...


class Words:
    """One list of words; kind names it in the audit log."""

    def __init__(
        self,
        model: type[NotReadyReason] | type[Disposition],
        kind: str,
        history: History,
        audit: Audit,
    ) -> None:
        self._model: Any = model
        self._kind = kind
        self._history = history
        self._audit = audit

    def page(self, session: Session, request: PageRequest) -> Page:
        model = self._model
        query = select(model)
        if request.q:
            query = query.where(holds(request.q, model.code))
        sorts = {"sort": model.sort, "code": model.code}
        rows, total = page_rows(session, query, request, sorts, "sort", model.code)
        return Page([self._shown(row) for row in rows], total, request.page, request.page_size)

    def all(self, session: Session) -> list[dict[str, Any]]:
        rows = session.scalars(select(self._model).order_by(self._model.sort, self._model.code))
        return [self._shown(row) for row in rows]

    def create(self, session: Session, values: Mapping[str, Any]) -> dict[str, Any]:
        """Raises Invalid for a code that is taken."""
        self._check_code(session, values["code"], None)
        row = self._model(id=new_id(), **values)
        session.add(row)
        session.flush()
        self._note(session, "create", row, {}, dict(values))
        return self._shown(row)

    def change(
        self, session: Session, word_id: UUID, values: Mapping[str, Any], version: int | None
    ) -> dict[str, Any]:
        """Raises NotFound, Stale, Invalid."""
        row = self._find(session, word_id, version)
        if "code" in values:
            self._check_code(session, values["code"], row.id)
        before = self._shown(row)
        for name, value in values.items():
            setattr(row, name, value)
        session.flush()
        self._note(session, "change", row, *difference(before, self._shown(row)))
        return self._shown(row)

    def delete(self, session: Session, word_id: UUID, version: int | None) -> None:
        """Raises NotFound, Stale, InUse once it was used; then it can be made inactive."""
        row = self._find(session, word_id, version)
        if self._history.mentions(session, row.id):
            raise InUse({"by": "history"})
        session.delete(row)
        session.flush()
        self._note(session, "delete", row, self._shown(row), {})

    def _find(self, session: Session, word_id: UUID, version: int | None) -> Any:
        query = select(self._model).where(self._model.id == word_id)
        row: Any = session.scalar(query.with_for_update())
        if row is None:
            raise NotFound
        if version is not None and row.version != version:
            raise Stale
        return row

    def _check_code(self, session: Session, code: str, own_id: UUID | None) -> None:
        query = select(self._model.id).where(self._model.code == code)
        if session.scalar(query) not in (None, own_id):
            raise Invalid(fields={"code": ["validation.taken"]})

    def _shown(self, row: Any) -> dict[str, Any]:
        names = ("id", "code", "label", "paid", "sort", "active", "version")
        return {name: getattr(row, name) for name in names if hasattr(row, name)}

    def _note(
        self,
        session: Session,
        act: str,
        row: Any,
        before: Mapping[str, Any],
        after: Mapping[str, Any],
    ) -> None:
        self._audit.record(
            session, f"{self._kind}.{act}", self._kind, row.id, name=row.code,
            before=before, after=after,
        )  # fmt: skip


def reasons(history: History, audit: Audit) -> Words:
    return Words(NotReadyReason, "not_ready_reason", history, audit)


def dispositions(history: History, audit: Audit) -> Words:
    return Words(Disposition, "disposition", history, audit)
