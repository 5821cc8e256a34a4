"""The office, its API, and messages as telephony leaves them."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from redis import Redis

from callcenter.core.bus import Outbox
from callcenter.core.clock import SystemClock
from callcenter.core.db import Database
from callcenter.core.ids import new_id
from callcenter.core.jobs import JobQueue
from callcenter.notices.service import Notices
from callcenter.processes.directory import SqlDirectory
from callcenter.voicemail.events import Left, message_name, raw_place
from callcenter.voicemail.service import Keeping
from callcenter.voicemail.states import TargetKind
from callcenter.voicemail.tasks import VoicemailStore, message_id
from tests.support.ledger import Story
from tests.support.office import *  # noqa: F403
from tests.support.office import NOW, Office
from tests.support.sound import NoProgress, write_tone

CALLER = "e164:+8613800006207"

Leave = Callable[..., UUID]


@pytest.fixture
def store(tmp_path: Path) -> VoicemailStore:
    return VoicemailStore(tmp_path, SystemClock())


@pytest.fixture
def keeping(store: VoicemailStore, redis: Redis) -> Keeping:
    clock, directory = SystemClock(), SqlDirectory()
    return Keeping(
        directory, Notices(directory, Outbox(clock), clock), store, JobQueue(redis, clock)
    )


@pytest.fixture
def leave(database: Database, office: Office, keeping: Keeping, tmp_path: Path) -> Leave:
    """A caller speaks for some seconds, and telephony tells of it; the message's id."""

    def left(
        seconds: float = 2.0,
        *,
        seat: str = "",
        number: str = CALLER,
        at: datetime = NOW,
        call_id: UUID | None = None,
    ) -> UUID:
        call_id = call_id or new_id()
        name = message_name(call_id, at)
        kind = TargetKind.SEAT if seat else TargetKind.SERVICE
        target = office.people[seat].user_id if seat else office.service
        write_tone(tmp_path / raw_place(office.id, kind, target, name), seconds)
        with database.begin(office.scope()) as session:
            keeping.keep(session, Left(name, call_id, kind, target, number, "王女士", seconds, at))
        return message_id(name)

    return left


@pytest.fixture
def processed(database: Database, office: Office, store: VoicemailStore) -> Callable[[UUID], Any]:
    """What the worker does with a message."""

    def done(voicemail_id: UUID) -> Any:
        with database.begin(office.scope()) as session:
            return store.process(session, {"voicemail_id": str(voicemail_id)}, NoProgress())

    return done


@pytest.fixture
def story(database: Database, office: Office) -> Story:
    """The ledger of the office, as telephony would tell it."""
    return Story(database, office)
