"""Callbacks as people see them: whose they may see, in which place each waits, who asked."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Select
from sqlalchemy.orm import Session

from callcenter.api_keys.service import key_names
from callcenter.callbacks import queries
from callcenter.callbacks.models import Callback
from callcenter.calls.service import actor_of, number_sought, people_seen, person_name
from callcenter.core.directory import Directory, Person, ServiceCard
from callcenter.core.http import Page, PageRequest
from callcenter.core.listing import page_rows
from callcenter.core.numbers import Number
from callcenter.core.permissions import Permission


class CallbackList:
    def __init__(self, directory: Directory) -> None:
        self._directory = directory

    def page(self, session: Session, request: PageRequest, filters: Mapping[str, Any]) -> Page:
        """Callbacks that the actor may see; raises Invalid for a filter that is no number."""
        wanted = dict(filters)
        if number := wanted.pop("number", None):
            wanted["number"] = str(number_sought(session, self._directory, number))
        query = queries.filtered(visible(session, self._directory), wanted)
        rows, total = page_rows(
            session, query, request, queries.SORTS, "-asked_at", Callback.id.desc()
        )
        return Page(self._show(session, rows), total, request.page, request.page_size)

    def _show(self, session: Session, rows: Sequence[Callback]) -> list[dict[str, Any]]:
        asked_by = {row.asked_by for row in rows if row.asked_by}
        people = self._directory.people(
            session, asked_by | {r.agent_id for r in rows if r.agent_id}
        )
        names = _Names(
            people,
            self._directory.services(session),
            key_names(session, asked_by - set(people)),
            places(session, rows),
        )
        unmasked = actor_of(session).may(Permission.NUMBERS_UNMASKED)
        return [_shown(row, names, unmasked=unmasked) for row in rows]


def visible(session: Session, directory: Directory) -> Select[Callback]:
    if actor_of(session).may(Permission.CALLS_READ_ALL):
        return queries.listed(None)
    people, services = people_seen(session, directory), directory.services(session).values()
    return queries.listed({c.id for c in services if not c.member_ids.isdisjoint(people)})


def serves(session: Session, directory: Directory, service: ServiceCard) -> bool:
    """Whether the actor may have it call somebody back."""
    actor = actor_of(session)
    if actor.may(Permission.CALLS_READ_ALL) or actor.may(Permission.CALLBACKS_ASK):
        return True
    return not service.member_ids.isdisjoint(people_seen(session, directory))


def places(session: Session, rows: Iterable[Callback]) -> Mapping[UUID, int]:
    """Of those that are open and near the front, in the lines of these rows' services alone."""
    services = {row.service_id for row in rows if row.state == "open"}
    return {
        callback_id: place
        for service_id in services
        for place, callback_id in enumerate(session.scalars(queries.line(service_id)), 1)
    }


@dataclass(frozen=True, slots=True)
class _Names:
    people: Mapping[UUID, Person]
    services: Mapping[UUID, ServiceCard]
    keys: Mapping[UUID, str]
    places: Mapping[UUID, int]


def _shown(row: Callback, names: _Names, *, unmasked: bool) -> dict[str, Any]:
    number, service = Number.load(row.number), names.services.get(row.service_id)
    return {
        "id": row.id,
        "service": {"id": row.service_id, "name": service.name if service else ""},
        "number": (number.show() if unmasked else number.mask()) or None,
        "number_kind": number.kind.value,
        "location": number.location(),
        "source": row.source,
        "note": row.note,
        "state": row.state,
        "place": names.places.get(row.id),
        "asked_at": row.asked_at,
        "asked_by": _asker(names, row.asked_by),
        "not_before": row.not_before,
        "not_after": row.not_after,
        "attempts": row.attempts,
        "last_attempt_at": row.last_attempt_at,
        "last_outcome": row.last_outcome,
        "agent": person_name(names.people, row.agent_id),
        "reason": row.reason or None,
        "ended_at": row.ended_at,
        "call_id": row.call_id,
    }


def _asker(names: _Names, asked_by: UUID | None) -> dict[str, Any] | None:
    if asked_by is not None and asked_by in names.keys:
        return {"id": asked_by, "name": names.keys[asked_by]}
    return person_name(names.people, asked_by)
