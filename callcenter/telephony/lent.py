"""Phones of pages, lent for minutes: what their user asked for rings there, and they can dial nothing.

Kept nowhere but here and in Asterisk's files: with our death they are gone, and the page asks for
another one.
"""

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import UUID

KEPT = 900.0
"""Seconds after which a phone that is not asked for again is gone."""


@dataclass(frozen=True, slots=True)
class LentPhone:
    endpoint: str
    secret: str = field(repr=False)
    user_id: UUID
    enterprise_id: UUID


class LentPhones:
    """changed: called when Asterisk has to learn of other phones."""

    def __init__(self) -> None:
        self.changed: Callable[[], None] = lambda: None
        self._phones: dict[UUID, LentPhone] = {}
        self._timers: dict[UUID, asyncio.TimerHandle] = {}

    def lend(self, user_id: UUID, enterprise_id: UUID) -> LentPhone:
        """One a user: whoever asks again has a new one, and the old one is gone."""
        phone = LentPhone(
            f"page-{secrets.token_hex(8)}", secrets.token_urlsafe(24), user_id, enterprise_id
        )
        self._phones[user_id] = phone
        self.keep(user_id)
        self.changed()
        return phone

    def keep(self, user_id: UUID) -> None:
        """It is in use: its time begins anew."""
        if timer := self._timers.pop(user_id, None):
            timer.cancel()
        if user_id in self._phones:
            loop = asyncio.get_running_loop()
            self._timers[user_id] = loop.call_later(KEPT, self.take_back, user_id)

    def take_back(self, user_id: UUID) -> None:
        if timer := self._timers.pop(user_id, None):
            timer.cancel()
        if self._phones.pop(user_id, None) is not None:
            self.changed()

    def of(self, user_id: UUID) -> LentPhone | None:
        return self._phones.get(user_id)

    def all(self) -> tuple[LentPhone, ...]:
        return tuple(sorted(self._phones.values(), key=lambda phone: phone.endpoint))
