"""A user's own jobs over HTTP."""

from typing import Any
from uuid import UUID

from callcenter.core.db import Database
from callcenter.core.http import Blueprint, Page, PageQuery, PageRequest, requires, scope
from callcenter.objects.schemas.jobs import JobPage, JobShape
from callcenter.objects.service import OwnJobs


def blueprint(database: Database, jobs: OwnJobs) -> Blueprint:
    """Everybody sees what they have asked for themselves, and nothing else."""
    blp = Blueprint("jobs", __name__, url_prefix="/jobs", description="What somebody has asked for")

    @blp.route("")
    @blp.arguments(PageQuery, location="query")
    @blp.response(200, JobPage)
    @requires()
    def page(query: dict[str, Any]) -> Page:
        with database.begin(scope()) as session:
            return jobs.page(session, PageRequest.take(query))

    @blp.route("/<uuid:job_id>/cancel", methods=["POST"])
    @blp.response(200, JobShape)
    @requires()
    def cancel(job_id: UUID) -> Any:
        with database.begin(scope()) as session:
            return jobs.cancel(session, job_id)

    return blp
