"""Records in and out of files over HTTP."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Response, request

from callcenter.core.db import Database
from callcenter.core.http import Blueprint, requires, scope
from callcenter.core.idempotency import Idempotency
from callcenter.core.permissions import Permission
from callcenter.core.repeat import repeatable
from callcenter.core.sending import sent_by_nginx
from callcenter.objects.schemas.transfer import (
    ExportWish,
    ImportAnswer,
    ImportWish,
    TransferShape,
    UploadQuery,
)
from callcenter.objects.service.transfer import Exports, Imports, Wanted, Wish

_FILE = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}
_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_SENT = "The file itself; sent by nginx."


@dataclass(frozen=True, slots=True)
class Services:
    imports: Imports
    exports: Exports


def blueprint(database: Database, services: Services, idempotency: Idempotency) -> Blueprint:
    blp = Blueprint(
        "transfer", __name__, url_prefix="/objects/<identifier>", description="Imports and exports"
    )
    _uploads(blp, database, services.imports)
    _imports(blp, database, services.imports)
    _exports(blp, database, services.exports, idempotency)
    return blp


def _uploads(blp: Blueprint, database: Database, imports: Imports) -> None:
    @blp.route("/imports")
    @blp.response(200, TransferShape(many=True))
    @requires(Permission.RECORDS_IMPORT)
    def listed(identifier: str) -> Any:
        with database.begin(scope()) as session:
            return imports.all(session, identifier)

    @blp.route("/imports", methods=["POST"])
    @blp.doc(**_FILE)
    @blp.arguments(UploadQuery, location="query")
    @blp.response(201, ImportAnswer)
    @requires(Permission.RECORDS_IMPORT)
    def upload(query: Mapping[str, Any], identifier: str) -> Any:
        # Everywhere else a body is small; here what is too large is told as such.
        request.max_content_length = sys.maxsize
        size = request.content_length
        return imports.upload(scope(), identifier, query["name"], request.stream, size)  # type: ignore[arg-type]

    @blp.route("/imports/<uuid:transfer_id>")
    @blp.response(200, ImportAnswer)
    @requires(Permission.RECORDS_IMPORT)
    def one(identifier: str, transfer_id: UUID) -> Any:
        with database.begin(scope()) as session:
            return imports.get(session, identifier, transfer_id)

    @blp.route("/imports/<uuid:transfer_id>", methods=["DELETE"])
    @blp.response(204)
    @requires(Permission.RECORDS_IMPORT)
    def forget(identifier: str, transfer_id: UUID) -> None:
        with database.begin(scope()) as session:
            imports.forget(session, identifier, transfer_id)


def _imports(blp: Blueprint, database: Database, imports: Imports) -> None:
    @blp.route("/imports/<uuid:transfer_id>/trial", methods=["POST"])
    @blp.arguments(ImportWish)
    @blp.response(202, ImportAnswer)
    @requires(Permission.RECORDS_IMPORT)
    def trial(body: dict[str, Any], identifier: str, transfer_id: UUID) -> Any:
        with database.begin(scope()) as session:
            return imports.trial(session, identifier, transfer_id, Wish(**body))

    @blp.route("/imports/<uuid:transfer_id>/run", methods=["POST"])
    @blp.doc(description="What was tried; asking again is asking once.")
    @blp.response(202, ImportAnswer)
    @requires(Permission.RECORDS_IMPORT)
    def run(identifier: str, transfer_id: UUID) -> Any:
        with database.begin(scope()) as session:
            return imports.run(session, identifier, transfer_id)

    @blp.route("/imports/<uuid:transfer_id>/cancel", methods=["POST"])
    @blp.response(200, ImportAnswer)
    @requires(Permission.RECORDS_IMPORT)
    def cancel(identifier: str, transfer_id: UUID) -> Any:
        with database.begin(scope()) as session:
            return imports.cancel(session, identifier, transfer_id)

    @blp.route("/imports/<uuid:transfer_id>/bad-lines")
    @blp.doc(description=_SENT)
    @requires(Permission.RECORDS_IMPORT)
    def bad_lines(identifier: str, transfer_id: UUID) -> Response:
        with database.begin(scope()) as session:
            return _sent(*imports.bad_lines(session, identifier, transfer_id))


def _exports(
    blp: Blueprint, database: Database, exports: Exports, idempotency: Idempotency
) -> None:
    @blp.route("/exports")
    @blp.response(200, TransferShape(many=True))
    @requires(Permission.RECORDS_EXPORT)
    def listed_exports(identifier: str) -> Any:
        with database.begin(scope()) as session:
            return exports.all(session, identifier)

    @blp.route("/exports", methods=["POST"])
    @blp.once
    @blp.arguments(ExportWish)
    @blp.response(202, TransferShape)
    @requires(Permission.RECORDS_EXPORT)
    def export(body: dict[str, Any], identifier: str) -> Any:
        records = body.pop("records")
        chosen = None if records is None else [str(one) for one in records]

        def act() -> Mapping[str, Any]:
            with database.begin(scope()) as session:
                return exports.request(session, identifier, Wanted(**body, records=chosen))

        return repeatable(idempotency, TransferShape, 202, act)

    @blp.route("/exports/<uuid:transfer_id>")
    @blp.response(200, TransferShape)
    @requires(Permission.RECORDS_EXPORT)
    def one_export(identifier: str, transfer_id: UUID) -> Any:
        with database.begin(scope()) as session:
            return exports.get(session, identifier, transfer_id)

    @blp.route("/exports/<uuid:transfer_id>", methods=["DELETE"])
    @blp.response(204)
    @requires(Permission.RECORDS_EXPORT)
    def forget_export(identifier: str, transfer_id: UUID) -> None:
        with database.begin(scope()) as session:
            exports.forget(session, identifier, transfer_id)

    @blp.route("/exports/<uuid:transfer_id>/cancel", methods=["POST"])
    @blp.response(200, TransferShape)
    @requires(Permission.RECORDS_EXPORT)
    def cancel_export(identifier: str, transfer_id: UUID) -> Any:
        with database.begin(scope()) as session:
            return exports.cancel(session, identifier, transfer_id)

    @blp.route("/exports/<uuid:transfer_id>/file")
    @blp.doc(description=_SENT)
    @requires(Permission.RECORDS_EXPORT)
    def file(identifier: str, transfer_id: UUID) -> Response:
        with database.begin(scope()) as session:
            return _sent(*exports.file(session, identifier, transfer_id))


def _sent(place: str, name: str) -> Response:
    return sent_by_nginx(f"/transfers/{place}", _TYPES[place.rpartition(".")[2]], name)
