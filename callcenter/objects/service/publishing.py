"""Publications that take their time: asked for by a designer, carried out by the worker."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from callcenter.core.db import Database
from callcenter.core.errors import AppError, Forbidden, NotFound
from callcenter.core.jobs import FINISHED, JobQueue, JobState, Progress, Unfinished
from callcenter.core.permissions import Permission
from callcenter.core.tenant import Actor, Scope
from callcenter.objects.service.pacing import Pace
from callcenter.objects.service.publications import Publications
from callcenter.objects.service.underway import PUBLISH, job_id_of, job_of, problem_of


class PublicationJobs:
    def __init__(self, database: Database, publications: Publications, jobs: JobQueue) -> None:
        self._database = database
        self._publications = publications
        self._jobs = jobs

    def publish(
        self, scope: Scope, identifier: str, version: int, *, note: str, losses_accepted: bool
    ) -> None:
        """At once, or as a job where there are many records; asking twice is asking once.

        Raises as `Publications.publish` does.
        """
        actor = scope.require_actor()
        with self._database.begin(scope) as session:
            if self._publications.takes_long(session, identifier, version):
                arguments = {
                    "identifier": identifier, "version": version, "note": note,
                    "losses_accepted": losses_accepted,
                    "user_id": str(actor.user_id), "ip": actor.ip,
                }  # fmt: skip
                job_id = job_id_of(self._publications.row(session, identifier))
                self._jobs.request(session, PUBLISH, arguments, job_id=job_id)
                return
        self._publications.publish(
            scope, identifier, version, note=note, losses_accepted=losses_accepted
        )

    def cancel(self, scope: Scope, identifier: str) -> None:
        """Before the switch it is as if nothing had been. Raises NotFound when nothing is under way."""
        with self._database.begin(scope) as session:
            job = job_of(session, self._publications.row(session, identifier))
            if job is None or job.state in FINISHED:
                raise NotFound
            waits = job.state == JobState.QUEUED
            self._jobs.cancel(session, job.id)
        if waits:
            self._publications.take_back(scope, identifier)


class Publishing:
    """What the worker does with such a job."""

    def __init__(
        self,
        database: Database,
        publications: Publications,
        actor_of: Callable[[Session, UUID], Actor | None],
    ) -> None:
        self._database = database
        self._publications = publications
        self._actor_of = actor_of

    def work(
        self, session: Session, arguments: Mapping[str, Any], progress: Progress
    ) -> Mapping[str, Any]:
        """A turn of it. What an attempt that died has kept is forgotten: the next begins anew."""
        enterprise: Scope = session.info["scope"]
        pace = Pace.resumed(progress.kept, progress.step, progress.rest)
        progress.keep({})
        try:
            self._publications.publish(
                self._scope(enterprise, arguments),
                arguments["identifier"],
                arguments["version"],
                note=arguments["note"],
                losses_accepted=arguments["losses_accepted"],
                pace=pace,
            )
        except Unfinished:
            progress.keep(pace.state)
            raise
        except AppError as failure:
            progress.keep(problem_of(failure))
            raise
        return {"records": pace.total}

    def _scope(self, enterprise: Scope, arguments: Mapping[str, Any]) -> Scope:
        """As whom: whoever has lost the right since publishes no more."""
        with self._database.begin(enterprise) as session:
            actor = self._actor_of(session, UUID(arguments["user_id"]))
        if actor is None or not actor.may(Permission.OBJECTS_DEFINE):
            raise Forbidden
        return Scope.of(replace(actor, ip=arguments["ip"]))
