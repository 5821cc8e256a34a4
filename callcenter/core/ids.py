"""Identifiers: UUIDv7 for what is made, UUIDv5 for what must be the same however it is learned."""

from uuid import UUID, uuid5

from uuid_utils.compat import uuid7

_FACTS = UUID("6f1c1f0a-5f0e-5d63-9d5c-0f7c9a1f3b52")


def new_id() -> UUID:
    """A new id; ids made later sort later, so primary keys grow at one end of their index."""
    return uuid7()


def fact_id(*parts: object) -> UUID:
    """The id of a telephony fact, equal for the same fact read from AMI or from CEL."""
    return uuid5(_FACTS, ":".join(str(part) for part in parts))
