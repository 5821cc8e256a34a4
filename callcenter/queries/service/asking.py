"""What a page needs to ask a query: what there is to fill in, as whoever acts may fill it in."""

from typing import Any

from sqlalchemy.orm import Session

from callcenter.objects.types.base import Field
from callcenter.queries.checking import compared_field
from callcenter.queries.columns import columns_of
from callcenter.queries.document import Query, write
from callcenter.queries.expert.document import ExpertQuery
from callcenter.queries.models import SavedQuery
from callcenter.queries.service.running import Running
from callcenter.queries.sources import sources_of


def ready(
    session: Session, running: Running, row: SavedQuery, query: Query | ExpertQuery
) -> dict[str, Any]:
    """As `schemas.ReadyQuery` says. Parameters of fields that are gone are left out."""
    if isinstance(query, ExpertQuery):
        return _ready_expert(row, query)
    sources, _ = sources_of(query, running.definitions(session, query))
    columns, _ = columns_of(query, sources)
    document = write(query)
    found = []
    for asked in query.parameters:
        if (sought := query.given_by(asked.key)) is None:
            continue
        own, field = None, None
        if sought.column:
            known = columns.get(sought.column)
            field = compared_field(known) if known else None
        elif sought.source in sources:
            own = sources[sought.source]
            field = own.field(sought.field)
        if field is not None:
            found.append({
                "key": asked.key, "label": asked.label, "type": _type(field),
                "object": own.definition.identifier if own else None,
                "field": field.key if own else None, "operator": sought.operator,
                "default": [*asked.default], "required": asked.required,
            })  # fmt: skip
    return {
        "key": row.key, "name": row.name, "parameters": found, "buttons": document["buttons"],
        "chart": document["chart"], "page_size": query.page_size,
    }  # fmt: skip


def _ready_expert(row: SavedQuery, query: ExpertQuery) -> dict[str, Any]:
    found = [
        {
            "key": asked.key, "label": asked.label, "type": asked.type, "object": None,
            "field": None, "operator": "in" if asked.many else "eq",
            "default": [*asked.default], "required": asked.required,
        }
        for asked in query.parameters
    ]  # fmt: skip
    return {
        "key": row.key, "name": row.name, "parameters": found,
        "buttons": row.document.get("buttons", []), "chart": row.document.get("chart"),
        "page_size": query.page_size,
    }  # fmt: skip


def _type(field: Field) -> str:
    """Of a formula, what it gives."""
    return str(field.setting("result", "number")) if field.type == "formula" else field.type
