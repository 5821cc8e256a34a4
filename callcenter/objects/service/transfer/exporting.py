"""An export's job: a list, from a cursor on the server into a file, a batch in memory at a time."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.core.db import Database, TenantTables
from callcenter.core.i18n import caption
from callcenter.core.jobs import Progress
from callcenter.core.tenant import Scope
from callcenter.objects import queries
from callcenter.objects.models import Transfer
from callcenter.objects.schemas import Definition
from callcenter.objects.service.converting import as_text
from callcenter.objects.service.lookups import Lookups
from callcenter.objects.service.means import Means
from callcenter.objects.service.presenting import Held, hold, role_of
from callcenter.objects.service.records import Records
from callcenter.objects.service.seeing import is_masked, shown
from callcenter.objects.service.transfer.exports import SYSTEM, Wanted, check, listed
from callcenter.objects.service.transfer.importing import problem_of
from callcenter.objects.service.transfer.store import TransferStore
from callcenter.objects.service.transfer.transfers import ActorOf, Order, order_of, row_of
from callcenter.objects.sheets import Writer, Written, write_sheet
from callcenter.objects.types.base import Field, Showing

BATCH = 500
_NUMBER = re.compile(r"\d(?:[\d\s-]{3,})\d")
"""Of five digits and more: what a search has found a person by."""


class Exporting(Lookups):
    def __init__(
        self, database: Database, means: Means, store: TransferStore, actor_of: ActorOf
    ) -> None:
        super().__init__(means.directory, means.definitions, means.handled)
        self._database = database
        self._records = Records(means)
        self._audit, self._clock = means.audit, means.clock
        self._store = store
        self._actor_of = actor_of

    def work(
        self, session: Session, arguments: Mapping[str, Any], progress: Progress
    ) -> Mapping[str, Any]:
        """The job: arguments {"transfer_id", "ip"}; returns how many records went out."""
        enterprise: Scope = session.info["scope"]
        transfer_id = UUID(arguments["transfer_id"])
        try:
            order = order_of(self._database, enterprise, arguments, self._actor_of)
            with self._database.begin(order.scope) as own:
                return {"rows": self._write(own, order, progress)}
        except Exception as failure:
            with self._database.begin(enterprise) as own:
                if row := own.scalar(select(Transfer).where(Transfer.id == transfer_id)):
                    row.problem = problem_of(failure)
            raise

    def _write(self, session: Session, order: Order, progress: Progress) -> int:
        row = row_of(session, order.row.id)
        wanted = Wanted(**row.wish)
        definition = self._definition(session, order.identifier, "export")
        check(session, definition, wanted)
        columns = [definition.by_key.get(key, key) for key in wanted.columns]
        path = self._store.path(row.enterprise_id, row.id, f"export.{row.form}")
        formats = [_format(column) for column in columns]
        with self._store.written(path) as draft, write_sheet(draft, row.form, formats) as sheet:
            sheet.row([_heading(column, session) for column in columns])
            count = self._rows(session, definition, wanted, columns, sheet, progress)
        row.tally = {"rows": count}
        self._audit.record(
            session, "record.export", "data_object", row.object_id,
            name=order.identifier, after=_told(definition, wanted, count),
        )  # fmt: skip
        return count

    def _rows(
        self,
        session: Session,
        definition: Definition,
        wanted: Wanted,
        columns: Sequence[Field | str],
        sheet: Writer,
        progress: Progress,
    ) -> int:
        table, tables = self._table(session, definition), TenantTables(session)
        query = listed(session, self._records, table, definition, wanted)
        total = tables.execute(queries.counted(query.order_by(None))).scalar_one()
        # Of hundreds of fields a file has a few.
        definition = definition.only(wanted.columns)
        query = queries.narrowed(query, table, definition)
        reading = _Reading(self._enterprise(session).zone, role_of(session))
        done = 0
        # However it ends, the cursor is closed.
        with tables.execute(query.execution_options(yield_per=BATCH)) as found:
            for rows in found.partitions():
                held = [hold(definition, row) for row in rows]
                showing = self._presenter.showing(session, definition, [one.values for one in held])
                for one in held:
                    sheet.row([_cell(column, one, showing, reading) for column in columns])
                done += len(rows)
                progress.step(done, max(done, total))
        return done


def _heading(column: Field | str, session: Session) -> str:
    locale = session.info["scope"].require_actor().locale
    if isinstance(column, str):
        return caption(f"transfer.{column}", locale)
    return str(column.label.get(locale, column.key))


def _format(column: Field | str) -> str | None:
    if isinstance(column, str) or column.type not in ("decimal", "money"):
        return None
    places = column.setting("places", 2)
    digits = f"0.{'0' * places}" if places else "0"
    return f"#,##{digits}" if column.type == "money" else digits


@dataclass(frozen=True, slots=True)
class _Reading:
    """In which zone, and for which role."""

    zone: ZoneInfo
    role: str | None


def _cell(column: Field | str, one: Held, showing: Showing, reading: _Reading) -> Written:
    """As people read it; what a spreadsheet can reckon with, as it is."""
    held = getattr(one.row, column) if isinstance(column, str) else one.values[column.key]
    if held is not None and isinstance(column, Field) and is_masked(column, showing, reading.role):
        return str(shown(column, held, showing, reading.role))
    if isinstance(held, datetime):
        return held.astimezone(reading.zone).replace(tzinfo=None)
    if held is None or isinstance(held, date | time | Decimal):
        return held
    if isinstance(held, int) and not isinstance(held, bool):
        return held
    if isinstance(column, str) or (isinstance(held, UUID) and held not in _names(showing)):
        return None  # whom or what it names is gone
    return as_text(column, held, showing)


def _names(showing: Showing) -> set[UUID]:
    return {*showing.people, *showing.teams, *showing.titles}


def _told(definition: Definition, wanted: Wanted, count: int) -> dict[str, Any]:
    """For the audit log, which is read by roles that may not see numbers."""
    filters = {name: _discreet(value) for name, value in wanted.filters.items()}
    columns = [key for key in wanted.columns if key in definition.by_key or key in SYSTEM]
    return {
        "rows": count, "form": wanted.form, "columns": columns,
        "q": _discreet(wanted.q), "sort": wanted.sort, "filters": filters,
    }  # fmt: skip


def _discreet(text: str) -> str:
    return _NUMBER.sub("…", text)
