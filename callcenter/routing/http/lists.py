"""Lists of callers over HTTP."""

from typing import Any
from uuid import UUID

from callcenter.core.db import Database
from callcenter.core.http import (
    Blueprint,
    Page,
    PageQuery,
    PageRequest,
    expected_version,
    requires,
    scope,
    version_if_given,
    with_etag,
)
from callcenter.core.permissions import Permission
from callcenter.routing.schemas import (
    CallerListBody,
    CallerListPage,
    CallerListShape,
    ListedBody,
    ListedPage,
    RemovedBody,
    TakenShape,
)
from callcenter.routing.service import CallerLists

_ADMIN = requires(Permission.ENTERPRISE_MANAGE)


def blueprint(database: Database, lists: CallerLists) -> Blueprint:
    blp = Blueprint(
        "caller_lists", __name__, url_prefix="/caller-lists", description="Lists of callers"
    )
    _lists(blp, database, lists)
    _callers(blp, database, lists)
    return blp


def _lists(blp: Blueprint, database: Database, lists: CallerLists) -> None:
    @blp.route("")
    @blp.arguments(PageQuery, location="query")
    @blp.response(200, CallerListPage)
    @_ADMIN
    def page(query: dict[str, Any]) -> Page:
        with database.begin(scope()) as session:
            return lists.page(session, PageRequest.take(query))

    @blp.route("", methods=["POST"])
    @blp.arguments(CallerListBody)
    @blp.response(201, CallerListShape)
    @_ADMIN
    def create(body: dict[str, Any]) -> Any:
        with database.begin(scope()) as session:
            made = lists.create(session, body)
        return with_etag(made, made["version"], 201)

    @blp.route("/<uuid:list_id>")
    @blp.response(200, CallerListShape)
    @_ADMIN
    def read(list_id: UUID) -> Any:
        with database.begin(scope()) as session:
            found = lists.read(session, list_id)
        return with_etag(found, found["version"])

    @blp.route("/<uuid:list_id>", methods=["PATCH"])
    @blp.versioned
    @blp.arguments(CallerListBody)
    @blp.response(200, CallerListShape)
    @_ADMIN
    def rename(body: dict[str, Any], list_id: UUID) -> Any:
        version = expected_version()
        with database.begin(scope()) as session:
            found = lists.rename(session, list_id, body, version)
        return with_etag(found, found["version"])

    @blp.route("/<uuid:list_id>", methods=["DELETE"])
    @blp.versioned_if_given
    @blp.response(204)
    @_ADMIN
    def delete(list_id: UUID) -> None:
        version = version_if_given()
        with database.begin(scope()) as session:
            lists.delete(session, list_id, version)


def _callers(blp: Blueprint, database: Database, lists: CallerLists) -> None:
    @blp.route("/<uuid:list_id>/callers")
    @blp.arguments(PageQuery, location="query")
    @blp.response(200, ListedPage)
    @_ADMIN
    def callers(query: dict[str, Any], list_id: UUID) -> Page:
        with database.begin(scope()) as session:
            return lists.callers(session, list_id, PageRequest.take(query))

    @blp.route("/<uuid:list_id>/callers", methods=["POST"])
    @blp.arguments(ListedBody)
    @blp.response(200, TakenShape)
    @_ADMIN
    def add(body: dict[str, Any], list_id: UUID) -> Any:
        with database.begin(scope()) as session:
            return lists.add(session, list_id, body)

    @blp.route("/<uuid:list_id>/callers/remove", methods=["POST"])
    @blp.arguments(RemovedBody)
    @blp.response(204)
    @_ADMIN
    def remove(body: dict[str, Any], list_id: UUID) -> None:
        with database.begin(scope()) as session:
            lists.remove(session, list_id, body["numbers"])
