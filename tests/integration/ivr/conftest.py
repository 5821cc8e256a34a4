"""Two enterprises in a real database, and the IVR services over it."""

import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace
from uuid import UUID

import pytest

from callcenter.core.audit import Audit
from callcenter.core.bus import Outbox
from callcenter.core.clock import ManualClock
from callcenter.core.db import Database
from callcenter.core.ids import new_id
from callcenter.core.permissions import Role
from callcenter.core.speech import EspeakSpeech
from callcenter.core.tenant import Actor, Scope
from callcenter.processes.seams import Surroundings
from callcenter.tenancy.models import Enterprise
from ivr.demo import load_demo
from ivr.prompts import PromptLibrary
from ivr.service import IvrServices

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)


def actor(enterprise_id: UUID, role: Role = Role.ADMIN) -> Actor:
    return Actor(
        user_id=new_id(),
        enterprise_id=enterprise_id,
        employee_code="admin",
        name="Admin",
        role=role,
        permissions=Actor.permissions_of(role),
    )


@dataclass
class House:
    """One enterprise with the demo flow published. scope is its administrator's."""

    scope: Scope
    service_id: UUID
    agent_service_id: UUID


@pytest.fixture
def database(postgres):
    database = Database(postgres.app_url)
    yield database
    database.dispose()


@pytest.fixture
def clock():
    return ManualClock(NOW)


class SpokenOnce:
    """espeak-ng, which says a text a single time for all tests of a worker: to speak is slow."""

    name = EspeakSpeech.name

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._real = EspeakSpeech()

    def synthesise(self, text: str, language: str, target: Path) -> None:
        kept = self._folder / f"{sha256(f'{language} {text}'.encode()).hexdigest()}.wav"
        if not kept.exists():
            self._real.synthesise(text, language, kept)
        shutil.copyfile(kept, target)


@pytest.fixture(scope="session")
def speech(tmp_path_factory):
    return SpokenOnce(tmp_path_factory.mktemp("spoken"))


@pytest.fixture
def library(tmp_path, speech):
    return PromptLibrary(tmp_path / "prompts", speech)


@pytest.fixture
def agent_services():
    """What the directory knows: enterprise → its agent services."""
    return {}


@pytest.fixture
def ivr_services(database, clock, library, agent_services):
    directory = SimpleNamespace(
        services=lambda session: agent_services[session.info["scope"].enterprise_id],
        people=lambda session: {},
        teams=lambda session: {},
    )
    callers = SimpleNamespace(fields=lambda session: frozenset({"level"}))
    return IvrServices(
        database, clock, Audit(clock), Outbox(clock), directory, library, callers,
        Surroundings(),
    )  # fmt: skip


@pytest.fixture
def make_house(database, clock, agent_services):
    def make(code: str) -> House:
        with database.begin(Scope.platform()) as session:
            enterprise = Enterprise(code=code, name=f"Enterprise {code}", created_at=NOW)
            session.add(enterprise)
            session.flush()
            target = new_id()
            agent_services[enterprise.id] = {target: None}
            service_id = load_demo(session, enterprise.id, target, clock)
        return House(Scope.of(actor(enterprise.id)), service_id, target)

    return make


@pytest.fixture
def house(make_house):
    return make_house("100001")


@pytest.fixture
def neighbour(make_house):
    return make_house("100002")
