"""What happens to a record, over HTTP: comments, the recycle bin, duplicates, merging."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from marshmallow import INCLUDE, fields

from callcenter.core.db import Database
from callcenter.core.errors import Invalid
from callcenter.core.http import (
    Blueprint,
    Page,
    PageQuery,
    PageRequest,
    Query,
    expected_version,
    requires,
    scope,
    with_etag,
)
from callcenter.core.idempotency import Idempotency
from callcenter.core.permissions import Permission
from callcenter.core.repeat import repeatable
from callcenter.objects.schemas import RecordShape
from callcenter.objects.schemas.life import (
    CommentAnswer,
    CommentBody,
    CommentPage,
    DeletedRecordPage,
    DuplicateAnswer,
    MergeBody,
)
from callcenter.objects.service import Comments, Duplicates, Merging, RecycleBin


class DuplicateQuery(Query):
    """What is entered, by field: `f.<field>`. but: the record itself, when it is there already."""

    class Meta:
        unknown = INCLUDE

    but = fields.UUID(load_default=None)


@dataclass(frozen=True, slots=True)
class Services:
    comments: Comments
    bin: RecycleBin
    duplicates: Duplicates
    merging: Merging


def blueprint(database: Database, services: Services, idempotency: Idempotency) -> Blueprint:
    blp = Blueprint(
        "record_life", __name__, url_prefix="/objects/<identifier>", description="Data objects"
    )
    _comments(blp, database, services.comments, idempotency)
    _bin(blp, database, services.bin)
    _duplicates(blp, database, services.duplicates)
    _merging(blp, database, services.merging)
    return blp


def _comments(
    blp: Blueprint, database: Database, comments: Comments, idempotency: Idempotency
) -> None:
    @blp.route("/records/<uuid:record_id>/comments")
    @blp.arguments(PageQuery, location="query")
    @blp.response(200, CommentPage)
    @requires(Permission.RECORDS_READ)
    def page(query: dict[str, Any], identifier: str, record_id: UUID) -> Page:
        with database.begin(scope()) as session:
            return comments.page(session, identifier, record_id, PageRequest.take(query))

    @blp.route("/records/<uuid:record_id>/comments", methods=["POST"])
    @blp.once
    @blp.arguments(CommentBody)
    @blp.response(201, CommentAnswer)
    @requires(Permission.RECORDS_WRITE)
    def add(body: dict[str, Any], identifier: str, record_id: UUID) -> Any:
        def act() -> Mapping[str, Any]:
            with database.begin(scope()) as session:
                return comments.add(session, identifier, record_id, body["text"])

        return repeatable(idempotency, CommentAnswer, 201, act)

    @blp.route("/records/<uuid:record_id>/comments/<uuid:comment_id>", methods=["PATCH"])
    @blp.versioned
    @blp.arguments(CommentBody)
    @blp.response(200, CommentAnswer)
    @requires(Permission.RECORDS_WRITE)
    def change(body: dict[str, Any], identifier: str, record_id: UUID, comment_id: UUID) -> Any:
        version = expected_version()
        with database.begin(scope()) as session:
            comment = comments.change(
                session, identifier, record_id, comment_id, body["text"], version
            )
        return with_etag(comment, comment["version"])

    @blp.route("/records/<uuid:record_id>/comments/<uuid:comment_id>", methods=["DELETE"])
    @blp.versioned
    @blp.response(204)
    @requires(Permission.RECORDS_WRITE)
    def delete(identifier: str, record_id: UUID, comment_id: UUID) -> None:
        version = expected_version()
        with database.begin(scope()) as session:
            comments.delete(session, identifier, record_id, comment_id, version)


def _bin(blp: Blueprint, database: Database, recycled: RecycleBin) -> None:
    @blp.route("/recycle-bin")
    @blp.arguments(PageQuery, location="query")
    @blp.response(200, DeletedRecordPage)
    @requires(Permission.RECORDS_DELETE)
    def deleted(query: dict[str, Any], identifier: str) -> Page:
        with database.begin(scope()) as session:
            return recycled.deleted(session, identifier, PageRequest.take(query))

    @blp.route("/recycle-bin/<uuid:record_id>/restore", methods=["POST"])
    @blp.versioned
    @blp.response(200, RecordShape)
    @requires(Permission.RECORDS_DELETE)
    def restore(identifier: str, record_id: UUID) -> Any:
        version = expected_version()
        with database.begin(scope()) as session:
            record = recycled.restore(session, identifier, record_id, version)
        return with_etag(record, record["version"])

    @blp.route("/recycle-bin/<uuid:record_id>", methods=["DELETE"])
    @blp.versioned
    @blp.response(204)
    @requires(Permission.RECORDS_DELETE)
    def purge(identifier: str, record_id: UUID) -> None:
        version = expected_version()
        with database.begin(scope()) as session:
            recycled.purge(session, identifier, record_id, version)


def _duplicates(blp: Blueprint, database: Database, duplicates: Duplicates) -> None:
    @blp.route("/duplicates")
    @blp.arguments(DuplicateQuery, location="query", unknown=INCLUDE)
    @blp.response(200, DuplicateAnswer(many=True))
    @requires(Permission.RECORDS_READ)
    def alike(query: dict[str, Any], identifier: str) -> Any:
        but = query.pop("but")
        with database.begin(scope()) as session:
            return duplicates.find(session, identifier, query, but)


def _merging(blp: Blueprint, database: Database, merging: Merging) -> None:
    @blp.route("/records/<uuid:record_id>/merge", methods=["POST"])
    @blp.versioned
    @blp.arguments(MergeBody)
    @blp.response(200, RecordShape)
    @requires(Permission.RECORDS_WRITE)
    def merge(body: dict[str, Any], identifier: str, record_id: UUID) -> Any:
        version = expected_version()
        others = {other["id"]: other["version"] for other in body["others"]}
        if len(others) < len(body["others"]):
            raise Invalid(fields={"others": ["validation.duplicate"]})
        with database.begin(scope()) as session:
            record = merging.merge(session, identifier, record_id, version, others, body["values"])
        return with_etag(record, record["version"])
