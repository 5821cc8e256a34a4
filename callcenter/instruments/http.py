"""File servers and the enterprise's files over HTTP."""

from typing import Any
from uuid import UUID

from flask import Response, request

from callcenter.core.db import Database
from callcenter.core.http import (
    Blueprint,
    Page,
    PageQuery,
    PageRequest,
    current_actor,
    expected_version,
    requires,
    scope,
    version_if_given,
    with_etag,
)
from callcenter.core.i18n import caption
from callcenter.core.permissions import Permission
from callcenter.core.sending import sent_by_nginx
from callcenter.instruments.errors import FileTooLong
from callcenter.instruments.schemas import (
    FileServerBody,
    FileServerChoice,
    FileServerPage,
    FileServerShape,
    FolderRoom,
    NewFileServer,
    OwnFilePage,
    OwnFileQuery,
    OwnFileShape,
    ServerTried,
)
from callcenter.instruments.service import FileServers, OwnFiles, TryingServers
from callcenter.instruments.service.files import LARGEST

_ADMIN = requires(Permission.ENTERPRISE_MANAGE)
_DEFINE = requires(Permission.OBJECTS_DEFINE)
_BODY = {"required": True, "content": {"application/octet-stream": {"schema": {
    "type": "string", "format": "binary",
}}}}  # fmt: skip


def servers_blueprint(database: Database, servers: FileServers, trying: TryingServers) -> Blueprint:
    blp = Blueprint(
        "file_servers", __name__, url_prefix="/file-servers", description="File servers"
    )
    _servers(blp, database, servers)
    _server(blp, database, servers)

    @blp.route("/<uuid:server_id>/try", methods=["POST"])
    @blp.response(200, ServerTried)
    @_ADMIN
    def attempt(server_id: UUID) -> Any:
        """Reaches it, signs in and looks into its folder; what came of it, in words."""
        tried = trying.attempt(scope(), server_id)
        return {
            **tried,
            "message": caption(tried["key"], current_actor().locale, tried["parameters"]),
        }

    return blp


def _servers(blp: Blueprint, database: Database, servers: FileServers) -> None:
    @blp.route("")
    @blp.arguments(PageQuery, location="query")
    @blp.response(200, FileServerPage)
    @_ADMIN
    def page(query: dict[str, Any]) -> Page:
        with database.begin(scope()) as session:
            return servers.page(session, PageRequest.take(query))

    @blp.route("/choices")
    @blp.response(200, FileServerChoice(many=True))
    @_DEFINE
    def choices() -> Any:
        """For those who write templates: names alone."""
        with database.begin(scope()) as session:
            return servers.choices(session)

    @blp.route("", methods=["POST"])
    @blp.arguments(NewFileServer)
    @blp.response(201, FileServerShape)
    @_ADMIN
    def create(body: dict[str, Any]) -> Any:
        with database.begin(scope()) as session:
            made = servers.create(session, body)
        return with_etag(made, made["version"], 201)


def _server(blp: Blueprint, database: Database, servers: FileServers) -> None:
    @blp.route("/<uuid:server_id>")
    @blp.response(200, FileServerShape)
    @_ADMIN
    def read(server_id: UUID) -> Any:
        with database.begin(scope()) as session:
            found = servers.read(session, server_id)
        return with_etag(found, found["version"])

    @blp.route("/<uuid:server_id>", methods=["PATCH"])
    @blp.versioned
    @blp.arguments(FileServerBody(partial=True))
    @blp.response(200, FileServerShape)
    @_ADMIN
    def change(body: dict[str, Any], server_id: UUID) -> Any:
        version = expected_version()
        with database.begin(scope()) as session:
            made = servers.change(session, server_id, body, version)
        return with_etag(made, made["version"])

    @blp.route("/<uuid:server_id>", methods=["DELETE"])
    @blp.versioned
    @blp.response(204)
    @_ADMIN
    def delete(server_id: UUID) -> None:
        version = expected_version()
        with database.begin(scope()) as session:
            servers.delete(session, server_id, version)


def files_blueprint(database: Database, files: OwnFiles) -> Blueprint:
    blp = Blueprint(
        "own_files", __name__, url_prefix="/files", description="The enterprise's files"
    )

    @blp.route("")
    @blp.arguments(PageQuery, location="query")
    @blp.response(200, OwnFilePage)
    @_DEFINE
    def page(query: dict[str, Any]) -> Page:
        with database.begin(scope()) as session:
            return files.page(session, PageRequest.take(query))

    @blp.route("/room")
    @blp.response(200, FolderRoom)
    @_DEFINE
    def room() -> Any:
        with database.begin(scope()) as session:
            return files.room(session)

    @blp.route("", methods=["POST"])
    @blp.doc(requestBody=_BODY)
    @blp.arguments(OwnFileQuery, location="query")
    @blp.response(201, OwnFileShape)
    @_DEFINE
    def send(query: dict[str, Any]) -> Any:
        if (request.content_length or 0) > LARGEST:
            raise FileTooLong({"most": LARGEST // 1024})
        # The application's own limit is one of JSON.
        request.max_content_length = LARGEST + 1
        content = request.stream.read(LARGEST + 1)
        with database.begin(scope()) as session:
            return files.save(session, query["name"], content, replace=query["replace"])

    _file(blp, database, files)
    return blp


def _file(blp: Blueprint, database: Database, files: OwnFiles) -> None:
    @blp.route("/<uuid:file_id>/content")
    @blp.doc(description="The file itself, to be saved; sent by nginx.")
    @_DEFINE
    def content(file_id: UUID) -> Response:
        with database.begin(scope()) as session:
            row = files.hand_out(session, file_id)
            name = row.name.rpartition("/")[2]
        place = f"/own-files/{files.address(row)}"
        return sent_by_nginx(place, "application/octet-stream", name)

    @blp.route("/<uuid:file_id>", methods=["DELETE"])
    @blp.versioned_if_given
    @blp.response(204)
    @_DEFINE
    def delete(file_id: UUID) -> None:
        version = version_if_given()
        with database.begin(scope()) as session:
            files.remove(session, file_id, version)
