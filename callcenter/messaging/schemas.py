"""Shapes of channels and messages."""

import re
from typing import Any

from marshmallow import ValidationError, fields, validate, validates, validates_schema

from callcenter.core.fields import Instant, Line, OneOf, Whole
from callcenter.core.http import PageQuery, Query, Shape, page_of
from callcenter.core.outbound import NotAllowed, parts_of
from callcenter.messaging import gateway
from callcenter.messaging.addresses import LONGEST, BadAddress, read_address
from callcenter.messaging.models import GATEWAY_SECONDS, ChannelKind, Delivery, MessageState, Source
from callcenter.messaging.signing import has_unknown_place
from callcenter.objects.schemas.document import IDENTIFIER
from callcenter.objects.schemas.records import PersonShape

SECURITY = ("tls", "starttls", "none")
FORMATS = ("json", "form")
MOST_AT_ONCE = 500
MOST_RENDERED = 50
"""Records that a template is rendered for, in one transaction: each may take its time."""

LONGEST_TEXT = 64 * 1024
_HOST = validate.Regexp(r"\A[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?\Z")
_PRICE = validate.Regexp(r"\A\d{1,4}(\.\d{1,4})?\Z", error="channel.bad_price")
_PREFIX = validate.Regexp(r"\A\+\d{1,14}\Z", error="channel.bad_prefix")
_HEADER = re.compile(r"[A-Za-z0-9-]{1,60}")
_OURS = frozenset({"host", "content-length", "transfer-encoding", "connection", "user-agent"})


def _places(text: str) -> None:
    if has_unknown_place(text):
        raise ValidationError("channel.unknown_signature_place")


class MailSettings(Shape):
    """security: tls from the first byte, starttls after the greeting, none for a server at hand.

    signature, signature_html: with places, as `signing` says. signed: under every message by itself.
    """

    host = fields.Str(required=True, validate=_HOST)
    port = fields.Int(required=True, validate=validate.Range(1, 65535))
    security = OneOf(SECURITY, required=True)
    user = Line(120, shortest=0, load_default="")
    sender = fields.Str(required=True)
    sender_name = Line(60, shortest=0, load_default="")
    signature = fields.Str(load_default="", validate=[validate.Length(max=500), _places])
    signature_html = fields.Str(load_default="", validate=[validate.Length(max=4000), _places])
    signed = fields.Bool(load_default=True)

    @validates("sender")
    def check_sender(self, value: str, **_: Any) -> None:
        try:
            read_address(ChannelKind.EMAIL, value)
        except BadAddress as fault:
            raise ValidationError(fault.key) from None

    @validates_schema
    def check(self, data: dict[str, Any], **_: Any) -> None:
        if data["user"] and data["security"] == "none":
            # A password in clear text is nobody's secret.
            raise ValidationError("channel.user_needs_tls", "security")


class SuccessTest(Shape):
    """by: status (2xx is enough), text (the answer has it), json (what stands under `path` is it)."""

    by = OneOf(("status", "text", "json"), required=True)
    path = Line(100, shortest=0, load_default="")
    value = Line(100, shortest=0, load_default="")

    @validates_schema
    def check(self, data: dict[str, Any], **_: Any) -> None:
        if data["by"] != "status" and not data["value"]:
            raise ValidationError("validation.required", "value")
        if data["by"] == "json" and not data["path"]:
            raise ValidationError("validation.required", "path")


class ReportSettings(Shape):
    """How the gateway tells later what became of messages; paths as in its answers.

    list_path: of several reports; empty: what comes is one, or a list. delivered, waiting: values
    under status_path that say so; with any other it has not arrived. answer: what it wants to hear.
    """

    list_path = Line(100, shortest=0, load_default="")
    id_path = Line(100, required=True)
    status_path = Line(100, required=True)
    delivered = fields.List(Line(60), required=True, validate=validate.Length(1, 20))
    waiting = fields.List(Line(60), load_default=list, validate=validate.Length(max=20))
    reason_path = Line(100, shortest=0, load_default="")
    answer = Line(200, shortest=0, load_default="")


class SmsSettings(Shape):
    """url, headers, body: with places, as `gateway` says. price: of one part.

    allowed: prefixes of numbers that it may send to; none: all. idempotent: the gateway knows an
    `id` that comes twice, and sends it once. signature: in front, as providers want it. closing: at
    the end, with places, as `signing` says; signed: of every message by itself. timeout: seconds.
    reports: null where the gateway tells nothing later.
    """

    url = fields.Str(required=True, validate=validate.Length(1, 1000))
    method = OneOf(("POST", "GET"), load_default="POST")
    format = OneOf(FORMATS, load_default="json")
    headers = fields.Dict(
        keys=fields.Str(), values=Line(500), load_default=dict, validate=validate.Length(max=20)
    )
    body = fields.Str(load_default="", validate=validate.Length(max=4000))
    success = fields.Nested(SuccessTest, required=True)
    id_path = Line(100, shortest=0, load_default="")
    price = fields.Str(load_default="0", validate=_PRICE)
    signature = Line(20, shortest=0, load_default="")
    closing = Line(60, shortest=0, load_default="")
    signed = fields.Bool(load_default=True)
    allowed = fields.List(
        fields.Str(validate=_PREFIX), load_default=list, validate=validate.Length(max=50)
    )
    idempotent = fields.Bool(load_default=False)
    timeout = fields.Int(load_default=GATEWAY_SECONDS, validate=validate.Range(1, GATEWAY_SECONDS))
    reports = fields.Nested(ReportSettings, load_default=None, allow_none=True)

    @validates("closing")
    def check_closing(self, value: str, **_: Any) -> None:
        _places(value)

    @validates("url")
    def check_url(self, value: str, **_: Any) -> None:
        try:
            parts_of(re.sub(r"\{\{.*?\}\}", "x", value))
        except NotAllowed as refusal:
            raise ValidationError(refusal.key) from None
        if "{{" in value.split("?", maxsplit=1)[0]:
            # Whom it goes to must not choose the host.
            raise ValidationError("channel.place_in_host")

    @validates("headers")
    def check_headers(self, value: dict[str, str], **_: Any) -> None:
        if any(not _HEADER.fullmatch(name) or name.lower() in _OURS for name in value):
            raise ValidationError("channel.bad_header")

    @validates_schema
    def check(self, data: dict[str, Any], **_: Any) -> None:
        if faults := gateway.faults(data):
            raise ValidationError({name: [key] for name, key in faults.items()})


class ChannelBody(Shape):
    """Of `email` and `sms` the one that it is. secret: null leaves it as it is, empty is none."""

    name = Line(60, required=True)
    email = Whole(MailSettings, load_default=None, allow_none=True)
    sms = Whole(SmsSettings, load_default=None, allow_none=True)
    secret = fields.Str(load_default=None, allow_none=True, validate=validate.Length(max=500))
    active = fields.Bool(load_default=True)


class NewChannel(ChannelBody):
    """key, kind: for good."""

    key = fields.Str(required=True, validate=IDENTIFIER)
    kind = OneOf(ChannelKind, required=True)


class ChannelShape(Shape):
    """The secret is never told; has_secret: whether there is one. used_by: objects whose triggers name it."""

    id = fields.UUID(required=True)
    key = fields.Str(required=True)
    name = fields.Str(required=True)
    kind = OneOf(ChannelKind, required=True)
    email = fields.Nested(MailSettings, required=True, allow_none=True)
    sms = fields.Nested(SmsSettings, required=True, allow_none=True)
    has_secret = fields.Bool(required=True)
    has_report_address = fields.Bool(required=True)
    active = fields.Bool(required=True)
    version = fields.Int(required=True)
    changed_at = fields.AwareDateTime(required=True)
    changed_by = fields.Nested(PersonShape, required=True, allow_none=True)


class ReportAddress(Shape):
    """path: on this server; told this once. version: of the channel by now."""

    path = fields.Str(required=True)
    version = fields.Int(required=True)


class ChannelQuery(PageQuery):
    kind = OneOf(ChannelKind)


MessageChannelPage = page_of(ChannelShape)


class ChannelChoice(Shape):
    """price, signature: of an SMS channel, as whoever writes for it needs to know; "" of others.

    closing, closing_html: the signature under what whoever asks sends; signed: under all of it.
    """

    key = fields.Str(required=True)
    name = fields.Str(required=True)
    kind = OneOf(ChannelKind, required=True)
    price = fields.Str(required=True)
    signature = fields.Str(required=True)
    closing = fields.Str(required=True)
    closing_html = fields.Str(required=True)
    signed = fields.Bool(required=True)


class SendOneBody(Shape):
    """One message to try a channel with."""

    to = Line(LONGEST, required=True)
    text = fields.Str(required=True, validate=validate.Length(1, 500))


class RecipientTo(Shape):
    """Either an address, or the field of a record of `object` that has it."""

    address = Line(LONGEST, load_default=None, allow_none=True)
    record_id = fields.UUID(load_default=None, allow_none=True)
    field = fields.Str(load_default=None, allow_none=True)

    @validates_schema
    def check(self, data: dict[str, Any], **_: Any) -> None:
        if data["address"] is None and not (data["record_id"] and data["field"]):
            raise ValidationError("validation.required", "address")


class MessageBody(Shape):
    """A text, or a template that is rendered for each record, of which there are 50 at most.

    channel: its key.
    """

    channel = fields.Str(required=True)
    to = fields.List(
        fields.Nested(RecipientTo), required=True, validate=validate.Length(1, MOST_AT_ONCE)
    )
    object = fields.Str(load_default=None, allow_none=True)
    subject = Line(200, shortest=0, load_default="")
    text = fields.Str(load_default=None, allow_none=True, validate=validate.Length(1, LONGEST_TEXT))
    template = fields.Str(load_default=None, allow_none=True)

    @validates_schema
    def check(self, data: dict[str, Any], **_: Any) -> None:
        if (data["text"] is None) == (data["template"] is None):
            raise ValidationError("message.text_or_template", "text")
        records = [each["record_id"] for each in data["to"] if each["record_id"]]
        if data["object"] is None and records:
            raise ValidationError("validation.required", "object")
        if data["template"] is not None and len(records) > MOST_RENDERED:
            raise ValidationError("message.too_many_rendered", "to")


class MessagesTaken(Shape):
    """ids: in the order of `to`."""

    ids = fields.List(fields.UUID(), required=True)


class MessageFilter(Query):
    """since, until: of when they were asked for."""

    state = OneOf(MessageState)
    delivery = OneOf(Delivery)
    kind = OneOf(ChannelKind)
    channel_id = fields.UUID()
    source = OneOf(Source)
    record_id = fields.UUID()
    since = fields.AwareDateTime()
    until = fields.AwareDateTime()


class MessageQuery(PageQuery, MessageFilter):
    """q: an address as a whole, or words of subject and text."""


class MessageTotalsQuery(MessageFilter):
    q = fields.Str(load_default="", validate=validate.Length(max=100))


class NamedChannel(Shape):
    id = fields.UUID(required=True)
    name = fields.Str(required=True)


class MessageShape(Shape):
    """to: masked for those without the privilege. cost: of what was sent, a decimal number.

    message: why it is not sent (yet). next_at: when it is tried again, null where it is not.

    delivery: what the gateway has told later, "" until it has; report: its words.
    """

    id = fields.UUID(required=True)
    kind = OneOf(ChannelKind, required=True)
    channel = fields.Nested(NamedChannel, required=True)
    to = fields.Str(required=True)
    subject = fields.Str(required=True)
    text = fields.Str(required=True)
    html = fields.Bool(required=True)
    template = fields.Str(required=True, allow_none=True)
    object = fields.Str(required=True, allow_none=True)
    record_id = fields.UUID(required=True, allow_none=True)
    source = OneOf(Source, required=True)
    state = OneOf(MessageState, required=True)
    attempts = fields.Int(required=True)
    next_at = fields.AwareDateTime(required=True, allow_none=True)
    parts = fields.Int(required=True)
    cost = fields.Str(required=True)
    provider_id = fields.Str(required=True)
    message = fields.Str(required=True, allow_none=True)
    made_by = fields.Nested(PersonShape, required=True, allow_none=True)
    made_at = fields.AwareDateTime(required=True)
    sent_at = fields.AwareDateTime(required=True, allow_none=True)
    delivery = OneOf(("", *Delivery), required=True)
    report = fields.Str(required=True)
    reported_at = fields.AwareDateTime(required=True, allow_none=True)


MessagePage = page_of(MessageShape)


class SendAttempt(Shape):
    """How one attempt ended."""

    at = Instant(required=True)
    ending = fields.Str(required=True)
    message = fields.Str(required=True, allow_none=True)


class MessageAnswer(MessageShape):
    """attachments: names of files that go along."""

    history = fields.List(fields.Nested(SendAttempt), required=True)
    attachments = fields.List(fields.Str(), required=True)


class StateCount(Shape):
    state = OneOf(MessageState, required=True)
    count = fields.Int(required=True)


class MessageTotals(Shape):
    """Of all that the filters let through. cost: a decimal number."""

    total = fields.Int(required=True)
    parts = fields.Int(required=True)
    cost = fields.Str(required=True)
    states = fields.List(fields.Nested(StateCount), required=True)
