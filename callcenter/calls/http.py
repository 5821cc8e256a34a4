"""Calls over HTTP: list, detail, disposition, links to recordings and the recordings behind them."""

from typing import Any
from uuid import UUID

from flask import Response

from callcenter.calls.schemas import (
    CallDetail,
    CallPage,
    CallQuery,
    RecordingShape,
    SummaryBody,
    SummaryShape,
)
from callcenter.calls.service import Calls, Recordings
from callcenter.core.db import Database
from callcenter.core.http import Blueprint, Page, PageRequest, for_keys, requires, scope
from callcenter.core.permissions import Permission
from callcenter.core.sending import sent_by_nginx

READ = (Permission.CALLS_READ_OWN, Permission.CALLS_READ_TEAM, Permission.CALLS_READ_ALL)


def blueprint(database: Database, calls: Calls, recordings: Recordings) -> Blueprint:
    blp = Blueprint("calls", __name__, description="The ledger of calls")

    @blp.route("/calls")
    @blp.arguments(CallQuery, location="query")
    @blp.response(200, CallPage)
    @for_keys
    @requires(*READ)
    def page(query: dict[str, Any]) -> Page:
        wanted = PageRequest.take(query)
        with database.begin(scope()) as session:
            return calls.page(session, wanted, query)

    @blp.route("/calls/<uuid:call_id>")
    @blp.response(200, CallDetail)
    @for_keys
    @requires(*READ)
    def detail(call_id: UUID) -> Any:
        with database.begin(scope()) as session:
            return calls.detail(session, call_id)

    @blp.route("/calls/<uuid:call_id>/disposition", methods=["PUT"])
    @blp.arguments(SummaryBody)
    @blp.response(200, SummaryShape)
    @requires(Permission.CALLS_HANDLE)
    def summarise(body: dict[str, Any], call_id: UUID) -> Any:
        with database.begin(scope()) as session:
            return calls.summarise(session, call_id, body["disposition_id"], body["note"])

    @blp.route("/calls/<uuid:call_id>/recording")
    @blp.response(200, RecordingShape)
    @requires(Permission.RECORDINGS_PLAY)
    def link(call_id: UUID) -> Any:
        with database.begin(scope()) as session:
            return recordings.link(session, call_id)

    @blp.route("/recordings/<token>")
    @blp.doc(description="The sound itself; sent by nginx, which serves parts of it on request.")
    @requires(Permission.RECORDINGS_PLAY)
    def play(token: str) -> Response:
        with database.begin(scope()) as session:
            path = recordings.path(session, token)
        return sent_by_nginx(f"/recordings/{path}", "audio/wav")

    return blp
