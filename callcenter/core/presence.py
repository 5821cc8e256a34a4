"""Presence of agents: a lease in Redis, renewed by the page's answer to the server's question.

A page's own timer cannot renew it: browsers run timers of hidden tabs once a minute. Who loses the
lease gets no new calls; the call under way is not touched.
"""

import json
from typing import Any
from uuid import UUID

from redis import Redis

from callcenter.core.clock import Clock
from callcenter.core.ids import new_id
from callcenter.core.tenant import Actor

LEASE_SECONDS = 20
_LEASES = "presence"
COMMANDS = "telephony.commands"


class Presence:
    def __init__(self, redis: Redis, clock: Clock) -> None:
        self._redis = redis
        self._clock = clock

    def renew(self, actor: Actor) -> None:
        until = self._clock.now().timestamp() + LEASE_SECONDS
        self._redis.zadd(_LEASES, {f"{actor.enterprise_id}/{actor.user_id}": until})

    def sweep(self) -> None:
        """Tell telephony of leases that ran out. ZREM lets only one instance tell of each."""
        expired: Any = self._redis.zrangebyscore(_LEASES, 0, self._clock.now().timestamp())
        for member in expired:
            if self._redis.zrem(_LEASES, member):
                self._tell(*(UUID(part) for part in member.split("/")))

    def _tell(self, enterprise_id: UUID, user_id: UUID) -> None:
        command_id = str(new_id())
        self._redis.xadd(
            COMMANDS,
            {
                "id": command_id,
                "verb": "presence.lost",
                "enterprise_id": str(enterprise_id),
                "actor_id": str(user_id),
                "deadline": str(int((self._clock.now().timestamp() + 30) * 1000)),
                "reply": f"reply:{command_id}",
                "body": json.dumps({}),
            },
            maxlen=10_000,
        )
