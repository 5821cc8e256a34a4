"""Prompts over HTTP: taken as they are sent, heard in the page."""

from typing import Any
from uuid import UUID

from flask import Response, request

from callcenter.core.db import Database
from callcenter.core.http import (
    Blueprint,
    Page,
    PageQuery,
    PageRequest,
    expected_version,
    requires,
    scope,
    version_if_given,
    with_etag,
)
from callcenter.core.permissions import Permission
from callcenter.core.sending import sent_by_nginx
from ivr.errors import PromptTooLarge
from ivr.model import LANGUAGES
from ivr.schemas.prompts import IvrPromptBody, IvrPromptPage, IvrPromptShape, SoundQuery, SpokenText
from ivr.uploads import LARGEST, Uploads

BINARY = {"required": True, "content": {"application/octet-stream": {"schema": {
    "type": "string", "format": "binary",
}}}}  # fmt: skip
_ADMIN = requires(Permission.ENTERPRISE_MANAGE)
_LANGUAGE = f"<any({', '.join(repr(language) for language in LANGUAGES)}):language>"
SOUND = f"/<uuid:prompt_id>/sounds/{_LANGUAGE}"


def prompts_blueprint(database: Database, uploads: Uploads) -> Blueprint:
    blp = Blueprint("ivr_prompts", __name__, url_prefix="/ivr-prompts", description="IVR prompts")
    _prompts(blp, database, uploads)
    _sounds(blp, database, uploads)
    return blp


def _prompts(blp: Blueprint, database: Database, uploads: Uploads) -> None:
    @blp.route("")
    @blp.arguments(PageQuery, location="query")
    @blp.response(200, IvrPromptPage)
    @_ADMIN
    def page(query: dict[str, Any]) -> Page:
        with database.begin(scope()) as session:
            return uploads.page(session, PageRequest.take(query))

    @blp.route("", methods=["POST"])
    @blp.arguments(IvrPromptBody)
    @blp.response(201, IvrPromptShape)
    @_ADMIN
    def create(body: dict[str, Any]) -> Any:
        with database.begin(scope()) as session:
            return _answer(uploads.create(session, body["name"]), 201)

    @blp.route("/<uuid:prompt_id>")
    @blp.response(200, IvrPromptShape)
    @_ADMIN
    def read(prompt_id: UUID) -> Any:
        with database.begin(scope()) as session:
            return _answer(uploads.read(session, prompt_id))

    @blp.route("/<uuid:prompt_id>", methods=["PATCH"])
    @blp.versioned
    @blp.arguments(IvrPromptBody)
    @blp.response(200, IvrPromptShape)
    @_ADMIN
    def rename(body: dict[str, Any], prompt_id: UUID) -> Any:
        version = expected_version()
        with database.begin(scope()) as session:
            return _answer(uploads.rename(session, prompt_id, body["name"], version))

    @blp.route("/<uuid:prompt_id>", methods=["DELETE"])
    @blp.versioned_if_given
    @blp.response(204)
    @_ADMIN
    def delete(prompt_id: UUID) -> None:
        version = version_if_given()
        with database.begin(scope()) as session:
            uploads.delete(session, prompt_id, version)


def _sounds(blp: Blueprint, database: Database, uploads: Uploads) -> None:
    @blp.route(SOUND, methods=["PUT"])
    @blp.versioned
    @blp.doc(requestBody=BINARY)
    @blp.arguments(SoundQuery, location="query")
    @blp.response(200, IvrPromptShape)
    @_ADMIN
    def take(query: dict[str, Any], prompt_id: UUID, language: str) -> Any:
        """WAV, MP3, Ogg Vorbis, Opus, or Opus in WebM; told by what it holds."""
        version = expected_version()
        if (request.content_length or 0) > LARGEST:
            raise PromptTooLarge
        # The application's own limit is one of JSON; here the stream is measured as it is written.
        request.max_content_length = LARGEST + 1
        name = query["name"]
        return _answer(uploads.take(scope(), prompt_id, language, request.stream, name, version))

    @blp.route(f"/<uuid:prompt_id>/texts/{_LANGUAGE}", methods=["PUT"])
    @blp.versioned
    @blp.arguments(SpokenText)
    @blp.response(200, IvrPromptShape)
    @_ADMIN
    def say(body: dict[str, Any], prompt_id: UUID, language: str) -> Any:
        version = expected_version()
        return _answer(uploads.say(scope(), prompt_id, language, body["text"], version))

    @blp.route(SOUND, methods=["DELETE"])
    @blp.versioned_if_given
    @blp.response(200, IvrPromptShape)
    @_ADMIN
    def drop(prompt_id: UUID, language: str) -> Any:
        version = version_if_given()
        with database.begin(scope()) as session:
            return _answer(uploads.drop(session, prompt_id, language, version))

    @blp.route(SOUND)
    @blp.doc(description="The sound itself; sent by nginx, which serves parts of it on request.")
    @_ADMIN
    def sound(prompt_id: UUID, language: str) -> Response:
        with database.begin(scope()) as session:
            place = uploads.sound(session, prompt_id, language)
        return sent_by_nginx(f"/prompts/{place}", "audio/wav")


def _answer(prompt: dict[str, Any], status: int = 200) -> Any:
    return with_etag(prompt, prompt["version"], status)
