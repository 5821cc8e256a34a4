"""Scheduled tasks: set up by the configuration administrator, in whose name they run."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from marshmallow import ValidationError
from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from callcenter.automation import cron
from callcenter.automation.commands import COMMANDS
from callcenter.automation.commands.base import Caller
from callcenter.automation.events import TASK_CHANGED
from callcenter.automation.models import ScheduledTask, TaskRun
from callcenter.automation.service.runs import Runs, task_of
from callcenter.core.audit import Audit, difference
from callcenter.core.bus import Outbox
from callcenter.core.clock import Clock
from callcenter.core.directory import Directory
from callcenter.core.errors import Forbidden, Invalid, Stale
from callcenter.core.http import Page, PageRequest
from callcenter.core.ids import new_id
from callcenter.core.listing import holds, page_rows
from callcenter.core.messages import flatten
from callcenter.core.tenant import Actor, Scope
from callcenter.objects.service.presenting import locale_of

PLAIN = (
    "name", "cron", "zone", "command", "parameters", "overlap", "retries", "timeout_seconds",
    "paused",
)  # fmt: skip
_SORTS = {
    "name": ScheduledTask.name,
    "next_at": ScheduledTask.next_at,
    "changed_at": ScheduledTask.changed_at,
}


class Tasks:
    def __init__(
        self, directory: Directory, runs: Runs, audit: Audit, outbox: Outbox, clock: Clock
    ) -> None:
        self._directory = directory
        self._runs = runs
        self._audit = audit
        self._outbox = outbox
        self._clock = clock

    def commands(self, session: Session) -> list[dict[str, Any]]:
        """As `schemas.CommandShape` says."""
        actor = _actor(session)
        return [
            {"key": each.key, "parameters": each.parameters, "allowed": actor.may(each.needs)}
            for each in COMMANDS.values()
            if Caller.TASK in each.callers
        ]

    def timetable(self, session: Session, values: Mapping[str, Any]) -> dict[str, Any]:
        """Of an expression that need not be kept; as `schemas.TimetableShape` says."""
        zone = self._zone(session, values["zone"])
        return {
            "reading": cron.reading(values["cron"], locale_of(session)),
            "zone": zone,
            "next": cron.next_five(values["cron"], ZoneInfo(zone), self._clock.now()),
        }

    def page(self, session: Session, request: PageRequest, filters: Mapping[str, Any]) -> Page:
        query = select(ScheduledTask)
        if request.q:
            query = query.where(holds(request.q, ScheduledTask.name))
        for name in ("command", "paused"):
            if (value := filters.get(name)) is not None:
                query = query.where(getattr(ScheduledTask, name) == value)
        rows, total = page_rows(session, query, request, _SORTS, "name", ScheduledTask.id)
        return Page(self._shown(session, rows), total, request.page, request.page_size)

    def read(self, session: Session, task_id: UUID) -> dict[str, Any]:
        """Raises NotFound."""
        return self._shown(session, [task_of(session, task_id)])[0]

    def create(self, session: Session, values: Mapping[str, Any]) -> dict[str, Any]:
        """Raises Invalid, Forbidden for a command that the actor may not set up."""
        row = ScheduledTask(id=new_id())
        self._write(session, row, values)
        session.add(row)
        session.flush()
        self._note(session, "create", row, {}, _plain(row))
        return self.read(session, row.id)

    def change(
        self, session: Session, task_id: UUID, values: Mapping[str, Any], version: int
    ) -> dict[str, Any]:
        """Only what `values` names; from then on it runs in the actor's name.

        Raises NotFound, Stale, Invalid, Forbidden.
        """
        row = _locked(session, task_id, version)
        before = _plain(row)
        self._write(session, row, {**before, **values})
        session.flush()
        self._note(session, "change", row, *difference(before, _plain(row)))
        return self.read(session, task_id)

    def delete(self, session: Session, task_id: UUID, version: int) -> None:
        """With its history. A run that is under way comes to its end. Raises NotFound, Stale."""
        row = _locked(session, task_id, version)
        session.execute(delete(TaskRun).where(TaskRun.task_id == task_id))
        session.delete(row)
        session.flush()
        self._note(session, "delete", row, _plain(row), {})

    def _write(self, session: Session, row: ScheduledTask, values: Mapping[str, Any]) -> None:
        actor, now = _actor(session), self._clock.now()
        command = COMMANDS[values["command"]]
        if Caller.TASK not in command.callers:
            raise Invalid(fields={"command": ["task.no_command"]})
        if not actor.may(command.needs):
            raise Forbidden
        taken = select(ScheduledTask.id).where(ScheduledTask.name == values["name"])
        if session.scalar(taken) not in (None, row.id):
            raise Invalid(fields={"name": ["validation.taken"]})
        try:
            parameters = command.schema.load(values["parameters"])
        except ValidationError as fault:
            raise Invalid(fields=flatten(fault.messages, "parameters")) from None
        if wrong := command.problems(parameters, actor):
            raise Invalid(fields={f"parameters.{name}": said for name, said in wrong.items()})
        before = _when(row)
        for name in PLAIN:
            setattr(row, name, values[name])
        row.parameters, row.zone = parameters, self._zone(session, values["zone"])
        row.acts_as, row.changed_at = actor.user_id, now
        if _when(row) != before:
            # Else it may be due and late: that is not lost.
            due = cron.next_after(row.cron, ZoneInfo(row.zone), now)
            row.next_at = None if row.paused else due

    def _zone(self, session: Session, name: str | None) -> str:
        return name or str(self._directory.enterprise(session).zone)

    def _shown(self, session: Session, rows: Sequence[ScheduledTask]) -> list[dict[str, Any]]:
        last = self._runs.last_of(session, [row.id for row in rows])
        people = self._directory.people(session, {row.acts_as for row in rows})
        language = locale_of(session)
        return [
            {
                **_plain(row),
                "id": row.id,
                "reading": cron.reading(row.cron, language),
                "next_at": row.next_at,
                "last": last.get(row.id),
                "acts_as": people.get(row.acts_as),
                "version": row.version,
                "changed_at": row.changed_at,
            }
            for row in rows
        ]

    def _note(
        self,
        session: Session,
        act: str,
        row: ScheduledTask,
        before: Mapping[str, Any],
        after: Mapping[str, Any],
    ) -> None:
        self._audit.record(
            session, f"scheduled_task.{act}", "scheduled_task", row.id, name=row.name,
            before=before, after=after,
        )  # fmt: skip
        self._outbox.record(session, TASK_CHANGED, row.id, sorted({*before, *after}))


def names_credential(session: Session, name: str) -> bool:
    """Whether a task sends a credential of this name along."""
    holding = [
        (ScheduledTask.command == key) & (ScheduledTask.parameters[parameter.name].astext == name)
        for key, command in COMMANDS.items()
        for parameter in command.parameters
        if parameter.kind == "credential"
    ]
    found = select(ScheduledTask.id).where(or_(*holding)).limit(1)
    return session.scalar(found) is not None


def _when(row: ScheduledTask) -> tuple[str | None, str | None, bool | None]:
    """What says when it is due; of a new one nothing does yet."""
    return row.cron, row.zone, row.paused


def _plain(row: ScheduledTask) -> dict[str, Any]:
    return {name: getattr(row, name) for name in PLAIN}


def _actor(session: Session) -> Actor:
    scope: Scope = session.info["scope"]
    return scope.require_actor()


def _locked(session: Session, task_id: UUID, version: int) -> ScheduledTask:
    row = task_of(session, task_id)
    if row.version != version:
        raise Stale
    return row
