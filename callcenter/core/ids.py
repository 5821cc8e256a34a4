"""Identifiers: UUIDv7 for what is made, UUIDv5 for what must be the same however it is learned."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid5

from uuid_utils.compat import uuid7

_EPOCH, _MICRO = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)
_FACTS = UUID("6f1c1f0a-5f0e-5d63-9d5c-0f7c9a1f3b52")


MOMENT = timedelta(milliseconds=1)
"""As exactly as an id tells when it was made."""


def new_id(at: datetime | None = None) -> UUID:
    """A new id; ids made later sort later, so primary keys grow at one end of their index.

    at: when what it names was made, if that is not now.
    """
    if at is None:
        return uuid7()
    return uuid7(nanoseconds=(at - _EPOCH) // _MICRO * 1_000)


def made_at(record_id: UUID) -> datetime:
    """When an id was made, to the millisecond below."""
    return _EPOCH + MOMENT * (record_id.int >> 80)


def fact_id(*parts: object) -> UUID:
    """The id of a telephony fact, equal for the same fact read from AMI or from CEL."""
    return uuid5(_FACTS, ":".join(str(part) for part in parts))


def call_id_of(uniqueid: str) -> UUID:
    """The id of the call whose first channel is `uniqueid`; ours where we chose the channel's id."""
    try:
        return UUID(uniqueid)
    except ValueError:
        return fact_id("call", uniqueid)
