"""Agent services over HTTP."""

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
from callcenter.routing.schemas import AgentServicePage, AgentServiceShape, ServiceBody
from callcenter.routing.service import AgentServices

_ADMIN = requires(Permission.ENTERPRISE_MANAGE)


def blueprint(database: Database, services: AgentServices) -> Blueprint:
    blp = Blueprint(
        "agent_services", __name__, url_prefix="/agent-services", description="Agent services"
    )

    @blp.route("")
    @blp.arguments(PageQuery, location="query")
    @blp.response(200, AgentServicePage)
    @_ADMIN
    def page(query: dict[str, Any]) -> Page:
        with database.begin(scope()) as session:
            return services.page(session, PageRequest.take(query))

    @blp.route("", methods=["POST"])
    @blp.arguments(ServiceBody)
    @blp.response(201, AgentServiceShape)
    @_ADMIN
    def create(body: dict[str, Any]) -> Any:
        with database.begin(scope()) as session:
            made = services.create(session, body)
        return with_etag(made, made["version"], 201)

    @blp.route("/<uuid:service_id>")
    @blp.response(200, AgentServiceShape)
    @_ADMIN
    def read(service_id: UUID) -> Any:
        with database.begin(scope()) as session:
            service = services.read(session, service_id)
        return with_etag(service, service["version"])

    @blp.route("/<uuid:service_id>", methods=["PATCH"])
    @blp.versioned
    @blp.arguments(ServiceBody(partial=True))
    @blp.response(200, AgentServiceShape)
    @_ADMIN
    def change(body: dict[str, Any], service_id: UUID) -> Any:
        version = expected_version()
        with database.begin(scope()) as session:
            service = services.change(session, service_id, body, version)
        return with_etag(service, service["version"])

    @blp.route("/<uuid:service_id>", methods=["DELETE"])
    @blp.versioned_if_given
    @blp.response(204)
    @_ADMIN
    def delete(service_id: UUID) -> None:
        version = version_if_given()
        with database.begin(scope()) as session:
            services.delete(session, service_id, version)

    return blp
