"""What imports, exports and acts on many records have in common: a job, and one person whose it is."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session

from callcenter.core.clock import Clock
from callcenter.core.db import Database
from callcenter.core.directory import Directory
from callcenter.core.errors import Conflict, Forbidden, NotFound
from callcenter.core.i18n import caption
from callcenter.core.jobs import FINISHED, Job, JobQueue
from callcenter.core.tenant import Actor, Scope
from callcenter.objects.models import DataObject, Transfer
from callcenter.objects.schemas.transfer import UPLOADED
from callcenter.objects.service.definitions import Definitions
from callcenter.objects.service.lookups import Lookups
from callcenter.objects.service.presenting import locale_of
from callcenter.objects.service.reaching import Handled
from callcenter.objects.service.transfer.store import KEPT, TransferStore

IMPORT, EXPORT = "records.import", "records.export"
"""Kinds of jobs."""

_MOST = 20

ActorOf = Callable[[Session, UUID], Actor | None]
"""Who somebody is by now: whoever has lost a right since does no more."""


@dataclass(frozen=True, slots=True)
class Order:
    """What a job is to do, and as whom."""

    row: Transfer
    identifier: str
    scope: Scope


def order_of(
    database: Database, enterprise: Scope, arguments: Mapping[str, Any], actor_of: ActorOf
) -> Order:
    """arguments: the job's. Raises NotFound, and Forbidden for a maker who is gone."""
    with database.begin(enterprise) as session:
        query = (
            select(Transfer, DataObject.identifier)
            .join(DataObject, DataObject.id == Transfer.object_id)
            .where(Transfer.id == UUID(arguments["transfer_id"]))
        )
        found = session.execute(query).one_or_none()
        if found is None:
            raise NotFound
        row, identifier = found
        actor = actor_of(session, row.made_by)
    if actor is None:
        raise Forbidden
    return Order(row, identifier, Scope.of(replace(actor, ip=arguments["ip"])))


def row_of(session: Session, transfer_id: UUID) -> Transfer:
    """To write into, where `Order.row` is only to be read."""
    return session.scalars(select(Transfer).where(Transfer.id == transfer_id)).one()


class Transfers(Lookups):
    """Of one kind; everybody sees their own alone, and only while they may do that act."""

    act: ClassVar[str]
    kind: ClassVar[str]

    def __init__(
        self,
        directory: Directory,
        definitions: Definitions,
        handled: Handled,
        jobs: JobQueue,
        store: TransferStore,
        clock: Clock,
    ) -> None:
        super().__init__(directory, definitions, handled)
        self._jobs = jobs
        self._store = store
        self._clock = clock

    def all(self, session: Session, identifier: str) -> list[dict[str, Any]]:
        """The newest first, of the last day."""
        self._definition(session, identifier, self.act)
        query = self._owned(session, identifier).order_by(Transfer.made_at.desc(), Transfer.id)
        rows = session.scalars(query.limit(_MOST)).all()
        jobs = _jobs(session, rows)
        return [self._told(session, row, jobs) for row in rows]

    def get(self, session: Session, identifier: str, transfer_id: UUID) -> dict[str, Any]:
        """Raises NotFound, also for somebody else's."""
        return self._whole(session, self._own(session, identifier, transfer_id))

    def cancel(self, session: Session, identifier: str, transfer_id: UUID) -> dict[str, Any]:
        """What is under way ends at its next step; what was written until then stays."""
        row = self._own(session, identifier, transfer_id, lock=True)
        job = _jobs(session, [row]).get(row.job_id)
        if job is not None and job.state not in FINISHED:
            self._jobs.cancel(session, job.id)
            session.flush()
        return self._whole(session, row)

    def forget(self, session: Session, identifier: str, transfer_id: UUID) -> None:
        """Raises Conflict while it is under way."""
        row = self._own(session, identifier, transfer_id, lock=True)
        self._check_idle(session, row)
        self._store.forget(row.enterprise_id, row.id)
        session.delete(row)

    def _whole(self, session: Session, row: Transfer) -> dict[str, Any]:
        return self._told(session, row, _jobs(session, [row]))

    def _told(self, session: Session, row: Transfer, jobs: dict[Any, Job]) -> dict[str, Any]:
        job = jobs.get(row.job_id)
        problem = row.problem or {}
        return {
            "id": row.id,
            "name": row.name,
            "form": row.form,
            "phase": row.phase,
            "state": job.state if job else UPLOADED,
            "done": job.done if job else 0,
            "total": job.total if job else 0,
            "counts": {name: row.tally.get(name, 0) for name in COUNTS},
            "problem": caption(problem["key"], locale_of(session), problem["parameters"])
            if problem
            else None,
            "made_at": row.made_at,
        }

    def _own(
        self, session: Session, identifier: str, transfer_id: UUID, *, lock: bool = False
    ) -> Transfer:
        """lock: to change it; the job writes into it as well."""
        self._definition(session, identifier, self.act)
        query = self._owned(session, identifier).where(Transfer.id == transfer_id)
        row = session.scalar(query.with_for_update() if lock else query)
        if row is None:
            raise NotFound
        return row

    def _owned(self, session: Session, identifier: str) -> Select[Transfer]:
        object_id = self._definitions.object_id(session, identifier)
        actor = _scope(session).require_actor()
        return select(Transfer).where(
            Transfer.object_id == object_id,
            Transfer.kind == self.kind,
            Transfer.made_by == actor.user_id,
        )

    @staticmethod
    def _check_idle(session: Session, row: Transfer) -> None:
        job = _jobs(session, [row]).get(row.job_id)
        if job is not None and job.state not in FINISHED:
            raise Conflict

    def _request(
        self, session: Session, row: Transfer, kind: str, what: str, job_id: UUID | None = None
    ) -> None:
        """what, object and name are for its maker: they are told when the row is long gone."""
        arguments = {
            "transfer_id": str(row.id),
            "ip": _scope(session).require_actor().ip,
            "what": what,
            "identifier": self._definitions.identifier(session, row.object_id),
            "name": row.name,
        }
        row.job_id = self._jobs.request(session, kind, arguments, job_id=job_id)
        row.problem = None
        session.flush()


COUNTS = ("rows", "created", "updated", "unchanged", "failed")


def job_of(session: Session, row: Transfer) -> Job | None:
    return _jobs(session, [row]).get(row.job_id)


def tidy(session: Session, enterprise_id: UUID, store: TransferStore, clock: Clock) -> None:
    """Forget what is older than a day."""
    session.execute(delete(Transfer).where(Transfer.made_at < clock.now() - KEPT))
    store.tidy(enterprise_id, clock.now())


def _jobs(session: Session, rows: Sequence[Transfer]) -> dict[Any, Job]:
    ids = [row.job_id for row in rows if row.job_id]
    # What this transaction has asked for stands there by a statement of its own.
    query = select(Job).where(Job.id.in_(ids)).execution_options(populate_existing=True)
    return {job.id: job for job in session.scalars(query)} if ids else {}


def _scope(session: Session) -> Scope:
    scope: Scope = session.info["scope"]
    return scope
