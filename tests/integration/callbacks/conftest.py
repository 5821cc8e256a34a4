"""The office, its API, and the facts that telephony tells of callbacks."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from callcenter.calls.events import Fact, FactType
from callcenter.core.db import Database
from callcenter.core.ids import fact_id, new_id
from callcenter.telephony.delivery import to_database
from tests.support.office import *  # noqa: F403
from tests.support.office import NOW, Office

Tell = Callable[..., None]


@pytest.fixture
def tell(database: Database, office: Office) -> Tell:
    """Telephony tells the ledger, by way of the journal."""
    deliver = to_database(database)

    def told(kind: FactType, callback_id: UUID, who: str = "", **data: Any) -> None:
        fact = Fact(
            fact_id(kind, callback_id, sorted(data.items())),
            kind,
            NOW,
            office.id,
            None,
            office.people[who].user_id if who else None,
            {"callback_id": str(callback_id), **data},
        )
        deliver([fact.dump()])

    return told


@pytest.fixture
def asked(tell: Tell, office: Office) -> Callable[..., UUID]:
    """Somebody has asked to be called back; the callback's id."""

    def ask(
        number: str = "e164:+8613800006207",
        at: datetime = NOW - timedelta(minutes=3),
        priority: int = 5,
        **more: Any,
    ) -> UUID:
        callback_id = more.pop("callback_id", None) or new_id()
        service = more.pop("service_id", str(office.service))
        first = {"origin": "queue", "asked_by": None} | more
        tell(
            FactType.CALLBACK_ASKED, callback_id, service_id=service, number=number,
            display_number="02160000001", language="zh-CN", priority=priority,
            queued_at=at.isoformat(), not_before=None,
            not_after=(NOW + timedelta(hours=8)).isoformat(), **first,
        )  # fmt: skip
        return callback_id

    return ask
