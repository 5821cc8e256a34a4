"""Access numbers over HTTP: all of them for operators, their own for enterprises."""

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
from callcenter.tenancy.schemas import (
    AccessNumberPage,
    AccessNumberShape,
    BindBody,
    IvrChannelsBody,
    NumberBody,
    NumberQuery,
    OwnNumberQuery,
    PauseMessageBody,
    StrategyBody,
)
from callcenter.tenancy.service import AccessNumbers, NumberStatus

_OPERATOR = requires(Permission.PLATFORM_MANAGE)
_ADMIN = requires(Permission.ENTERPRISE_MANAGE)


def blueprint(database: Database, numbers: AccessNumbers) -> Blueprint:
    """For operators."""
    blp = Blueprint(
        "operator_numbers", __name__, url_prefix="/operator/access-numbers",
        description="Access numbers",
    )  # fmt: skip
    _register(blp, database, numbers)
    _bind(blp, database, numbers)
    _lead(blp, database, numbers, _OPERATOR)
    return blp


def own_blueprint(database: Database, numbers: AccessNumbers) -> Blueprint:
    """For an enterprise's administrator."""
    blp = Blueprint(
        "own_numbers", __name__, url_prefix="/access-numbers", description="Own access numbers"
    )

    @blp.route("")
    @blp.arguments(OwnNumberQuery, location="query")
    @blp.response(200, AccessNumberPage)
    @_ADMIN
    def page(query: dict[str, Any]) -> Page:
        wanted = PageRequest.take(query)
        with database.begin(scope()) as session:
            return numbers.page(session, wanted, query)

    _lead(blp, database, numbers, _ADMIN)
    return blp


def _register(blp: Blueprint, database: Database, numbers: AccessNumbers) -> None:
    @blp.route("")
    @blp.arguments(NumberQuery, location="query")
    @blp.response(200, AccessNumberPage)
    @_OPERATOR
    def page(query: dict[str, Any]) -> Page:
        wanted = PageRequest.take(query)
        with database.begin(scope()) as session:
            return numbers.page(session, wanted, query)

    @blp.route("", methods=["POST"])
    @blp.arguments(NumberBody)
    @blp.response(201, AccessNumberShape)
    @_OPERATOR
    def create(body: dict[str, Any]) -> Any:
        with database.begin(scope()) as session:
            made = numbers.create(session, body)
        return with_etag(made, made["version"], 201)

    @blp.route("/<uuid:number_id>", methods=["PATCH"])
    @blp.versioned
    @blp.arguments(NumberBody(partial=True))
    @blp.response(200, AccessNumberShape)
    @_OPERATOR
    def change(body: dict[str, Any], number_id: UUID) -> Any:
        version = expected_version()
        with database.begin(scope()) as session:
            number = numbers.change(session, number_id, body, version)
        return with_etag(number, number["version"])

    @blp.route("/<uuid:number_id>", methods=["DELETE"])
    @blp.versioned_if_given
    @blp.response(204)
    @_OPERATOR
    def delete(number_id: UUID) -> None:
        version = version_if_given()
        with database.begin(scope()) as session:
            numbers.delete(session, number_id, version)


def _bind(blp: Blueprint, database: Database, numbers: AccessNumbers) -> None:
    @blp.route("/<uuid:number_id>/bind", methods=["POST"])
    @blp.arguments(BindBody)
    @blp.response(200, AccessNumberShape)
    @_OPERATOR
    def bind(body: dict[str, Any], number_id: UUID) -> Any:
        with database.begin(scope()) as session:
            return numbers.bind(session, number_id, body["enterprise_id"])

    @blp.route("/<uuid:number_id>/unbind", methods=["POST"])
    @blp.response(200, AccessNumberShape)
    @_OPERATOR
    def unbind(number_id: UUID) -> Any:
        with database.begin(scope()) as session:
            return numbers.unbind(session, number_id)


def _lead(blp: Blueprint, database: Database, numbers: AccessNumbers, gate: Any) -> None:
    """What both sides may do: look at one, say where it leads and how many, pause and enable it."""

    @blp.route("/<uuid:number_id>")
    @blp.response(200, AccessNumberShape)
    @gate
    def read(number_id: UUID) -> Any:
        with database.begin(scope()) as session:
            number = numbers.read(session, number_id)
        return with_etag(number, number["version"])

    @blp.route("/<uuid:number_id>/strategy", methods=["PUT"])
    @blp.versioned_if_given
    @blp.arguments(StrategyBody)
    @blp.response(200, AccessNumberShape)
    @gate
    def lead(body: dict[str, Any], number_id: UUID) -> Any:
        version = version_if_given()
        with database.begin(scope()) as session:
            number = numbers.set_strategy(
                session, number_id, body["kind"], body["target_id"], version, body["language"]
            )
        return with_etag(number, number["version"])

    @blp.route("/<uuid:number_id>/ivr-channels", methods=["PUT"])
    @blp.versioned_if_given
    @blp.arguments(IvrChannelsBody)
    @blp.response(200, AccessNumberShape)
    @gate
    def set_ivr_channels(body: dict[str, Any], number_id: UUID) -> Any:
        version = version_if_given()
        with database.begin(scope()) as session:
            number = numbers.set_ivr_channels(session, number_id, **body, version=version)
        return with_etag(number, number["version"])

    @blp.route("/<uuid:number_id>/pause-message", methods=["PUT"])
    @blp.versioned_if_given
    @blp.arguments(PauseMessageBody)
    @blp.response(200, AccessNumberShape)
    @gate
    def set_pause_message(body: dict[str, Any], number_id: UUID) -> Any:
        version = version_if_given()
        with database.begin(scope()) as session:
            number = numbers.set_pause_message(session, number_id, body["say"], version)
        return with_etag(number, number["version"])

    @blp.route("/<uuid:number_id>/enable", methods=["POST"])
    @blp.response(200, AccessNumberShape)
    @gate
    def enable(number_id: UUID) -> Any:
        with database.begin(scope()) as session:
            return numbers.set_status(session, number_id, NumberStatus.ENABLED)

    @blp.route("/<uuid:number_id>/pause", methods=["POST"])
    @blp.response(200, AccessNumberShape)
    @gate
    def pause(number_id: UUID) -> Any:
        with database.begin(scope()) as session:
            return numbers.set_status(session, number_id, NumberStatus.PAUSED)
