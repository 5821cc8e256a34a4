"""Queries over HTTP: shaped by designers, asked by whoever may."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Response

from callcenter.core.db import Database
from callcenter.core.http import (
    Blueprint,
    Page,
    PageRequest,
    current_actor,
    expected_version,
    requires,
    scope,
    with_etag,
)
from callcenter.core.i18n import caption
from callcenter.core.permissions import Permission
from callcenter.core.sending import sent_by_nginx
from callcenter.objects.rules import Problem
from callcenter.queries.schemas import (
    NewQuery,
    QueryAnswer,
    QueryBody,
    QueryExportAnswer,
    QueryExportBody,
    QueryListQuery,
    QueryPage,
    QueryRunAnswer,
    QueryRunBody,
    QueryTrialAnswer,
    QueryTrialBody,
    QueryViewBody,
    QueryViewChange,
    QueryViewsAnswer,
    ReadyQuery,
    UsableQueries,
    takes,
)
from callcenter.queries.service import (
    MEDIA_TYPES,
    Queries,
    QueryExports,
    QueryPins,
    QueryViews,
    Running,
    Wanted,
    ready,
)

TRIED = 50
"""Rows of a document that is not kept."""

_DESIGNERS = requires(Permission.OBJECTS_DEFINE)
_USERS = requires(Permission.RECORDS_READ)


@dataclass(frozen=True, slots=True)
class Services:
    queries: Queries
    running: Running
    views: QueryViews
    exports: QueryExports
    pins: QueryPins


def blueprint(database: Database, services: Services) -> Blueprint:
    blp = Blueprint("queries", __name__, url_prefix="/queries", description="Queries")
    _list(blp, database, services)
    _one(blp, database, services.queries)
    _use(blp, database, services)
    _views(blp, database, services.views)
    _pins(blp, database, services.pins)
    _exports(blp, database, services.exports)
    return blp


def _list(blp: Blueprint, database: Database, services: Services) -> None:
    queries, running = services.queries, services.running

    @blp.route("")
    @blp.arguments(QueryListQuery, location="query")
    @blp.response(200, QueryPage)
    @_DESIGNERS
    def page(query: dict[str, Any]) -> Page:
        wanted = PageRequest.take(query)
        with database.begin(scope()) as session:
            return queries.page(session, wanted, query)

    @blp.route("", methods=["POST"])
    @blp.arguments(NewQuery)
    @blp.response(201, QueryAnswer)
    @_DESIGNERS
    def create(body: dict[str, Any]) -> Any:
        with database.begin(scope()) as session:
            made = queries.create(session, body)
        return with_etag(made, made["version"], 201)

    @blp.route("/usable")
    @blp.response(200, UsableQueries)
    @_USERS
    def usable() -> Any:
        with database.begin(scope()) as session:
            mine = services.pins.all(session)
            return {
                "items": [
                    {
                        "key": row.key,
                        "name": row.name,
                        "report": row.report,
                        "pinned": row.id in mine,
                    }
                    for row in queries.usable(session)
                ]
            }

    @blp.route("/run", methods=["POST"])
    @blp.doc(description="Of a document that need not be kept: its first rows, or its problems.")
    @blp.arguments(QueryTrialBody)
    @blp.response(200, QueryTrialAnswer)
    @_DESIGNERS
    def try_out(body: dict[str, Any]) -> Any:
        with database.begin(scope()) as session:
            query, wrong = queries.problems(session, body["document"])
            if query is None or wrong:
                return {"problems": _said(wrong), "answer": None}
            wanted = Wanted(takes(body["parameters"]), page_size=TRIED)
            return {"problems": {}, "answer": running.begun(session, query, wanted)()}


def _one(blp: Blueprint, database: Database, queries: Queries) -> None:
    @blp.route("/<key>")
    @blp.response(200, QueryAnswer)
    @_DESIGNERS
    def read(key: str) -> Any:
        with database.begin(scope()) as session:
            query = queries.get(session, key)
        return with_etag(query, query["version"])

    @blp.route("/<key>", methods=["PATCH"])
    @blp.versioned
    @blp.arguments(QueryBody(partial=True))
    @blp.response(200, QueryAnswer)
    @_DESIGNERS
    def change(body: dict[str, Any], key: str) -> Any:
        version = expected_version()
        with database.begin(scope()) as session:
            query = queries.change(session, key, body, version)
        return with_etag(query, query["version"])

    @blp.route("/<key>", methods=["DELETE"])
    @blp.versioned
    @blp.response(204)
    @_DESIGNERS
    def delete(key: str) -> None:
        version = expected_version()
        with database.begin(scope()) as session:
            queries.delete(session, key, version)


def _use(blp: Blueprint, database: Database, services: Services) -> None:
    queries, running = services.queries, services.running

    @blp.route("/<key>/ready")
    @blp.response(200, ReadyQuery)
    @_USERS
    def to_ask(key: str) -> Any:
        """What a page needs to ask it."""
        with database.begin(scope()) as session:
            row, query = queries.found(session, key)
            begun, faults = queries.beginnings.of(session, query)
            return {
                **ready(session, running, row, begun, faults),
                "pinned": row.id in services.pins.all(session),
                "first": services.views.first(session, key),
            }

    @blp.route("/<key>/run", methods=["POST"])
    @blp.arguments(QueryRunBody)
    @blp.response(200, QueryRunAnswer)
    @_USERS
    def run(body: dict[str, Any], key: str) -> Any:
        wanted = Wanted(**{**body, "parameters": takes(body["parameters"])})
        with database.begin(scope()) as session:
            _, query = queries.in_use(session, key, wanted.parameters)
            answering = running.begun(session, query, wanted)
        return answering()


def _views(blp: Blueprint, database: Database, views: QueryViews) -> None:
    @blp.route("/<key>/views")
    @blp.response(200, QueryViewsAnswer)
    @_USERS
    def listed(key: str) -> Any:
        with database.begin(scope()) as session:
            return {"items": views.all(session, key)}

    @blp.route("/<key>/views", methods=["PUT"])
    @blp.doc(description="Kept by its name; one of the same name is replaced.")
    @blp.arguments(QueryViewBody)
    @blp.response(200, QueryViewsAnswer)
    @_USERS
    def keep(body: dict[str, Any], key: str) -> Any:
        with database.begin(scope()) as session:
            return {"items": views.keep(session, key, body)}

    @blp.route("/<key>/views/<uuid:view_id>", methods=["PATCH"])
    @blp.arguments(QueryViewChange)
    @blp.response(200, QueryViewsAnswer)
    @_USERS
    def change(body: dict[str, Any], key: str, view_id: UUID) -> Any:
        with database.begin(scope()) as session:
            return {"items": views.change(session, key, view_id, body)}

    @blp.route("/<key>/views/<uuid:view_id>", methods=["DELETE"])
    @blp.response(204)
    @_USERS
    def drop(key: str, view_id: UUID) -> None:
        with database.begin(scope()) as session:
            views.drop(session, key, view_id)


def _pins(blp: Blueprint, database: Database, pins: QueryPins) -> None:
    @blp.route("/<key>/pin", methods=["PUT"])
    @blp.response(204)
    @_USERS
    def pin(key: str) -> None:
        """At hand at the desk of whoever acts."""
        with database.begin(scope()) as session:
            pins.put(session, key)

    @blp.route("/<key>/pin", methods=["DELETE"])
    @blp.response(204)
    @_USERS
    def unpin(key: str) -> None:
        with database.begin(scope()) as session:
            pins.drop(session, key)


def _exports(blp: Blueprint, database: Database, exports: QueryExports) -> None:
    @blp.route("/<key>/exports", methods=["POST"])
    @blp.arguments(QueryExportBody)
    @blp.response(202, QueryExportAnswer)
    @requires(Permission.RECORDS_EXPORT)
    def export(body: dict[str, Any], key: str) -> Any:
        wanted = Wanted(takes(body["parameters"]), body["sort"], act="export")
        with database.begin(scope()) as session:
            return exports.request(session, key, body["form"], wanted)

    @blp.route("/<key>/exports/<uuid:export_id>")
    @blp.response(200, QueryExportAnswer)
    @requires(Permission.RECORDS_EXPORT)
    def one(key: str, export_id: UUID) -> Any:
        with database.begin(scope()) as session:
            return exports.get(session, key, export_id)

    @blp.route("/<key>/exports/<uuid:export_id>/file")
    @blp.doc(description="The file itself; sent by nginx.")
    @requires(Permission.RECORDS_EXPORT)
    def file(key: str, export_id: UUID) -> Response:
        with database.begin(scope()) as session:
            place, name = exports.file(session, key, export_id)
        return sent_by_nginx(f"/transfers/{place}", MEDIA_TYPES[place.rpartition(".")[2]], name)


def _said(wrong: Sequence[Problem]) -> dict[str, list[str]]:
    locale = current_actor().locale
    return {each.path: [caption(each.key, locale, each.parameters)] for each in wrong}
