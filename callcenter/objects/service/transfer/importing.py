"""An import's job: the lines of its file, a thousand in a transaction.

With each batch goes how far it has come, so whoever follows a worker that died begins behind the
last batch that was written, and writes none twice. A trial does all of it, and undoes each batch.
While a batch is written the next is read, where that needs nothing of it.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import asdict, dataclass
from functools import partial
from itertools import islice
from typing import Any

from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from callcenter.core.db import Database
from callcenter.core.errors import AppError, Invalid
from callcenter.core.jobs import Cancelled, Progress, Unfinished
from callcenter.core.tenant import Scope
from callcenter.objects import queries
from callcenter.objects.models import Transfer
from callcenter.objects.schemas import Definition
from callcenter.objects.service.changes import ChangeLog
from callcenter.objects.service.lookups import Lookups
from callcenter.objects.service.means import Means
from callcenter.objects.service.transfer.behind import WriteBehind
from callcenter.objects.service.transfer.faults import FaultFile
from callcenter.objects.service.transfer.loading import Batch, Loader, Outcome, looks_back
from callcenter.objects.service.transfer.mapping import Wish
from callcenter.objects.service.transfer.store import TransferStore
from callcenter.objects.service.transfer.transfers import ActorOf, order_of, row_of
from callcenter.objects.sheets import BadSheet, Line, open_sheet
from callcenter.objects.tasks import Publisher

BATCH = 1_000
MEASURED_EVERY = 20_000
"""New records, after which the planner may be told: the next batches are looked up among them."""


class _Undone(Exception):
    """A trial's batch is taken back."""


@dataclass(frozen=True, slots=True)
class Tally:
    """line: the last that was taken or refused; faults: the size of the file that tells of them."""

    line: int = 1
    rows: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    failed: int = 0
    faults: int = 0

    def plus(self, lines: Sequence[Line], outcome: Outcome, faults: int) -> "Tally":
        return Tally(
            line=lines[-1].number,
            rows=self.rows + len(lines),
            created=self.created + outcome.created,
            updated=self.updated + outcome.updated,
            unchanged=self.unchanged + outcome.unchanged,
            failed=self.failed + len(outcome.bad),
            faults=faults,
        )


@dataclass(slots=True)
class Task:
    """One import under way. keep: whether it is the run, and no trial."""

    row: Transfer
    identifier: str
    scope: Scope
    wish: Wish
    loader: Loader
    faults: FaultFile
    tally: Tally

    @property
    def keep(self) -> bool:
        return self.row.phase == "run"

    @property
    def headings(self) -> list[str]:
        headings: list[str] = self.row.content["headings"]
        return headings


class Importing(Lookups):
    def __init__(
        self,
        database: Database,
        means: Means,
        store: TransferStore,
        publisher: Publisher,
        actor_of: ActorOf,
    ) -> None:
        super().__init__(means.directory, means.definitions, means.handled)
        self._database = database
        self._changes = ChangeLog(self._presenter, means.audit, means.outbox, means.clock)
        self._audit, self._outbox, self._clock = means.audit, means.outbox, means.clock
        self._store = store
        self._publisher = publisher
        self._actor_of = actor_of

    def work(
        self, session: Session, arguments: Mapping[str, Any], progress: Progress
    ) -> Mapping[str, Any]:
        """The job: arguments {"transfer_id", "ip"}. What it writes, it commits itself."""
        enterprise = session.info["scope"]
        task = self._task(enterprise, arguments)
        try:
            self._go_through(task, progress)
        except Unfinished:
            raise
        except Exception as failure:
            self._end(task, failure)
            raise
        self._end(task)
        return asdict(task.tally)

    def _task(self, enterprise: Scope, arguments: Mapping[str, Any]) -> Task:
        order = order_of(self._database, enterprise, arguments, self._actor_of)
        row = order.row
        wish = Wish(**row.wish)
        loader = Loader(
            self._directory, self._definitions, self._reaching, self._changes, self._clock, wish
        )
        faults = FaultFile(self._store.path(row.enterprise_id, row.id, "faults"))
        tally = Tally(**row.tally)
        return Task(row, order.identifier, order.scope, wish, loader, faults, tally)

    def _go_through(self, task: Task, progress: Progress) -> None:
        task.faults.cut(task.tally.faults)
        refused = task.faults.lines()
        sheet = open_sheet(self._store.path(task.row.enterprise_id, task.row.id, "upload"))
        lines, earlier = sheet.lines(), task.tally.line
        next(lines)
        with WriteBehind() as behind:
            for batch in _batches(lines):
                if old := [line for line in batch if line.number <= earlier]:
                    self._pass_over(task, [line for line in old if line.number not in refused])
                    _tell(task, progress)
                if new := batch[len(old) :]:
                    self._take(task, new, behind, progress)
        _tell(task, progress)

    def _take(
        self, task: Task, lines: Sequence[Line], behind: WriteBehind, progress: Progress
    ) -> None:
        with ExitStack() as transaction:
            session = transaction.enter_context(self._database.begin(task.scope))
            definition = self._begun(session, task)
            if looks_back(definition, task.wish):
                self._settle(task, behind, progress)
            batch = task.loader.read(session, definition, lines)
            self._settle(task, behind, progress)
            behind.give(partial(self._write, task, batch, lines, transaction.pop_all()))

    @staticmethod
    def _settle(task: Task, behind: WriteBehind, progress: Progress) -> None:
        """Here the import may be called off or interrupted; a turn that has taken nothing is not."""
        if behind.settle():
            _tell(task, progress)
            progress.rest()

    def _write(
        self, task: Task, batch: Batch, lines: Sequence[Line], transaction: ExitStack
    ) -> None:
        before = tally = task.tally
        with suppress(_Undone), transaction:
            outcome = task.loader.write(batch)
            tally = tally.plus(lines, outcome, task.faults.add(outcome.bad))
            if not task.keep:
                raise _Undone
            self._note(batch.session, task, tally)
            self._outbox.record(batch.session, "record.imported", task.identifier)
        if not task.keep:
            with self._database.begin(task.scope) as session:
                self._note(session, task, tally)
        task.tally = tally
        self._measure(task, before.created)

    def _measure(self, task: Task, before: int) -> None:
        if not task.keep or task.tally.created // MEASURED_EVERY == before // MEASURED_EVERY:
            return
        with self._database.begin(task.scope) as session:
            schema = queries.schema_of(self._enterprise(session).code)
            definition = self._definition(session, task.identifier, "import")
        # Somebody shapes the table at this moment: the next time, then.
        with suppress(OperationalError):
            self._publisher.measure(schema, definition, task.tally.created)

    def _pass_over(self, task: Task, lines: Sequence[Line]) -> None:
        with self._database.begin(task.scope) as session:
            task.loader.resume(session, self._begun(session, task), lines)

    def _begun(self, session: Session, task: Task) -> Definition:
        """The definition, in force until the transaction ends. Raises Forbidden."""
        schema = queries.schema_of(self._enterprise(session).code)
        session.execute(queries.writing_lock(schema, task.identifier)[0])
        for act in task.wish.acts:
            self._definition(session, task.identifier, act)
        return self._definition(session, task.identifier, "import")

    @staticmethod
    def _note(session: Session, task: Task, tally: Tally) -> None:
        row_of(session, task.row.id).tally = asdict(tally)

    def _end(self, task: Task, failure: Exception | None = None) -> None:
        row, tally, locale = task.row, task.tally, task.scope.require_actor().locale
        task.faults.cut(tally.faults)
        if tally.failed:
            path = self._store.path(row.enterprise_id, row.id, f"bad.{row.form}")
            with self._store.written(path) as draft:
                task.faults.write(draft, row.form, task.headings, locale)
        with self._database.begin(task.scope) as session:
            row_of(session, row.id).problem = problem_of(failure)
            if task.keep:
                counts = {key: value for key, value in asdict(tally).items() if key not in _OWN}
                ended = {"file": row.name, "ended": _word(failure), **counts}
                self._audit.record(
                    session, "record.import", "data_object", row.object_id,
                    name=task.identifier, after=ended,
                )  # fmt: skip


def _tell(task: Task, progress: Progress) -> None:
    done = task.tally.rows
    progress.step(done, max(task.row.content["lines"] - 1, done))


_OWN = ("line", "faults")


def problem_of(failure: Exception | None) -> dict[str, Any] | None:
    """Why it did not come to its end, in words for its maker; None where its state says it all."""
    if failure is None or isinstance(failure, Cancelled):
        return None
    if isinstance(failure, BadSheet):
        return {"key": failure.key, "parameters": failure.parameters}
    if isinstance(failure, Invalid):
        return {"key": "transfer.object_changed", "parameters": {}}
    if isinstance(failure, AppError):
        return {"key": f"error.{failure.code}", "parameters": failure.details}
    return {"key": "transfer.failed", "parameters": {}}


def _word(failure: Exception | None) -> str:
    if failure is None:
        return "done"
    return "cancelled" if isinstance(failure, Cancelled) else "failed"


def _batches(lines: Iterator[Line]) -> Iterator[list[Line]]:
    while batch := [*islice(lines, BATCH)]:
        yield batch
