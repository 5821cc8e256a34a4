"""VoiceXML documents over HTTP: taken as they are sent, given back byte for byte."""

from typing import Any
from uuid import UUID

from flask import Response, request

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
from callcenter.core.sending import to_be_saved
from ivr.documents import Documents, Sent, checked
from ivr.errors import DocumentTooLarge
from ivr.http.prompts import BINARY
from ivr.schemas.documents import (
    DocumentFileQuery,
    IvrDocumentBody,
    IvrDocumentDetail,
    IvrDocumentPage,
    IvrDocumentVersionShape,
    NewDocumentQuery,
)
from ivr.voicexml import LARGEST

MEDIA_TYPE = "application/voicexml+xml"
_ADMIN = requires(Permission.ENTERPRISE_MANAGE)


def documents_blueprint(database: Database, documents: Documents) -> Blueprint:
    blp = Blueprint(
        "ivr_documents", __name__, url_prefix="/ivr-documents", description="VoiceXML documents"
    )
    _list(blp, database, documents)
    _one(blp, database, documents)
    _versions(blp, database, documents)
    return blp


def _list(blp: Blueprint, database: Database, documents: Documents) -> None:
    @blp.route("")
    @blp.arguments(PageQuery, location="query")
    @blp.response(200, IvrDocumentPage)
    @_ADMIN
    def page(query: dict[str, Any]) -> Page:
        with database.begin(scope()) as session:
            return documents.page(session, PageRequest.take(query))

    @blp.route("", methods=["POST"])
    @blp.doc(requestBody=BINARY)
    @blp.arguments(NewDocumentQuery, location="query")
    @blp.response(201, IvrDocumentDetail)
    @_ADMIN
    def create(query: dict[str, Any]) -> Any:
        sent = _sent(query["file"])
        with database.begin(scope()) as session:
            return _answer(documents.create(session, query["name"], sent), 201)


def _one(blp: Blueprint, database: Database, documents: Documents) -> None:
    @blp.route("/<uuid:document_id>")
    @blp.response(200, IvrDocumentDetail)
    @_ADMIN
    def read(document_id: UUID) -> Any:
        with database.begin(scope()) as session:
            return _answer(documents.read(session, document_id))

    @blp.route("/<uuid:document_id>", methods=["PATCH"])
    @blp.versioned
    @blp.arguments(IvrDocumentBody)
    @blp.response(200, IvrDocumentDetail)
    @_ADMIN
    def rename(body: dict[str, Any], document_id: UUID) -> Any:
        version = expected_version()
        with database.begin(scope()) as session:
            return _answer(documents.rename(session, document_id, body["name"], version))

    @blp.route("/<uuid:document_id>", methods=["DELETE"])
    @blp.versioned_if_given
    @blp.response(204)
    @_ADMIN
    def delete(document_id: UUID) -> None:
        version = version_if_given()
        with database.begin(scope()) as session:
            documents.delete(session, document_id, version)


def _versions(blp: Blueprint, database: Database, documents: Documents) -> None:
    @blp.route("/<uuid:document_id>/versions")
    @blp.response(200, IvrDocumentVersionShape(many=True))
    @_ADMIN
    def listed(document_id: UUID) -> Any:
        with database.begin(scope()) as session:
            return documents.versions(session, document_id)

    @blp.route("/<uuid:document_id>/versions", methods=["POST"])
    @blp.versioned
    @blp.doc(requestBody=BINARY)
    @blp.arguments(DocumentFileQuery, location="query")
    @blp.response(201, IvrDocumentDetail)
    @_ADMIN
    def replace(query: dict[str, Any], document_id: UUID) -> Any:
        """A new version, in force from now on."""
        version = expected_version()
        with database.begin(scope()) as session:
            documents.expect(session, document_id, version)
        sent = _sent(query["file"])
        with database.begin(scope()) as session:
            return _answer(documents.replace(session, document_id, sent, version), 201)

    @blp.route("/<uuid:document_id>/versions/<int:number>/content")
    @blp.response(200, content_type=MEDIA_TYPE)
    @_ADMIN
    def content(document_id: UUID, number: int) -> Response:
        with database.begin(scope()) as session:
            name, kept = documents.content(session, document_id, number)
        return to_be_saved(kept, MEDIA_TYPE, name)

    @blp.route("/<uuid:document_id>/versions/<int:number>/roll-back", methods=["POST"])
    @blp.versioned
    @blp.response(200, IvrDocumentDetail)
    @_ADMIN
    def roll_back(document_id: UUID, number: int) -> Any:
        """This version is in force from now on; the others stay."""
        version = expected_version()
        with database.begin(scope()) as session:
            return _answer(documents.bring_back(session, document_id, number, version))


def _sent(file: str) -> Sent:
    """What comes as the body."""
    if (request.content_length or 0) > LARGEST:
        raise DocumentTooLarge
    # The application's own limit is one of JSON.
    request.max_content_length = LARGEST + 1
    return checked(file, request.stream.read(LARGEST + 1))


def _answer(document: dict[str, Any], status: int = 200) -> Any:
    return with_etag(document, document["version"], status)
