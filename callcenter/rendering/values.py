"""What stands in the text for a value. Pure."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from jinja2 import Undefined

from callcenter.core.i18n import caption


def said(value: Any, locale: str) -> Any:
    """What stands in the text for a value: nothing for nothing, and no words of Python's.

    Raises TypeError for what is no value: a loop, a macro, a list that is not made yet.
    """
    if type(value) is str:  # most are
        return value
    match value:
        case None | Undefined():
            # Or it fails, as what a template does not know does.
            return "" if value is None else str(value)
        case bool():
            return caption("value.yes" if value else "value.no", locale)
        case Decimal():
            return format(value, "f")
        case datetime():
            return f"{value:%Y-%m-%d %H:%M}"
        case str() | int() | float() | date() | list() | tuple() | dict():
            return value
    raise TypeError(f"no value: {value}")
