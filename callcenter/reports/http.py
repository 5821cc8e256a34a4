"""Day figures over HTTP."""

from typing import Any

from callcenter.core.db import Database
from callcenter.core.http import Blueprint, requires, scope
from callcenter.core.permissions import Permission
from callcenter.reports.satisfaction import Satisfaction
from callcenter.reports.schemas import (
    AgentRow,
    DayQuery,
    SatisfactionQuery,
    SatisfactionRow,
    ServiceRow,
)
from callcenter.reports.service import Figures


def blueprint(database: Database, figures: Figures, satisfaction: Satisfaction) -> Blueprint:
    blp = Blueprint("reports", __name__, url_prefix="/reports", description="Day figures")

    @blp.route("/agents")
    @blp.arguments(DayQuery, location="query")
    @blp.response(200, AgentRow(many=True))
    @requires(Permission.REPORTS_VIEW)
    def agents(query: dict[str, Any]) -> Any:
        with database.begin(scope()) as session:
            return figures.agents(session, query["day"])

    @blp.route("/services")
    @blp.arguments(DayQuery, location="query")
    @blp.response(200, ServiceRow(many=True))
    @requires(Permission.REPORTS_VIEW)
    def services(query: dict[str, Any]) -> Any:
        with database.begin(scope()) as session:
            return figures.services(session, query["day"])

    @blp.route("/satisfaction")
    @blp.arguments(SatisfactionQuery, location="query")
    @blp.response(200, SatisfactionRow(many=True))
    @requires(Permission.REPORTS_VIEW)
    def satisfied(query: dict[str, Any]) -> Any:
        with database.begin(scope()) as session:
            return satisfaction.rows(session, query["first"], query["last"], query["by"])

    return blp
