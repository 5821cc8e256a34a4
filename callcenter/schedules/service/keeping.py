"""Schedules: kept, switched in an emergency, and looked at ahead."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.core.audit import Audit, difference
from callcenter.core.bus import Outbox
from callcenter.core.clock import Clock
from callcenter.core.directory import Directory
from callcenter.core.errors import InUse, Invalid, NotFound, Stale
from callcenter.core.http import Page, PageRequest
from callcenter.core.ids import new_id
from callcenter.core.listing import holds, page_rows
from callcenter.core.tenant import Scope
from callcenter.schedules.hours import MIDNIGHT, Day, Standing
from callcenter.schedules.models import Schedule
from callcenter.schedules.schemas import ScheduleBody
from callcenter.schedules.service.plan import PLAIN, OwnDays, emergency_of, hours_of, own_days

_SORTS = {"name": Schedule.name, "created_at": Schedule.created_at}


class Users(Protocol):
    def of_schedule(self, session: Session, schedule_id: UUID) -> str | None:
        """What asks the schedule: `routing_service`, `ivr_service`, or nothing."""
        ...


class Schedules:
    def __init__(
        self, directory: Directory, users: Users, audit: Audit, outbox: Outbox, clock: Clock
    ) -> None:
        self._directory = directory
        self._users = users
        self._audit = audit
        self._outbox = outbox
        self._clock = clock

    def page(self, session: Session, request: PageRequest) -> Page:
        query = select(Schedule)
        if request.q:
            query = query.where(holds(request.q, Schedule.name))
        rows, total = page_rows(session, query, request, _SORTS, "name", Schedule.id)
        own = own_days(session)
        items = [self._shown(session, row, own) for row in rows]
        return Page(items, total, request.page, request.page_size)

    def read(self, session: Session, schedule_id: UUID) -> dict[str, Any]:
        """Raises NotFound."""
        return self._shown(session, _find(session, schedule_id), own_days(session))

    def create(self, session: Session, values: Mapping[str, Any]) -> dict[str, Any]:
        """Raises Invalid for a name that is taken."""
        _check_name(session, values["name"], None)
        row = Schedule(id=new_id(), created_at=self._clock.now(), **_kept(values))
        session.add(row)
        session.flush()
        self._note(session, "create", row, {}, _kept(values))
        return self.read(session, row.id)

    def change(
        self, session: Session, schedule_id: UUID, values: Mapping[str, Any], version: int
    ) -> dict[str, Any]:
        """Raises NotFound, Stale, Invalid."""
        row = _find(session, schedule_id)
        if row.version != version:
            raise Stale
        if "name" in values:
            _check_name(session, values["name"], row.id)
        before = {name: getattr(row, name) for name in PLAIN}
        for name, value in _kept(values).items():
            setattr(row, name, value)
        session.flush()
        after = {name: getattr(row, name) for name in PLAIN}
        self._note(session, "change", row, *difference(before, after))
        return self.read(session, row.id)

    def switch(
        self, session: Session, schedule_id: UUID, values: Mapping[str, Any]
    ) -> dict[str, Any]:
        """The emergency switch; of new calls from then on. Raises NotFound, Invalid."""
        row = _find(session, schedule_id)
        until: datetime | None = values["until"]
        if until is not None and until <= self._clock.now():
            raise Invalid(fields={"until": ["validation.past"]})
        before = row.emergency
        if values["open"] is None:
            row.emergency = None
        else:
            reason = values["reason"].strip()
            at = until.isoformat() if until else None
            row.emergency = {"open": values["open"], "until": at, "reason": reason}
        session.flush()
        self._note(session, "switch", row, {"emergency": before}, {"emergency": row.emergency})
        return self.read(session, row.id)

    def delete(self, session: Session, schedule_id: UUID, version: int | None) -> None:
        """Raises NotFound, Stale, InUse while a route or a flow asks it."""
        row = _find(session, schedule_id)
        if version is not None and row.version != version:
            raise Stale
        if user := self._users.of_schedule(session, schedule_id):
            raise InUse({"by": user})
        session.delete(row)
        session.flush()
        self._note(session, "delete", row, {"name": row.name}, {})

    def preview(self, session: Session, values: Mapping[str, Any], month: date) -> dict[str, Any]:
        """Every day of a month by a schedule that need not be kept."""
        row = Schedule(emergency=None, **_kept(values))
        hours = hours_of(row, self._directory.enterprise(session).zone, own_days(session))
        language = _language(session)
        days = (hours.day(day) for day in _days_of(month))
        shown = [_shown_day(day, language) for day in days]
        return {"time_zone": str(hours.zone), "days": shown}

    def _shown(self, session: Session, row: Schedule, own: OwnDays) -> dict[str, Any]:
        hours = hours_of(row, self._directory.enterprise(session).zone, own)
        standing = hours.at(self._clock.now())
        return {
            "id": row.id,
            **ScheduleBody().load({name: getattr(row, name) for name in PLAIN}),
            "emergency": emergency_of(row),
            "now": _shown_standing(standing, _language(session)),
            "version": row.version,
        }

    def _note(
        self,
        session: Session,
        act: str,
        row: Schedule,
        before: Mapping[str, Any],
        after: Mapping[str, Any],
    ) -> None:
        self._audit.record(
            session, f"schedule.{act}", "schedule", row.id, name=row.name,
            before=before, after=after,
        )  # fmt: skip
        self._outbox.record(session, "schedule.changed", row.id, sorted({*before, *after}))


def _kept(values: Mapping[str, Any]) -> dict[str, Any]:
    """As JSON keeps it: days as text."""
    kept: dict[str, Any] = ScheduleBody().dump(values)
    return {name: kept[name] for name in PLAIN if name in values}


def _find(session: Session, schedule_id: UUID) -> Schedule:
    row = session.scalar(select(Schedule).where(Schedule.id == schedule_id).with_for_update())
    if row is None:
        raise NotFound
    return row


def _check_name(session: Session, name: str, own_id: UUID | None) -> None:
    found = session.scalar(select(Schedule.id).where(Schedule.name == name))
    if found not in (None, own_id):
        raise Invalid(fields={"name": ["validation.taken"]})


def _language(session: Session) -> str:
    scope: Scope = session.info["scope"]
    return scope.require_actor().locale


def _days_of(month: date) -> Iterator[date]:
    day = month.replace(day=1)
    while day.month == month.month:
        yield day
        day += timedelta(days=1)


def _shown_day(day: Day, language: str) -> dict[str, Any]:
    periods = [
        {"begins": _clock(each.begins), "ends": _clock(each.ends, end=True)}
        for each in sorted(day.periods)
    ]
    name = _said(day.name, language)
    return {"date": day.date, "periods": periods, "why": day.why, "name": name}


def _clock(minutes: int, *, end: bool = False) -> str:
    """24:00 is an end alone; what is beyond it is the next day's."""
    hours, rest = divmod(minutes, 60)
    return f"{hours if end and minutes == MIDNIGHT else hours % 24:02}:{rest:02}"


def _shown_standing(standing: Standing, language: str) -> dict[str, Any]:
    name = _said(standing.name, language)
    return {"open": standing.open, "why": standing.why, "name": name, "until": standing.until}


def _said(name: str | Mapping[str, str], language: str) -> str:
    return name if isinstance(name, str) else name[language]
