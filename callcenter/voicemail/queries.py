"""Reading messages. Indexes used: ix_voicemail_recent, ix_voicemail_target."""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select

from callcenter.voicemail.models import Voicemail
from callcenter.voicemail.states import MessageState

SORTS: Mapping[str, Any] = {"left_at": Voicemail.left_at, "seconds": Voicemail.seconds}


def listed(targets: Collection[UUID] | None) -> Select[Voicemail]:
    """targets: of whom; None: of all."""
    query = select(Voicemail).where(Voicemail.deleted_at.is_(None))
    return query if targets is None else query.where(Voicemail.target_id.in_(targets))


def filtered(query: Select[Any], filters: Mapping[str, Any]) -> Select[Any]:
    """filters: state, target_id, agent_id, number (normalised), from, to."""
    conditions = {
        "state": lambda value: Voicemail.state == value,
        "target_id": lambda value: Voicemail.target_id == value,
        "agent_id": lambda value: Voicemail.agent_id == value,
        "number": lambda value: Voicemail.number == value,
        "from": lambda value: Voicemail.left_at >= value,
        "to": lambda value: Voicemail.left_at < value,
    }
    return query.where(*(conditions[name](value) for name, value in filters.items()))


def open_count(query: Select[Any]) -> Select[tuple[int]]:
    waiting = query.where(Voicemail.state == MessageState.NEW)
    return waiting.with_only_columns(func.count(Voicemail.id))
