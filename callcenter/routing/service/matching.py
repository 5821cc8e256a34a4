"""How an agent service's callers are matched: checked against what there is, kept as JSON."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from callcenter.core.errors import Invalid
from callcenter.routing.schemas.matching import MatchingShape


@dataclass(frozen=True, slots=True)
class Askable:
    """What a service may ask for: ids, and keys of fields of the customer's record."""

    skills: Collection[UUID]
    lists: Collection[UUID]
    fields: Collection[str]
    owners: Collection[str]


def shown_matching(kept: Mapping[str, Any]) -> dict[str, Any]:
    """Whole, with the defaults of what was not kept."""
    shape = MatchingShape()
    whole: dict[str, Any] = shape.dump(shape.load(kept))
    return whole


def checked_matching(given: Mapping[str, Any], askable: Askable) -> dict[str, Any]:
    """As JSON keeps it. Raises Invalid, naming the part."""
    wrong: dict[str, list[str]] = {}
    if not {need["skill"] for ring in given["rings"] for need in ring["needs"]} <= {
        *askable.skills
    }:
        wrong["matching.rings"] = ["validation.unknown_id"]
    if not {one["list"] for one in given["lists"]} <= {*askable.lists}:
        wrong["matching.lists"] = ["validation.unknown_id"]
    if given["field"] and given["field"]["name"] not in askable.fields:
        wrong["matching.field.name"] = ["validation.unknown_field"]
    if given["owner_field"] and given["owner_field"] not in askable.owners:
        wrong["matching.owner_field"] = ["validation.unknown_field"]
    if wrong:
        raise Invalid(fields=wrong)
    kept: dict[str, Any] = MatchingShape().dump(given)
    return kept
