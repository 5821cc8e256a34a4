"""The audit log over HTTP."""

from typing import Any

from callcenter.core.db import Database
from callcenter.core.http import Blueprint, Page, PageRequest, requires, scope
from callcenter.core.permissions import Permission
from callcenter.people.schemas import ActPage, ActQuery
from callcenter.people.service import Acts


def blueprint(database: Database, acts: Acts) -> Blueprint:
    blp = Blueprint("audit", __name__, description="The audit log")

    def found(query: dict[str, Any]) -> Page:
        wanted = PageRequest.take(query)
        with database.begin(scope()) as session:
            return acts.page(session, wanted, query)

    @blp.route("/audit")
    @blp.arguments(ActQuery, location="query")
    @blp.response(200, ActPage)
    @requires(Permission.ENTERPRISE_AUDIT)
    def own(query: dict[str, Any]) -> Page:
        return found(query)

    @blp.route("/operator/audit")
    @blp.arguments(ActQuery, location="query")
    @blp.response(200, ActPage)
    @requires(Permission.PLATFORM_AUDIT)
    def platform(query: dict[str, Any]) -> Page:
        return found(query)

    return blp
