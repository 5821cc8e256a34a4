"""Quality over HTTP."""

from typing import Any
from uuid import UUID

from marshmallow import INCLUDE

from callcenter.core.db import Database
from callcenter.core.http import (
    Blueprint,
    Page,
    PageQuery,
    PageRequest,
    expected_version,
    requires,
    scope,
    with_etag,
)
from callcenter.core.idempotency import Idempotency
from callcenter.core.permissions import Permission
from callcenter.core.repeat import repeatable
from callcenter.quality.schemas import (
    FormShape,
    ItemQuery,
    QualityDetail,
    QualityItemPage,
    ScoreBody,
    ScorePage,
    ScoreShape,
)
from callcenter.quality.service import Forms, Quality


def blueprint(
    database: Database, forms: Forms, quality: Quality, idempotency: Idempotency
) -> Blueprint:
    blp = Blueprint("quality", __name__, url_prefix="/quality", description="Quality")
    _forms(blp, database, forms)
    _items(blp, database, quality)
    _scores(blp, database, quality, idempotency)
    return blp


def _forms(blp: Blueprint, database: Database, forms: Forms) -> None:
    @blp.route("/forms")
    @blp.response(200, FormShape(many=True))
    @requires(Permission.QUALITY_SCORE, Permission.QUALITY_READ_OWN)
    def listed() -> Any:
        with database.begin(scope()) as session:
            return forms.all(session)

    @blp.route("/forms/<uuid:version_id>")
    @blp.response(200, FormShape)
    @requires(Permission.QUALITY_SCORE, Permission.QUALITY_READ_OWN)
    def form(version_id: UUID) -> Any:
        with database.begin(scope()) as session:
            return forms.one(session, version_id)


def _items(blp: Blueprint, database: Database, quality: Quality) -> None:
    @blp.route("/items")
    @blp.arguments(ItemQuery, location="query", unknown=INCLUDE)
    @blp.response(200, QualityItemPage)
    @requires(Permission.QUALITY_SCORE)
    def items(query: dict[str, Any]) -> Page:
        wanted = PageRequest.take(query)
        with database.begin(scope()) as session:
            return quality.items(session, wanted, query)

    @blp.route("/items/<uuid:call_id>")
    @blp.response(200, QualityDetail)
    @requires(Permission.QUALITY_SCORE)
    def item(call_id: UUID) -> Any:
        with database.begin(scope()) as session:
            return quality.item(session, call_id)

    @blp.route("/mine")
    @blp.arguments(PageQuery, location="query")
    @blp.response(200, ScorePage)
    @requires(Permission.QUALITY_READ_OWN)
    def mine(query: dict[str, Any]) -> Page:
        with database.begin(scope()) as session:
            return quality.mine(session, PageRequest.take(query))


def _scores(blp: Blueprint, database: Database, quality: Quality, idempotency: Idempotency) -> None:
    @blp.route("/scores", methods=["POST"])
    @blp.once
    @blp.arguments(ScoreBody)
    @blp.response(201, ScoreShape)
    @requires(Permission.QUALITY_SCORE)
    def create(body: dict[str, Any]) -> Any:
        def act() -> dict[str, Any]:
            with database.begin(scope()) as session:
                return quality.create(session, body)

        return repeatable(idempotency, ScoreShape, 201, act)

    @blp.route("/scores/<uuid:score_id>", methods=["PUT"])
    @blp.versioned
    @blp.arguments(ScoreBody)
    @blp.response(200, ScoreShape)
    @requires(Permission.QUALITY_SCORE)
    def change(body: dict[str, Any], score_id: UUID) -> Any:
        version = expected_version()
        with database.begin(scope()) as session:
            score = quality.change(session, score_id, body, version)
        return with_etag(score, score["version"])

    @blp.route("/scores/<uuid:score_id>")
    @blp.response(200, ScoreShape)
    @requires(Permission.QUALITY_SCORE, Permission.QUALITY_READ_OWN)
    def read(score_id: UUID) -> Any:
        with database.begin(scope()) as session:
            score = quality.read(session, score_id)
        return with_etag(score, score["version"])
