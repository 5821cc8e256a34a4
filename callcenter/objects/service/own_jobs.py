"""What somebody has asked for, whichever object it is of: jobs of the last days, and their ends."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from callcenter.core.clock import Clock
from callcenter.core.errors import Conflict, NotFound
from callcenter.core.http import Page, PageRequest
from callcenter.core.i18n import caption
from callcenter.core.jobs import FINISHED, Job, JobQueue, JobState
from callcenter.core.listing import page_rows
from callcenter.objects.models import DataObject, Transfer
from callcenter.objects.service.acts import BULK
from callcenter.objects.service.hidden import PURGE
from callcenter.objects.service.presenting import locale_of
from callcenter.objects.service.transfer.transfers import EXPORT, IMPORT
from callcenter.objects.service.underway import PUBLISH, said_of

SHOWN = timedelta(days=7)

_WHAT: Mapping[str, str] = {
    EXPORT: "export", IMPORT: "import", BULK: "edit", PUBLISH: "publish", PURGE: "purge",
}  # fmt: skip
"""Kind of job → what it is called, where its arguments do not say it more exactly."""

_CALLED_OFF_HERE = (EXPORT, IMPORT, BULK)
"""A publication is taken back by its designer's page; a purge has nothing to go back to."""


class OwnJobs:
    def __init__(self, jobs: JobQueue, clock: Clock) -> None:
        self._jobs = jobs
        self._clock = clock

    def page(self, session: Session, request: PageRequest) -> Page:
        """The actor's own, the newest first. Raises Invalid for an order that there is not."""
        query = _own(session).where(Job.made_at > self._clock.now() - SHOWN)
        rows, total = page_rows(
            session, query, request, {"made_at": Job.made_at}, "-made_at", Job.id.desc()
        )
        return Page(_told(session, rows), total, request.page, request.page_size)

    def cancel(self, session: Session, job_id: UUID) -> dict[str, Any]:
        """One under way ends at its next step. Raises NotFound, also for somebody else's, Conflict."""
        job = session.scalar(_own(session).where(Job.id == job_id).with_for_update())
        if job is None:
            raise NotFound
        if not _is_cancellable(job):
            raise Conflict
        self._jobs.cancel(session, job.id)
        session.flush()
        return _told(session, [job])[0]


def _own(session: Session) -> Select[Job]:
    actor = session.info["scope"].require_actor()
    return select(Job).where(Job.made_by == actor.user_id, Job.kind.in_(_WHAT))


def _is_cancellable(job: Job) -> bool:
    return job.kind in _CALLED_OFF_HERE and job.state not in FINISHED


def _told(session: Session, jobs: Sequence[Job]) -> list[dict[str, Any]]:
    """As `schemas.jobs.JobShape` says."""
    transfers, objects = _transfers(session, jobs), _objects(session, jobs)
    return [
        {
            "id": job.id,
            "what": job.arguments.get("what", _WHAT[job.kind]),
            "state": job.state,
            "done": job.done,
            "total": job.total,
            "failed": (job.result or {}).get("failed", 0),
            "object": objects.get(job.arguments.get("identifier", "")),
            "name": job.arguments.get("name", ""),
            "transfer_id": job.arguments["transfer_id"] if _place(job) in transfers else None,
            "problem": _problem(session, job, transfers.get(_place(job))),
            "cancellable": _is_cancellable(job),
            "made_at": job.made_at,
            "finished_at": job.finished_at,
        }
        for job in jobs
    ]


def _place(job: Job) -> UUID | None:
    """The id of its file or act, which are kept for a day."""
    given = job.arguments.get("transfer_id")
    return UUID(given) if given else None


def _transfers(session: Session, jobs: Sequence[Job]) -> dict[UUID | None, Transfer]:
    ids = [place for job in jobs if (place := _place(job))]
    query = select(Transfer).where(Transfer.id.in_(ids))
    return {row.id: row for row in session.scalars(query)} if ids else {}


def _objects(session: Session, jobs: Sequence[Job]) -> dict[str, dict[str, Any]]:
    wanted = {job.arguments.get("identifier", "") for job in jobs}
    query = select(DataObject.identifier, DataObject.name)
    found = session.execute(query.where(DataObject.identifier.in_(wanted)))
    return {identifier: {"identifier": identifier, "name": name} for identifier, name in found}


def _problem(session: Session, job: Job, transfer: Transfer | None) -> str | None:
    if job.state != JobState.FAILED:
        return None
    if job.kind == PUBLISH:
        return said_of(session, job)
    # A trial's file may have gone on to its run since.
    kept = transfer.problem if transfer is not None and transfer.job_id == job.id else None
    problem = kept or {"key": "job.failed", "parameters": {}}
    return caption(problem["key"], locale_of(session), problem["parameters"])
