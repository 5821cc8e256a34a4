"""Code tables over HTTP."""

from base64 import b64decode
from binascii import Error as NotBase64
from typing import Any

from flask import Response

from callcenter.core.db import Database
from callcenter.core.errors import Invalid
from callcenter.core.http import Blueprint, expected_version, requires, scope, with_etag
from callcenter.core.permissions import Permission
from callcenter.objects.schemas.codes import (
    CodeFile,
    CodeFileAnswer,
    CodeTableAnswer,
    CodeTableBody,
    CodeTableItem,
    NewCodeTable,
)
from callcenter.objects.service import Codes


def blueprint(database: Database, codes: Codes) -> Blueprint:
    blp = Blueprint("codes", __name__, url_prefix="/code-tables", description="Code tables")
    _tables(blp, database, codes)
    _files(blp, database, codes)
    return blp


def _tables(blp: Blueprint, database: Database, codes: Codes) -> None:
    @blp.route("")
    @blp.response(200, CodeTableItem(many=True))
    @requires(Permission.OBJECTS_DEFINE)
    def listed() -> Any:
        with database.begin(scope()) as session:
            return codes.all(session)

    @blp.route("", methods=["POST"])
    @blp.arguments(NewCodeTable)
    @blp.response(201, CodeTableAnswer)
    @requires(Permission.OBJECTS_DEFINE)
    def create(body: dict[str, Any]) -> Any:
        with database.begin(scope()) as session:
            table = codes.create(session, body["key"], body["name"])
        return with_etag(table, table["version"], 201)

    @blp.route("/<key>")
    @blp.response(200, CodeTableAnswer)
    @requires(Permission.OBJECTS_DEFINE)
    def one(key: str) -> Any:
        with database.begin(scope()) as session:
            table = codes.get(session, key)
        return with_etag(table, table["version"])

    @blp.route("/<key>", methods=["PUT"])
    @blp.versioned
    @blp.arguments(CodeTableBody)
    @blp.response(200, CodeTableAnswer)
    @requires(Permission.OBJECTS_DEFINE)
    def save(body: dict[str, Any], key: str) -> Any:
        version = expected_version()
        with database.begin(scope()) as session:
            table = codes.save(session, key, body["name"], body["items"], version)
        return with_etag(table, table["version"])

    @blp.route("/<key>", methods=["DELETE"])
    @blp.versioned
    @blp.response(204)
    @requires(Permission.OBJECTS_DEFINE)
    def delete(key: str) -> None:
        version = expected_version()
        with database.begin(scope()) as session:
            codes.delete(session, key, version)


def _files(blp: Blueprint, database: Database, codes: Codes) -> None:
    @blp.route("/<key>/file")
    @blp.response(200, content_type="text/csv")
    @requires(Permission.OBJECTS_DEFINE)
    def download(key: str) -> Response:
        with database.begin(scope()) as session:
            text = codes.file(session, key)
        name = {"Content-Disposition": f'attachment; filename="{key}.csv"'}
        return Response(text, mimetype="text/csv", headers=name)

    @blp.route("/<key>/file", methods=["POST"])
    @blp.versioned
    @blp.arguments(CodeFile)
    @blp.response(200, CodeFileAnswer)
    @requires(Permission.OBJECTS_DEFINE)
    def upload(body: dict[str, Any], key: str) -> Any:
        version = expected_version()
        try:
            content = b64decode(body["content"], validate=True)
        except NotBase64:
            raise Invalid(fields={"content": ["validation.invalid"]}) from None
        with database.begin(scope()) as session:
            return codes.load(session, key, content, version, apply=body["apply"])
