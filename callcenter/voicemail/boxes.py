"""How a service or a seat takes messages. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

LONGEST, SILENCE = 120, 5
"""Seconds, where nobody said otherwise."""


@dataclass(frozen=True, slots=True)
class BoxPlan:
    """greeting: by language; none: the product's own. Seconds: of a message, and of the silence

    that ends one.
    """

    greeting: Mapping[str, str] | None = None
    longest_seconds: int = LONGEST
    silence_seconds: int = SILENCE
