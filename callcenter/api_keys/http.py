"""API keys over HTTP."""

from typing import Any
from uuid import UUID

from callcenter.api_keys.schemas import (
    ApiKeyBody,
    ApiKeyPage,
    ApiKeyQuery,
    ApiKeyShape,
    NewApiKeyShape,
)
from callcenter.api_keys.service import ApiKeys
from callcenter.core.db import Database
from callcenter.core.http import Blueprint, Page, PageRequest, requires, scope
from callcenter.core.permissions import Permission

_ADMIN = requires(Permission.ENTERPRISE_MANAGE)


def blueprint(database: Database, keys: ApiKeys) -> Blueprint:
    blp = Blueprint("api-keys", __name__, url_prefix="/api-keys", description="API keys")

    @blp.route("")
    @blp.arguments(ApiKeyQuery, location="query")
    @blp.response(200, ApiKeyPage)
    @_ADMIN
    def page(query: dict[str, Any]) -> Page:
        wanted = PageRequest.take(query)
        with database.begin(scope()) as session:
            return keys.page(session, wanted, query)

    @blp.route("", methods=["POST"])
    @blp.arguments(ApiKeyBody)
    @blp.response(201, NewApiKeyShape)
    @_ADMIN
    def make(body: dict[str, Any]) -> Any:
        with database.begin(scope()) as session:
            made = keys.make(session, body)
        return made, 201, {"Cache-Control": "no-store"}

    @blp.route("/<uuid:key_id>/revoke", methods=["POST"])
    @blp.response(200, ApiKeyShape)
    @_ADMIN
    def revoke(key_id: UUID) -> Any:
        with database.begin(scope()) as session:
            return keys.revoke(session, key_id)

    return blp
