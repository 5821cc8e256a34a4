"""Trunks over HTTP, and the platform at a glance."""

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
from callcenter.tenancy.schemas import OverviewShape, TrunkBody, TrunkPage, TrunkShape
from callcenter.tenancy.service import Overview, Trunks

_OPERATOR = requires(Permission.PLATFORM_MANAGE)


def blueprint(database: Database, trunks: Trunks, overview: Overview) -> Blueprint:
    blp = Blueprint("trunks", __name__, url_prefix="/operator", description="Trunks")

    @blp.route("/overview")
    @blp.response(200, OverviewShape)
    @_OPERATOR
    def at_a_glance() -> Any:
        with database.begin(scope()) as session:
            return overview.read(session)

    @blp.route("/trunks")
    @blp.arguments(PageQuery, location="query")
    @blp.response(200, TrunkPage)
    @_OPERATOR
    def page(query: dict[str, Any]) -> Page:
        with database.begin(scope()) as session:
            return trunks.page(session, PageRequest.take(query))

    @blp.route("/trunks", methods=["POST"])
    @blp.arguments(TrunkBody)
    @blp.response(201, TrunkShape)
    @_OPERATOR
    def create(body: dict[str, Any]) -> Any:
        with database.begin(scope()) as session:
            made = trunks.create(session, body)
        return with_etag(made, made["version"], 201)

    @blp.route("/trunks/<uuid:trunk_id>")
    @blp.response(200, TrunkShape)
    @_OPERATOR
    def read(trunk_id: UUID) -> Any:
        with database.begin(scope()) as session:
            trunk = trunks.read(session, trunk_id)
        return with_etag(trunk, trunk["version"])

    @blp.route("/trunks/<uuid:trunk_id>", methods=["PATCH"])
    @blp.versioned
    @blp.arguments(TrunkBody(partial=True))
    @blp.response(200, TrunkShape)
    @_OPERATOR
    def change(body: dict[str, Any], trunk_id: UUID) -> Any:
        version = expected_version()
        with database.begin(scope()) as session:
            trunk = trunks.change(session, trunk_id, body, version)
        return with_etag(trunk, trunk["version"])

    @blp.route("/trunks/<uuid:trunk_id>", methods=["DELETE"])
    @blp.versioned_if_given
    @blp.response(204)
    @_OPERATOR
    def delete(trunk_id: UUID) -> None:
        version = version_if_given()
        with database.begin(scope()) as session:
            trunks.delete(session, trunk_id, version)

    return blp
