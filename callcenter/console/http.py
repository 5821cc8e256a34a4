"""The agent's desk over HTTP."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import request

from callcenter.console.schemas import (
    AppointmentBody,
    AppointmentPage,
    AppointmentPatch,
    AppointmentQuery,
    AppointmentShape,
    CallerShape,
    CustomerBody,
    DeskShape,
    DialBody,
    DialledShape,
    DraftBody,
    DraftShape,
    Empty,
    OwnDayShape,
    PopShape,
    QueueShape,
    SoftphoneShape,
    StateBody,
    StateShape,
    TargetCommand,
    TargetQuery,
    TargetShape,
    WorkShape,
)
from callcenter.console.service import Appointments, Desk, Drafts, Pop, Verbs
from callcenter.console.service.appointments import AppointmentStatus
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
from callcenter.reports.service import Figures

_DESK = requires(Permission.CALLS_HANDLE)


@dataclass(frozen=True, slots=True)
class Services:
    """What the desk is made of."""

    desk: Desk
    pop: Pop
    verbs: Verbs
    appointments: Appointments
    drafts: Drafts
    figures: Figures


def blueprint(database: Database, services: Services, idempotency: Idempotency) -> Blueprint:
    blp = Blueprint("console", __name__, description="The agent's desk")
    _desk(blp, database, services)
    _state(blp, services.verbs)
    _pop(blp, services.pop)
    _calls(blp, services.verbs, idempotency)
    _appointments(blp, database, services.appointments)
    _drafts(blp, database, services.drafts)
    return blp


def _desk(blp: Blueprint, database: Database, services: Services) -> None:
    desk, figures = services.desk, services.figures

    @blp.route("/console")
    @blp.response(200, DeskShape)
    @_DESK
    def whole() -> Any:
        with database.begin(scope()) as session:
            return desk.desk(session)

    @blp.route("/console/softphone")
    @blp.response(200, SoftphoneShape)
    @requires(Permission.CALLS_HANDLE, Permission.SUPERVISE_LISTEN)
    def softphone() -> Any:
        with database.begin(scope()) as session:
            return desk.softphone(session), 200, {"Cache-Control": "no-store"}

    @blp.route("/console/targets")
    @blp.arguments(TargetQuery, location="query")
    @blp.response(200, TargetShape(many=True))
    @_DESK
    def targets(query: dict[str, Any]) -> Any:
        with database.begin(scope()) as session:
            return desk.targets(session, query["q"])

    @blp.route("/console/day")
    @blp.response(200, OwnDayShape)
    @_DESK
    def day() -> Any:
        with database.begin(scope()) as session:
            return figures.own_day(session, current_actor().user_id)

    @blp.route("/console/queues")
    @blp.response(200, QueueShape(many=True))
    @_DESK
    def queues() -> Any:
        with database.begin(scope()) as session:
            return desk.queues(session)

    @blp.route("/console/work")
    @blp.response(200, WorkShape)
    @_DESK
    def work() -> Any:
        with database.begin(scope()) as session:
            return desk.work(session)


def _state(blp: Blueprint, verbs: Verbs) -> None:
    @blp.route("/console/sign-in", methods=["POST"])
    @blp.response(200, StateShape)
    @_DESK
    def sign_in() -> Any:
        return verbs.send(current_actor(), "agent.sign_in")

    @blp.route("/console/sign-out", methods=["POST"])
    @blp.response(200, StateShape)
    @_DESK
    def sign_out() -> Any:
        return verbs.send(current_actor(), "agent.sign_out")

    @blp.route("/console/state", methods=["PUT"])
    @blp.arguments(StateBody)
    @blp.response(200, StateShape)
    @_DESK
    def state(body: dict[str, Any]) -> Any:
        return verbs.set_state(current_actor(), body["state"], body["reason_id"])

    @blp.route("/console/wrap-up/finish", methods=["POST"])
    @blp.response(200, StateShape)
    @_DESK
    def finish() -> Any:
        return verbs.send(current_actor(), "agent.finish_wrap_up")

    @blp.route("/console/wrap-up/extend", methods=["POST"])
    @blp.response(204)
    @_DESK
    def extend() -> None:
        verbs.send(current_actor(), "agent.extend_wrap_up")


def _pop(blp: Blueprint, pops: Pop) -> None:
    @blp.route("/console/pop/<uuid:call_id>")
    @blp.response(200, PopShape)
    @_DESK
    def pop(call_id: UUID) -> Any:
        return pops.pop(current_actor(), call_id)

    @blp.route("/console/pop/<uuid:call_id>/caller")
    @blp.response(200, CallerShape)
    @_DESK
    def caller(call_id: UUID) -> Any:
        return pops.caller(current_actor(), call_id)

    @blp.route("/console/calls/<uuid:call_id>/customer", methods=["PUT"])
    @blp.arguments(CustomerBody)
    @blp.response(200, PopShape)
    @_DESK
    def customer(body: dict[str, Any], call_id: UUID) -> Any:
        return pops.choose(current_actor(), call_id, body["customer_id"])


def _calls(blp: Blueprint, verbs: Verbs, idempotency: Idempotency) -> None:
    @blp.route("/calls", methods=["POST"])
    @blp.once
    @blp.arguments(DialBody)
    @blp.response(202, DialledShape)
    @requires(Permission.CALLS_DIAL)
    def dial(body: dict[str, Any]) -> Any:
        def act() -> Any:
            return verbs.dial(
                current_actor(), body["number"], body["customer_id"], body["display_number"]
            )

        return repeatable(idempotency, DialledShape, 202, act)

    @blp.route("/calls/<uuid:call_id>/transfer", methods=["POST"])
    @blp.arguments(TargetCommand)
    @blp.response(202, Empty)
    @_DESK
    def transfer(body: dict[str, Any], call_id: UUID) -> Any:
        return verbs.to_target(current_actor(), "call.transfer", call_id, body["target"])

    @blp.route("/calls/<uuid:call_id>/consult", methods=["POST"])
    @blp.arguments(TargetCommand)
    @blp.response(202, Empty)
    @_DESK
    def consult(body: dict[str, Any], call_id: UUID) -> Any:
        return verbs.to_target(current_actor(), "call.consult", call_id, body["target"])

    @blp.route("/calls/<uuid:call_id>/rejoin", methods=["POST"])
    @blp.response(202, Empty)
    @_DESK
    def rejoin(call_id: UUID) -> Any:
        return verbs.send(current_actor(), "call.rejoin", {"call_id": str(call_id)})

    @blp.route("/calls/<uuid:call_id>/consult/complete", methods=["POST"])
    @blp.response(202, Empty)
    @_DESK
    def complete(call_id: UUID) -> Any:
        return verbs.send(current_actor(), "call.consult_complete", {"call_id": str(call_id)})

    @blp.route("/calls/<uuid:call_id>/consult/cancel", methods=["POST"])
    @blp.response(202, Empty)
    @_DESK
    def cancel(call_id: UUID) -> Any:
        return verbs.send(current_actor(), "call.consult_cancel", {"call_id": str(call_id)})

    @blp.route("/calls/<uuid:call_id>/hang-up", methods=["POST"])
    @blp.response(202, Empty)
    @_DESK
    def hang_up(call_id: UUID) -> Any:
        return verbs.send(current_actor(), "call.hang_up", {"call_id": str(call_id)})


_APPOINTMENTS = requires(Permission.APPOINTMENTS_KEEP)


def _appointments(blp: Blueprint, database: Database, appointments: Appointments) -> None:
    @blp.route("/appointments")
    @blp.arguments(AppointmentQuery, location="query")
    @blp.response(200, AppointmentPage)
    @_APPOINTMENTS
    def page(query: dict[str, Any]) -> Page:
        wanted = PageRequest.take(query)
        with database.begin(scope()) as session:
            return appointments.page(session, wanted, query)

    @blp.route("/appointments", methods=["POST"])
    @blp.arguments(AppointmentBody)
    @blp.response(201, AppointmentShape)
    @_APPOINTMENTS
    def create(body: dict[str, Any]) -> Any:
        with database.begin(scope()) as session:
            made = appointments.create(session, body)
        return with_etag(made, made["version"], 201)

    @blp.route("/appointments/<uuid:appointment_id>", methods=["PATCH"])
    @blp.versioned_if_given
    @blp.arguments(AppointmentPatch)
    @blp.response(200, AppointmentShape)
    @_APPOINTMENTS
    def change(body: dict[str, Any], appointment_id: UUID) -> Any:
        # One's own list on one's own page: If-Match is heeded, not demanded.
        version = expected_version() if "If-Match" in request.headers else None
        with database.begin(scope()) as session:
            changed = appointments.change(session, appointment_id, body, version)
        return with_etag(changed, changed["version"])

    @blp.route("/appointments/<uuid:appointment_id>", methods=["DELETE"])
    @blp.response(204)
    @_APPOINTMENTS
    def cancelled(appointment_id: UUID) -> None:
        with database.begin(scope()) as session:
            appointments.close(session, appointment_id, AppointmentStatus.CANCELLED)

    @blp.route("/appointments/<uuid:appointment_id>/done", methods=["POST"])
    @blp.response(200, AppointmentShape)
    @_APPOINTMENTS
    def done(appointment_id: UUID) -> Any:
        with database.begin(scope()) as session:
            return appointments.close(session, appointment_id, AppointmentStatus.DONE)


def _drafts(blp: Blueprint, database: Database, drafts: Drafts) -> None:
    @blp.route("/drafts/<key>")
    @blp.response(200, DraftShape)
    @_DESK
    def read(key: str) -> Any:
        with database.begin(scope()) as session:
            return drafts.read(session, key)

    @blp.route("/drafts/<key>", methods=["PUT"])
    @blp.arguments(DraftBody)
    @blp.response(200, DraftShape)
    @_DESK
    def save(body: dict[str, Any], key: str) -> Any:
        with database.begin(scope()) as session:
            return drafts.save(session, key, body["payload"])

    @blp.route("/drafts/<key>", methods=["DELETE"])
    @blp.response(204)
    @_DESK
    def drop(key: str) -> None:
        with database.begin(scope()) as session:
            drafts.drop(session, key)
