"""Shapes about flows that are tried on a phone, and prompts recorded by one."""

from collections.abc import Mapping
from typing import Any

from marshmallow import fields, validate

from callcenter.core.fields import Instant, Scalar
from callcenter.core.http import Shape
from ivr.calling import PhoneTrial
from ivr.schemas.services import FlowTried
from ivr.trying import Trial

_EXTENSION = validate.Regexp(r"\A[0-9]{1,20}\Z")
TRIAL_STATES = ("ringing", "talking", "ended")
TAKE_STATES = ("ringing", "speaking", "listening", "keeping", "kept", "refused", "ended")


class PhoneTrialBody(Shape):
    """phone: the extension that is rung; none: the phone of the page.

    reads: whether records are read; acts: whether what changes something is really done.
    """

    phone = fields.Str(load_default=None, allow_none=True, validate=_EXTENSION)
    caller = fields.Str(load_default="", validate=validate.Length(max=40))
    called = fields.Str(load_default="", validate=validate.Length(max=40))
    at = fields.AwareDateTime(allow_none=True, load_default=None)
    variables = fields.Dict(keys=fields.Str(), values=Scalar(), load_default=dict)
    reads = fields.Bool(load_default=False)
    acts = fields.Bool(load_default=False)


class TrialOutcome(Shape):
    exit = fields.Str(required=True, validate=validate.Length(1, 64))
    sets = fields.Dict(keys=fields.Str(), values=Scalar(), load_default=dict)


class ErrandBegun(Shape):
    """room: to be watched for what becomes of it (docs/events.md §3)."""

    id = fields.UUID(required=True)
    room = fields.Str(required=True)


class TrialInFlow(FlowTried):
    """In the flow's room: as the dialogue of a text trial, with what the phone is doing.

    by: the tester's id; phone: the extension, empty for the phone of the tester's page
    why: of one that ended, `no_answer` where nobody picked up
    """

    id = fields.UUID(required=True)
    by = fields.UUID(required=True)
    phone = fields.Str(required=True)
    state = fields.Str(required=True, validate=validate.OneOf(TRIAL_STATES))
    why = fields.Str(required=True)
    since = Instant(required=True)


class PromptTake(Shape):
    """In the room of recordings: one by phone. why: of a refusal its code, else as TrialInFlow's."""

    id = fields.UUID(required=True)
    by = fields.UUID(required=True)
    prompt = fields.UUID(required=True)
    language = fields.Str(required=True)
    phone = fields.Str(required=True)
    state = fields.Str(required=True, validate=validate.OneOf(TAKE_STATES))
    why = fields.Str(required=True)
    since = Instant(required=True)


class TrialsInFlow(Shape):
    """room: to be watched for what happens next (docs/events.md §3)."""

    room = fields.Str(required=True)
    items = fields.List(fields.Nested(TrialInFlow), required=True)


class PromptTakes(Shape):
    room = fields.Str(required=True)
    items = fields.List(fields.Nested(PromptTake), required=True)


class TakeBody(Shape):
    phone = fields.Str(required=True, validate=_EXTENSION)


def phone_trial(body: Mapping[str, Any]) -> PhoneTrial:
    trial = Trial(
        caller=body["caller"], called=body["called"], at=body["at"],
        variables=body["variables"], live=body["reads"],
    )  # fmt: skip
    return PhoneTrial(trial, body["phone"] or "", body["acts"])
