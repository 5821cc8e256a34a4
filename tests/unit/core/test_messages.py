"""What marshmallow finds wrong is told in the user's language, whichever check found it."""

import inspect

import pytest
from marshmallow import Schema, ValidationError, fields, validate

from callcenter.core.http import Shape
from callcenter.core.i18n import LOCALES, captions
from callcenter.core.messages import caption_of, flatten, localise, of_request


class Inner(Shape):
    name = fields.Str(required=True)


CHECKS = {
    "required": (fields.Str(required=True), ...),
    "null": (fields.Str(), None),
    "text": (fields.Str(), 7),
    "whole number": (fields.Int(strict=True), 1.5),
    "number": (fields.Float(), "x"),
    "boolean": (fields.Bool(), "perhaps"),
    "uuid": (fields.UUID(), "x"),
    "date": (fields.Date(), "x"),
    "moment": (fields.AwareDateTime(), "2026-11-24T10:00:00"),
    "list": (fields.List(fields.Str()), "x"),
    "mapping": (fields.Dict(), "x"),
    "nested": (fields.Nested(Inner), "x"),
    "choice": (fields.Str(validate=validate.OneOf(["a", "b"])), "c"),
    "range": (fields.Int(validate=validate.Range(1, 9)), 10),
    "at least": (fields.Int(validate=validate.Range(min=1)), 0),
    "at most": (fields.Int(validate=validate.Range(max=9)), 10),
    "length": (fields.Str(validate=validate.Length(2, 3)), "long"),
    "something": (fields.Str(validate=validate.Length(1, 3)), ""),
    "too short": (fields.Str(validate=validate.Length(min=9)), "x"),
    "too long": (fields.Str(validate=validate.Length(max=3)), "long"),
    "exact length": (fields.Str(validate=validate.Length(equal=3)), "x"),
    "pattern": (fields.Str(validate=validate.Regexp(r"\d+\Z")), "x"),
    "email": (fields.Email(), "x"),
}


def flat(messages):
    """Of a nested shape, too."""
    return messages if isinstance(messages, list) else [m for ms in messages.values() for m in ms]


@pytest.mark.parametrize("what", CHECKS)
def test_each_finding_has_a_caption_in_each_language(what):
    check, value = CHECKS[what]
    shape = Shape.from_dict({"field": check})
    with pytest.raises(ValidationError) as found:
        shape().load({} if value is ... else {"field": value})
    [message] = flat(found.value.messages["field"])
    key, parameters = caption_of(message)
    assert key.startswith("validation."), message
    for locale in LOCALES:
        text = localise(message, locale, {})
        assert "{" not in text
        assert all(str(value) in text for value in parameters.values())


def test_an_unknown_field_and_a_body_of_another_kind_are_told():
    for body in ({"more": 1}, []):
        with pytest.raises(ValidationError) as found:
            Inner().load(body)
        [message, *_] = next(iter(found.value.normalized_messages().values()))
        assert caption_of(message)[0] in captions("en")


def test_what_is_empty_is_said_to_be_needed():
    with pytest.raises(ValidationError) as found:
        Shape.from_dict({"name": fields.Str(validate=validate.Length(1, 50))})().load({"name": ""})
    [message] = found.value.messages["name"]
    assert localise(message, "en", {}) == "Needed, and no longer than 50."


def test_a_key_stays_a_key():
    assert caption_of("validation.not_unique") == ("validation.not_unique", {})


def test_details_of_a_refusal_stand_in_the_text():
    assert "12" in localise("validation.password_short", "en", {"shortest": 12})


def test_every_message_of_the_fields_in_use_is_known():
    used = (
        fields.Str,
        fields.Int,
        fields.Float,
        fields.Bool,
        fields.UUID,
        fields.List,
        fields.Dict,
    )
    for kind in used:
        for parent in inspect.getmro(kind):
            for message in getattr(parent, "default_error_messages", {}).values():
                assert caption_of(message)[0] in captions("en"), message


def test_the_schemas_own_messages_are_known():
    for message in Schema._default_error_messages.values():
        assert caption_of(message)[0] in captions("en"), message


@pytest.mark.parametrize("key", ["form", "path", "files", "json", "query", "headers"])
def test_a_field_keeps_its_message_whatever_it_is_called(key):
    said = {key: ["validation.required"]}
    assert flatten(said) == said
    assert flatten({key: {"name": ["validation.text"]}}) == {f"{key}.name": ["validation.text"]}
    assert of_request({"json": said}) == said
    assert of_request({"query": {"page": ["validation.range"]}, "json": said}) == {
        "page": ["validation.range"], **said,
    }  # fmt: skip


def test_what_is_wrong_with_the_whole_has_no_path():
    assert of_request({"json": ["validation.json"]}) == {"_": ["validation.json"]}
