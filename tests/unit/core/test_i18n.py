"""Captions: complete in every language, chosen by what a browser asks for."""

import ast
import re

import pytest

from callcenter.core import errors
from callcenter.core.i18n import LOCALES, caption, captions, choose_locale
from callcenter.core.places import PROJECT

_KEY = re.compile(r"\A(?:error|template|transfer|validation|value)\.[a-z_.-]+\Z")


def _sources():
    for package in ("callcenter", "ivr", "dialer"):
        for file in (PROJECT / package).rglob("*.py"):
            yield ast.parse(file.read_text("utf-8"))


def _used_keys():
    for tree in _sources():
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                if _KEY.match(node.value):
                    yield node.value
            elif isinstance(node, ast.ClassDef):
                yield from _codes(node)


def _codes(node):
    """`error.<code>` of every typed error."""
    for line in node.body:
        target = line.target if isinstance(line, ast.AnnAssign) else None
        if isinstance(line, ast.Assign):
            target = line.targets[0]
        named = isinstance(target, ast.Name) and target.id == "code"
        if named and isinstance(line.value, ast.Constant) and isinstance(line.value.value, str):
            yield f"error.{line.value.value}"


@pytest.mark.parametrize("locale", LOCALES)
def test_every_key_that_the_code_uses_has_a_text(locale):
    assert sorted(set(_used_keys()) - set(captions(locale))) == []


def test_every_language_has_the_same_keys():
    first, *others = (set(captions(locale)) for locale in LOCALES)
    assert all(first ^ other == set() for other in others)


def test_every_language_leaves_the_same_places():
    places = re.compile(r"\{(\w+)\}")
    for key, text in captions("en").items():
        assert set(places.findall(text)) == set(places.findall(captions("zh-CN")[key])), key


@pytest.mark.parametrize("locale", LOCALES)
def test_keys_are_sorted_and_texts_are_not_empty(locale):
    texts = captions(locale)
    assert list(texts) == sorted(texts)
    assert all(text.strip() for text in texts.values())


@pytest.mark.parametrize(
    ("accepted", "chosen"),
    [
        (None, "zh-CN"),
        ("", "zh-CN"),
        ("en", "en"),
        ("en-GB,en;q=0.9", "en"),
        ("zh-TW,zh;q=0.9,en;q=0.5", "zh-CN"),
        ("fr,de", "zh-CN"),
        ("fr;q=1, en;q=0.3", "en"),
        (";;;,,,", "zh-CN"),
    ],
)
def test_the_language_is_the_first_that_we_speak(accepted, chosen):
    assert choose_locale(accepted) == chosen


def test_a_missing_caption_shows_its_key():
    assert caption("error.of-another-world", "en") == "error.of-another-world"


def test_parameters_fill_the_places():
    assert "7" in caption("error.locked-out", "en", {"retry_after": 7})


def test_a_parameter_that_is_a_caption_is_said_in_the_same_language():
    why = {"key": "validation.too_long", "parameters": {"max": 5}}
    for locale in LOCALES:
        said = caption("trigger.template_failed", locale, {"template": "letter", "why": why})
        assert caption("validation.too_long", locale, {"max": 5}) in said
        assert "letter" in said


def test_an_unknown_language_falls_back():
    assert caption("error.forbidden", "xx") == caption("error.forbidden", "zh-CN")


def test_parameters_are_text_not_templates():
    """A value that looks like a place is shown as it is, whatever else is filled in."""
    assert "{0.__class__}" in caption("error.locked-out", "en", {"retry_after": "{0.__class__}"})


def test_every_error_is_a_refusal_that_has_a_status():
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type)]
    assert all(400 <= kind.status < 600 for kind in kinds if issubclass(kind, errors.AppError))
