"""The office and its API (tests/support/office.py), a mail server and a gateway that it may reach."""

from collections.abc import Iterator

import pytest
from redis import Redis

from callcenter.core.clock import ManualClock
from callcenter.core.db import Database
from callcenter.core.sealed import Seal
from callcenter.messaging.tasks import Courier
from callcenter.processes.messages import courier as a_courier
from tests.integration.objects.firm import Firm, a_firm
from tests.integration.objects.triggering import Background, calls_allowed
from tests.support.mail_server import MailServer, a_mail_server
from tests.support.office import *  # noqa: F403
from tests.support.office import SEALING_KEY, Office, Seeded
from tests.support.sms_gateway import SmsGateway, an_sms_gateway


@pytest.fixture
def mail() -> Iterator[MailServer]:
    with a_mail_server() as made:
        yield made


@pytest.fixture
def gateway() -> Iterator[SmsGateway]:
    with an_sms_gateway() as made:
        yield made


@pytest.fixture
def courier(
    database: Database, office: Office, clock: ManualClock, mail: MailServer, gateway: SmsGateway
) -> Iterator[Courier]:
    """Whoever sends, in the test's own process."""
    with calls_allowed(database, office, f"{mail.place} {gateway.place}"):
        yield a_courier(database, Seal(SEALING_KEY), clock)


@pytest.fixture
def firm(seeded: Seeded, database: Database, office: Office, clock: ManualClock) -> Iterator[Firm]:
    """Objects of its own, gone after the test."""
    with a_firm(seeded, database, office, clock) as made:
        yield made


@pytest.fixture
def background(database: Database, redis: Redis, clock: ManualClock, office: Office) -> Background:
    """Carries out what triggers have to do."""
    return Background(database, redis, clock, office)
