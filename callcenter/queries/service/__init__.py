"""Queries' services, by verb: keeping them, asking them, what their users keep, and files of rows."""

from callcenter.queries.service.asking import ready
from callcenter.queries.service.exports import (
    QUERY_EXPORT,
    QueryExporting,
    QueryExports,
    tidy,
)
from callcenter.queries.service.keeping import Queries
from callcenter.queries.service.running import FILED, Running, Wanted
from callcenter.queries.service.selecting import Selecting
from callcenter.queries.service.templating import Templating
from callcenter.queries.service.views import QueryViews

__all__ = [
    "FILED",
    "QUERY_EXPORT",
    "Queries",
    "QueryExporting",
    "QueryExports",
    "QueryViews",
    "Running",
    "Selecting",
    "Templating",
    "Wanted",
    "ready",
    "tidy",
]
