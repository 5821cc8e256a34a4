"""Triggers over HTTP, for those who shape the object: their log, and a trial on a record."""

from typing import Any

from callcenter.core.db import Database
from callcenter.core.http import Blueprint, Page, PageRequest, requires, scope
from callcenter.core.permissions import Permission
from callcenter.objects.schemas.triggers import RunPage, RunQuery, TryAnswer, TryBody
from callcenter.objects.service.triggers.log import TriggerLog
from callcenter.objects.service.triggers.trying import Trying


def blueprint(database: Database, log: TriggerLog, trying: Trying) -> Blueprint:
    blp = Blueprint("triggers", __name__, url_prefix="/design", description="Triggers at work")

    @blp.route("/objects/<identifier>/triggers/runs")
    @blp.arguments(RunQuery, location="query")
    @blp.response(200, RunPage)
    @requires(Permission.OBJECTS_DEFINE)
    def runs(query: dict[str, Any], identifier: str) -> Page:
        wanted = PageRequest.take(query)
        with database.begin(scope()) as session:
            return log.page(session, identifier, wanted, query)

    @blp.route("/objects/<identifier>/triggers/try", methods=["POST"])
    @blp.arguments(TryBody)
    @blp.response(200, TryAnswer)
    @requires(Permission.OBJECTS_DEFINE)
    def attempt(body: dict[str, Any], identifier: str) -> Any:
        with database.begin(scope()) as session:
            return trying.attempt(
                session, identifier, body["record_id"], body["act"], body["values"]
            )

    return blp
