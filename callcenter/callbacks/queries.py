"""Reading callbacks. Indexes used: ix_callback_recent, ix_callback_open."""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from callcenter.callbacks.models import Callback

PLACES = 100
"""To know that one is further back costs as much as to count all that wait before it."""

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


def line(service_id: UUID) -> Select[UUID]:
    """The first `PLACES` of a service's line, read off the index whatever waits behind them."""
    return (
        select(Callback.id)
        .where(Callback.state == "open", Callback.service_id == service_id)
        .order_by(Callback.priority.desc(), Callback.asked_at)
        .limit(PLACES)
    )
