"""Shapes of what callers hear and are offered while they wait, and after the talk."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from marshmallow import ValidationError, fields, validate, validates_schema

from callcenter.core.fields import Line, OneOf
from callcenter.core.http import Shape
from callcenter.core.i18n import LOCALES
from callcenter.routing.rules import TargetKind
from callcenter.routing.schemas.routes import LONGEST_MESSAGE, TARGET_PARTS, RouteTargetShape
from callcenter.routing.waiting import OVERFLOW_KINDS, PROMPT, SurveyWhen

MOST_TEXTS, MOST_QUESTIONS, MOST_MUSIC = 10, 3, 20
KEYS = tuple("0123456789")


def _both(texts: dict[str, str]) -> None:
    if set(texts) != set(LOCALES):
        raise ValidationError("validation.both_languages")


def _both_or_prompt(texts: dict[str, str]) -> None:
    if set(texts) != {PROMPT}:
        _both(texts)
        return
    try:
        UUID(texts[PROMPT])
    except ValueError:
        raise ValidationError("validation.unknown_id") from None


def _texts(check: Callable[[dict[str, str]], None] = _both) -> fields.Dict:
    return fields.Dict(keys=fields.Str(), values=Line(LONGEST_MESSAGE), validate=check)


def _seconds(default: int, least: int, most: int) -> fields.Int:
    return fields.Int(strict=True, load_default=default, validate=validate.Range(least, most))


def _key() -> OneOf:
    return OneOf(KEYS, allow_none=True, load_default=None)


class WaitMessages(Shape):
    """Said in turn, one every so often: a text in both languages, or {"prompt": the id of one}."""

    every_seconds = _seconds(60, 15, 600)
    texts = fields.List(
        _texts(_both_or_prompt), load_default=list, validate=validate.Length(max=MOST_TEXTS)
    )


class OverflowTarget(RouteTargetShape):
    """A target as rules have it; voicemail that names nobody is that of the service itself."""

    PARTS = TARGET_PARTS | {TargetKind.VOICEMAIL: ()}

    kind = OneOf(OVERFLOW_KINDS, required=True)


def _overflow() -> fields.Nested:
    return fields.Nested(OverflowTarget, allow_none=True, load_default=None)


class OverflowShape(Shape):
    """Null: the caller hears that all lines are busy; unstaffed: waits all the same; closed: hears that."""

    full = _overflow()
    timeout = _overflow()
    unstaffed = _overflow()
    closed = _overflow()


class OtherNumber(Shape):
    """at_once: the enterprise's calls that may be with it; beyond them the caller waits on. Null: no limit."""

    key = OneOf(KEYS, required=True)
    number = fields.Str(required=True, validate=validate.Length(1, 40))
    at_once = fields.Int(
        strict=True, allow_none=True, load_default=None, validate=validate.Range(1, 200)
    )


class OffersShape(Shape):
    """Keys by which who has waited so long may leave the queue."""

    after_seconds = _seconds(30, 0, 3600)
    callback = _key()
    voicemail = _key()
    number = fields.Nested(OtherNumber, allow_none=True, load_default=None)

    @validates_schema
    def check(self, data: dict[str, Any], **_: Any) -> None:
        taken: set[str] = set()
        other = (data["number"] or {}).get("key")
        for part, key in (
            ("callback", data["callback"]),
            ("voicemail", data["voicemail"]),
            ("number", other),
        ):
            if key in taken:
                raise ValidationError("validation.key_twice", part)
            taken |= {key} if key else set()


class SurveyShape(Shape):
    """Each question is answered by a key from 1 to 5."""

    when = OneOf(SurveyWhen, load_default=SurveyWhen.NEVER)
    questions = fields.List(
        _texts(), load_default=list, validate=validate.Length(max=MOST_QUESTIONS)
    )

    @validates_schema
    def check(self, data: dict[str, Any], **_: Any) -> None:
        if data["when"] != SurveyWhen.NEVER and not data["questions"]:
            raise ValidationError("validation.required", "questions")


class WaitingShape(Shape):
    """auto_answer: null as the seat has it. schedule_id: callers enter the queue while it is open, null

    for at any time. music: ids of prompts that are heard in turn instead of the ready music.
    """

    announce_wait = fields.Bool(load_default=False)
    announce_every_seconds = _seconds(30, 10, 600)
    messages = fields.Nested(WaitMessages, load_default=lambda: WaitMessages().load({}))
    overflow = fields.Nested(OverflowShape, load_default=lambda: OverflowShape().load({}))
    offers = fields.Nested(OffersShape, load_default=lambda: OffersShape().load({}))
    agent_number = fields.Bool(load_default=False)
    auto_answer = fields.Bool(allow_none=True, load_default=None)
    survey = fields.Nested(SurveyShape, load_default=lambda: SurveyShape().load({}))
    schedule_id = fields.UUID(allow_none=True, load_default=None)
    music = fields.List(fields.UUID(), load_default=list, validate=validate.Length(max=MOST_MUSIC))
