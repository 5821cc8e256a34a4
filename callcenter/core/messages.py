"""What marshmallow says of bad input, as captions: its own words are English only.

A message becomes a caption key and the values that stand in it. A text that is already a key, or
that nobody knows, stays as it is.
"""

import re
from collections.abc import Mapping
from typing import Any

from callcenter.core.i18n import caption

_KNOWN: Mapping[str, str] = {
    r"Missing data for required field\.": "validation.required",
    r"Field may not be null\.": "validation.required",
    r"Unknown field\.": "validation.unknown_field",
    r"Not a valid string\.": "validation.text",
    r"Not a valid utf-8 string\.": "validation.text",
    r"Not a valid UUID\.": "validation.uuid",
    r"Not a valid integer\.": "validation.integer",
    r"Not a valid number\.": "validation.number",
    r"Special numeric values \(nan or infinity\) are not permitted\.": "validation.number",
    r"Number too large\.": "validation.too_large",
    r"Not a valid boolean\.": "validation.boolean",
    r"Not a valid list\.": "validation.list",
    r"Not a valid mapping type\.": "validation.mapping",
    r"Invalid input type\.|Invalid type\.": "validation.mapping",
    r"Not a valid date\.": "validation.date",
    r"Not a valid (?:naive |aware )?datetime\.": "validation.datetime",
    r"Not a valid time\.": "validation.time",
    r"Not a valid email address\.": "validation.email",
    r"Invalid value\.": "validation.invalid",
    r"String does not match expected pattern\.": "validation.pattern",
    r"Must be one of: (?P<choices>.*)\.": "validation.one_of",
    r"Must be greater than(?: or equal to)? (?P<min>\S+) and less than(?: or equal to)? (?P<max>\S+)\.":
        "validation.range",
    r"Must be greater than(?: or equal to)? (?P<min>\S+)\.": "validation.at_least",
    r"Must be less than(?: or equal to)? (?P<max>\S+)\.": "validation.at_most",
    r"Length must be between 1 and (?P<max>\d+)\.": "validation.length_from_one",
    r"Length must be between (?P<min>\d+) and (?P<max>\d+)\.": "validation.length",
    r"Shorter than minimum length (?P<min>\d+)\.": "validation.too_short",
    r"Longer than maximum length (?P<max>\d+)\.": "validation.too_long",
    r"Length must be (?P<equal>\d+)\.": "validation.length_exact",
    r"Invalid JSON body\.": "validation.json",
}  # fmt: skip
_PATTERNS = [(re.compile(rf"(?:{text})\Z", re.DOTALL), key) for text, key in _KNOWN.items()]


def caption_of(message: str) -> tuple[str, Mapping[str, str]]:
    """The caption's key and its parameters; the message itself where it is none of marshmallow's."""
    for pattern, key in _PATTERNS:
        if match := pattern.match(message):
            return key, match.groupdict()
    return message, {}


def localise(message: str, locale: str, details: Mapping[str, Any]) -> str:
    """The caption of a message in the user's language; details stand in its places too."""
    key, parameters = caption_of(message)
    return caption(key, locale, {**details, **parameters})


def flatten(messages: Any, prefix: str = "") -> dict[str, list[str]]:
    """Marshmallow's nested messages as `path.to.field` → texts."""
    if isinstance(messages, str):
        return {prefix or "_": [messages]}
    if isinstance(messages, list):
        return {prefix or "_": [str(message) for message in messages]}
    flat: dict[str, list[str]] = {}
    for key, value in dict(messages).items():
        flat.update(flatten(value, f"{prefix}.{key}" if prefix else str(key)))
    return flat


def of_request(messages: Mapping[str, Any]) -> dict[str, list[str]]:
    """The same of what a request has wrong: by its part (`json`, `query`, …), which is not told."""
    return {path: said for part in messages.values() for path, said in flatten(part).items()}
