"""What the sources of an action's values come to, as somebody would enter it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any
from uuid import UUID

from callcenter.expressions import ME, TODAY, Node, Value, evaluate, parse
from callcenter.objects.schemas import Definition
from callcenter.objects.service.converting import WHOLE
from callcenter.objects.service.settling import operands_of
from callcenter.objects.triggers.sources import NOW, WORDS, Source
from callcenter.objects.types import type_of
from callcenter.objects.types.base import Field


@dataclass(frozen=True, slots=True)
class About:
    """The record, and what surrounds the act. record_id: None while it is not made yet."""

    definition: Definition
    values: Mapping[str, Any]
    record_id: UUID | None
    user_id: UUID | None
    now: datetime
    """In the enterprise's zone."""


def given_of(source: Source, target: Field, about: About) -> Any:
    """For a field of any object; a source that names what is no longer there gives nothing."""
    if "value" in source:
        return _word(source["value"], target, about)
    if "record" in source:
        return str(about.record_id) if about.record_id else None
    if "field" in source:
        held = about.values.get(source["field"])
        field = about.definition.by_key.get(source["field"])
        return None if field is None or held is None else type_of(field).value(held, WHOLE)
    operands = operands_of(about.definition, about.values)
    return _entered(evaluate(_parsed(source["expression"]), operands), target)


@lru_cache(maxsize=2048)
def _parsed(text: str) -> Node:
    return parse(text)


def _word(value: Any, target: Field, about: About) -> Any:
    if not isinstance(value, str) or WORDS.get(value) != target.type:
        return value
    words = {
        ME: str(about.user_id) if about.user_id else None,
        TODAY: about.now.date().isoformat(),
        NOW: about.now.isoformat(),
    }
    return words[value]


def _entered(value: Value, target: Field) -> Any:
    if isinstance(value, Decimal):
        whole = target.type == "integer" and value == value.to_integral_value()
        return int(value) if whole else format(value, "f")
    return value.isoformat() if isinstance(value, date | datetime) else value
