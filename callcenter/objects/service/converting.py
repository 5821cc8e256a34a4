"""A value of one type as a value of another: what can be said of it, nothing guessed. Pure."""

from collections.abc import Callable, Mapping
from typing import Any

from callcenter.core.i18n import DEFAULT_LOCALE
from callcenter.objects.errors import BadValue
from callcenter.objects.types import masked_type, type_of
from callcenter.objects.types.base import Field, Named, Reading, Showing
from callcenter.objects.types.choice import options_of
from callcenter.objects.types.rich_text import from_text

WHOLE = Showing(DEFAULT_LOCALE, True, {}, {}, {})
"""Numbers are converted as they are, not as they are masked."""

_YES = {"true": True, "yes": True, "1": True, "是": True}
_NO = {"false": False, "no": False, "0": False, "否": False}


def convert(old: Field, new: Field, held: Any, reading: Reading, showing: Showing = WHOLE) -> Any:
    """Held by the old field → held by the new one; raises BadValue."""
    if held is None:
        return None
    given = type_of(old).value(held, showing)
    if new.type in _AS:
        given = _AS[new.type](given, as_text(old, held, showing), new)
    elif not isinstance(given, str):
        given = as_text(old, held, showing)
    return type_of(new).read(new, given, reading)


def as_text(field: Field, held: Any, showing: Showing = WHOLE) -> str:
    """As a person reads it, options by their labels; numbers without signs and spaces."""
    shown = type_of(field).display(field, held, showing)
    if shown is None or field.type == "money" or masked_type(field):
        return str(type_of(field).value(held, showing))
    return shown


def _integer(given: Any, text: str, _new: Field) -> Any:
    if isinstance(given, bool):
        return int(given)
    try:
        return int(text.strip())
    except ValueError:
        raise BadValue("validation.integer") from None


def _boolean(given: Any, text: str, _new: Field) -> Any:
    if isinstance(given, bool):
        return given
    said = (_YES | _NO).get(text.strip().lower())
    if said is None:
        raise BadValue("validation.boolean")
    return said


def _option(given: Any, text: str, new: Field) -> Any:
    """By the value, else by the label in any language."""
    options: Mapping[str, Mapping[str, Any]] = options_of(new)
    if isinstance(given, str) and given in options:
        return given
    for value, option in options.items():
        if text.strip() in option["label"].values():
            return value
    return text


def _several(given: Any, text: str, new: Field) -> Any:
    return given if isinstance(given, list) else [_option(given, text, new)]


def _region(_given: Any, text: str, new: Field) -> Any:
    """By its code or by its names."""
    return type_of(new).take(new, text, Named({}, {}, {}))


def _rich(_given: Any, text: str, _new: Field) -> Any:
    """What looked like markup was none."""
    return from_text(text)


def _text(_given: Any, text: str, _new: Field) -> Any:
    return text


_AS: Mapping[str, Callable[[Any, str, Field], Any]] = {
    "text": _text,
    "long_text": _text,
    "region": _region,
    "rich_text": _rich,
    "integer": _integer,
    "boolean": _boolean,
    "choice": _option,
    "cascade": _option,
    "choices": _several,
}
