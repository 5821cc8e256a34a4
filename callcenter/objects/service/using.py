"""Who uses what is kept beside objects: code tables by their fields, templates and
channels of messages by their triggers.
"""

from collections.abc import Callable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.objects.models import DataObject, ObjectVersion
from callcenter.objects.service.placing import parts

Using = dict[str, list[str]]
"""Key of what is used → identifiers of the objects whose draft or version in force uses it."""


def uses_of_codes(session: Session) -> Using:
    return _uses(session, _codes)


def uses_of_templates(session: Session) -> Using:
    return _uses(session, _templates)


def uses_of_channels(session: Session) -> Using:
    return _uses(session, _channels)


def _uses(session: Session, named: Callable[[Any], set[str]]) -> Using:
    query = (
        select(DataObject.identifier, DataObject.draft, ObjectVersion.definition)
        .outerjoin(
            ObjectVersion,
            (ObjectVersion.object_id == DataObject.id)
            & (ObjectVersion.number == DataObject.published_number),
        )
        .order_by(DataObject.identifier)
    )
    found: Using = {}
    for identifier, draft, definition in session.execute(query):
        for key in {*named(draft), *named(definition)}:
            found.setdefault(key, []).append(identifier)
    return found


def _codes(document: Any) -> set[str]:
    settings = [
        field.get("settings")
        for group in parts(document, "groups")
        for field in parts(group, "fields")
    ]
    return {str(each["codes"]) for each in settings if isinstance(each, dict) and "codes" in each}


def _templates(document: Any) -> set[str]:
    return {
        str(action.get("template"))
        for trigger in parts(document, "triggers")
        for action in parts(trigger, "actions")
        if action.get("do") in ("template", "message")
    }


def _channels(document: Any) -> set[str]:
    return {
        str(action.get("channel"))
        for trigger in parts(document, "triggers")
        for action in parts(trigger, "actions")
        if action.get("do") == "message"
    }
