"""Who looks, and whom they see: what calls, messages and callbacks are shown by."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from callcenter.core.directory import Directory, Person
from callcenter.core.errors import Invalid
from callcenter.core.numbers import BadNumber, Number, parse_number
from callcenter.core.permissions import Permission
from callcenter.core.tenant import Actor, Scope


def actor_of(session: Session) -> Actor:
    scope: Scope = session.info["scope"]
    return scope.require_actor()


def people_seen(session: Session, directory: Directory) -> set[UUID]:
    """Whose calls the actor sees: his own, and those of everyone in his teams if he may.

    Who may see all calls is not asked this.
    """
    actor = actor_of(session)
    seen = {actor.user_id}
    if actor.may(Permission.CALLS_READ_TEAM):
        teams, everybody = set(actor.team_ids), directory.people(session).values()
        seen |= {person.id for person in everybody if teams & set(person.team_ids)}
    return seen


def number_sought(session: Session, directory: Directory, text: str) -> Number:
    """The number that somebody typed, as calls hold it. Raises Invalid."""
    try:
        return parse_number(text, directory.enterprise(session).area_code)
    except BadNumber:
        raise Invalid(fields={"number": ["validation.phone"]}) from None


def person_name(people: Mapping[UUID, Person], user_id: UUID | None) -> dict[str, Any] | None:
    person = people.get(user_id) if user_id else None
    return {"id": person.id, "name": person.name} if person else None
