"""Processes of ours, started one by one against private data services."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from uuid import UUID

import pytest

from callcenter.core.clock import SystemClock
from callcenter.core.db import Database
from callcenter.core.ids import new_id
from callcenter.core.tenant import Scope
from callcenter.tenancy.models import Enterprise
from tests.support.databases import FreshDatabase
from tests.support.stack import PROJECT

StartProcess = Callable[..., "subprocess.Popen[bytes]"]


@pytest.fixture
def database(postgres: FreshDatabase) -> Iterator[Database]:
    opened = Database(postgres.app_url, pool_size=2)
    yield opened
    opened.dispose()


@pytest.fixture
def enterprise_id(database: Database) -> UUID:
    made = Enterprise(
        id=new_id(), code="100001", name="海蓝电器", created_at=SystemClock().now(), version=1
    )
    with database.begin(Scope.platform()) as session:
        session.add(made)
    return made.id


@pytest.fixture
def process(postgres: FreshDatabase) -> Iterator[StartProcess]:
    """Start `callcenter.processes.<name>` with arguments; it ends with the test."""
    started: list[subprocess.Popen[bytes]] = []

    def start(name: str, *arguments: str) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-m", f"callcenter.processes.{name}", *arguments]
        environment = postgres.environment | {"CALLCENTER_PROCESS": name}
        started.append(subprocess.Popen(command, env=environment, cwd=PROJECT))
        return started[-1]

    yield start
    for running in started:
        running.terminate()
        running.wait(10)
