"""An object that tests shape: pumps, their draft, their records, and how all of it goes away again."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any
from uuid import UUID

from redis import Redis
from sqlalchemy import delete, select, text

from callcenter.core.clock import ManualClock
from callcenter.core.db import Database
from callcenter.core.jobs import JobRunner, JobState
from callcenter.core.tenant import Scope
from callcenter.objects.models import DataObject
from callcenter.objects.tasks import Publisher
from callcenter.processes.jobs import publication_work
from callcenter.processes.means import means
from tests.support.office import Caller, Office, Seeded

PUMPS, RECORDS = "/design/objects/pump", "/objects/pump/records"


def label(zh: str, en: str = "") -> dict[str, str]:
    return {"zh-CN": zh, "en": en or zh}


def sweep(seeded: Seeded, database: Database, office: Office) -> None:
    with database.begin(Scope.platform()) as session:
        session.execute(delete(DataObject).where(DataObject.identifier == "pump"))
    with seeded.owner.begin() as connection:
        connection.execute(text(f"DROP TABLE IF EXISTS e{office.code}.pump"))


class PumpWorker:
    """Carries out what is asked for about the pumps, as the worker's process does."""

    def __init__(
        self, database: Database, redis: Redis, clock: ManualClock, seeded: Seeded, office: Office
    ) -> None:
        self.database = database
        self.office = office
        self.seeded = seeded
        self._publisher = Publisher(seeded.owner, clock)
        work = publication_work(database, self._publisher, means(clock))
        self._runner = JobRunner(database, redis, clock, work)

    def job(self, id_of: Callable[[DataObject], UUID]) -> UUID:
        with self.database.begin(self.office.scope()) as session:
            query = select(DataObject).where(DataObject.identifier == "pump")
            return id_of(session.scalars(query).one())

    def run(self, job_id: UUID) -> JobState:
        return self._runner.run(job_id, self.office.id)


class Shaping:
    """The draft of the pumps, and its designer."""

    def __init__(self, conf: Caller) -> None:
        self.conf = conf
        new = {"identifier": "pump", "kind": "base", "name": label("水泵", "Pump")}
        answer = conf.post("/design/objects", new)
        assert answer.status_code == 201, answer.json
        self.answer: dict[str, Any] = answer.json

    @property
    def document(self) -> dict[str, Any]:
        return deepcopy(self.answer["document"])

    @property
    def version(self) -> int:
        return int(self.answer["version"])

    def fields(self, *fields: dict[str, Any]) -> dict[str, Any]:
        """Save the draft with these fields after those it begins with."""
        document = self.document
        document["groups"][0]["fields"][2:] = fields
        return self.save(document)

    def save(self, document: dict[str, Any]) -> dict[str, Any]:
        answer = self.conf.send(
            "PUT", f"{PUMPS}/draft", {"document": document}, version=self.version
        )
        assert answer.status_code == 200, answer.json
        self.answer = answer.json
        return self.answer

    def publish(self, **body: Any) -> Any:
        answer = self.conf.post(f"{PUMPS}/publish", body, version=self.version)
        if answer.status_code == 200:
            self.answer = answer.json
        return answer

    def published(self, *fields: dict[str, Any], **body: Any) -> dict[str, Any]:
        self.fields(*fields)
        answer = self.publish(**body)
        assert answer.status_code == 200, answer.json
        return self.answer


def a_field(key: str, kind: str = "text", **more: Any) -> dict[str, Any]:
    return {"key": key, "type": kind, "label": label(key), **more}


def a_pump(caller: Caller, **values: Any) -> dict[str, Any]:
    answer = caller.post(RECORDS, {"values": {"name": "泵", **values}})
    assert answer.status_code == 201, answer.json
    made: dict[str, Any] = answer.json
    return made


def seen(caller: Caller, record: dict[str, Any], field: str) -> Any:
    return caller.get(f"{RECORDS}/{record['id']}").json["values"][field]
