"""Configurations over HTTP: out as a file, in again, and the ready sets."""

import json
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from flask import Response, request

from callcenter.configuration.schemas import (
    ConfigurationFile,
    ConfigurationImport,
    SetAnswer,
    SetDocument,
    TakenAnswer,
    TrialAnswer,
)
from callcenter.configuration.service import Moving, all_sets, ready_set
from callcenter.core.db import Database
from callcenter.core.http import Blueprint, requires, scope
from callcenter.core.permissions import Permission
from callcenter.objects.errors import FileTooLarge

View = TypeVar("View", bound=Callable[..., Any])

MEGABYTE = 1024 * 1024
LARGEST = 10
"""Megabytes; what the rest of the API takes is too little for a large enterprise."""


def _roomy(view: View) -> View:
    """This view takes larger bodies; it has to stand before what reads them."""

    @wraps(view)
    def with_room(*arguments: Any, **named: Any) -> Any:
        if (request.content_length or 0) > LARGEST * MEGABYTE:
            raise FileTooLarge({"most": LARGEST})
        request.max_content_length = LARGEST * MEGABYTE
        return view(*arguments, **named)

    return cast(View, with_room)


def blueprint(database: Database, moving: Moving) -> Blueprint:
    """For whoever configures an enterprise; each takes out and in what is theirs to shape."""
    blp = Blueprint(
        "configuration", __name__, url_prefix="/configuration", description="Configurations"
    )
    _transfer(blp, database, moving)

    @blp.route("/sets")
    @blp.response(200, SetAnswer(many=True))
    @requires(Permission.OBJECTS_DEFINE)
    def sets() -> Any:
        return all_sets()

    @blp.route("/sets/<key>")
    @blp.response(200, SetDocument)
    @requires(Permission.OBJECTS_DEFINE)
    def one(key: str) -> Any:
        return {"document": ready_set(key)}

    return blp


def operator_blueprint() -> Blueprint:
    """For operators, who choose what a new enterprise starts from."""
    blp = Blueprint("sets", __name__, url_prefix="/operator/sets", description="Ready sets")

    @blp.route("")
    @blp.response(200, SetAnswer(many=True))
    @requires(Permission.PLATFORM_MANAGE)
    def sets() -> Any:
        return all_sets()

    return blp


def _transfer(blp: Blueprint, database: Database, moving: Moving) -> None:
    @blp.route("/file")
    @blp.response(200, content_type="application/json")
    @requires(Permission.OBJECTS_DEFINE, Permission.ENTERPRISE_MANAGE)
    def export() -> Response:
        with database.begin(scope()) as session:
            document = moving.export(session)
        text = json.dumps(document, ensure_ascii=False, indent=1)
        name = {"Content-Disposition": 'attachment; filename="configuration.json"'}
        return Response(text, mimetype="application/json", headers=name)

    @blp.route("/trial", methods=["POST"])
    @_roomy
    @blp.arguments(ConfigurationFile)
    @blp.response(200, TrialAnswer)
    @requires(Permission.OBJECTS_DEFINE, Permission.ENTERPRISE_MANAGE)
    def trial(body: dict[str, Any]) -> Any:
        with database.begin(scope()) as session:
            return moving.trial(session, body["document"])

    @blp.route("/import", methods=["POST"])
    @_roomy
    @blp.arguments(ConfigurationImport)
    @blp.response(200, TakenAnswer)
    @requires(Permission.OBJECTS_DEFINE, Permission.ENTERPRISE_MANAGE)
    def take(body: dict[str, Any]) -> Any:
        return {"items": moving.take(scope(), **body)}
