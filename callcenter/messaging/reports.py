"""Delivery reports: what a gateway tells later, as its channel's settings describe it. Pure.

The address that it is given ends with a secret of the channel, which is kept as its hash alone: it is
256 random bits, so there is nothing to guess.
"""

import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from callcenter.core.words import kept
from callcenter.messaging.gateway import at, told
from callcenter.messaging.models import Delivery

MOST = 500
"""Reports of one call."""

_SHOWN = 200
_LONGEST_ID = 100


class Unreadable(ValueError):
    """It is nothing that the channel's settings describe."""


@dataclass(frozen=True, slots=True)
class Report:
    """id: the gateway's, or ours. words: its own, for people."""

    id: str
    delivery: Delivery
    words: str


def new_secret() -> str:
    return secrets.token_urlsafe(32)


def hashed(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def is_same(secret: str, kept_hash: str) -> bool:
    """In a time that tells nothing of where they differ; nothing is that of a channel without one."""
    return hmac.compare_digest(hashed(secret), kept_hash)


def document_of(body: bytes, query: Mapping[str, str]) -> Any:
    """What came: JSON, a form, or values in the address. Raises Unreadable."""
    text = body.decode("utf-8", "replace").strip()
    try:
        if not text:
            return dict(query)
        if text[0] in "{[":
            return json.loads(text)
        return dict(parse_qsl(text, keep_blank_values=True, max_num_fields=MOST))
    except (ValueError, RecursionError):
        raise Unreadable from None


def reports_of(settings: Mapping[str, Any], document: Any) -> list[Report]:
    """Without those that say nothing yet, and those without an id. Raises Unreadable."""
    found = at(document, settings["list_path"])
    if isinstance(found, str):
        # Of a form, one value of which is JSON.
        found = document_of(found.encode(), {})
    several: Sequence[Any] = found if isinstance(found, list) else [found]
    if len(several) > MOST or not all(isinstance(each, Mapping) for each in several):
        raise Unreadable
    return [report for each in several if (report := _report(settings, each)) is not None]


def _report(settings: Mapping[str, Any], said: Mapping[str, Any]) -> Report | None:
    given, status = at(said, settings["id_path"]), at(said, settings["status_path"])
    if given is None or status is None or told(status) in settings["waiting"]:
        return None
    arrived = told(status) in settings["delivered"]
    reason = at(said, settings["reason_path"]) if settings["reason_path"] else None
    words = told(status) if reason is None else f"{told(status)} {told(reason)}"
    return Report(
        kept(told(given))[:_LONGEST_ID],
        Delivery.DELIVERED if arrived else Delivery.UNDELIVERED,
        " ".join(kept(words).split())[:_SHOWN],
    )


def counts(report: Report, before: str, parts: int) -> bool:
    """Whether it says something new: of several parts one that was lost is not made good by another."""
    lost = before == Delivery.UNDELIVERED and parts > 1
    return report.delivery != before and not lost
