"""A telephony node with everything around it, anew for each test."""

import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from redis import Redis
from sqlalchemy import Engine

from callcenter.objects.tasks import owner_engine
from tests.support.centre import Centre, running_centre
from tests.support.databases import DataServices, FreshDatabase


@pytest.fixture
async def centre(
    migrated: DataServices, postgres: FreshDatabase, redis: Redis, sounds: Path
) -> AsyncIterator[Centre]:
    with tempfile.TemporaryDirectory(prefix="cc-", ignore_cleanup_errors=True) as folder:
        async with running_centre(Path(folder), migrated, postgres, sounds) as running:
            yield running


@pytest.fixture
def owner(postgres: FreshDatabase) -> Engine:
    """Of the tables; may lock what telephony reads."""
    return owner_engine(postgres.owner_url)
