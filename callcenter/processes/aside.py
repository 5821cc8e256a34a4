"""What the journal's receivers set aside, for the operator: read from its files, put back by a wish."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from redis import Redis

from callcenter.processes.facts.putting_back import WISH
from callcenter.telephony.aside import aside

_UNREADABLE = "?"
_WISHED_FOR = 600
"""Seconds that a wish waits for a facts process that is away."""


class JournalAside:
    """`callcenter.tenancy.service.seams.Aside` over the files beside the journal."""

    def __init__(self, journal: Path, redis: Redis) -> None:
        self._journal = journal
        self._redis = redis

    def groups(self) -> Sequence[Mapping[str, Any]]:
        found: dict[tuple[str, str, str], dict[str, Any]] = {}
        for one in {(one["to"], one["fact"]): one for one in aside(self._journal)}.values():
            kind, error = _kind(one["fact"]), _error(one["reason"])
            group = found.setdefault(
                (one["to"], kind, error),
                {"to": one["to"], "kind": kind, "error": error, "count": 0, "since": one["at"]},
            )
            group["count"] += 1
            group["since"] = min(group["since"], one["at"])
        return sorted(found.values(), key=lambda group: str(group["since"]))

    def wished(self) -> bool:
        return bool(self._redis.exists(WISH))

    def wish(self) -> None:
        self._redis.set(WISH, "1", ex=_WISHED_FOR)


def _kind(fact: str) -> str:
    try:
        return str(json.loads(fact)["type"])
    except (ValueError, LookupError, TypeError):
        return _UNREADABLE


def _error(reason: str) -> str:
    """Its name: what else it says may tell of people."""
    return reason.partition("(")[0]
