"""What fields that were deleted, or have another type now, have left behind; and how it goes for good."""

from collections.abc import Collection, Mapping, Sequence
from itertools import islice
from typing import Any
from uuid import UUID

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from callcenter.core.audit import Audit
from callcenter.core.db import TenantTables
from callcenter.core.directory import Directory
from callcenter.core.errors import InUse, NotFound
from callcenter.core.ids import fact_id
from callcenter.core.jobs import Job, JobQueue, JobState
from callcenter.objects import queries
from callcenter.objects.models import DataObject
from callcenter.objects.schemas import Definition
from callcenter.objects.service.designs import Designs
from callcenter.objects.service.placing import Places, left_behind, parts
from callcenter.objects.service.presenting import enterprise_of
from callcenter.objects.service.underway import refuse_while_published
from callcenter.objects.service.versions import Versions

PURGE = "objects.purge"
"""The kind of its job."""

_AT_ONCE = 200
"""Places that one statement counts."""


class Hidden:
    def __init__(
        self,
        directory: Directory,
        designs: Designs,
        versions: Versions,
        jobs: JobQueue,
        audit: Audit,
    ) -> None:
        self._directory = directory
        self._designs = designs
        self._versions = versions
        self._jobs = jobs
        self._audit = audit

    def all(self, session: Session, identifier: str) -> list[dict[str, Any]]:
        """As `schemas.design.HiddenField` says, the last hidden first; raises NotFound."""
        row = self._designs.row(session, identifier)
        history = self._versions.history(session, row)
        left = left_behind(history)
        states = self._states(session, row)
        # What was purged is told of until it is gone.
        shown = {p: found for p, found in left.items() if p not in row.purged or p in states}
        counted = [place for place in shown if place not in states]
        wanted = self._wanted(session, row, history)
        weights = self._weigh(session, history[0], counted) if counted else {}
        return [
            {
                "place": place,
                "key": field.key,
                "label": field.label,
                "type": field.type,
                "version": number,
                "drafted": place in wanted,
                "purging": states.get(place),
                **weights.get(place, {"records": 0, "size": 0}),
            }
            for place, (field, number) in shown.items()
        ]

    def purge(self, session: Session, identifier: str, place: str, version: int) -> None:
        """From now on no version finds its values; a job wipes them.

        Asking again, after that came to nothing, asks for the job alone. Raises NotFound, Stale,
        BeingPublished, and InUse where the draft would bring the field back.
        """
        row = self._designs.row(session, identifier, version)
        refuse_while_published(session, row)
        history = self._versions.history(session, row)
        if place not in (left := left_behind(history)):
            raise NotFound
        field, number = left[place]
        if place not in row.purged:
            if place in self._wanted(session, row, history):
                raise InUse({"by": "draft"})
            row.purged = [*row.purged, place]
            session.flush()
            self._audit.record(
                session, "object.purge", "data_object", row.id, name=identifier,
                before={"field": field.key, "type": field.type, "version": number},
            )  # fmt: skip
        arguments = {
            "identifier": identifier, "place": place, "field": field.key, "type": field.type,
        }  # fmt: skip
        self._jobs.request(session, PURGE, arguments, job_id=job_id_of(row, place))

    def _wanted(
        self, session: Session, row: DataObject, history: Sequence[Definition]
    ) -> Collection[str]:
        """Places that the draft would bring back; of one without a form yet, all that it might."""
        if row.draft is None:
            return ()
        definition = self._designs.draft(session, row)[1]
        if definition is None:
            groups = parts(row.draft, "groups")
            keys = {each.get("key") for group in groups for each in parts(group, "fields")}
            return {p for p, (field, _) in left_behind(history).items() if field.key in keys}
        places = Places(history, row.purged)
        return {former.place for each in definition.fields if (former := places.former(each))}

    def _weigh(
        self, session: Session, in_force: Definition, places: Sequence[str]
    ) -> dict[str, dict[str, int]]:
        schema = queries.schema_of(enterprise_of(session, self._directory).code)
        table = queries.table_of(in_force, schema)
        columns = inspect(session.connection()).get_columns(table.name, schema=schema)
        there = {each["name"] for each in columns}
        found: dict[str, dict[str, int]] = {}
        rest = iter(places)
        while some := [*islice(rest, _AT_ONCE)]:
            asked = {place: queries.column_at(place) in there for place in some}
            told = TenantTables(session).execute(queries.weighed(table, asked)).one()
            for place, records, size in zip(some, told[::2], told[1::2], strict=True):
                found[place] = {"records": records, "size": size}
        return found

    @staticmethod
    def _states(session: Session, row: DataObject) -> Mapping[str, str]:
        """Of purges that have not come to their end."""
        if not row.purged:
            return {}
        by_job: dict[UUID, str] = {job_id_of(row, place): place for place in row.purged}
        query = select(Job.id, Job.state).where(Job.id.in_(by_job), Job.state != JobState.DONE)
        return {by_job[job_id]: state for job_id, state in session.execute(query)}


def job_id_of(row: DataObject, place: str) -> UUID:
    return fact_id(PURGE, row.id, place)
