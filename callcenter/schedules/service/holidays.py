"""The enterprise's holidays: China's, and its own word on some days."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import extract, select
from sqlalchemy.orm import Session

from callcenter.core.audit import Audit
from callcenter.core.bus import Outbox
from callcenter.core.errors import NotFound
from callcenter.core.ids import new_id
from callcenter.schedules.chinese import holidays_of, is_announced
from callcenter.schedules.hours import Holiday
from callcenter.schedules.models import DayKind, OwnHoliday
from callcenter.schedules.service.plan import names_of


class Holidays:
    """China's, and what the enterprise says otherwise."""

    def __init__(self, audit: Audit, outbox: Outbox) -> None:
        self._audit = audit
        self._outbox = outbox

    def year(self, session: Session, year: int) -> dict[str, Any]:
        query = select(OwnHoliday).where(extract("year", OwnHoliday.day) == year)
        own = {row.day: row for row in session.scalars(query)}
        days: dict[date, dict[str, Any]] = {
            day: _shown(day, _kind(holiday), holiday.name, own=False)
            for day, holiday in holidays_of(year).items()
        }
        for day, row in own.items():
            days[day] = _shown(day, row.kind, names_of(row), own=True)
        return {"announced": is_announced(year), "days": [days[day] for day in sorted(days)]}

    def own(self, session: Session) -> list[dict[str, Any]]:
        """The enterprise's own word alone, as it was put: {day, kind, name}."""
        rows = session.scalars(select(OwnHoliday).order_by(OwnHoliday.day))
        return [{"day": row.day, "kind": row.kind, "name": row.name} for row in rows]

    def put(self, session: Session, day: date, values: Mapping[str, Any]) -> dict[str, Any]:
        row = self._row(session, day)
        before = {"kind": row.kind, "name": row.name} if row else {}
        if row is None:
            row = OwnHoliday(id=new_id(), day=day)
            session.add(row)
        row.kind, row.name = values["kind"], values["name"]
        session.flush()
        self._note(session, "put", row, before, dict(values))
        return _shown(day, row.kind, names_of(row), own=True)

    def drop(self, session: Session, day: date) -> None:
        """The country's word counts again. Raises NotFound."""
        row = self._row(session, day)
        if row is None:
            raise NotFound
        session.delete(row)
        session.flush()
        self._note(session, "drop", row, {"kind": row.kind, "name": row.name}, {})

    @staticmethod
    def _row(session: Session, day: date) -> OwnHoliday | None:
        return session.scalar(select(OwnHoliday).where(OwnHoliday.day == day).with_for_update())

    def _note(
        self,
        session: Session,
        act: str,
        row: OwnHoliday,
        before: Mapping[str, Any],
        after: Mapping[str, Any],
    ) -> None:
        self._audit.record(
            session, f"holiday.{act}", "own_holiday", row.id, name=row.day.isoformat(),
            before=before, after=after,
        )  # fmt: skip
        self._outbox.record(session, "schedule.changed", row.id, ["day"])


def _kind(holiday: Holiday) -> DayKind:
    return DayKind.HOLIDAY if holiday.off else DayKind.WORKDAY


def _shown(day: date, kind: str, name: Mapping[str, str], *, own: bool) -> dict[str, Any]:
    return {"day": day, "kind": kind, "name": name, "own": own}
