"""Templates over HTTP, for those who shape the enterprise's objects."""

from functools import partial
from typing import Any

from callcenter.core.db import Database
from callcenter.core.http import (
    Blueprint,
    Page,
    PageRequest,
    current_actor,
    expected_version,
    requires,
    scope,
    with_etag,
)
from callcenter.core.permissions import Permission
from callcenter.templates.schemas import (
    NewTemplate,
    PreviewAnswer,
    PreviewBody,
    TemplateAnswer,
    TemplateBody,
    TemplateInstruction,
    TemplatePage,
    TemplateQuery,
)
from callcenter.templates.service import Rendering, Templates, reference

_DESIGNERS = requires(Permission.OBJECTS_DEFINE)


def blueprint(database: Database, templates: Templates, rendering: Rendering) -> Blueprint:
    blp = Blueprint("templates", __name__, url_prefix="/templates", description="Templates")
    _list(blp, database, templates)
    _one(blp, database, templates)

    @blp.route("/preview", methods=["POST"])
    @blp.arguments(PreviewBody)
    @blp.response(200, PreviewAnswer)
    @_DESIGNERS
    def preview(body: dict[str, Any]) -> Any:
        """Of a text that need not be kept, on a record as its reader sees it."""
        asker = scope()
        with database.begin(asker) as session:
            data = rendering.data(session, body["object"], body["record_id"])
        locale = current_actor().locale
        begin = partial(database.begin, asker)
        return rendering.preview(body["text"], body["output"], data, locale, begin)

    @blp.route("/instructions")
    @blp.response(200, TemplateInstruction(many=True))
    @_DESIGNERS
    def instructions() -> Any:
        """What templates know beside their language."""
        return reference()

    return blp


def _list(blp: Blueprint, database: Database, templates: Templates) -> None:
    @blp.route("")
    @blp.arguments(TemplateQuery, location="query")
    @blp.response(200, TemplatePage)
    @_DESIGNERS
    def page(query: dict[str, Any]) -> Page:
        wanted = PageRequest.take(query)
        with database.begin(scope()) as session:
            return templates.page(session, wanted, query)

    @blp.route("", methods=["POST"])
    @blp.arguments(NewTemplate)
    @blp.response(201, TemplateAnswer)
    @_DESIGNERS
    def create(body: dict[str, Any]) -> Any:
        with database.begin(scope()) as session:
            made = templates.create(session, body)
        return with_etag(made, made["version"], 201)


def _one(blp: Blueprint, database: Database, templates: Templates) -> None:
    @blp.route("/<key>")
    @blp.response(200, TemplateAnswer)
    @_DESIGNERS
    def read(key: str) -> Any:
        with database.begin(scope()) as session:
            template = templates.get(session, key)
        return with_etag(template, template["version"])

    @blp.route("/<key>", methods=["PATCH"])
    @blp.versioned
    @blp.arguments(TemplateBody(partial=True))
    @blp.response(200, TemplateAnswer)
    @_DESIGNERS
    def change(body: dict[str, Any], key: str) -> Any:
        version = expected_version()
        with database.begin(scope()) as session:
            template = templates.change(session, key, body, version)
        return with_etag(template, template["version"])

    @blp.route("/<key>", methods=["DELETE"])
    @blp.versioned
    @blp.response(204)
    @_DESIGNERS
    def delete(key: str) -> None:
        version = expected_version()
        with database.begin(scope()) as session:
            templates.delete(session, key, version)
