"""The log of triggers, for those who shape the object."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.core.directory import Directory
from callcenter.core.errors import NotFound
from callcenter.core.http import Page, PageRequest
from callcenter.core.i18n import caption
from callcenter.core.listing import page_rows
from callcenter.objects.models import TriggerRun
from callcenter.objects.service.definitions import Definitions
from callcenter.objects.service.lookups import Lookups
from callcenter.objects.service.presenting import locale_of
from callcenter.objects.service.reaching import Handled


class TriggerLog(Lookups):
    def __init__(self, directory: Directory, definitions: Definitions, handled: Handled) -> None:
        super().__init__(directory, definitions, handled)

    def page(
        self, session: Session, identifier: str, request: PageRequest, filters: Mapping[str, Any]
    ) -> Page:
        """The newest first; filters: trigger, state, record_id. Raises NotFound, Invalid."""
        object_id = self._definitions.object_id(session, identifier)
        query = select(TriggerRun).where(TriggerRun.object_id == object_id)
        for name in ("trigger", "state", "record_id"):
            if (wanted := filters.get(name)) is not None:
                query = query.where(getattr(TriggerRun, name) == wanted)
        order = {"at": TriggerRun.made_at}
        rows, total = page_rows(session, query, request, order, "-at", TriggerRun.number.desc())
        return Page(self._shown(session, identifier, rows), total, request.page, request.page_size)

    def _shown(
        self, session: Session, identifier: str, rows: Sequence[TriggerRun]
    ) -> list[dict[str, Any]]:
        titles = self._titles(session, identifier, rows)
        people = self._directory.people(session, {row.made_by for row in rows if row.made_by})
        return [
            {
                **{name: getattr(row, name) for name in _SAME},
                "at": row.made_at,
                "record": _record(row, titles),
                "actor": _person(people, row.made_by),
                "message": _said(row, locale_of(session)),
                "steps": [step_of(each, titles) for each in row.steps],
            }
            for row in rows
        ]

    def _titles(
        self, session: Session, identifier: str, rows: Sequence[TriggerRun]
    ) -> dict[UUID, str]:
        """Of the records that fired, and of those that were written."""
        fired = {row.record_id for row in rows if row.record_id}
        wanted: dict[str, set[UUID]] = {identifier: fired}
        for step in (step for row in rows for step in row.steps):
            if step.get("record_id"):
                wanted.setdefault(step["object"], set()).add(UUID(step["record_id"]))
        titles: dict[UUID, str] = {}
        for name, ids in wanted.items():
            try:
                definition = self._definitions.get(session, name)
            except NotFound:
                continue
            titles |= self._presenter.names(session, definition, ids)
        return titles


_SAME = (
    "id", "trigger", "name", "act", "when", "state", "tries", "next_at", "depth", "took_ms",
)  # fmt: skip
_OF_A_STEP = (
    "do", "object", "template", "text", "method", "address", "status", "calling",
    "channel", "message_id",
)  # fmt: skip


def step_of(step: Mapping[str, Any], titles: Mapping[UUID, str]) -> dict[str, Any]:
    """As `schemas.triggers.StepShape` says."""
    record_id = UUID(step["record_id"]) if step.get("record_id") else None
    return {
        **{name: step.get(name) for name in _OF_A_STEP},
        "record": {"id": record_id, "title": titles.get(record_id, "")} if record_id else None,
        "fields_": step.get("fields", []),
        "people": step.get("people", []),
        "tried": step.get("tried", True),
    }


def _record(row: TriggerRun, titles: Mapping[UUID, str]) -> dict[str, Any] | None:
    if row.record_id is None:
        return None
    return {"id": row.record_id, "title": titles.get(row.record_id, "")}


def _said(row: TriggerRun, locale: str) -> str | None:
    if row.message is None:
        return None
    if "said" in row.message:
        return str(row.message["said"].get(locale, ""))
    return caption(row.message["key"], locale, row.message["parameters"])


def _person(people: Mapping[UUID, Any], user_id: UUID | None) -> dict[str, Any] | None:
    person = people.get(user_id) if user_id else None
    return {"id": person.id, "name": person.name} if person else None
