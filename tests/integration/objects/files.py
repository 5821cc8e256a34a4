"""Files that tests bring in, the jobs behind them, and what comes out."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass, field
from io import BytesIO, StringIO
from typing import Any
from urllib.parse import unquote
from uuid import UUID

import openpyxl
from redis import Redis
from sqlalchemy import Engine, select

from callcenter.core.clock import Clock
from callcenter.core.db import Database
from callcenter.core.jobs import JobRunner, JobState
from callcenter.objects.models import Transfer
from callcenter.objects.service.transfer import TransferStore
from callcenter.objects.tasks import Publisher
from callcenter.processes.jobs import transfer_work
from callcenter.processes.means import means
from tests.support.office import CSRF, Caller, Office

Rows = Sequence[Sequence[Any]]


def csv_of(rows: Rows, encoding: str = "utf-8") -> bytes:
    out = StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode(encoding)


def xlsx_of(rows: Rows) -> bytes:
    book, out = openpyxl.Workbook(), BytesIO()
    for row in rows:
        book.active.append(row)
    for cell in (cell for row in book.active.iter_rows() for cell in row):
        # As a person types it: whatever begins with = would become a formula.
        cell.data_type = "s" if cell.data_type == "f" else cell.data_type
    book.save(out)
    return out.getvalue()


@dataclass
class Worker:
    """Carries out the jobs of transfers, as the worker's process does."""

    database: Database
    redis: Redis
    clock: Clock
    store: TransferStore
    office: Office
    owner: Engine
    ended: list[JobState] = field(default_factory=list)

    def work(self, transfer_id: str) -> JobState:
        with self.database.begin(self.office.scope()) as session:
            query = select(Transfer.job_id).where(Transfer.id == UUID(transfer_id))
            job_id = session.scalars(query).one()
        assert job_id is not None
        publisher = Publisher(self.owner, self.clock)
        work = transfer_work(self.database, self.store, publisher, means(self.clock))
        runner = JobRunner(self.database, self.redis, self.clock, work)
        self.ended.append(runner.run(job_id, self.office.id))
        return self.ended[-1]

    def fetched(self, answer: Any) -> tuple[str, list[list[Any]]]:
        """Name and rows of a file that nginx would send."""
        assert answer.status_code == 200, answer.json
        place = answer.headers["X-Accel-Redirect"].removeprefix("/transfers/")
        enterprise, name = place.split("/")
        path = self.store.path(UUID(enterprise), UUID(name[:36]), name[37:])
        assert path.stat().st_mode & 0o777 == 0o600
        said = unquote(answer.headers["Content-Disposition"].partition("''")[2])
        if place.endswith(".csv"):
            return said, [*csv.reader(StringIO(path.read_text("utf-8-sig")))]
        with path.open("rb") as stream:
            rows = openpyxl.load_workbook(stream).active.iter_rows(values_only=True)
            return said, [[*row] for row in rows]


@dataclass
class Importer:
    """Somebody at the page of imports of one object."""

    caller: Caller
    worker: Worker
    identifier: str = "customer"

    @property
    def path(self) -> str:
        return f"/objects/{self.identifier}/imports"

    def send(self, content: bytes, name: str = "客户.csv") -> Any:
        return self.caller.client.post(
            f"/api/v1{self.path}",
            query_string={"name": name},
            data=content,
            content_type="application/octet-stream",
            headers={"X-CSRF-Token": CSRF},
        )

    def uploaded(self, content: bytes, name: str = "客户.csv") -> dict[str, Any]:
        answer = self.send(content, name)
        assert answer.status_code == 201, answer.json
        made: dict[str, Any] = answer.json
        return made

    def wish(self, one: dict[str, Any], **changes: Any) -> dict[str, Any]:
        columns = [column["field"] for column in one["columns"]]
        asked = {name: one[name] for name in ("mode", "match", "empty")}
        return {"columns": columns, **asked, **changes}

    def tried(self, one: dict[str, Any], **changes: Any) -> dict[str, Any]:
        answer = self.caller.post(f"{self.path}/{one['id']}/trial", self.wish(one, **changes))
        assert answer.status_code == 202, answer.json
        self.worker.work(one["id"])
        return self.read(one)

    def ran(self, one: dict[str, Any]) -> dict[str, Any]:
        answer = self.caller.post(f"{self.path}/{one['id']}/run")
        assert answer.status_code == 202, answer.json
        self.worker.work(one["id"])
        return self.read(one)

    def read(self, one: dict[str, Any]) -> dict[str, Any]:
        answer = self.caller.get(f"{self.path}/{one['id']}")
        assert answer.status_code == 200, answer.json
        found: dict[str, Any] = answer.json
        return found

    def whole(self, rows: Rows, **changes: Any) -> dict[str, Any]:
        """From the file to the records."""
        one = self.uploaded(csv_of(rows))
        self.tried(one, **changes)
        return self.ran(one)

    def records(self, **query: Any) -> list[dict[str, Any]]:
        """In the order in which they were made."""
        items: list[dict[str, Any]]
        items = self.caller.get(f"/objects/{self.identifier}/records", **query).json["items"]
        return sorted(items, key=lambda record: str(record["id"]))
