"""Supervision over HTTP."""

from typing import Any
from uuid import UUID

from callcenter.core.db import Database
from callcenter.core.http import Blueprint, current_actor, requires, scope
from callcenter.core.permissions import Permission
from callcenter.supervision.schemas import (
    ForceBody,
    ForcedShape,
    ListenBody,
    ListeningShape,
    WallShape,
)
from callcenter.supervision.service import Supervision


def blueprint(database: Database, supervision: Supervision) -> Blueprint:
    blp = Blueprint("supervision", __name__, url_prefix="/supervision", description="Supervision")

    @blp.route("/wall")
    @blp.response(200, WallShape)
    @requires(Permission.WALL_VIEW)
    def wall() -> Any:
        with database.begin(scope()) as session:
            return supervision.wall(session)

    @blp.route("/listen", methods=["POST"])
    @blp.arguments(ListenBody)
    @blp.response(202, ListeningShape)
    @requires(Permission.SUPERVISE_LISTEN)
    def listen(body: dict[str, Any]) -> Any:
        return supervision.listen(current_actor(), body["agent_id"])

    @blp.route("/listen/<listening_id>", methods=["DELETE"])
    @blp.response(204)
    @requires(Permission.SUPERVISE_LISTEN)
    def stop(listening_id: str) -> None:
        supervision.stop(current_actor(), listening_id)

    @blp.route("/agents/<uuid:agent_id>/force", methods=["POST"])
    @blp.arguments(ForceBody)
    @blp.response(200, ForcedShape)
    @requires(Permission.SUPERVISE_FORCE)
    def force(body: dict[str, Any], agent_id: UUID) -> Any:
        return supervision.force(current_actor(), agent_id, body["state"])

    return blp
