"""Schedules and holidays over HTTP, for the enterprise's administrator."""

from datetime import date
from typing import Any
from uuid import UUID

from callcenter.core.db import Database
from callcenter.core.errors import NotFound
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
from callcenter.schedules.schemas import (
    EmergencyBody,
    HolidayBody,
    HolidayShape,
    MonthBody,
    MonthShape,
    ScheduleBody,
    SchedulePage,
    ScheduleShape,
    YearQuery,
    YearShape,
)
from callcenter.schedules.service import Holidays, Schedules

_ADMIN = requires(Permission.ENTERPRISE_MANAGE)


def blueprint(database: Database, schedules: Schedules) -> Blueprint:
    blp = Blueprint("schedules", __name__, url_prefix="/schedules", description="Schedules")
    _list(blp, database, schedules)
    _one(blp, database, schedules)
    return blp


def _list(blp: Blueprint, database: Database, schedules: Schedules) -> None:
    @blp.route("")
    @blp.arguments(PageQuery, location="query")
    @blp.response(200, SchedulePage)
    @_ADMIN
    def page(query: dict[str, Any]) -> Page:
        with database.begin(scope()) as session:
            return schedules.page(session, PageRequest.take(query))

    @blp.route("", methods=["POST"])
    @blp.arguments(ScheduleBody)
    @blp.response(201, ScheduleShape)
    @_ADMIN
    def create(body: dict[str, Any]) -> Any:
        with database.begin(scope()) as session:
            made = schedules.create(session, body)
        return with_etag(made, made["version"], 201)

    @blp.route("/preview", methods=["POST"])
    @blp.arguments(MonthBody)
    @blp.response(200, MonthShape)
    @_ADMIN
    def preview(body: dict[str, Any]) -> Any:
        """A month by a schedule that need not be kept."""
        with database.begin(scope()) as session:
            return schedules.preview(session, body["schedule"], body["month"])


def _one(blp: Blueprint, database: Database, schedules: Schedules) -> None:
    @blp.route("/<uuid:schedule_id>")
    @blp.response(200, ScheduleShape)
    @_ADMIN
    def read(schedule_id: UUID) -> Any:
        with database.begin(scope()) as session:
            schedule = schedules.read(session, schedule_id)
        return with_etag(schedule, schedule["version"])

    @blp.route("/<uuid:schedule_id>", methods=["PATCH"])
    @blp.versioned
    @blp.arguments(ScheduleBody(partial=True))
    @blp.response(200, ScheduleShape)
    @_ADMIN
    def change(body: dict[str, Any], schedule_id: UUID) -> Any:
        version = expected_version()
        with database.begin(scope()) as session:
            schedule = schedules.change(session, schedule_id, body, version)
        return with_etag(schedule, schedule["version"])

    @blp.route("/<uuid:schedule_id>/emergency", methods=["PUT"])
    @blp.arguments(EmergencyBody)
    @blp.response(200, ScheduleShape)
    @_ADMIN
    def switch(body: dict[str, Any], schedule_id: UUID) -> Any:
        """Whoever comes last: an emergency waits for nobody's version."""
        with database.begin(scope()) as session:
            schedule = schedules.switch(session, schedule_id, body)
        return with_etag(schedule, schedule["version"])

    @blp.route("/<uuid:schedule_id>", methods=["DELETE"])
    @blp.versioned_if_given
    @blp.response(204)
    @_ADMIN
    def delete(schedule_id: UUID) -> None:
        version = version_if_given()
        with database.begin(scope()) as session:
            schedules.delete(session, schedule_id, version)


def holidays_blueprint(database: Database, holidays: Holidays) -> Blueprint:
    blp = Blueprint("holidays", __name__, url_prefix="/holidays", description="Holidays")

    @blp.route("")
    @blp.arguments(YearQuery, location="query")
    @blp.response(200, YearShape)
    @_ADMIN
    def year(query: dict[str, Any]) -> Any:
        with database.begin(scope()) as session:
            return holidays.year(session, query["year"])

    @blp.route("/<day>", methods=["PUT"])
    @blp.arguments(HolidayBody)
    @blp.response(200, HolidayShape)
    @_ADMIN
    def put(body: dict[str, Any], day: str) -> Any:
        with database.begin(scope()) as session:
            return holidays.put(session, _date(day), body)

    @blp.route("/<day>", methods=["DELETE"])
    @blp.response(204)
    @_ADMIN
    def drop(day: str) -> None:
        with database.begin(scope()) as session:
            holidays.drop(session, _date(day))

    return blp


def _date(text: str) -> date:
    """The day of an address; what is none has nothing there."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise NotFound from None
    if found.isoformat() != text:
        raise NotFound
    return found
