"""The values that expressions know, and their kinds."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

Value = Decimal | str | bool | date | datetime | None


class Kind(StrEnum):
    """nothing: of the word null, which goes with every other."""

    NUMBER = "number"
    TEXT = "text"
    BOOLEAN = "boolean"
    DATE = "date"
    DATETIME = "datetime"
    NOTHING = "nothing"


ORDERED = frozenset({Kind.NUMBER, Kind.TEXT, Kind.DATE, Kind.DATETIME})
"""Kinds whose values come one before another."""
