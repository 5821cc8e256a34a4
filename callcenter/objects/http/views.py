"""Views of record lists over HTTP."""

from typing import Any
from uuid import UUID

from callcenter.core.db import Database
from callcenter.core.http import Blueprint, expected_version, requires, scope, with_etag
from callcenter.core.permissions import Permission
from callcenter.objects.schemas.views import StartBody, ViewAnswer, ViewBody, ViewsAnswer
from callcenter.objects.service import Views


def blueprint(database: Database, views: Views) -> Blueprint:
    blp = Blueprint(
        "views", __name__, url_prefix="/objects/<identifier>/views", description="Views of lists"
    )

    @blp.route("")
    @blp.response(200, ViewsAnswer)
    @requires(Permission.RECORDS_READ)
    def listed(identifier: str) -> Any:
        with database.begin(scope()) as session:
            return views.all(session, identifier)

    @blp.route("", methods=["POST"])
    @blp.arguments(ViewBody)
    @blp.response(201, ViewAnswer)
    @requires(Permission.RECORDS_READ)
    def add(body: dict[str, Any], identifier: str) -> Any:
        with database.begin(scope()) as session:
            view = views.add(session, identifier, body)
        return with_etag(view, view["version"], 201)

    @blp.route("/<uuid:view_id>", methods=["PUT"])
    @blp.versioned
    @blp.arguments(ViewBody)
    @blp.response(200, ViewAnswer)
    @requires(Permission.RECORDS_READ)
    def change(body: dict[str, Any], identifier: str, view_id: UUID) -> Any:
        version = expected_version()
        with database.begin(scope()) as session:
            view = views.change(session, identifier, view_id, body, version)
        return with_etag(view, view["version"])

    @blp.route("/<uuid:view_id>", methods=["DELETE"])
    @blp.versioned
    @blp.response(204)
    @requires(Permission.RECORDS_READ)
    def remove(identifier: str, view_id: UUID) -> None:
        version = expected_version()
        with database.begin(scope()) as session:
            views.remove(session, identifier, view_id, version)

    @blp.route("/start", methods=["PUT"])
    @blp.arguments(StartBody)
    @blp.response(204)
    @requires(Permission.RECORDS_READ)
    def begin_with(body: dict[str, Any], identifier: str) -> None:
        with database.begin(scope()) as session:
            views.begin_with(session, identifier, body["view"])

    return blp
