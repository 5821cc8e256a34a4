"""Queries' services, by verb: keeping them, asking them, what their users keep, and files of rows."""

from callcenter.queries.service.asking import ready
from callcenter.queries.service.beginnings import Beginnings
from callcenter.queries.service.delivering import Delivered, Delivering, Order
from callcenter.queries.service.exports import (
    MEDIA_TYPES,
    QUERY_EXPORT,
    Filled,
    QueryExporting,
    QueryExports,
    tidy,
)
from callcenter.queries.service.keeping import Judging, Queries
from callcenter.queries.service.pins import QueryPins
from callcenter.queries.service.running import FILED, Running, Wanted
from callcenter.queries.service.selecting import Selecting
from callcenter.queries.service.templating import Templating
from callcenter.queries.service.views import QueryViews

__all__ = [
    "FILED",
    "MEDIA_TYPES",
    "QUERY_EXPORT",
    "Beginnings",
    "Delivered",
    "Delivering",
    "Filled",
    "Judging",
    "Order",
    "Queries",
    "QueryExporting",
    "QueryExports",
    "QueryPins",
    "QueryViews",
    "Running",
    "Selecting",
    "Templating",
    "Wanted",
    "ready",
    "tidy",
]
