"""Definitions whose fields take their options from code tables."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.objects.models import CodeTable
from callcenter.objects.schemas import Definition


def codes_of(session: Session, definition: Definition) -> frozenset[Any]:
    """Key and version of each code table of the definition: whether they are still the same."""
    query = select(CodeTable.key, CodeTable.version).where(CodeTable.key.in_(definition.codes))
    return frozenset((row.key, row.version) for row in session.execute(query))


def with_codes(session: Session, definition: Definition) -> Definition:
    """The definition with the options as they are now; itself where it has no code table."""
    if not definition.codes:
        return definition
    query = select(CodeTable.key, CodeTable.items).where(CodeTable.key.in_(definition.codes))
    return definition.with_codes({row.key: row.items for row in session.execute(query)})


def unknown_codes(session: Session, definition: Definition) -> Iterable[tuple[str, str]]:
    """What a draft names that is not there: (path, caption's key)."""
    if not definition.codes:
        return []
    there = {key for key, _ in codes_of(session, definition)}
    return [
        (f"{field.key}.codes", "validation.bad_codes")
        for field in definition.fields
        if field.setting("codes") and field.setting("codes") not in there
    ]
