"""The publication of a draft that is under way, or came to nothing.

Its job's id comes from the draft: while that is there, so is what became of the attempt; a draft
that has changed knows nothing of it.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.core.errors import AppError
from callcenter.core.i18n import caption
from callcenter.core.ids import fact_id
from callcenter.core.jobs import FINISHED, Job, JobState
from callcenter.objects.errors import BeingPublished
from callcenter.objects.models import DataObject
from callcenter.objects.service.presenting import locale_of

PUBLISH = "objects.publish"
"""The kind of its job."""

_PROBLEM = "problem"


def job_id_of(row: DataObject) -> UUID:
    return fact_id(PUBLISH, row.id, row.version)


def job_of(session: Session, row: DataObject) -> Job | None:
    """Of the draft as it is."""
    query = select(Job).where(Job.id == job_id_of(row))
    return session.scalar(query.execution_options(populate_existing=True))


def problem_of(failure: AppError) -> dict[str, Any]:
    """What the job keeps of it for its designer."""
    plain = {name: value for name, value in failure.details.items() if isinstance(value, str | int)}
    return {_PROBLEM: [f"error.{failure.code}", plain]}


def told(session: Session, row: DataObject) -> dict[str, Any] | None:
    """As `schemas.design.UnderWay` says; None where none was asked for, or it was called off."""
    job = job_of(session, row)
    if job is None or job.state in (JobState.DONE, JobState.CANCELLED):
        return None
    said = said_of(session, job) if job.state == JobState.FAILED else None
    return {"state": job.state, "done": job.done, "total": job.total, "problem": said}


def said_of(session: Session, job: Job) -> str:
    """Why a publication failed, for its designer."""
    key, details = (job.result or {}).get(_PROBLEM, ("publication.failed", {}))
    return caption(key, locale_of(session), details)


def refuse_while_published(session: Session, row: DataObject) -> None:
    """Raises BeingPublished: what is being published is not changed under its feet."""
    job = job_of(session, row)
    if job is not None and job.state not in FINISHED:
        raise BeingPublished
