"""Captions: every text that leaves the server for a person, in each language."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

LOCALES = ("zh-CN", "en")
DEFAULT_LOCALE = "zh-CN"
_FOLDER = Path(__file__).resolve().parents[2] / "config" / "captions"


@cache
def captions(locale: str) -> Mapping[str, str]:
    """Key → text with `{name}` places, from config/captions/<locale>.json."""
    loaded: dict[str, str] = json.loads((_FOLDER / f"{locale}.json").read_text("utf-8"))
    return loaded


def choose_locale(accepted: str | None) -> str:
    """The first language of an Accept-Language header that we speak."""
    for part in (accepted or "").split(","):
        language = part.split(";")[0].strip().lower()
        for locale in LOCALES:
            if language and locale.lower().split("-")[0] == language.split("-")[0]:
                return locale
    return DEFAULT_LOCALE


def caption(key: str, locale: str, parameters: Mapping[str, Any] | None = None) -> str:
    """The text, or the key itself where a caption is missing: seen at once, never an error.

    A parameter that is a caption itself, `{"key", "parameters"}`, is said in the same language.
    """
    text = captions(locale if locale in LOCALES else DEFAULT_LOCALE).get(key, key)
    for name, value in (parameters or {}).items():
        inner = isinstance(value, Mapping) and value.keys() == {"key", "parameters"}
        said = caption(value["key"], locale, value["parameters"]) if inner else str(value)
        text = text.replace("{" + name + "}", said)
    return text
