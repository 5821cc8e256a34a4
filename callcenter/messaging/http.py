"""Channels and messages over HTTP."""

from typing import Any
from uuid import UUID

from flask import Response, request

from callcenter.core.db import Database
from callcenter.core.http import (
    Blueprint,
    Page,
    PageRequest,
    client_ip,
    expected_version,
    public,
    requires,
    scope,
    with_etag,
)
from callcenter.core.idempotency import Idempotency
from callcenter.core.permissions import Permission
from callcenter.core.repeat import repeatable
from callcenter.messaging.schemas import (
    ChannelBody,
    ChannelChoice,
    ChannelQuery,
    ChannelShape,
    MessageAnswer,
    MessageBody,
    MessageChannelPage,
    MessagePage,
    MessageQuery,
    MessagesTaken,
    MessageTotals,
    MessageTotalsQuery,
    NewChannel,
    ReportAddress,
    SendOneBody,
)
from callcenter.messaging.service import Channels, MessageLog, Reporting, Writing

_ADMIN = requires(Permission.ENTERPRISE_MANAGE)
_READ = requires(Permission.MESSAGES_READ)
_SEND = requires(Permission.MESSAGES_SEND)


def channels_blueprint(database: Database, channels: Channels, writing: Writing) -> Blueprint:
    blp = Blueprint(
        "message_channels", __name__, url_prefix="/message-channels", description="Channels"
    )
    _list(blp, database, channels)
    _one(blp, database, channels)

    @blp.route("/<uuid:channel_id>/try", methods=["POST"])
    @blp.arguments(SendOneBody)
    @blp.response(202, MessagesTaken)
    @_ADMIN
    def attempt(body: dict[str, Any], channel_id: UUID) -> Any:
        """One message over it, also where it is the first; how it ends stands in the log."""
        with database.begin(scope()) as session:
            return {"ids": [writing.try_channel(session, channel_id, body)]}

    @blp.route("/<uuid:channel_id>/report-address", methods=["POST"])
    @blp.versioned
    @blp.response(201, ReportAddress)
    @_ADMIN
    def give_report_address(channel_id: UUID) -> Any:
        """Where its gateway is to report to, told this once; one before it is no longer heard."""
        version = expected_version()
        with database.begin(scope()) as session:
            made = channels.give_report_address(session, channel_id, version)
        return made, 201, {"Cache-Control": "no-store"}

    return blp


def _list(blp: Blueprint, database: Database, channels: Channels) -> None:
    @blp.route("")
    @blp.arguments(ChannelQuery, location="query")
    @blp.response(200, MessageChannelPage)
    @_ADMIN
    def page(query: dict[str, Any]) -> Page:
        wanted = PageRequest.take(query)
        with database.begin(scope()) as session:
            return channels.page(session, wanted, query)

    @blp.route("/choices")
    @blp.response(200, ChannelChoice(many=True))
    @requires(Permission.MESSAGES_SEND, Permission.OBJECTS_DEFINE)
    def choices() -> Any:
        """For those who send over them, or have triggers do so: no more than what they write for."""
        with database.begin(scope()) as session:
            return channels.choices(session)

    @blp.route("", methods=["POST"])
    @blp.arguments(NewChannel)
    @blp.response(201, ChannelShape)
    @_ADMIN
    def create(body: dict[str, Any]) -> Any:
        with database.begin(scope()) as session:
            made = channels.create(session, body)
        return with_etag(made, made["version"], 201)


def _one(blp: Blueprint, database: Database, channels: Channels) -> None:
    @blp.route("/<uuid:channel_id>")
    @blp.response(200, ChannelShape)
    @_ADMIN
    def read(channel_id: UUID) -> Any:
        with database.begin(scope()) as session:
            channel = channels.read(session, channel_id)
        return with_etag(channel, channel["version"])

    @blp.route("/<uuid:channel_id>", methods=["PATCH"])
    @blp.versioned
    @blp.arguments(ChannelBody(partial=True))
    @blp.response(200, ChannelShape)
    @_ADMIN
    def change(body: dict[str, Any], channel_id: UUID) -> Any:
        version = expected_version()
        with database.begin(scope()) as session:
            channel = channels.change(session, channel_id, body, version)
        return with_etag(channel, channel["version"])

    @blp.route("/<uuid:channel_id>", methods=["DELETE"])
    @blp.versioned
    @blp.response(204)
    @_ADMIN
    def delete(channel_id: UUID) -> None:
        version = expected_version()
        with database.begin(scope()) as session:
            channels.delete(session, channel_id, version)


def messages_blueprint(
    database: Database, writing: Writing, log: MessageLog, idempotency: Idempotency
) -> Blueprint:
    blp = Blueprint("messages", __name__, url_prefix="/messages", description="Messages")

    @blp.route("")
    @blp.arguments(MessageQuery, location="query")
    @blp.response(200, MessagePage)
    @_READ
    def page(query: dict[str, Any]) -> Page:
        wanted = PageRequest.take(query)
        with database.begin(scope()) as session:
            return log.page(session, wanted, query)

    @blp.route("/totals")
    @blp.arguments(MessageTotalsQuery, location="query")
    @blp.response(200, MessageTotals)
    @_READ
    def totals(query: dict[str, Any]) -> Any:
        with database.begin(scope()) as session:
            return log.totals(session, query)

    @blp.route("", methods=["POST"])
    @blp.once
    @blp.arguments(MessageBody)
    @blp.response(202, MessagesTaken)
    @_SEND
    def send(body: dict[str, Any]) -> Any:
        def act() -> Any:
            with database.begin(scope()) as session:
                return {"ids": writing.send(session, body)}

        return repeatable(idempotency, MessagesTaken, 202, act)

    _message(blp, database, log)
    return blp


def _message(blp: Blueprint, database: Database, log: MessageLog) -> None:
    @blp.route("/<uuid:message_id>")
    @blp.response(200, MessageAnswer)
    @_READ
    def read(message_id: UUID) -> Any:
        with database.begin(scope()) as session:
            return log.read(session, message_id)

    @blp.route("/<uuid:message_id>/again", methods=["POST"])
    @blp.response(200, MessageAnswer)
    @_SEND
    def again(message_id: UUID) -> Any:
        """A person's decision: of an uncertain one it may arrive twice."""
        with database.begin(scope()) as session:
            return log.again(session, message_id)

    @blp.route("/<uuid:message_id>/cancel", methods=["POST"])
    @blp.response(200, MessageAnswer)
    @_SEND
    def cancel(message_id: UUID) -> Any:
        with database.begin(scope()) as session:
            return log.cancel(session, message_id)


def reports_blueprint(reporting: Reporting) -> Blueprint:
    """For gateways: whoever knows the address may tell what became of that channel's messages."""
    blp = Blueprint(
        "delivery_reports", __name__, url_prefix="/delivery-reports", description="Delivery reports"
    )

    @blp.route("/<uuid:channel_id>/<string:secret>", methods=["GET", "POST"])
    @blp.doc(
        description="Reports as the channel's settings describe them: JSON, a form or a query."
    )
    @blp.response(204)
    @public
    def tell(channel_id: UUID, secret: str) -> Response:
        body = request.get_data(cache=False)
        answer = reporting.take(channel_id, secret, body, request.args, client_ip())
        if not answer:
            return Response(status=204)
        return Response(answer, content_type="text/plain; charset=utf-8")

    return blp
