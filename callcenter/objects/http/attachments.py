"""Files at a record, over HTTP: taken as they are sent, given as something to save."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Response, request
from marshmallow import fields

from callcenter.core.db import Database
from callcenter.core.http import Blueprint, Query, current_actor, requires, scope
from callcenter.core.permissions import Permission
from callcenter.core.sending import sent_by_nginx
from callcenter.objects.errors import FileTooLarge
from callcenter.objects.models import Attachment
from callcenter.objects.schemas.life import (
    AttachmentAnswer,
    AttachmentList,
    FieldFileAnswer,
    FieldFileQuery,
    FileQuery,
)
from callcenter.objects.service import Attachments
from callcenter.objects.service.file_kinds import INLINE
from callcenter.objects.service.files import Received

MEGABYTE = 1024 * 1024
_BODY = {"required": True, "content": {"application/octet-stream": {"schema": {
    "type": "string", "format": "binary",
}}}}  # fmt: skip
_SAFE = {
    "Content-Security-Policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src 'self'",
    "X-Content-Type-Options": "nosniff",
}


class ContentQuery(Query):
    """inline: to be shown, where its kind may be."""

    inline = fields.Bool(load_default=False)


@dataclass(frozen=True, slots=True)
class Limits:
    """largest: bytes of one file."""

    largest: int


def field_routes(database: Database, attachments: Attachments, limits: Limits) -> Blueprint:
    blp = Blueprint("field_files", __name__, url_prefix="/objects", description="Files in fields")

    @blp.route("/<identifier>/files", methods=["POST"])
    @blp.doc(requestBody=_BODY)
    @blp.arguments(FieldFileQuery, location="query")
    @blp.response(201, FieldFileAnswer)
    @requires(Permission.RECORDS_WRITE)
    def send(query: dict[str, Any], identifier: str) -> Any:
        key, name = query["field"], query["name"]
        with database.begin(scope()) as session:
            field = attachments.check_field(session, identifier, key)
        wished = field.setting("largest")
        largest = min(limits.largest, wished * MEGABYTE) if wished else limits.largest
        with _received(attachments, largest, name) as received, database.begin(scope()) as session:
            return attachments.keep(session, identifier, key, received, name)

    return blp


def blueprint(database: Database, attachments: Attachments, limits: Limits) -> Blueprint:
    place = "/objects/<identifier>/records/<uuid:record_id>/attachments"
    blp = Blueprint("attachments", __name__, url_prefix=place, description="Files at records")

    @blp.route("")
    @blp.response(200, AttachmentList)
    @requires(Permission.RECORDS_READ)
    def listed(identifier: str, record_id: UUID) -> Any:
        with database.begin(scope()) as session:
            items = attachments.all(session, identifier, record_id)
        return {"items": items, "largest": limits.largest}

    @blp.route("", methods=["POST"])
    @blp.doc(requestBody=_BODY)
    @blp.arguments(FileQuery, location="query")
    @blp.response(201, AttachmentAnswer)
    @requires(Permission.RECORDS_WRITE)
    def attach(query: dict[str, Any], identifier: str, record_id: UUID) -> Any:
        name = query["name"]
        with database.begin(scope()) as session:
            attachments.check(session, identifier, record_id)
        with (
            _received(attachments, limits.largest, name) as received,
            database.begin(scope()) as session,
        ):
            return attachments.add(session, identifier, record_id, received, name)

    @blp.route("/<uuid:file_id>", methods=["DELETE"])
    @blp.response(204)
    @requires(Permission.RECORDS_WRITE)
    def detach(identifier: str, record_id: UUID, file_id: UUID) -> None:
        with database.begin(scope()) as session:
            attachments.delete(session, identifier, record_id, file_id)

    @blp.route("/<uuid:file_id>/content")
    @blp.arguments(ContentQuery, location="query")
    @blp.doc(description="The file itself; sent by nginx, which serves parts of it on request.")
    @requires(Permission.RECORDS_READ)
    def content(query: dict[str, Any], identifier: str, record_id: UUID, file_id: UUID) -> Response:
        with database.begin(scope()) as session:
            row = attachments.one(session, identifier, record_id, file_id)
        place = attachments.files.address(row.enterprise_id, row.id)
        return _content(row, place, inline=query["inline"])

    return blp


@contextmanager
def _received(attachments: Attachments, largest: int, name: str) -> Iterator[Received]:
    """The file that is being sent, thrown away again where nobody keeps it."""
    if (request.content_length or 0) > largest:
        raise FileTooLarge({"most": largest // MEGABYTE})
    # The application's own limit is one of JSON; here the stream is measured as it is written.
    request.max_content_length = largest + 1
    enterprise_id = current_actor().enterprise_id
    received = attachments.files.receive(enterprise_id, request.stream, name, largest)
    try:
        yield received
    except BaseException:
        attachments.files.discard(enterprise_id, received.id)
        raise


def _content(row: Attachment, place: str, *, inline: bool) -> Response:
    shown = inline and row.media_type in INLINE
    response = sent_by_nginx(f"/attachments/{place}", row.media_type, row.name, inline=shown)
    response.headers.extend(_SAFE)
    return response
