"""Not-ready reasons and dispositions over HTTP."""

from typing import Any
from uuid import UUID

from marshmallow import Schema

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
from callcenter.people.schemas import (
    DispositionBody,
    DispositionPage,
    DispositionShape,
    ReasonBody,
    ReasonPage,
    ReasonShape,
)
from callcenter.people.service import Words

_ADMIN = requires(Permission.ENTERPRISE_MANAGE)


def reasons_blueprint(database: Database, words: Words) -> Blueprint:
    blp = Blueprint(
        "reasons", __name__, url_prefix="/not-ready-reasons", description="Not-ready reasons"
    )
    return _filled(blp, database, words, ReasonBody, ReasonShape, ReasonPage)


def dispositions_blueprint(database: Database, words: Words) -> Blueprint:
    blp = Blueprint(
        "dispositions", __name__, url_prefix="/dispositions", description="Dispositions"
    )
    return _filled(blp, database, words, DispositionBody, DispositionShape, DispositionPage)


def _filled(
    blp: Blueprint,
    database: Database,
    words: Words,
    body_shape: type[Schema],
    shape: type[Schema],
    page_shape: type[Schema],
) -> Blueprint:
    @blp.route("")
    @blp.arguments(PageQuery, location="query")
    @blp.response(200, page_shape)
    @_ADMIN
    def page(query: dict[str, Any]) -> Page:
        with database.begin(scope()) as session:
            return words.page(session, PageRequest.take(query))

    @blp.route("", methods=["POST"])
    @blp.arguments(body_shape)
    @blp.response(201, shape)
    @_ADMIN
    def create(body: dict[str, Any]) -> Any:
        with database.begin(scope()) as session:
            made = words.create(session, body)
        return with_etag(made, made["version"], 201)

    @blp.route("/<uuid:word_id>", methods=["PATCH"])
    @blp.versioned_if_given
    @blp.arguments(body_shape(partial=True))
    @blp.response(200, shape)
    @_ADMIN
    def change(body: dict[str, Any], word_id: UUID) -> Any:
        version = version_if_given()
        with database.begin(scope()) as session:
            word = words.change(session, word_id, body, version)
        return with_etag(word, word["version"])

    @blp.route("/<uuid:word_id>", methods=["DELETE"])
    @blp.versioned_if_given
    @blp.response(204)
    @_ADMIN
    def delete(word_id: UUID) -> None:
        version = version_if_given()
        with database.begin(scope()) as session:
            words.delete(session, word_id, version)

    return blp
