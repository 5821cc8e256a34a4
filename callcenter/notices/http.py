"""A user's notices over HTTP."""

from typing import Any
from uuid import UUID

from callcenter.core.db import Database
from callcenter.core.http import Blueprint, Page, PageRequest, requires, scope
from callcenter.notices.schemas import (
    NoticePage,
    NoticeQuery,
    NoticeShape,
    ReadUntil,
    UnreadAnswer,
)
from callcenter.notices.service import Notices


def blueprint(database: Database, notices: Notices) -> Blueprint:
    """Everybody has notices, and sees their own alone."""
    blp = Blueprint(
        "notices", __name__, url_prefix="/notices", description="What waits at the bell"
    )

    @blp.route("")
    @blp.arguments(NoticeQuery, location="query")
    @blp.response(200, NoticePage)
    @requires()
    def page(query: dict[str, Any]) -> Page:
        wanted = PageRequest.take(query)
        with database.begin(scope()) as session:
            return notices.page(session, wanted, unread=query["unread"])

    @blp.route("/unread")
    @blp.response(200, UnreadAnswer)
    @requires()
    def unread() -> Any:
        with database.begin(scope()) as session:
            return {"unread": notices.unread(session)}

    @blp.route("/read", methods=["POST"])
    @blp.arguments(ReadUntil)
    @blp.response(200, UnreadAnswer)
    @requires()
    def read_all(body: dict[str, Any]) -> Any:
        with database.begin(scope()) as session:
            return {"unread": notices.read_all(session, body["until"])}

    @blp.route("/<uuid:notice_id>/read", methods=["POST"])
    @blp.response(200, NoticeShape)
    @requires()
    def read(notice_id: UUID) -> Any:
        with database.begin(scope()) as session:
            return notices.read(session, notice_id)

    return blp
