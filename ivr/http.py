"""IVR services over HTTP. The ETag is the service's version; it moves with its draft too."""

from typing import Any
from uuid import UUID

from callcenter.core.db import Database
from callcenter.core.http import Blueprint, expected_version, requires, scope, with_etag
from callcenter.core.permissions import Permission
from ivr import queries
from ivr.schemas import (
    Draft,
    FlowDefinitionShape,
    FlowToTry,
    FlowTried,
    IvrServiceDetail,
    IvrServicePage,
    RollBack,
    definition_of,
    detail,
    trial_of,
    tried,
)
from ivr.service import IvrServices, ServiceView
from ivr.trying import Trying


def blueprint(database: Database, services: IvrServices, trying: Trying) -> Blueprint:
    blp = Blueprint("ivr", __name__, url_prefix="/ivr-services", description="IVR services")
    _reading(blp, database, services)
    _changing(blp, database, services)
    _trying(blp, database, trying)
    return blp


def _reading(blp: Blueprint, database: Database, services: IvrServices) -> None:
    @blp.route("")
    @blp.response(200, IvrServicePage)
    @requires(Permission.ENTERPRISE_MANAGE)
    def listed() -> Any:
        with database.begin(scope()) as session:
            items = [
                {"id": row.id, "name": row.name, "status": row.status, "published_version": number}
                for row, number in queries.services(session)
            ]
        return {"items": items, "total": len(items), "page": 1, "page_size": max(len(items), 1)}

    @blp.route("/<uuid:service_id>")
    @blp.response(200, IvrServiceDetail)
    @requires(Permission.ENTERPRISE_MANAGE)
    def one(service_id: UUID) -> Any:
        with database.begin(scope()) as session:
            return _answer(services.view(session, service_id))

    @blp.route("/<uuid:service_id>/versions/<int:number>")
    @blp.response(200, FlowDefinitionShape)
    @requires(Permission.ENTERPRISE_MANAGE)
    def version(service_id: UUID, number: int) -> Any:
        with database.begin(scope()) as session:
            return definition_of(services.version(session, service_id, number))


def _changing(blp: Blueprint, database: Database, services: IvrServices) -> None:
    @blp.route("/<uuid:service_id>/draft", methods=["PUT"])
    @blp.versioned
    @blp.arguments(Draft)
    @blp.response(200, IvrServiceDetail)
    @requires(Permission.ENTERPRISE_MANAGE)
    def save_draft(body: dict[str, Any], service_id: UUID) -> Any:
        expected = expected_version()
        with database.begin(scope()) as session:
            view = services.save_draft(session, service_id, expected, body["definition"])
            return _answer(view)

    @blp.route("/<uuid:service_id>/publish", methods=["POST"])
    @blp.versioned
    @blp.response(200, IvrServiceDetail)
    @requires(Permission.ENTERPRISE_MANAGE)
    def publish(service_id: UUID) -> Any:
        return _answer(services.publish(scope(), service_id, expected_version()))

    @blp.route("/<uuid:service_id>/roll-back", methods=["POST"])
    @blp.versioned
    @blp.arguments(RollBack)
    @blp.response(200, IvrServiceDetail)
    @requires(Permission.ENTERPRISE_MANAGE)
    def roll_back(body: dict[str, Any], service_id: UUID) -> Any:
        expected = expected_version()
        return _answer(services.roll_back(scope(), service_id, expected, body["number"]))


def _trying(blp: Blueprint, database: Database, trying: Trying) -> None:
    @blp.route("/<uuid:service_id>/try", methods=["POST"])
    @blp.arguments(FlowToTry)
    @blp.response(200, FlowTried)
    @requires(Permission.ENTERPRISE_MANAGE)
    def attempt(body: dict[str, Any], service_id: UUID) -> Any:
        """What a caller would hear, and where the flow stands after these entries."""
        with database.begin(scope()) as session:
            return tried(trying.attempt(session, service_id, trial_of(body)))


def _answer(view: ServiceView) -> Any:
    return with_etag(detail(view), view.service.version)
