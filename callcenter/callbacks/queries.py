"""Reading callbacks. Indexes used: ix_callback_recent, ix_callback_open."""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select

from callcenter.callbacks.models import Callback

SORTS: Mapping[str, Any] = {"asked_at": Callback.asked_at, "not_after": Callback.not_after}


def listed(services: Collection[UUID] | None) -> Select[Callback]:
    """services: of which; None: of all."""
    query = select(Callback)
    return query if services is None else query.where(Callback.service_id.in_(services))


def filtered(query: Select[Any], filters: Mapping[str, Any]) -> Select[Any]:
    """filters: state, service_id, number (normalised)."""
    columns = {
        "state": Callback.state,
        "service_id": Callback.service_id,
        "number": Callback.number,
    }
    return query.where(*(columns[name] == value for name, value in filters.items()))


def places() -> Select[tuple[UUID, int]]:
    """Open callbacks and their places in their service's line, by priority and time of asking."""
    place = func.row_number().over(
        partition_by=Callback.service_id, order_by=(Callback.priority.desc(), Callback.asked_at)
    )
    return select(Callback.id, place.label("place")).where(Callback.state == "open")
