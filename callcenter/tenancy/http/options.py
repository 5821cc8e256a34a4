"""The list of options over HTTP (`corpConf` of the platform's enterprise)."""

from typing import Any

from callcenter.core.db import Database
from callcenter.core.http import (
    Blueprint,
    Page,
    PageQuery,
    PageRequest,
    requires,
    scope,
    version_if_given,
    with_etag,
)
from callcenter.core.permissions import Permission
from callcenter.tenancy.schemas import NewOption, OptionBody, OptionPage, OptionShape
from callcenter.tenancy.service import OptionDefinitions

_OPERATOR = requires(Permission.PLATFORM_MANAGE)


def blueprint(database: Database, options: OptionDefinitions) -> Blueprint:
    blp = Blueprint("options", __name__, url_prefix="/operator/options", description="Options")

    @blp.route("")
    @blp.arguments(PageQuery, location="query")
    @blp.response(200, OptionPage)
    @_OPERATOR
    def page(query: dict[str, Any]) -> Page:
        with database.begin(scope()) as session:
            return options.page(session, PageRequest.take(query))

    @blp.route("", methods=["POST"])
    @blp.arguments(NewOption)
    @blp.response(201, OptionShape)
    @_OPERATOR
    def create(body: dict[str, Any]) -> Any:
        with database.begin(scope()) as session:
            made = options.create(session, body)
        return with_etag(made, made["version"], 201)

    @blp.route("/<key>", methods=["PATCH"])
    @blp.versioned_if_given
    @blp.arguments(OptionBody(partial=True))
    @blp.response(200, OptionShape)
    @_OPERATOR
    def change(body: dict[str, Any], key: str) -> Any:
        version = version_if_given()
        with database.begin(scope()) as session:
            changed = options.change(session, key, body, version)
        return with_etag(changed, changed["version"])

    @blp.route("/<key>", methods=["DELETE"])
    @blp.versioned_if_given
    @blp.response(204)
    @_OPERATOR
    def delete(key: str) -> None:
        version = version_if_given()
        with database.begin(scope()) as session:
            options.delete(session, key, version)

    return blp
