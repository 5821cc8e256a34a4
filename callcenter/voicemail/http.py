"""Messages over HTTP."""

from typing import Any
from uuid import UUID

from flask import Response

from callcenter.core.db import Database
from callcenter.core.http import (
    Blueprint,
    Page,
    PageRequest,
    expected_version,
    requires,
    scope,
    with_etag,
)
from callcenter.core.permissions import Permission
from callcenter.core.sending import sent_by_nginx
from callcenter.voicemail.schemas import (
    VoicemailBody,
    VoicemailBoxBody,
    VoicemailBoxShape,
    VoicemailCalled,
    VoicemailDetail,
    VoicemailPage,
    VoicemailQuery,
    VoicemailSound,
    VoicemailWaiting,
)
from callcenter.voicemail.service import Boxes, Messages
from callcenter.voicemail.states import MessageEvent

READ = (Permission.CALLS_READ_OWN, Permission.CALLS_READ_TEAM, Permission.CALLS_READ_ALL)


def blueprint(database: Database, messages: Messages, boxes: Boxes) -> Blueprint:
    blp = Blueprint("voicemail", __name__, url_prefix="/voicemail", description="Messages left")
    _reading(blp, database, messages)
    _working(blp, database, messages)
    _listening(blp, database, messages)
    _boxes(blp, database, boxes)
    return blp


def _reading(blp: Blueprint, database: Database, messages: Messages) -> None:
    @blp.route("")
    @blp.arguments(VoicemailQuery, location="query")
    @blp.response(200, VoicemailPage)
    @requires(*READ)
    def page(query: dict[str, Any]) -> Page:
        wanted = PageRequest.take(query)
        with database.begin(scope()) as session:
            return messages.page(session, wanted, query)

    @blp.route("/waiting")
    @blp.response(200, VoicemailWaiting)
    @requires(*READ)
    def waiting() -> Any:
        with database.begin(scope()) as session:
            return {"waiting": messages.waiting(session)}

    @blp.route("/<uuid:message_id>")
    @blp.response(200, VoicemailDetail)
    @requires(*READ)
    def one(message_id: UUID) -> Any:
        with database.begin(scope()) as session:
            message = messages.read(session, message_id)
        return with_etag(message, message["version"])


def _working(blp: Blueprint, database: Database, messages: Messages) -> None:
    for event in MessageEvent:
        _stepping(blp, database, messages, event)

    @blp.route("/<uuid:message_id>", methods=["PATCH"])
    @blp.versioned
    @blp.arguments(VoicemailBody)
    @blp.response(200, VoicemailDetail)
    @requires(Permission.CALLS_HANDLE, Permission.ENTERPRISE_MANAGE)
    def change(body: dict[str, Any], message_id: UUID) -> Any:
        version = expected_version()
        with database.begin(scope()) as session:
            message = messages.change(session, message_id, body, version)
        return with_etag(message, message["version"])

    @blp.route("/<uuid:message_id>", methods=["DELETE"])
    @blp.response(204)
    @requires(Permission.VOICEMAIL_DELETE)
    def delete(message_id: UUID) -> None:
        with database.begin(scope()) as session:
            messages.delete(session, message_id)

    @blp.route("/<uuid:message_id>/call", methods=["POST"])
    @blp.response(200, VoicemailCalled)
    @requires(Permission.CALLS_DIAL)
    def call(message_id: UUID) -> Any:
        return messages.call_back(scope().require_actor(), message_id)


def _stepping(blp: Blueprint, database: Database, messages: Messages, event: MessageEvent) -> None:
    @blp.route(f"/<uuid:message_id>/{event}", methods=["POST"], endpoint=f"step_{event}")
    @blp.response(200, VoicemailDetail)
    @requires(Permission.CALLS_HANDLE, Permission.ENTERPRISE_MANAGE)
    def step(message_id: UUID) -> Any:
        with database.begin(scope()) as session:
            message = messages.step(session, message_id, event)
        return with_etag(message, message["version"])


def _listening(blp: Blueprint, database: Database, messages: Messages) -> None:
    @blp.route("/<uuid:message_id>/sound")
    @blp.response(200, VoicemailSound)
    @requires(*READ)
    def link(message_id: UUID) -> Any:
        with database.begin(scope()) as session:
            return messages.link(session, message_id)

    @blp.route("/sound/<token>")
    @blp.doc(description="The sound itself; sent by nginx, which serves parts of it on request.")
    @requires(*READ)
    def play(token: str) -> Response:
        with database.begin(scope()) as session:
            path = messages.path(session, token)
        return sent_by_nginx(f"/recordings/{path}", "audio/wav")


def _boxes(blp: Blueprint, database: Database, boxes: Boxes) -> None:
    @blp.route("/boxes")
    @blp.response(200, VoicemailBoxShape(many=True))
    @requires(Permission.CALLS_HANDLE, Permission.ENTERPRISE_MANAGE)
    def listed() -> Any:
        with database.begin(scope()) as session:
            return boxes.all(session)

    @blp.route("/boxes/<uuid:target_id>", methods=["PUT"])
    @blp.versioned
    @blp.arguments(VoicemailBoxBody)
    @blp.response(200, VoicemailBoxShape)
    @requires(Permission.CALLS_HANDLE, Permission.ENTERPRISE_MANAGE)
    def keep(body: dict[str, Any], target_id: UUID) -> Any:
        version = expected_version()
        with database.begin(scope()) as session:
            box = boxes.change(session, target_id, body, version)
        return with_etag(box, box["version"])
