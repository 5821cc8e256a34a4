"""Exports as their makers see them: the list as it stands, asked for, watched and fetched."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import Select, Table
from sqlalchemy.orm import Session

from callcenter.core.clock import Clock
from callcenter.core.directory import Directory
from callcenter.core.errors import Forbidden, Invalid, NotFound
from callcenter.core.http import PageRequest
from callcenter.core.ids import new_id
from callcenter.core.jobs import JobQueue, JobState
from callcenter.objects import queries
from callcenter.objects.models import Transfer
from callcenter.objects.schemas import SORTABLE, Definition
from callcenter.objects.service.definitions import Definitions
from callcenter.objects.service.presenting import locale_of, role_of
from callcenter.objects.service.reaching import Handled
from callcenter.objects.service.records import Records
from callcenter.objects.service.seeing import clear_to
from callcenter.objects.service.transfer.rights import may_read
from callcenter.objects.service.transfer.store import TransferStore
from callcenter.objects.service.transfer.transfers import EXPORT, Transfers, job_of

SYSTEM = SORTABLE
"""Columns that every record has, beside its fields."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """The list that goes out. columns: keys of fields, and those of `SYSTEM`.

    records: of the list those alone that were chosen; None for all.
    """

    form: str
    columns: Sequence[str]
    q: str = ""
    sort: str = ""
    filters: Mapping[str, str] = field(default_factory=dict)
    records: Sequence[str] | None = None

    @property
    def request(self) -> PageRequest:
        return PageRequest(q=self.q, sort=self.sort)


class Exports(Transfers):
    act: ClassVar = "export"
    kind: ClassVar = "export"

    def __init__(
        self,
        directory: Directory,
        definitions: Definitions,
        handled: Handled,
        records: Records,
        jobs: JobQueue,
        store: TransferStore,
        clock: Clock,
    ) -> None:
        super().__init__(directory, definitions, handled, jobs, store, clock)
        self._records = records

    def request(self, session: Session, identifier: str, wanted: Wanted) -> dict[str, Any]:
        """Ask for a file; raises Forbidden, Invalid for a column or filter that is none."""
        definition = self._definition(session, identifier, self.act)
        if not self._may(session, definition, "read"):
            raise Forbidden
        check(session, definition, wanted)
        listed(session, self._records, self._table(session, definition), definition, wanted)
        row = Transfer(
            id=new_id(),
            object_id=self._definitions.object_id(session, identifier),
            kind=self.kind,
            name=self._name(session, definition, wanted.form),
            form=wanted.form,
            phase="run",
            content={},
            wish=asdict(wanted),
            tally={},
            made_by=session.info["scope"].require_actor().user_id,
            made_at=self._clock.now(),
        )
        session.add(row)
        session.flush()
        self._request(session, row, EXPORT, "export")
        return self._whole(session, row)

    def file(self, session: Session, identifier: str, transfer_id: UUID) -> tuple[str, str]:
        """Where the file lies, and what it is called; raises NotFound until it is whole."""
        row = self._own(session, identifier, transfer_id)
        job = job_of(session, row)
        if job is None or job.state != JobState.DONE:
            raise NotFound
        return self._store.name(row.enterprise_id, row.id, f"export.{row.form}"), row.name

    def _name(self, session: Session, definition: Definition, form: str) -> str:
        day = self._clock.now().astimezone(self._enterprise(session).zone).date()
        name = definition.name.get(locale_of(session), definition.identifier)
        return f"{name} {day.isoformat()}.{form}"


def listed(
    session: Session, records: Records, table: Table, definition: Definition, wanted: Wanted
) -> Select[Any]:
    """The list in its order, of what whoever acts may export. Raises Invalid."""
    found = records.selection(session, definition, wanted.request, wanted.filters, "export")
    if wanted.records is not None:
        found = found.where(table.c.id.in_([UUID(one) for one in wanted.records]))
    clear = clear_to(definition, role_of(session))
    return queries.in_order(found, table, queries.order_of(table, clear, wanted.request))


def check(session: Session, definition: Definition, wanted: Wanted) -> None:
    """Raises Invalid for a column that is none, or that whoever acts may not see."""
    seen = {field.key for field in definition.fields if may_read(session, field)}
    wrong = [key for key in wanted.columns if key not in seen and key not in SYSTEM]
    if wrong:
        raise Invalid(fields={f"columns.{key}": ["validation.unknown_field"] for key in wrong})
