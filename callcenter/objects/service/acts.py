"""Acts on many records as their makers see them: done at once, or as a job that goes on by itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import Select
from sqlalchemy.orm import Session

from callcenter.core.audit import Audit
from callcenter.core.clock import Clock
from callcenter.core.db import TenantTables
from callcenter.core.directory import Directory
from callcenter.core.errors import Invalid
from callcenter.core.http import PageRequest
from callcenter.core.ids import new_id
from callcenter.core.jobs import JobQueue
from callcenter.objects import queries
from callcenter.objects.models import Transfer
from callcenter.objects.schemas import Definition
from callcenter.objects.service.definitions import Definitions
from callcenter.objects.service.reaching import Handled
from callcenter.objects.service.several import Act, Outcome, Several, Target
from callcenter.objects.service.transfer import TransferStore
from callcenter.objects.service.transfer.transfers import Transfers, job_of

BULK = "records.bulk"
"""Kind of job."""

AT_ONCE = 100
MOST_CHOSEN = 5_000


@dataclass(frozen=True, slots=True)
class Wanted:
    """targets: those that were chosen; None for all that the list has by q and filters."""

    act: Act
    targets: Sequence[Target] | None = None
    q: str = ""
    filters: Mapping[str, str] = field(default_factory=dict)


class BulkActs(Transfers):
    act: ClassVar = "read"
    kind: ClassVar = "bulk"

    def __init__(
        self,
        directory: Directory,
        definitions: Definitions,
        handled: Handled,
        several: Several,
        audit: Audit,
        jobs: JobQueue,
        store: TransferStore,
        clock: Clock,
    ) -> None:
        super().__init__(directory, definitions, handled, jobs, store, clock)
        self._several = several
        self._audit = audit

    def request(self, session: Session, identifier: str, wanted: Wanted) -> dict[str, Any]:
        """Do it at once where few are meant, else ask for it. Raises Forbidden, Invalid."""
        is_edit = wanted.act.what == "edit"
        definition = self._definition(session, identifier, "edit" if is_edit else "delete")
        total = self._total(session, definition, wanted)
        if is_edit and not wanted.act.values:
            raise Invalid(fields={"values": ["validation.bulk_none"]})
        meant = {"act": wanted.act.what, "fields": sorted(wanted.act.values), "records": total}
        object_id = self._definitions.object_id(session, identifier)
        self._audit.record(
            session, "record.bulk", "data_object", object_id, name=identifier, after=meant
        )
        if wanted.targets is not None and total <= AT_ONCE:
            return self._at_once(session, identifier, wanted.act, wanted.targets)
        row = Transfer(
            id=new_id(), object_id=object_id, kind=self.kind, name="", form="", phase="run",
            content={}, wish=_plain(wanted, self._clock.now().isoformat()),
            tally={"total": total}, made_by=session.info["scope"].require_actor().user_id,
            made_at=self._clock.now(),
        )  # fmt: skip
        session.add(row)
        session.flush()
        self._request(session, row, BULK, wanted.act.what)
        return self._whole(session, row)

    def _at_once(
        self, session: Session, identifier: str, act: Act, targets: Sequence[Target]
    ) -> dict[str, Any]:
        outcome = Outcome()
        self._several.act(session, identifier, act, targets, outcome)
        self._several.tell(session, identifier, outcome)
        return {
            "id": None, "state": "done", "total": len(targets), "done": outcome.done,
            "failed": outcome.failed, "faults": outcome.faults, "problem": None,
        }  # fmt: skip

    def _total(self, session: Session, definition: Definition, wanted: Wanted) -> int:
        if wanted.targets is not None:
            if len(wanted.targets) > MOST_CHOSEN:
                raise Invalid(fields={"records": ["validation.bulk_too_many"]})
            return len(wanted.targets)
        if wanted.act.what == "restore":
            raise Invalid(fields={"records": ["validation.required"]})
        query = matching(session, self._several, definition, wanted)
        count = queries.counted(query)
        return int(TenantTables(session).execute(count).scalar_one())

    def _whole(self, session: Session, row: Transfer) -> dict[str, Any]:
        job, told = job_of(session, row), self._told(session, row, {})
        outcome = {"done": 0, "failed": 0, "faults": [], **row.tally}
        return {
            "id": row.id,
            "state": job.state if job else "queued",
            "problem": told["problem"],
            **{name: outcome[name] for name in ("total", "done", "failed", "faults")},
        }


def matching(
    session: Session, several: Several, definition: Definition, wanted: Wanted
) -> Select[Any]:
    """All that the list shows on its pages. Raises Invalid."""
    request = PageRequest(q=wanted.q)
    return several.selection(session, definition, request, wanted.filters)


def _plain(wanted: Wanted, at: str) -> dict[str, Any]:
    targets = wanted.targets
    return {
        "act": wanted.act.what,
        "values": dict(wanted.act.values),
        "targets": targets and [[str(one.id), one.version] for one in targets],
        "q": wanted.q,
        "filters": dict(wanted.filters),
        "at": at,
    }


def wanted_of(wish: Mapping[str, Any]) -> Wanted:
    """The inverse, as the job reads it."""
    targets = wish["targets"] and [
        Target(UUID(record_id), version) for record_id, version in wish["targets"]
    ]
    return Wanted(Act(wish["act"], wish["values"]), targets, wish["q"], wish["filters"])
