"""The office and its API; see tests/support/office.py."""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from callcenter.calls.models import Recording
from callcenter.core.clock import ManualClock
from callcenter.core.db import Database
from tests.integration.objects.firm import Firm, a_firm
from tests.support.ledger import Story
from tests.support.office import *  # noqa: F403
from tests.support.office import Office, Seeded

Played = Callable[..., str]


@pytest.fixture
def story(database: Database, office: Office) -> Story:
    """The ledger of the office, as telephony would tell it."""
    return Story(database, office)


def playable(story: Story, database: Database, office: Office, **said: Any) -> UUID:
    """A call of the office's agent whose recording can be played; its id."""
    made = story.inbound(recorded=True, **said)
    with database.begin(office.scope()) as session:
        recording = session.scalars(select(Recording).where(Recording.call_id == made)).one()
        recording.state, recording.path, recording.seconds = "ready", "x.wav", 120.0
    return made


@pytest.fixture
def played(story: Story, database: Database, office: Office) -> Played:
    """Makes a call that can be played."""
    return lambda **said: str(playable(story, database, office, **said))


@pytest.fixture
def firm(seeded: Seeded, database: Database, office: Office, clock: ManualClock) -> Iterator[Firm]:
    with a_firm(seeded, database, office, clock) as made:
        yield made
