"""Credentials of flows over HTTP, for the enterprise's administrator."""

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
from ivr.credentials import Credentials
from ivr.schemas.credentials import (
    IvrCredentialChange,
    IvrCredentialChoice,
    IvrCredentialPage,
    IvrCredentialShape,
    NewIvrCredential,
)

_ADMIN = requires(Permission.ENTERPRISE_MANAGE)


def credentials_blueprint(database: Database, credentials: Credentials) -> Blueprint:
    blp = Blueprint(
        "ivr_credentials",
        __name__,
        url_prefix="/ivr-credentials",
        description="Credentials of flows",
    )
    _list(blp, database, credentials)
    _one(blp, database, credentials)
    return blp


def _list(blp: Blueprint, database: Database, credentials: Credentials) -> None:
    @blp.route("")
    @blp.arguments(PageQuery, location="query")
    @blp.response(200, IvrCredentialPage)
    @_ADMIN
    def page(query: dict[str, Any]) -> Page:
        with database.begin(scope()) as session:
            return credentials.page(session, PageRequest.take(query))

    @blp.route("/choices")
    @blp.response(200, IvrCredentialChoice(many=True))
    @requires(Permission.ENTERPRISE_MANAGE, Permission.OBJECTS_DEFINE)
    def choices() -> Any:
        """For those who set up calls that send them along: names and hosts alone."""
        with database.begin(scope()) as session:
            return credentials.choices(session)

    @blp.route("", methods=["POST"])
    @blp.arguments(NewIvrCredential)
    @blp.response(201, IvrCredentialShape)
    @_ADMIN
    def create(body: dict[str, Any]) -> Any:
        with database.begin(scope()) as session:
            made = credentials.create(session, body)
        return with_etag(made, made["version"], 201)


def _one(blp: Blueprint, database: Database, credentials: Credentials) -> None:
    @blp.route("/<uuid:credential_id>", methods=["PATCH"])
    @blp.versioned
    @blp.arguments(IvrCredentialChange)
    @blp.response(200, IvrCredentialShape)
    @_ADMIN
    def change(body: dict[str, Any], credential_id: UUID) -> Any:
        version = expected_version()
        with database.begin(scope()) as session:
            made = credentials.change(session, credential_id, body, version)
        return with_etag(made, made["version"])

    @blp.route("/<uuid:credential_id>", methods=["DELETE"])
    @blp.versioned_if_given
    @blp.response(204)
    @_ADMIN
    def delete(credential_id: UUID) -> None:
        version = version_if_given()
        with database.begin(scope()) as session:
            credentials.delete(session, credential_id, version)
