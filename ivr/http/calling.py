"""Flows tried on a phone and prompts recorded by one, over HTTP."""

from typing import Any
from uuid import UUID

from callcenter.console.schemas import SoftphoneShape
from callcenter.core.db import Database
from callcenter.core.http import Blueprint, current_actor, expected_version, requires, scope
from callcenter.core.permissions import Permission
from ivr.calling import Calling
from ivr.http.prompts import SOUND
from ivr.schemas.calling import (
    ErrandBegun,
    PhoneTrialBody,
    PromptTakes,
    TakeBody,
    TrialOutcome,
    TrialsInFlow,
    phone_trial,
)
from ivr.watching import Watching

_ADMIN = requires(Permission.ENTERPRISE_MANAGE)
_TRIALS = "/ivr-services/<uuid:service_id>/trial-calls"
_TAKES = f"/ivr-prompts{SOUND}/takes"


def calling_blueprint(database: Database, calling: Calling, watching: Watching) -> Blueprint:
    blp = Blueprint("ivr_calling", __name__, description="Flows and prompts by phone")
    _phone(blp, calling)
    _trials(blp, calling)
    _takes(blp, calling)
    _watching(blp, database, watching)
    return blp


def _phone(blp: Blueprint, calling: Calling) -> None:
    @blp.route("/page-phone", methods=["POST"])
    @blp.response(200, SoftphoneShape)
    @_ADMIN
    def lend() -> Any:
        """A phone for this page, for minutes: nothing can be dialled from it."""
        return calling.lend(scope()), 200, {"Cache-Control": "no-store"}

    @blp.route("/page-phone", methods=["DELETE"])
    @blp.response(204)
    @_ADMIN
    def take_back() -> None:
        calling.take_back(scope())


def _trials(blp: Blueprint, calling: Calling) -> None:
    @blp.route(_TRIALS, methods=["POST"])
    @blp.arguments(PhoneTrialBody)
    @blp.response(200, ErrandBegun)
    @_ADMIN
    def begin(body: dict[str, Any], service_id: UUID) -> Any:
        """Ring a phone and lead whoever picks up through the draft."""
        return calling.begin(scope(), service_id, phone_trial(body))

    @blp.route(f"{_TRIALS}/<uuid:trial_id>/answer", methods=["POST"])
    @blp.arguments(TrialOutcome)
    @blp.response(204)
    @_ADMIN
    def answer(body: dict[str, Any], service_id: UUID, trial_id: UUID) -> None:
        """How what lies beyond the call turns out."""
        del service_id
        calling.answer(scope(), trial_id, body["exit"], body["sets"])

    @blp.route(f"{_TRIALS}/<uuid:trial_id>", methods=["DELETE"])
    @blp.response(204)
    @_ADMIN
    def stop(service_id: UUID, trial_id: UUID) -> None:
        del service_id
        calling.stop(scope(), trial_id)


def _takes(blp: Blueprint, calling: Calling) -> None:
    @blp.route(_TAKES, methods=["POST"])
    @blp.versioned
    @blp.arguments(TakeBody)
    @blp.response(200, ErrandBegun)
    @_ADMIN
    def record(body: dict[str, Any], prompt_id: UUID, language: str) -> Any:
        """Ring an extension: one speaks after the tone, hears it, and keeps it by a key."""
        return calling.record(scope(), prompt_id, language, body["phone"], expected_version())

    @blp.route(f"{_TAKES}/<uuid:take_id>", methods=["DELETE"])
    @blp.response(204)
    @_ADMIN
    def stop(prompt_id: UUID, language: str, take_id: UUID) -> None:
        del prompt_id, language
        calling.stop_recording(scope(), take_id)


def _watching(blp: Blueprint, database: Database, watching: Watching) -> None:
    @blp.route(_TRIALS)
    @blp.response(200, TrialsInFlow)
    @_ADMIN
    def trials(service_id: UUID) -> Any:
        """Trials under way, and those that ended a moment ago."""
        with database.begin(scope()) as session:
            return watching.trials(session, service_id)

    @blp.route("/ivr-prompts/takes")
    @blp.response(200, PromptTakes)
    @_ADMIN
    def takes() -> Any:
        """Prompts that are being recorded by phone, and those that were a moment ago."""
        return watching.takes(current_actor().enterprise_id)
