"""The library of ready settings over HTTP."""

from typing import Any

from callcenter.core.db import Database
from callcenter.core.http import Blueprint, expected_version, requires, scope, with_etag
from callcenter.core.permissions import Permission
from callcenter.objects.schemas.library import LibraryQuery, NewReady, ReadyAnswer, ReadyName
from callcenter.objects.service import Library


def blueprint(database: Database, library: Library) -> Blueprint:
    blp = Blueprint("library", __name__, url_prefix="/design/library", description="Ready settings")

    @blp.route("")
    @blp.arguments(LibraryQuery, location="query")
    @blp.response(200, ReadyAnswer(many=True))
    @requires(Permission.OBJECTS_DEFINE)
    def listed(query: dict[str, Any]) -> Any:
        with database.begin(scope()) as session:
            return library.all(session, query["kind"])

    @blp.route("", methods=["POST"])
    @blp.arguments(NewReady)
    @blp.response(201, ReadyAnswer)
    @requires(Permission.OBJECTS_DEFINE)
    def create(body: dict[str, Any]) -> Any:
        with database.begin(scope()) as session:
            made = library.create(session, body["kind"], body["name"], body["content"])
        return with_etag(made, made["version"], 201)

    @blp.route("/<key>", methods=["PATCH"])
    @blp.versioned
    @blp.arguments(ReadyName)
    @blp.response(200, ReadyAnswer)
    @requires(Permission.OBJECTS_DEFINE)
    def rename(body: dict[str, Any], key: str) -> Any:
        version = expected_version()
        with database.begin(scope()) as session:
            changed = library.change(session, key, body["name"], version)
        return with_etag(changed, changed["version"])

    @blp.route("/<key>", methods=["DELETE"])
    @blp.versioned
    @blp.response(204)
    @requires(Permission.OBJECTS_DEFINE)
    def delete(key: str) -> None:
        version = expected_version()
        with database.begin(scope()) as session:
            library.delete(session, key, version)

    return blp
