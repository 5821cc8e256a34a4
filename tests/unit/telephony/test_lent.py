"""Phones of pages are lent for a while, one a user."""

import asyncio
from uuid import UUID

from callcenter.core.ids import new_id
from callcenter.telephony import lent
from callcenter.telephony.lent import LentPhones

ENTERPRISE, ANNA, BEN = (new_id() for _ in range(3))


async def test_whoever_asks_again_has_another_phone_and_the_first_is_gone() -> None:
    phones, told = LentPhones(), []
    phones.changed = lambda: told.append(len(phones.all()))
    first = phones.lend(ANNA, ENTERPRISE)
    second = phones.lend(ANNA, ENTERPRISE)
    phones.lend(BEN, ENTERPRISE)
    assert first.endpoint != second.endpoint
    assert first.secret != second.secret
    assert phones.of(ANNA) == second
    assert told == [1, 1, 2]
    phones.take_back(ANNA)
    phones.take_back(ANNA)
    assert [phone.user_id for phone in phones.all()] == [BEN]
    assert told == [1, 1, 2, 1]


async def test_a_phone_that_nobody_asks_for_is_gone_in_time(monkeypatch) -> None:
    monkeypatch.setattr(lent, "KEPT", 0.01)
    phones, gone = LentPhones(), asyncio.Event()
    phones.lend(ANNA, ENTERPRISE)
    phones.changed = gone.set
    await asyncio.wait_for(gone.wait(), 5)
    assert phones.all() == ()


def test_its_secret_stands_in_no_log() -> None:
    phone = lent.LentPhone("page-1", "very secret", UUID(int=1), UUID(int=2))
    assert "very secret" not in repr(phone)
