"""A firm with triggers: orders and tasks, what fires for them, and the worker that carries it out."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from redis import Redis
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from callcenter.core.bus import Outbox
from callcenter.core.clock import Clock
from callcenter.core.db import Database
from callcenter.core.jobs import Job, JobRunner, JobState
from callcenter.core.tenant import Scope
from callcenter.objects.models import TriggerRun
from callcenter.objects.service.triggers.after import KIND
from callcenter.objects.service.triggers.running import keep_house
from callcenter.processes.hosts import HOSTS
from callcenter.processes.jobs import trigger_work
from callcenter.processes.means import means
from callcenter.tenancy.models import Option, OptionValue
from tests.integration.objects.firm import clients, jobs
from tests.integration.objects.shaping import a_field, label
from tests.support.office import Caller, Office

JOBS = "/objects/job/records"
RUNS = "/design/objects/job/triggers/runs"
STATES = [{"value": value, "label": label(value)} for value in ("open", "done")]

RESULT = a_field("result")
STATE = a_field("state", "choice", settings={"options": STATES, "default": "open"})
INVOICE = a_field("invoice", "serial", read_only=True, settings={"rule": "RE{seq:4}"})
VISITS = a_field("visits", "integer")
LAST = a_field("last_result", read_only=True)
TIMES = a_field("jobs_done", "integer")


def a_trigger(key: str, *actions: dict[str, Any], **more: Any) -> dict[str, Any]:
    whole = {"key": key, "name": label(f"触发 {key}", f"Trigger {key}"), "on": ["update"]}
    return {**whole, "when": "before", "actions": [*actions], **more}


def asked(field: str, operator: str, value: Any = None) -> dict[str, Any]:
    test = {"field": field, "operator": operator}
    return {"tests": [test if value is None else {**test, "value": value}]}


def put(**sources: Any) -> dict[str, Any]:
    return {"do": "set", "values": sources}


def value(constant: Any) -> dict[str, Any]:
    return {"value": constant}


def worked_out(expression: str) -> dict[str, Any]:
    return {"expression": expression}


def copied(field: str) -> dict[str, Any]:
    return {"field": field}


REFUSE = {
    "do": "refuse",
    "message": label("请先填写结果", "Enter a result first"),
    "field": "result",
}
DONE = asked("state", "changed_to", "done")
NO_RESULT = {"tests": [*DONE["tests"], {"field": "result", "operator": "empty"}]}


def a_job(*triggers: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    return jobs(RESULT, STATE, INVOICE, VISITS, triggers=[*triggers], **more)


def a_client(*triggers: Mapping[str, Any]) -> dict[str, Any]:
    return clients(LAST, TIMES, triggers=[*triggers])


@dataclass
class Background:
    """The worker's process: carries out what waits, and what that fires in turn."""

    database: Database
    redis: Redis
    clock: Clock
    office: Office

    def jobs(self) -> list[UUID]:
        with self.database.begin(self.office.scope()) as session:
            waiting = select(Job.id).where(Job.kind == KIND, Job.state == JobState.QUEUED.value)
            return list(session.scalars(waiting.order_by(Job.made_at)))

    def work(self) -> int:
        """How many jobs there were."""
        done = 0
        while waiting := self.jobs():
            for job_id in waiting:
                assert self.run(job_id) is JobState.DONE
                done += 1
        return done

    def go_round(self) -> None:
        """Cron asks for what is due."""
        with self.database.begin(self.office.scope()) as session:
            keep_house(session, Outbox(self.clock), self.clock)

    def run(self, job_id: UUID) -> JobState:
        work = trigger_work(self.database, means(self.clock))
        return JobRunner(self.database, self.redis, self.clock, work).run(job_id, self.office.id)

    def runs(self) -> list[TriggerRun]:
        """In the order in which they were fired."""
        with self.database.begin(self.office.scope()) as session:
            return list(session.scalars(select(TriggerRun).order_by(TriggerRun.number)))

    def states(self) -> list[tuple[str, str]]:
        return [(run.trigger, run.state) for run in self.runs()]


def allow_calls(session: Session, enterprise_id: UUID, places: str) -> None:
    if session.get(Option, HOSTS) is None:
        text = {"zh-CN": "主机", "en": "Hosts"}
        session.add(Option(key=HOSTS, kind="text", label=text, default={"value": ""}, sort=60))
        session.flush()
    session.add(OptionValue(key=HOSTS, enterprise_id=enterprise_id, value={"value": places}))


@contextmanager
def calls_allowed(database: Database, office: Office, place: str) -> Iterator[None]:
    """The enterprise's triggers may call this one host:port."""
    with database.begin(Scope.platform()) as session:
        allow_calls(session, office.id, place)
    try:
        yield
    finally:
        with database.begin(Scope.platform()) as session:
            session.execute(delete(OptionValue).where(OptionValue.key == HOSTS))
            session.execute(delete(Option).where(Option.key == HOSTS))


def changed(caller: Caller, path: str, record_id: str, **values: Any) -> Any:
    place = f"{path}/{record_id}"
    version = caller.get(place).json["version"]
    return caller.send("PATCH", place, {"values": values}, version=version)


def values_of(caller: Caller, path: str, record_id: str) -> dict[str, Any]:
    answer = caller.get(f"{path}/{record_id}")
    assert answer.status_code == 200, answer.json
    held: dict[str, Any] = answer.json["values"]
    return held
