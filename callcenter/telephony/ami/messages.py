"""What Asterisk says: events and responses, with header names compared without case."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

Headers = Mapping[str, str | tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class AmiMessage:
    """headers: names in lower case; a header that came several times is a tuple."""

    headers: Headers

    def get(self, name: str, default: str = "") -> str:
        """The header's value, the first one if it came several times."""
        value = self.headers.get(name.lower(), default)
        return value if isinstance(value, str) else value[0]

    def all(self, name: str) -> tuple[str, ...]:
        value = self.headers.get(name.lower(), ())
        return (value,) if isinstance(value, str) else value

    def variables(self, header: str = "ChanVariable") -> dict[str, str]:
        """The channel variables that `channelvars` in manager.conf attaches (`DestChanVariable`…)."""
        pairs = (line.partition("=") for line in self.all(header))
        return {name: value for name, _, value in pairs}

    @property
    def action_id(self) -> str:
        return self.get("ActionID")


class AmiEvent(AmiMessage):
    __slots__ = ()

    @property
    def name(self) -> str:
        return self.get("Event")

    @property
    def at(self) -> float:
        """Seconds since the epoch by Asterisk's clock; 0.0 without `timestampevents`."""
        return float(self.get("Timestamp", "0"))


class AmiResponse(AmiMessage):
    __slots__ = ()

    @property
    def ok(self) -> bool:
        return self.get("Response") in ("Success", "Follows", "Goodbye")

    @property
    def starts_list(self) -> bool:
        return self.get("EventList").lower() == "start"

    @property
    def message(self) -> str:
        return self.get("Message")


def headers_of(pairs: Iterable[tuple[str, Any]]) -> Headers:
    """Plain headers out of panoramisk's message."""
    return {
        name.lower(): tuple(value) if isinstance(value, list) else value
        for name, value in pairs
        if name != "content"
    }
