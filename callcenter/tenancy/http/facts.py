"""Facts that were set aside, over HTTP."""

from typing import Any

from callcenter.core.db import Database
from callcenter.core.http import Blueprint, requires, scope
from callcenter.core.permissions import Permission
from callcenter.tenancy.schemas import FactsAsideShape
from callcenter.tenancy.service import FactsAside

_OPERATOR = requires(Permission.PLATFORM_MANAGE)


def blueprint(database: Database, facts: FactsAside) -> Blueprint:
    blp = Blueprint(
        "facts", __name__, url_prefix="/operator/facts", description="Facts that were set aside"
    )

    @blp.route("")
    @blp.response(200, FactsAsideShape)
    @_OPERATOR
    def read() -> Any:
        return facts.read()

    @blp.route("/put-back", methods=["POST"])
    @blp.response(202, FactsAsideShape)
    @_OPERATOR
    def put_back() -> Any:
        with database.begin(scope()) as session:
            return facts.put_back(session)

    return blp
