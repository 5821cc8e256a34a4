"""Seats over HTTP."""

from typing import Any
from uuid import UUID

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
from callcenter.people.schemas import (
    AdminSeatShape,
    NewSeatShape,
    OneTimePassword,
    SeatBody,
    SeatPage,
    SeatQuery,
)
from callcenter.people.service import Seats

_ADMIN = requires(Permission.ENTERPRISE_MANAGE)
_SECRET = {"Cache-Control": "no-store"}


def blueprint(database: Database, seats: Seats) -> Blueprint:
    blp = Blueprint("seats", __name__, url_prefix="/seats", description="Seats")
    _change(blp, database, seats)
    _act(blp, database, seats)
    return blp


def _change(blp: Blueprint, database: Database, seats: Seats) -> None:
    @blp.route("")
    @blp.arguments(SeatQuery, location="query")
    @blp.response(200, SeatPage)
    @_ADMIN
    def page(query: dict[str, Any]) -> Page:
        wanted = PageRequest.take(query)
        with database.begin(scope()) as session:
            return seats.page(session, wanted, query)

    @blp.route("", methods=["POST"])
    @blp.arguments(SeatBody)
    @blp.response(201, NewSeatShape)
    @_ADMIN
    def create(body: dict[str, Any]) -> Any:
        with database.begin(scope()) as session:
            made, password = seats.create(session, body)
        etag = {"ETag": f'"{made["version"]}"'}
        return {**made, "one_time_password": password}, 201, {**etag, **_SECRET}

    @blp.route("/<uuid:user_id>")
    @blp.response(200, AdminSeatShape)
    @_ADMIN
    def read(user_id: UUID) -> Any:
        with database.begin(scope()) as session:
            seat = seats.read(session, user_id)
        return with_etag(seat, seat["version"])

    @blp.route("/<uuid:user_id>", methods=["PATCH"])
    @blp.versioned
    @blp.arguments(SeatBody(partial=True))
    @blp.response(200, AdminSeatShape)
    @_ADMIN
    def change(body: dict[str, Any], user_id: UUID) -> Any:
        version = expected_version()
        with database.begin(scope()) as session:
            seat = seats.change(session, user_id, body, version)
        return with_etag(seat, seat["version"])


def _act(blp: Blueprint, database: Database, seats: Seats) -> None:
    @blp.route("/<uuid:user_id>/deactivate", methods=["POST"])
    @blp.response(200, AdminSeatShape)
    @_ADMIN
    def deactivate(user_id: UUID) -> Any:
        with database.begin(scope()) as session:
            return seats.deactivate(session, user_id)

    @blp.route("/<uuid:user_id>/activate", methods=["POST"])
    @blp.response(200, AdminSeatShape)
    @_ADMIN
    def activate(user_id: UUID) -> Any:
        with database.begin(scope()) as session:
            return seats.activate(session, user_id)

    @blp.route("/<uuid:user_id>/reset-password", methods=["POST"])
    @blp.response(200, OneTimePassword)
    @_ADMIN
    def reset_password(user_id: UUID) -> Any:
        with database.begin(scope()) as session:
            code, password = seats.reset_password(session, user_id)
        return {"employee_code": code, "one_time_password": password}, 200, _SECRET
