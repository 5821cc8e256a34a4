"""Callbacks over HTTP."""

from typing import Any
from uuid import UUID

from callcenter.callbacks.schemas import (
    CallbackAsked,
    CallbackBody,
    CallbackChange,
    CallbackPage,
    CallbackQuery,
    CallbackRulesBody,
    CallbackRulesShape,
)
from callcenter.callbacks.service import CallbackDesk, CallbackRulebook
from callcenter.core.db import Database
from callcenter.core.http import (
    Blueprint,
    Page,
    PageRequest,
    expected_version,
    requires,
    scope,
    with_etag,
)
from callcenter.core.idempotency import Idempotency
from callcenter.core.permissions import Permission
from callcenter.core.repeat import repeatable

READ = (Permission.CALLS_READ_OWN, Permission.CALLS_READ_TEAM, Permission.CALLS_READ_ALL)
LEAD = (Permission.CALLS_READ_TEAM, Permission.ENTERPRISE_MANAGE)


def blueprint(
    database: Database, desk: CallbackDesk, rules: CallbackRulebook, idempotency: Idempotency
) -> Blueprint:
    blp = Blueprint("callbacks", __name__, url_prefix="/callbacks", description="Callbacks")
    _callbacks(blp, database, desk, idempotency)
    _rules(blp, database, rules)
    return blp


def _callbacks(
    blp: Blueprint, database: Database, desk: CallbackDesk, idempotency: Idempotency
) -> None:
    @blp.route("")
    @blp.arguments(CallbackQuery, location="query")
    @blp.response(200, CallbackPage)
    @requires(*READ)
    def page(query: dict[str, Any]) -> Page:
        wanted = PageRequest.take(query)
        with database.begin(scope()) as session:
            return desk.page(session, wanted, query)

    @blp.route("", methods=["POST"])
    @blp.once
    @blp.arguments(CallbackBody)
    @blp.response(201, CallbackAsked)
    @requires(Permission.CALLS_HANDLE, Permission.ENTERPRISE_MANAGE)
    def ask(body: dict[str, Any]) -> Any:
        def act() -> Any:
            return desk.ask(scope().require_actor(), body)

        return repeatable(idempotency, CallbackAsked, 201, act)

    @blp.route("/<uuid:callback_id>", methods=["PATCH"])
    @blp.arguments(CallbackChange)
    @blp.response(204)
    @requires(*LEAD)
    def change(body: dict[str, Any], callback_id: UUID) -> None:
        desk.change(scope().require_actor(), callback_id, body)

    @blp.route("/<uuid:callback_id>/cancel", methods=["POST"])
    @blp.response(204)
    @requires(*LEAD)
    def cancel(callback_id: UUID) -> None:
        desk.cancel(scope().require_actor(), callback_id)


def _rules(blp: Blueprint, database: Database, rules: CallbackRulebook) -> None:
    @blp.route("/rules")
    @blp.response(200, CallbackRulesShape(many=True))
    @requires(Permission.ENTERPRISE_MANAGE)
    def listed() -> Any:
        with database.begin(scope()) as session:
            return rules.all(session)

    @blp.route("/rules/<uuid:service_id>", methods=["PUT"])
    @blp.versioned
    @blp.arguments(CallbackRulesBody)
    @blp.response(200, CallbackRulesShape)
    @requires(Permission.ENTERPRISE_MANAGE)
    def keep(body: dict[str, Any], service_id: UUID) -> Any:
        version = expected_version()
        with database.begin(scope()) as session:
            kept = rules.change(session, service_id, body, version)
        return with_etag(kept, kept["version"])
