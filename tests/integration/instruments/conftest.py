"""The platform at work (tests/support/firms.py), and what its enterprises may reach."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from uuid import UUID

import pytest
from sqlalchemy import delete

from callcenter.core.clock import SystemClock
from callcenter.core.db import Database
from callcenter.core.sealed import Seal
from callcenter.core.secrets import load_secrets
from callcenter.core.settings import load_settings
from callcenter.core.tenant import Actor, Scope
from callcenter.instruments.offered import InHand
from callcenter.people.service import find_actor
from callcenter.processes.instruments import instruments
from callcenter.tenancy.models import OptionValue
from tests.support.databases import FreshDatabase
from tests.support.firms import *  # noqa: F403
from tests.support.firms import Firm, Page


@pytest.fixture
def allow(platform_rows: Database) -> Callable[..., object]:
    """Options of an enterprise, as long as they are needed."""

    @contextmanager
    def setting(firm: Firm, **options: object) -> Iterator[None]:
        with platform_rows.begin(Scope(UUID(firm.id))) as session:
            session.execute(delete(OptionValue).where(OptionValue.key.in_(options)))
            for key, value in options.items():
                row = OptionValue(key=key, enterprise_id=UUID(firm.id), value={"value": value})
                session.add(row)
        yield
        with platform_rows.begin(Scope(UUID(firm.id))) as session:
            session.execute(delete(OptionValue).where(OptionValue.key.in_(options)))

    return setting


@pytest.fixture(scope="session")
def conf(firm: Firm) -> Page:
    """Who shapes the enterprise."""
    return firm.page("conf")


def in_hand(
    database: Database, platform_database: FreshDatabase, firm: Firm, who: Page | None = None
) -> InHand:
    """As a task of `who` has them."""
    settings = load_settings(platform_database.environment)
    seal = Seal(load_secrets(settings.paths.home).sealing_key)
    actor: Actor | None = None
    if who is not None:
        with database.begin(Scope(UUID(firm.id))) as session:
            actor = find_actor(session, UUID(who.me["user"]["id"]))
    scope = Scope(UUID(firm.id), actor)
    return instruments(settings, seal, SystemClock()).of(partial(database.begin, scope))


@pytest.fixture
def hand(
    firm: Firm, conf: Page, platform_database: FreshDatabase, platform_rows: Database
) -> InHand:
    return in_hand(platform_rows, platform_database, firm, conf)
