"""What an agent service says to those who wait: checked against what there is, kept as JSON."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any
from uuid import UUID

from callcenter.core.errors import Invalid
from callcenter.core.numbers import BadNumber, parse_number
from callcenter.routing.rules import TargetKind
from callcenter.routing.schemas.waiting import WaitingShape
from callcenter.routing.waiting import PROMPT

OUTSIDE = ("e164", "service")
"""Kinds of numbers that calls may be led to."""

Known = Mapping[str, Collection[UUID]]
"""Kind of target, SCHEDULE or PROMPT → ids that it may name."""
SCHEDULE = "schedule"


def shown_waiting(kept: Mapping[str, Any]) -> dict[str, Any]:
    """Whole, with the defaults of what was not kept."""
    shape = WaitingShape()
    whole: dict[str, Any] = shape.dump(shape.load(kept))
    return whole


def checked_waiting(given: Mapping[str, Any], known: Known, area_code: str) -> dict[str, Any]:
    """As JSON keeps it, numbers as they are dialled. Raises Invalid, naming the part."""
    kept: dict[str, Any] = WaitingShape().dump(given)
    wrong: dict[str, list[str]] = {}
    for path, target in _targets(kept):
        kind = target["kind"]
        # Voicemail without an owner is the service's own.
        named = target["id"] and UUID(target["id"])
        if kind in known and named not in known[kind] and (named or kind != TargetKind.VOICEMAIL):
            wrong[f"waiting.{path}.id"] = ["validation.unknown_id"]
    if kept["schedule_id"] and UUID(kept["schedule_id"]) not in known[SCHEDULE]:
        wrong["waiting.schedule_id"] = ["validation.unknown_id"]
    for path, prompt in _prompts(kept):
        if UUID(prompt) not in known[PROMPT]:
            wrong[f"waiting.{path}"] = ["validation.unknown_id"]
    for path, part in _with_number(kept):
        number = outside_number(part["number"], area_code)
        part["number"] = number or part["number"]
        if number is None:
            wrong[f"waiting.{path}.number"] = ["validation.phone"]
    if wrong:
        raise Invalid(fields=wrong)
    return kept


def _targets(kept: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, target in kept["overflow"].items():
        if target is not None:
            yield f"overflow.{name}", target


def _prompts(kept: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for at, message in enumerate(kept["messages"]["texts"]):
        if PROMPT in message:
            yield f"messages.texts.{at}", message[PROMPT]
    for at, prompt in enumerate(kept["music"]):
        yield f"music.{at}", prompt


def _with_number(kept: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, target in _targets(kept):
        if target["kind"] == TargetKind.NUMBER:
            yield path, target
    if kept["offers"]["number"] is not None:
        yield "offers.number", kept["offers"]["number"]


def outside_number(text: str, area_code: str) -> str | None:
    """As it is dialled; None of what calls cannot be led to."""
    try:
        number = parse_number(text, area_code)
    except BadNumber:
        return None
    return number.national if number.kind.value in OUTSIDE else None
