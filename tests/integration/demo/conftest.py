"""The office and its API; see tests/support/office.py."""

import pytest

from callcenter.core.db import Database
from tests.support.ledger import Story
from tests.support.office import *  # noqa: F403
from tests.support.office import Office


@pytest.fixture
def story(database: Database, office: Office) -> Story:
    """The ledger of the office, as telephony would tell it."""
    return Story(database, office)
