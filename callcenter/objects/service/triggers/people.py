"""Whom a trigger tells, and what stands in the places of its text."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from callcenter.core.directory import Directory, Person
from callcenter.objects.service.presenting import Presenter
from callcenter.objects.service.triggers.values import About
from callcenter.objects.triggers.said import filled, places_in

MOST_TOLD = 200


def recipients(
    session: Session, directory: Directory, to: Sequence[Mapping[str, Any]], about: About
) -> list[Person]:
    """Those who are still there and read such records at all, each once."""
    everybody = directory.people(session)
    found = {
        one.id: one
        for each in to
        for one in _named(each, everybody, about)
        if _may_know(one, about)
    }
    return [*found.values()][:MOST_TOLD]


def _may_know(person: Person, about: About) -> bool:
    return person.active and about.definition.allows("read", person.role)


def _named(
    to: Mapping[str, Any], everybody: Mapping[UUID, Person], about: About
) -> Iterator[Person]:
    who = to["who"]
    if who == "role":
        yield from (one for one in everybody.values() if one.role == to.get("role"))
        return
    named = _value(to, about)
    if who == "team":
        yield from (one for one in everybody.values() if named in one.team_ids)
    elif named in everybody:
        yield everybody[named]


def _value(to: Mapping[str, Any], about: About) -> Any:
    if to["who"] == "actor":
        return about.user_id
    if to["who"] == "assignee":
        field = about.definition.linked("assignee")
        return about.values.get(field.key) if field else None
    return about.values.get(to.get("field", ""))


def in_words(
    session: Session, presenter: Presenter, said: Mapping[str, str], about: About
) -> Mapping[str, str]:
    """By language; the values as everybody may see them."""
    known = about.definition.by_key
    values = {key: about.values.get(key) for key in places_in(said) if key in known}
    texts: Mapping[str, str | None] = {}
    if values:
        texts = presenter.texts(session, about.definition, [values])[0]
    return {locale: filled(text, texts) for locale, text in said.items()}
