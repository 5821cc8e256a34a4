"""Triggers over HTTP, for those who shape the object: their log, and a trial on a record."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Response

from callcenter.core.db import Database
from callcenter.core.http import Blueprint, Page, PageRequest, answer_of, requires, scope
from callcenter.core.permissions import Permission
from callcenter.objects.errors import Refused
from callcenter.objects.schemas.triggers import RunPage, RunQuery, TryAnswer, TryBody
from callcenter.objects.service.triggers.log import TriggerLog
from callcenter.objects.service.triggers.refusals import Refusals
from callcenter.objects.service.triggers.retrying import Retrying
from callcenter.objects.service.triggers.trying import Trying


@dataclass(frozen=True, slots=True)
class Services:
    log: TriggerLog
    trying: Trying
    retrying: Retrying
    refusals: Refusals


def blueprint(database: Database, services: Services) -> Blueprint:
    blp = Blueprint("triggers", __name__, url_prefix="/design", description="Triggers at work")
    _at_work(blp, database, services)

    @blp.app_errorhandler(Refused)
    def refused(error: Refused) -> tuple[Response, int]:
        """Of whatever route: the write has been taken back by now."""
        services.refusals.note(scope(), error.refusal)
        return answer_of(error)

    return blp


def _at_work(blp: Blueprint, database: Database, services: Services) -> None:

    @blp.route("/objects/<identifier>/triggers/runs")
    @blp.arguments(RunQuery, location="query")
    @blp.response(200, RunPage)
    @requires(Permission.OBJECTS_DEFINE)
    def runs(query: dict[str, Any], identifier: str) -> Page:
        wanted = PageRequest.take(query)
        with database.begin(scope()) as session:
            return services.log.page(session, identifier, wanted, query)

    @blp.route("/objects/<identifier>/triggers/runs/<uuid:run_id>/again", methods=["POST"])
    @blp.response(204)
    @requires(Permission.OBJECTS_DEFINE)
    def again(identifier: str, run_id: UUID) -> None:
        with database.begin(scope()) as session:
            services.retrying.again(session, identifier, run_id)

    @blp.route("/objects/<identifier>/triggers/try", methods=["POST"])
    @blp.arguments(TryBody)
    @blp.response(200, TryAnswer)
    @requires(Permission.OBJECTS_DEFINE)
    def attempt(body: dict[str, Any], identifier: str) -> Any:
        with database.begin(scope()) as session:
            return services.trying.attempt(
                session, identifier, body["record_id"], body["act"], body["values"]
            )
