"""One act on several records: each by the rules of a single one, and none for the others' faults."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.core.db import TenantTables
from callcenter.core.errors import AppError, Forbidden, Invalid, NotFound, Stale
from callcenter.core.i18n import caption
from callcenter.core.messages import localise
from callcenter.objects.schemas import Definition
from callcenter.objects.service.bell import gathering
from callcenter.objects.service.presenting import locale_of, role_of
from callcenter.objects.service.recycling import RecycleBin
from callcenter.objects.service.seeing import seen_by

MOST_FAULTS = 1000
"""What a job tells of one by one; beyond that it counts."""

_SAID: Mapping[type[AppError], str] = {
    Stale: "bulk.stale",
    NotFound: "bulk.gone",
    Forbidden: "bulk.refused",
}


@dataclass(frozen=True, slots=True)
class Act:
    """what: edit, delete, restore. values: those that are changed."""

    what: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Target:
    """version: as it was read; None for whatever it is by then."""

    id: UUID
    version: int | None = None


@dataclass(slots=True)
class Outcome:
    """given: to whom records were assigned, and how many; told when all is done."""

    done: int = 0
    failed: int = 0
    faults: list[dict[str, Any]] = field(default_factory=list)
    given: dict[str, int] = field(default_factory=dict)

    def plain(self) -> dict[str, Any]:
        return asdict(self)


class Several(RecycleBin):
    def act(
        self,
        session: Session,
        identifier: str,
        act: Act,
        targets: Iterable[Target],
        outcome: Outcome,
    ) -> None:
        """Each in a savepoint of its own: what cannot be done is told in the outcome."""
        definition = self._written(session, identifier, "edit" if act.what == "edit" else "delete")
        # In one order for everybody: two acts on the same records do not wait for each other.
        for target in sorted(targets, key=lambda one: one.id.int):
            try:
                with gathering(session) as given, session.begin_nested():
                    self._one_act(session, definition, act, target)
                outcome.done += 1
                for user_id in given:
                    outcome.given[str(user_id)] = outcome.given.get(str(user_id), 0) + 1
            except AppError as error:
                self._tell_fault(session, definition, target, error, outcome)

    def tell(self, session: Session, identifier: str, outcome: Outcome) -> None:
        """Those to whom records were assigned, once for all."""
        definition = self._definitions.get(session, identifier)
        self._bell.assigned_many(session, definition, outcome.given)

    def _one_act(self, session: Session, definition: Definition, act: Act, target: Target) -> None:
        version, name = target.version, definition.identifier
        if version is None:
            version = self._version(session, definition, target.id)
        if act.what == "edit":
            self.update(session, name, target.id, act.values, version)
        elif act.what == "delete":
            self.delete(session, name, target.id, version)
        else:
            self.restore(session, name, target.id, version)

    def _version(self, session: Session, definition: Definition, record_id: UUID) -> int:
        """As it is now; it stays so until the transaction ends. Raises NotFound."""
        table = self._table(session, definition)
        query = select(table.c.version).where(table.c.id == record_id).with_for_update()
        found = TenantTables(session).execute(query).scalar_one_or_none()
        if found is None:
            raise NotFound
        return int(found)

    def _tell_fault(
        self,
        session: Session,
        definition: Definition,
        target: Target,
        error: AppError,
        outcome: Outcome,
    ) -> None:
        outcome.failed += 1
        if len(outcome.faults) < MOST_FAULTS:
            name = self._name(session, definition, target.id)
            reason = _reason(session, definition, error)
            outcome.faults.append({"id": str(target.id), "name": name, "reason": reason})

    def _name(self, session: Session, definition: Definition, record_id: UUID) -> str:
        """What it is called, if whoever acts may read it."""
        table = self._table(session, definition)
        query = select(table).where(table.c.id == record_id)
        query = self._within(session, query, definition)
        if TenantTables(session).execute(query).first() is None:
            return ""
        return self._presenter.names(session, definition, [record_id]).get(record_id, "")


def _reason(session: Session, definition: Definition, error: AppError) -> str:
    locale = locale_of(session)
    if isinstance(error, Invalid) and error.fields:
        known = seen_by(definition, role_of(session)).by_key
        return "; ".join(
            _of_field(known[key].label.get(locale, key) if key in known else "", said, locale)
            for key, said in error.fields.items()
        )
    key = _SAID.get(type(error), f"error.{error.code}")
    return caption(key, locale, error.details)


def _of_field(label: str, said: Sequence[str], locale: str) -> str:
    told = " ".join(localise(each, locale, {}) for each in said)
    return f"{label}: {told}" if label else told
