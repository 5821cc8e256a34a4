"""Calling tasks over HTTP."""

from typing import Any
from uuid import UUID

from flask import Response

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
from callcenter.core.idempotency import Idempotency
from callcenter.core.permissions import Permission
from callcenter.core.repeat import repeatable
from dialer.filling import Filling
from dialer.schemas import (
    AttemptDialled,
    AttemptShape,
    FillAnswer,
    FillBody,
    NewTask,
    OfferShape,
    ResultBody,
    TaskName,
    TaskPage,
    TaskPatch,
    TaskQuery,
    TaskShape,
)
from dialer.service import CallingTasks

_MANAGE = requires(Permission.CALLING_TASKS_MANAGE)
_DESIGN = requires(Permission.OBJECTS_DEFINE)
_READ = requires(Permission.CALLING_TASKS_MANAGE, Permission.CALLING_TASKS_WORK)
_DIAL = requires(Permission.CALLING_TASKS_WORK)


def blueprint(
    database: Database, tasks: CallingTasks, filling: Filling, idempotency: Idempotency
) -> Blueprint:
    blp = Blueprint("dialer", __name__, description="Calling tasks")
    _tasks(blp, database, tasks, idempotency)
    _filled(blp, database, filling)
    _attempts(blp, database, tasks, idempotency)
    return blp


def _tasks(
    blp: Blueprint, database: Database, tasks: CallingTasks, idempotency: Idempotency
) -> None:
    @blp.route("/calling-tasks")
    @blp.arguments(TaskQuery, location="query")
    @blp.response(200, TaskPage)
    @_READ
    def page(query: dict[str, Any]) -> Page:
        wanted = PageRequest.take(query)
        with database.begin(scope()) as session:
            return tasks.page(session, wanted, query)

    @blp.route("/calling-tasks", methods=["POST"])
    @blp.once
    @blp.arguments(NewTask)
    @blp.response(201, TaskShape)
    @_MANAGE
    def create(body: dict[str, Any]) -> Any:
        def act() -> Any:
            with database.begin(scope()) as session:
                return tasks.create(session, body)

        return repeatable(idempotency, TaskShape, 201, act)

    @blp.route("/design/calling-tasks")
    @blp.response(200, TaskName(many=True))
    @_DESIGN
    def choices() -> Any:
        with database.begin(scope()) as session:
            return tasks.choices(session)

    @blp.route("/calling-tasks/<uuid:task_id>")
    @blp.response(200, TaskShape)
    @_READ
    def read(task_id: UUID) -> Any:
        with database.begin(scope()) as session:
            task = tasks.read(session, task_id)
        return with_etag(task, task["version"])

    @blp.route("/calling-tasks/<uuid:task_id>", methods=["PATCH"])
    @blp.versioned
    @blp.arguments(TaskPatch)
    @blp.response(200, TaskShape)
    @_MANAGE
    def change(body: dict[str, Any], task_id: UUID) -> Any:
        version = expected_version()
        with database.begin(scope()) as session:
            task = tasks.change(session, task_id, body, version)
        return with_etag(task, task["version"])

    @blp.route("/calling-tasks/<uuid:task_id>/start", methods=["POST"])
    @blp.response(200, TaskShape)
    @_MANAGE
    def start(task_id: UUID) -> Any:
        with database.begin(scope()) as session:
            return tasks.set_status(session, task_id, "running")

    @blp.route("/calling-tasks/<uuid:task_id>/pause", methods=["POST"])
    @blp.response(200, TaskShape)
    @_MANAGE
    def pause(task_id: UUID) -> Any:
        with database.begin(scope()) as session:
            return tasks.set_status(session, task_id, "paused")

    @blp.route("/calling-tasks/<uuid:task_id>/next", methods=["POST"])
    @blp.response(200, OfferShape)
    @blp.alt_response(204, description="Nobody is left for now")
    @_DIAL
    def following(task_id: UUID) -> Any:
        with database.begin(scope()) as session:
            attempt = tasks.next(session, task_id)
        return {"attempt": attempt} if attempt else Response(status=204)


def _filled(blp: Blueprint, database: Database, filling: Filling) -> None:
    @blp.route("/calling-tasks/<uuid:task_id>/contacts", methods=["POST"])
    @blp.doc(description="Whom a query names; who is there already stays as he is.")
    @blp.arguments(FillBody)
    @blp.response(200, FillAnswer)
    @_MANAGE
    def fill(body: dict[str, Any], task_id: UUID) -> Any:
        with database.begin(scope()) as session:
            asking = filling.asking(session, task_id, body["query"], body["parameters"])
        callees = asking()
        with database.begin(scope()) as session:
            return filling.fill(session, task_id, callees)


def _attempts(
    blp: Blueprint, database: Database, tasks: CallingTasks, idempotency: Idempotency
) -> None:
    @blp.route("/attempts/<uuid:attempt_id>/dial", methods=["POST"])
    @blp.once
    @blp.response(202, AttemptDialled)
    @_DIAL
    def dial(attempt_id: UUID) -> Any:
        return repeatable(
            idempotency, AttemptDialled, 202, lambda: tasks.dial(current_actor(), attempt_id)
        )

    @blp.route("/attempts/<uuid:attempt_id>/skip", methods=["POST"])
    @blp.response(200, AttemptShape)
    @_DIAL
    def skip(attempt_id: UUID) -> Any:
        with database.begin(scope()) as session:
            return tasks.skip(session, attempt_id)

    @blp.route("/attempts/<uuid:attempt_id>/result", methods=["POST"])
    @blp.arguments(ResultBody)
    @blp.response(200, AttemptShape)
    @_DIAL
    def result(body: dict[str, Any], attempt_id: UUID) -> Any:
        with database.begin(scope()) as session:
            return tasks.result(session, attempt_id, body["disposition_id"])
