"""Scheduled tasks over HTTP, for the configuration administrator."""

from typing import Any
from uuid import UUID

from callcenter.automation.schemas import (
    CommandShape,
    NewScheduledTask,
    ScheduledTaskBody,
    ScheduledTaskPage,
    ScheduledTaskQuery,
    ScheduledTaskShape,
    TaskRunPage,
    TaskRunQuery,
    TaskRunShape,
    TimetableBody,
    TimetableShape,
)
from callcenter.automation.service import Runs, Tasks
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

_KEEPERS = requires(Permission.AUTOMATION_MANAGE)


def blueprint(database: Database, tasks: Tasks, runs: Runs) -> Blueprint:
    blp = Blueprint(
        "scheduled_tasks", __name__, url_prefix="/scheduled-tasks", description="Scheduled tasks"
    )
    _list(blp, database, tasks)
    _one(blp, database, tasks)
    _runs(blp, database, runs)
    return blp


def _list(blp: Blueprint, database: Database, tasks: Tasks) -> None:
    @blp.route("")
    @blp.arguments(ScheduledTaskQuery, location="query")
    @blp.response(200, ScheduledTaskPage)
    @_KEEPERS
    def page(query: dict[str, Any]) -> Page:
        wanted = PageRequest.take(query)
        with database.begin(scope()) as session:
            return tasks.page(session, wanted, query)

    @blp.route("", methods=["POST"])
    @blp.arguments(NewScheduledTask)
    @blp.response(201, ScheduledTaskShape)
    @_KEEPERS
    def create(body: dict[str, Any]) -> Any:
        with database.begin(scope()) as session:
            made = tasks.create(session, body)
        return with_etag(made, made["version"], 201)

    @blp.route("/commands")
    @blp.response(200, CommandShape(many=True))
    @_KEEPERS
    def commands() -> Any:
        with database.begin(scope()) as session:
            return tasks.commands(session)

    @blp.route("/timetable", methods=["POST"])
    @blp.arguments(TimetableBody)
    @blp.response(200, TimetableShape)
    @_KEEPERS
    def timetable(body: dict[str, Any]) -> Any:
        """What an expression means, while it is written."""
        with database.begin(scope()) as session:
            return tasks.timetable(session, body)


def _one(blp: Blueprint, database: Database, tasks: Tasks) -> None:
    @blp.route("/<uuid:task_id>")
    @blp.response(200, ScheduledTaskShape)
    @_KEEPERS
    def read(task_id: UUID) -> Any:
        with database.begin(scope()) as session:
            task = tasks.read(session, task_id)
        return with_etag(task, task["version"])

    @blp.route("/<uuid:task_id>", methods=["PATCH"])
    @blp.versioned
    @blp.arguments(ScheduledTaskBody(partial=True))
    @blp.response(200, ScheduledTaskShape)
    @_KEEPERS
    def change(body: dict[str, Any], task_id: UUID) -> Any:
        version = expected_version()
        with database.begin(scope()) as session:
            task = tasks.change(session, task_id, body, version)
        return with_etag(task, task["version"])

    @blp.route("/<uuid:task_id>", methods=["DELETE"])
    @blp.versioned
    @blp.response(204)
    @_KEEPERS
    def delete(task_id: UUID) -> None:
        version = expected_version()
        with database.begin(scope()) as session:
            tasks.delete(session, task_id, version)


def _runs(blp: Blueprint, database: Database, runs: Runs) -> None:
    @blp.route("/<uuid:task_id>/runs")
    @blp.arguments(TaskRunQuery, location="query")
    @blp.response(200, TaskRunPage)
    @_KEEPERS
    def page(query: dict[str, Any], task_id: UUID) -> Page:
        wanted = PageRequest.take(query)
        with database.begin(scope()) as session:
            return runs.page(session, task_id, wanted, query)

    @blp.route("/<uuid:task_id>/run", methods=["POST"])
    @blp.response(202, TaskRunShape)
    @_KEEPERS
    def run_now(task_id: UUID) -> Any:
        with database.begin(scope()) as session:
            return runs.run_now(session, task_id)

    @blp.route("/<uuid:task_id>/runs/<uuid:run_id>/stop", methods=["POST"])
    @blp.response(202, TaskRunShape)
    @_KEEPERS
    def stop(task_id: UUID, run_id: UUID) -> Any:
        with database.begin(scope()) as session:
            return runs.stop(session, task_id, run_id)
