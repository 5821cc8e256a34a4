"""Who may take a service's calls and who is served first: the service's `matching`. Pure.

Kept as JSON, `{}` for every default; `routing.schemas.matching` says its shape.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from callcenter.acd.claims import HIGHEST, Need, Ring
from callcenter.routing.deciding import Told
from callcenter.routing.rules import Needs

PREFER_SECONDS = 20


@dataclass(frozen=True, slots=True)
class Matching:
    """Steps raise a caller's priority, or lower it where they are negative.

    ageing_seconds   a step for each of them that a caller has waited; 0: none
    rings            in the order in which they open; the first at once
    numbers          access number called → steps
    lists            list of callers → steps
    customer_field   a field of the customer's record; values: what it holds → steps
    last_agent_days  who talked with this number so lately has the call first; 0: nobody
    owner_field      the field of the customer's record that names who has the call first
    prefer_seconds   how long these have it alone
    """

    ageing_seconds: int = 0
    rings: tuple[Ring, ...] = (Ring(0),)
    numbers: Mapping[str, int] = field(default_factory=dict)
    lists: Mapping[UUID, int] = field(default_factory=dict)
    customer_field: str = ""
    values: Mapping[str, int] = field(default_factory=dict)
    last_agent_days: int = 0
    owner_field: str = ""
    prefer_seconds: int = PREFER_SECONDS

    @property
    def skills(self) -> frozenset[UUID]:
        return frozenset(need.skill for ring in self.rings for need in ring.needs)

    @property
    def needs(self) -> Needs:
        """What of the caller must be read for the priority."""
        fields = frozenset({self.customer_field} if self.customer_field else ())
        return Needs(frozenset(self.lists), fields, customer=bool(fields))


def read_matching(document: Mapping[str, Any]) -> Matching:
    """From what `MatchingShape` has let through, as JSON keeps it."""
    chosen = document.get("field") or {}
    rings = tuple(
        Ring(
            ring["after_seconds"],
            tuple(Need(UUID(need["skill"]), need["level"]) for need in ring["needs"]),
        )
        for ring in document.get("rings", ())
    )
    return Matching(
        ageing_seconds=document.get("ageing_seconds", 0),
        rings=rings or (Ring(0),),
        numbers={one["number"]: one["steps"] for one in document.get("numbers", ())},
        lists={UUID(one["list"]): one["steps"] for one in document.get("lists", ())},
        customer_field=chosen.get("name", ""),
        values={one["value"]: one["steps"] for one in chosen.get("values", ())},
        last_agent_days=document.get("last_agent_days", 0),
        owner_field=document.get("owner_field", ""),
        prefer_seconds=document.get("prefer_seconds", PREFER_SECONDS),
    )


def priority(base: int, matching: Matching, called: str, told: Told) -> int:
    """With what a caller enters the queue, 0 to 9. What could not be read raises nobody."""
    steps = matching.numbers.get(called, 0)
    steps += sum(one for key, one in matching.lists.items() if key in (told.lists or ()))
    if matching.customer_field:
        steps += matching.values.get(str(told.fields.get(matching.customer_field, "")), 0)
    return max(0, min(HIGHEST, base + steps))
