"""From the outbox to the bell: the user's room says that there is something to ask for."""

from redis import Redis

from callcenter.core.bus import Event
from callcenter.core.clock import Clock
from callcenter.core.jobs import write_room

CHANGED = "notice.changed"
"""A user's notices have become more, or were read; `entity_id` is the user."""

KEY = "notices"


def ring(redis: Redis, clock: Clock, event: Event) -> None:
    """Once too often does no harm: the room holds no more than that something changed."""
    if event.type == CHANGED:
        write_room(redis, clock, f"user:{event.data['entity_id']}", KEY, {"changed": str(event.id)})
