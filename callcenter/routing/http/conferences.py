"""Conference rooms over HTTP."""

from typing import Any
from uuid import UUID

from callcenter.core.db import Database
from callcenter.core.http import (
    Blueprint,
    Page,
    PageQuery,
    PageRequest,
    current_actor,
    expected_version,
    requires,
    scope,
    version_if_given,
    with_etag,
)
from callcenter.core.idempotency import Idempotency
from callcenter.core.permissions import Permission
from callcenter.core.repeat import repeatable
from callcenter.routing.schemas import (
    ConferenceBody,
    ConferenceJoined,
    ConferenceName,
    ConferencePage,
    ConferenceQuery,
    ConferenceShape,
)
from callcenter.routing.service import ConferenceDoor, Conferences

_ADMIN = requires(Permission.ENTERPRISE_MANAGE)
_DESK = requires(Permission.CALLS_HANDLE)


def blueprint(database: Database, conferences: Conferences) -> Blueprint:
    blp = Blueprint(
        "conferences", __name__, url_prefix="/conferences", description="Conference rooms"
    )

    @blp.route("")
    @blp.arguments(PageQuery, location="query")
    @blp.response(200, ConferencePage)
    @_ADMIN
    def page(query: dict[str, Any]) -> Page:
        with database.begin(scope()) as session:
            return conferences.page(session, PageRequest.take(query))

    @blp.route("", methods=["POST"])
    @blp.arguments(ConferenceBody)
    @blp.response(201, ConferenceShape)
    @_ADMIN
    def create(body: dict[str, Any]) -> Any:
        with database.begin(scope()) as session:
            made = conferences.create(session, body)
        return with_etag(made, made["version"], 201)

    @blp.route("/<uuid:conference_id>")
    @blp.response(200, ConferenceShape)
    @_ADMIN
    def read(conference_id: UUID) -> Any:
        with database.begin(scope()) as session:
            found = conferences.read(session, conference_id)
        return with_etag(found, found["version"])

    @blp.route("/<uuid:conference_id>", methods=["PATCH"])
    @blp.versioned
    @blp.arguments(ConferenceBody(partial=True))
    @blp.response(200, ConferenceShape)
    @_ADMIN
    def change(body: dict[str, Any], conference_id: UUID) -> Any:
        version = expected_version()
        with database.begin(scope()) as session:
            found = conferences.change(session, conference_id, body, version)
        return with_etag(found, found["version"])

    @blp.route("/<uuid:conference_id>", methods=["DELETE"])
    @blp.versioned_if_given
    @blp.response(204)
    @_ADMIN
    def delete(conference_id: UUID) -> None:
        version = version_if_given()
        with database.begin(scope()) as session:
            conferences.delete(session, conference_id, version)

    return blp


def door_blueprint(database: Database, door: ConferenceDoor, idempotency: Idempotency) -> Blueprint:
    blp = Blueprint("conference_door", __name__, description="Agents go into conference rooms")

    @blp.route("/console/conferences")
    @blp.arguments(ConferenceQuery, location="query")
    @blp.response(200, ConferenceName(many=True))
    @_DESK
    def rooms(query: dict[str, Any]) -> Any:
        with database.begin(scope()) as session:
            return door.rooms(session, query["q"])

    @blp.route("/console/conferences/<uuid:conference_id>/join", methods=["POST"])
    @blp.once
    @blp.response(202, ConferenceJoined)
    @_DESK
    def join(conference_id: UUID) -> Any:
        return repeatable(
            idempotency, ConferenceJoined, 202, lambda: door.join(current_actor(), conference_id)
        )

    return blp
