"""Callbacks over HTTP."""

from dataclasses import dataclass
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
    CallbackState,
)
from callcenter.callbacks.service import (
    CallbackDesk,
    CallbackList,
    CallbackRulebook,
    ProgramCallbacks,
)
from callcenter.core.db import Database
from callcenter.core.http import (
    Blueprint,
    Page,
    PageRequest,
    current_actor,
    expected_version,
    for_keys,
    requires,
    scope,
    with_etag,
)
from callcenter.core.idempotency import Idempotency
from callcenter.core.permissions import Permission
from callcenter.core.repeat import repeatable

READ = (Permission.CALLS_READ_OWN, Permission.CALLS_READ_TEAM, Permission.CALLS_READ_ALL)
LEAD = (Permission.CALLS_READ_TEAM, Permission.ENTERPRISE_MANAGE)


@dataclass(frozen=True, slots=True)
class Services:
    listed: CallbackList
    desk: CallbackDesk
    programs: ProgramCallbacks
    rules: CallbackRulebook


def blueprint(database: Database, services: Services, idempotency: Idempotency) -> Blueprint:
    blp = Blueprint("callbacks", __name__, url_prefix="/callbacks", description="Callbacks")
    _callbacks(blp, database, services, idempotency)
    _programs(blp, database, services.programs)
    _rules(blp, database, services.rules)
    return blp


def _callbacks(
    blp: Blueprint, database: Database, services: Services, idempotency: Idempotency
) -> None:
    desk, programs = services.desk, services.programs

    @blp.route("")
    @blp.arguments(CallbackQuery, location="query")
    @blp.response(200, CallbackPage)
    @requires(*READ)
    def page(query: dict[str, Any]) -> Page:
        wanted = PageRequest.take(query)
        with database.begin(scope()) as session:
            return services.listed.page(session, wanted, query)

    @blp.route("", methods=["POST"])
    @blp.once
    @blp.arguments(CallbackBody)
    @blp.response(201, CallbackAsked)
    @for_keys
    @requires(Permission.CALLS_HANDLE, Permission.ENTERPRISE_MANAGE, Permission.CALLBACKS_ASK)
    def ask(body: dict[str, Any]) -> Any:
        actor = current_actor()

        def act() -> Any:
            return (programs if actor.is_program else desk).ask(actor, body)

        return repeatable(idempotency, CallbackAsked, 201, act)

    @blp.route("/<uuid:callback_id>", methods=["PATCH"])
    @blp.arguments(CallbackChange)
    @blp.response(204)
    @requires(*LEAD)
    def change(body: dict[str, Any], callback_id: UUID) -> None:
        desk.change(current_actor(), callback_id, body)

    @blp.route("/<uuid:callback_id>/cancel", methods=["POST"])
    @blp.response(204)
    @for_keys
    @requires(*LEAD, Permission.CALLBACKS_ASK)
    def cancel(callback_id: UUID) -> None:
        actor = current_actor()
        (programs if actor.is_program else desk).cancel(actor, callback_id)


def _programs(blp: Blueprint, database: Database, programs: ProgramCallbacks) -> None:
    @blp.route("/<uuid:callback_id>")
    @blp.response(200, CallbackState)
    @for_keys
    @requires(Permission.CALLBACKS_ASK)
    def state(callback_id: UUID) -> Any:
        with database.begin(scope()) as session:
            return programs.state(session, callback_id)


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
