"""Extensions over HTTP."""

from typing import Any
from uuid import UUID

from callcenter.core.db import Database
from callcenter.core.http import (
    Blueprint,
    Page,
    PageRequest,
    expected_version,
    requires,
    scope,
    version_if_given,
    with_etag,
)
from callcenter.core.permissions import Permission
from callcenter.people.schemas import (
    AccountShape,
    ExtensionBody,
    ExtensionPage,
    ExtensionPatch,
    ExtensionQuery,
    ExtensionShape,
)
from callcenter.people.service import Extensions

_ADMIN = requires(Permission.ENTERPRISE_MANAGE)


def blueprint(database: Database, extensions: Extensions) -> Blueprint:
    blp = Blueprint("extensions", __name__, url_prefix="/extensions", description="Extensions")

    @blp.route("")
    @blp.arguments(ExtensionQuery, location="query")
    @blp.response(200, ExtensionPage)
    @_ADMIN
    def page(query: dict[str, Any]) -> Page:
        wanted = PageRequest.take(query)
        with database.begin(scope()) as session:
            return extensions.page(session, wanted, query)

    @blp.route("", methods=["POST"])
    @blp.arguments(ExtensionBody)
    @blp.response(201, ExtensionShape)
    @_ADMIN
    def create(body: dict[str, Any]) -> Any:
        with database.begin(scope()) as session:
            made = extensions.create(session, body)
        return with_etag(made, made["version"], 201)

    @blp.route("/<uuid:extension_id>")
    @blp.response(200, ExtensionShape)
    @_ADMIN
    def read(extension_id: UUID) -> Any:
        with database.begin(scope()) as session:
            extension = extensions.read(session, extension_id)
        return with_etag(extension, extension["version"])

    @blp.route("/<uuid:extension_id>", methods=["PATCH"])
    @blp.versioned
    @blp.arguments(ExtensionPatch)
    @blp.response(200, ExtensionShape)
    @_ADMIN
    def change(body: dict[str, Any], extension_id: UUID) -> Any:
        version = expected_version()
        with database.begin(scope()) as session:
            extension = extensions.change(session, extension_id, body["kind"], version)
        return with_etag(extension, extension["version"])

    @blp.route("/<uuid:extension_id>", methods=["DELETE"])
    @blp.versioned_if_given
    @blp.response(204)
    @_ADMIN
    def delete(extension_id: UUID) -> None:
        version = version_if_given()
        with database.begin(scope()) as session:
            extensions.delete(session, extension_id, version)

    @blp.route("/<uuid:extension_id>/secret", methods=["POST"])
    @blp.response(200, AccountShape)
    @_ADMIN
    def renew_secret(extension_id: UUID) -> Any:
        with database.begin(scope()) as session:
            account = extensions.renew_secret(session, extension_id)
        return account, 200, {"Cache-Control": "no-store"}

    return blp
