"""IVR services over HTTP. The ETag is the service's version; it moves with its draft too."""

from typing import Any
from uuid import UUID

from callcenter.core.db import Database
from callcenter.core.http import (
    Blueprint,
    expected_version,
    requires,
    scope,
    version_if_given,
    with_etag,
)
from callcenter.core.permissions import Permission
from ivr.keeping import Keeping
from ivr.nodes import KINDS
from ivr.schemas.services import (
    CallsInFlow,
    CountersQuery,
    Draft,
    FlowCounters,
    FlowDefinitionShape,
    FlowKinds,
    FlowToTry,
    FlowTried,
    IvrServiceChange,
    IvrServiceDetail,
    IvrServicePage,
    NewIvrService,
    ReadyFlow,
    RollBack,
    definition_of,
    detail,
    trial_of,
    tried,
)
from ivr.service import IvrServices, ServiceView
from ivr.taking import ReadyFlows, Wanted
from ivr.trying import Trying
from ivr.watching import Watching


def services_blueprint(
    database: Database,
    services: IvrServices,
    keeping: Keeping,
    readies: ReadyFlows,
    trying: Trying,
    watching: Watching,
) -> Blueprint:
    blp = Blueprint("ivr", __name__, url_prefix="/ivr-services", description="IVR services")
    _reading(blp, database, services)
    _keeping(blp, database, services, keeping)
    _making(blp, database, services, keeping, readies)
    _changing(blp, database, services)
    _trying(blp, database, trying)
    _watching(blp, database, watching)
    return blp


def _reading(blp: Blueprint, database: Database, services: IvrServices) -> None:
    @blp.route("")
    @blp.response(200, IvrServicePage)
    @requires(Permission.ENTERPRISE_MANAGE)
    def listed() -> Any:
        with database.begin(scope()) as session:
            items = services.listed(session)
        return {"items": items, "total": len(items), "page": 1, "page_size": max(len(items), 1)}

    @blp.route("/kinds")
    @blp.response(200, FlowKinds)
    @requires(Permission.ENTERPRISE_MANAGE)
    def kinds() -> Any:
        return {"kinds": sorted(KINDS)}

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


def _making(
    blp: Blueprint,
    database: Database,
    services: IvrServices,
    keeping: Keeping,
    readies: ReadyFlows,
) -> None:
    @blp.route("/ready")
    @blp.response(200, ReadyFlow(many=True))
    @requires(Permission.ENTERPRISE_MANAGE)
    def offered() -> Any:
        """The ready-made flows that a new service may begin with."""
        with database.begin(scope()) as session:
            return readies.offered(session)

    @blp.route("", methods=["POST"])
    @blp.arguments(NewIvrService)
    @blp.response(201, IvrServiceDetail)
    @requires(Permission.ENTERPRISE_MANAGE)
    def create(body: dict[str, Any]) -> Any:
        name, ready = body["name"], body["ready"]
        with database.begin(scope()) as session:
            if ready is None:
                made = keeping.create(session, name, body["copy_of"])
            else:
                made = readies.take(session, name, Wanted(**ready))
            return _answer(services.view(session, made.id), 201)


def _keeping(blp: Blueprint, database: Database, services: IvrServices, keeping: Keeping) -> None:
    @blp.route("/<uuid:service_id>", methods=["PATCH"])
    @blp.versioned
    @blp.arguments(IvrServiceChange)
    @blp.response(200, IvrServiceDetail)
    @requires(Permission.ENTERPRISE_MANAGE)
    def change(body: dict[str, Any], service_id: UUID) -> Any:
        expected = expected_version()
        with database.begin(scope()) as session:
            keeping.change(session, service_id, body, expected)
            return _answer(services.view(session, service_id))

    @blp.route("/<uuid:service_id>", methods=["DELETE"])
    @blp.versioned_if_given
    @blp.response(204)
    @requires(Permission.ENTERPRISE_MANAGE)
    def delete(service_id: UUID) -> None:
        version = version_if_given()
        with database.begin(scope()) as session:
            keeping.delete(session, service_id, version)


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


def _watching(blp: Blueprint, database: Database, watching: Watching) -> None:
    @blp.route("/<uuid:service_id>/counters")
    @blp.arguments(CountersQuery, location="query")
    @blp.response(200, FlowCounters)
    @requires(Permission.ENTERPRISE_MANAGE)
    def counters(query: dict[str, Any], service_id: UUID) -> Any:
        """How often callers left each node by each exit."""
        with database.begin(scope()) as session:
            return watching.counters(session, service_id, **query)

    @blp.route("/<uuid:service_id>/calls")
    @blp.response(200, CallsInFlow)
    @requires(Permission.ENTERPRISE_MANAGE)
    def calls(service_id: UUID) -> Any:
        """Calls that are in the flow now."""
        with database.begin(scope()) as session:
            return watching.calls(session, service_id)


def _answer(view: ServiceView, status: int = 200) -> Any:
    return with_etag(detail(view), view.service.version, status)
