"""Routing services over HTTP."""

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
from callcenter.routing.schemas import (
    CallToTry,
    CallTried,
    RoutingServiceBody,
    RoutingServicePage,
    RoutingServiceShape,
)
from callcenter.routing.service import RoutingServices

_ADMIN = requires(Permission.ENTERPRISE_MANAGE)


def blueprint(database: Database, routes: RoutingServices) -> Blueprint:
    blp = Blueprint(
        "routing_services", __name__, url_prefix="/routing-services", description="Routing services"
    )
    _list(blp, database, routes)
    _one(blp, database, routes)
    return blp


def _list(blp: Blueprint, database: Database, routes: RoutingServices) -> None:
    @blp.route("")
    @blp.arguments(PageQuery, location="query")
    @blp.response(200, RoutingServicePage)
    @_ADMIN
    def page(query: dict[str, Any]) -> Page:
        with database.begin(scope()) as session:
            return routes.page(session, PageRequest.take(query))

    @blp.route("", methods=["POST"])
    @blp.arguments(RoutingServiceBody)
    @blp.response(201, RoutingServiceShape)
    @_ADMIN
    def create(body: dict[str, Any]) -> Any:
        with database.begin(scope()) as session:
            made = routes.create(session, body)
        return with_etag(made, made["version"], 201)

    @blp.route("/try", methods=["POST"])
    @blp.arguments(CallToTry)
    @blp.response(200, CallTried)
    @_ADMIN
    def attempt(body: dict[str, Any]) -> Any:
        """Where a call would go, by rules that need not be kept, and why."""
        with database.begin(scope()) as session:
            return routes.attempt(session, body)


def _one(blp: Blueprint, database: Database, routes: RoutingServices) -> None:
    @blp.route("/<uuid:service_id>")
    @blp.response(200, RoutingServiceShape)
    @_ADMIN
    def read(service_id: UUID) -> Any:
        with database.begin(scope()) as session:
            service = routes.read(session, service_id)
        return with_etag(service, service["version"])

    @blp.route("/<uuid:service_id>", methods=["PATCH"])
    @blp.versioned
    @blp.arguments(RoutingServiceBody(partial=("name", "document")))
    @blp.response(200, RoutingServiceShape)
    @_ADMIN
    def change(body: dict[str, Any], service_id: UUID) -> Any:
        version = expected_version()
        with database.begin(scope()) as session:
            service = routes.change(session, service_id, body, version)
        return with_etag(service, service["version"])

    @blp.route("/<uuid:service_id>", methods=["DELETE"])
    @blp.versioned_if_given
    @blp.response(204)
    @_ADMIN
    def delete(service_id: UUID) -> None:
        version = version_if_given()
        with database.begin(scope()) as session:
            routes.delete(session, service_id, version)
