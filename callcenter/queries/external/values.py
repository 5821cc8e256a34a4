"""Values on their way: in as the source's driver takes them, out as JSON and people take them. Pure."""

import json
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from callcenter.core.numbers import Number
from callcenter.queries.expert.telling import plain

LONGEST_TEXT = 10_000
_SHOWN_BYTES = 16
_EXACT = 2**53
"""Whole numbers beyond it are none any more in a browser."""


def sent(value: Any, type_: str, zone: ZoneInfo, *, kind: str, many: bool = False) -> Any:
    """A parameter's value; type_: of the parameter.

    Numbers go as they are dialled: nobody else writes them as we hold them. Moments go to MySQL as the
    enterprise's clocks show them: it knows no zones.
    """
    if isinstance(value, list | tuple):
        return [sent(each, type_, zone, kind=kind) for each in value]
    if value is None:
        # What is written in parentheses there has to be a list.
        return [] if many and kind == "mysql" else None
    if type_ == "phone":
        return Number.load(value).national
    if kind != "mysql":
        return value
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.astimezone(zone).replace(tzinfo=None)
    return str(value) if isinstance(value, UUID) else value


def carried(value: Any) -> Any:
    """As JSON carries it; what it cannot carry as people can read it."""
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= _EXACT:
        return str(value)
    if isinstance(value, str):
        return value if len(value) <= LONGEST_TEXT else f"{value[:LONGEST_TEXT]}…"
    if isinstance(value, bytes | bytearray | memoryview):
        return _bytes(bytes(value))
    if isinstance(value, timedelta):
        return _lasting(value)
    if isinstance(value, list | tuple | dict | set | frozenset):
        whole = [*value] if isinstance(value, set | frozenset | tuple) else value
        return carried(json.dumps(whole, ensure_ascii=False, default=_inner))
    return plain(value)


def _inner(value: Any) -> Any:
    told = carried(value)
    return told if isinstance(told, str | int | float | bool) or told is None else str(told)


def _bytes(value: bytes) -> str:
    """Its first ones, and how many there are."""
    begun = value[:_SHOWN_BYTES].hex(" ")
    return f"{begun}… ({len(value)})" if len(value) > _SHOWN_BYTES else begun


def _lasting(value: timedelta) -> str:
    sign, whole = ("-", -value) if value < timedelta() else ("", value)
    seconds = whole.days * 86_400 + whole.seconds
    part = f".{whole.microseconds:06d}".rstrip("0") if whole.microseconds else ""
    return f"{sign}{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}{part}"
