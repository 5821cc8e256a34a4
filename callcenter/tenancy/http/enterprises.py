"""Enterprises over HTTP: all of them for operators, its own for an enterprise."""

from typing import Any
from uuid import UUID

from callcenter.core.db import Database
from callcenter.core.http import (
    Blueprint,
    Page,
    PageRequest,
    current_actor,
    expected_version,
    requires,
    scope,
    version_if_given,
    with_etag,
)
from callcenter.core.permissions import Permission
from callcenter.core.tenant import Scope
from callcenter.tenancy.schemas import (
    EnterpriseBody,
    EnterprisePage,
    EnterpriseQuery,
    EnterpriseShape,
    IssuedShape,
    NewEnterprise,
    OwnEnterpriseBody,
    OwnEnterpriseShape,
    RegisteredShape,
)
from callcenter.tenancy.service import Enterprises

_OPERATOR = requires(Permission.PLATFORM_MANAGE)
_SECRET = {"Cache-Control": "no-store"}


def blueprint(database: Database, enterprises: Enterprises) -> Blueprint:
    """For operators."""
    blp = Blueprint(
        "enterprises", __name__, url_prefix="/operator/enterprises", description="Enterprises"
    )
    _register(blp, database, enterprises)
    _change(blp, database, enterprises)
    _act(blp, database, enterprises)
    return blp


def own_blueprint(database: Database, enterprises: Enterprises) -> Blueprint:
    """For an enterprise's administrator, on the enterprise behind the session alone."""
    blp = Blueprint("enterprise", __name__, url_prefix="/enterprise", description="Own enterprise")

    @blp.route("")
    @blp.response(200, OwnEnterpriseShape)
    @requires(Permission.ENTERPRISE_MANAGE)
    def read() -> Any:
        actor = current_actor()
        with database.begin(Scope.platform(actor)) as session:
            own = enterprises.read(session, actor.enterprise_id)
        return with_etag(own, own["version"])

    @blp.route("", methods=["PATCH"])
    @blp.versioned
    @blp.arguments(OwnEnterpriseBody(partial=True))
    @blp.response(200, OwnEnterpriseShape)
    @requires(Permission.ENTERPRISE_MANAGE)
    def change(body: dict[str, Any]) -> Any:
        actor, version = current_actor(), expected_version()
        with database.begin(Scope.platform(actor)) as session:
            own = enterprises.change_own(session, actor.enterprise_id, body, version)
        return with_etag(own, own["version"])

    return blp


def _register(blp: Blueprint, database: Database, enterprises: Enterprises) -> None:
    @blp.route("")
    @blp.arguments(EnterpriseQuery, location="query")
    @blp.response(200, EnterprisePage)
    @_OPERATOR
    def page(query: dict[str, Any]) -> Page:
        wanted = PageRequest.take(query)
        with database.begin(scope()) as session:
            return enterprises.page(session, wanted, query)

    @blp.route("", methods=["POST"])
    @blp.arguments(NewEnterprise)
    @blp.response(201, RegisteredShape)
    @_OPERATOR
    def register(body: dict[str, Any]) -> Any:
        with database.begin(scope()) as session:
            made, issued = enterprises.register(session, body)
        etag = {"ETag": f'"{made["version"]}"'}
        return {"enterprise": made, "initial_users": issued}, 201, {**etag, **_SECRET}


def _change(blp: Blueprint, database: Database, enterprises: Enterprises) -> None:
    @blp.route("/<uuid:enterprise_id>")
    @blp.response(200, EnterpriseShape)
    @_OPERATOR
    def read(enterprise_id: UUID) -> Any:
        with database.begin(scope()) as session:
            found = enterprises.read(session, enterprise_id)
        return with_etag(found, found["version"])

    @blp.route("/<uuid:enterprise_id>", methods=["PATCH"])
    @blp.versioned
    @blp.arguments(EnterpriseBody(partial=True))
    @blp.response(200, EnterpriseShape)
    @_OPERATOR
    def change(body: dict[str, Any], enterprise_id: UUID) -> Any:
        version = expected_version()
        with database.begin(scope()) as session:
            changed = enterprises.change(session, enterprise_id, body, version)
        return with_etag(changed, changed["version"])

    @blp.route("/<uuid:enterprise_id>", methods=["DELETE"])
    @blp.versioned_if_given
    @blp.response(204)
    @_OPERATOR
    def delete(enterprise_id: UUID) -> None:
        version = version_if_given()
        with database.begin(scope()) as session:
            enterprises.delete(session, enterprise_id, version)


def _act(blp: Blueprint, database: Database, enterprises: Enterprises) -> None:
    @blp.route("/<uuid:enterprise_id>/suspend", methods=["POST"])
    @blp.response(200, EnterpriseShape)
    @_OPERATOR
    def suspend(enterprise_id: UUID) -> Any:
        with database.begin(scope()) as session:
            return enterprises.suspend(session, enterprise_id)

    @blp.route("/<uuid:enterprise_id>/activate", methods=["POST"])
    @blp.response(200, EnterpriseShape)
    @_OPERATOR
    def activate(enterprise_id: UUID) -> Any:
        with database.begin(scope()) as session:
            return enterprises.activate(session, enterprise_id)

    @blp.route("/<uuid:enterprise_id>/users/<employee_code>/reset", methods=["POST"])
    @blp.response(200, IssuedShape)
    @_OPERATOR
    def reset(enterprise_id: UUID, employee_code: str) -> Any:
        with database.begin(scope()) as session:
            return enterprises.reset_user(session, enterprise_id, employee_code), 200, _SECRET
