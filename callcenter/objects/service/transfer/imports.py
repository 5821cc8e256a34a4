"""Imports as their makers see them: a file comes in, its columns become fields, it is tried, it runs."""

from dataclasses import asdict
from pathlib import Path
from typing import Any, BinaryIO, ClassVar
from uuid import UUID

from sqlalchemy.orm import Session

from callcenter.core.clock import Clock
from callcenter.core.db import Database
from callcenter.core.directory import Directory
from callcenter.core.errors import Conflict, Forbidden, Invalid, NotFound
from callcenter.core.i18n import caption
from callcenter.core.ids import fact_id, new_id
from callcenter.core.jobs import JobQueue, JobState
from callcenter.core.tenant import Scope
from callcenter.objects.models import Transfer
from callcenter.objects.schemas import Definition
from callcenter.objects.schemas.transfer import UPLOADED
from callcenter.objects.service.definitions import Definitions
from callcenter.objects.service.presenting import locale_of
from callcenter.objects.service.reaching import Handled
from callcenter.objects.service.transfer.faults import FaultFile
from callcenter.objects.service.transfer.mapping import (
    Content,
    Wish,
    check,
    guess,
    inspect,
    matches,
    targets,
)
from callcenter.objects.service.transfer.store import TransferStore
from callcenter.objects.service.transfer.transfers import IMPORT, Transfers, job_of
from callcenter.objects.sheets import BadSheet, open_sheet

_SHOWN = 100
"""Faults that a page shows; the file of bad lines has them all."""


class Imports(Transfers):
    act: ClassVar = "import"
    kind: ClassVar = "import"

    def __init__(
        self,
        database: Database,
        directory: Directory,
        definitions: Definitions,
        handled: Handled,
        jobs: JobQueue,
        store: TransferStore,
        clock: Clock,
    ) -> None:
        super().__init__(directory, definitions, handled, jobs, store, clock)
        self._database = database

    @property
    def largest(self) -> int:
        """Bytes of a file."""
        return self._store.largest

    def upload(
        self, scope: Scope, identifier: str, name: str, stream: BinaryIO, size: int | None
    ) -> dict[str, Any]:
        """Keep a file and tell what is in it; raises Invalid for one that cannot be read.

        No transaction is open while it comes in.
        """
        with self._database.begin(scope) as session:
            self._definition(session, identifier, self.act)
        transfer_id, enterprise_id = new_id(), scope.require_actor().enterprise_id
        path = self._store.path(enterprise_id, transfer_id, "upload")
        try:
            self._store.check_size(size)
            self._store.save(stream, path)
            sheet = open_sheet(path)
            content = inspect(sheet)
            with self._database.begin(scope) as session:
                row = self._row(session, identifier, transfer_id, name, sheet.form, content)
                return self._whole(session, row)
        except BaseException as failure:
            self._store.forget(enterprise_id, transfer_id)
            if isinstance(failure, BadSheet):
                raise Invalid(failure.parameters, {"file": [failure.key]}) from failure
            raise

    def trial(
        self, session: Session, identifier: str, transfer_id: UUID, wish: Wish
    ) -> dict[str, Any]:
        """Ask for a trial: as the run, but nothing stays. Raises Invalid, Forbidden, Conflict."""
        row = self._own(session, identifier, transfer_id, lock=True)
        definition = self._may_do(session, identifier, wish)
        self._check_idle(session, row)
        if row.phase == "run":
            raise Conflict
        check(session, definition, wish, len(row.content["headings"]))
        row.phase, row.wish, row.tally = "trial", wish.dump(), {}
        self._request(session, row, IMPORT, "import_trial")
        return self._whole(session, row)

    def run(self, session: Session, identifier: str, transfer_id: UUID) -> dict[str, Any]:
        """Ask for what was tried; asking twice is asking once.

        A run that failed or was called off goes on behind the last batch that it wrote.
        """
        row = self._own(session, identifier, transfer_id, lock=True)
        self._may_do(session, identifier, Wish(**row.wish))
        if row.phase == "trial":
            job = job_of(session, row)
            if job is None or job.state != JobState.DONE:
                raise Conflict
            row.phase, row.tally = "run", {}
        if row.phase != "run":
            raise Conflict
        self._request(session, row, IMPORT, "import", fact_id(IMPORT, row.id))
        return self._whole(session, row)

    def bad_lines(self, session: Session, identifier: str, transfer_id: UUID) -> tuple[str, str]:
        """The file with the lines that were not taken: where it lies, and what it is called."""
        row = self._own(session, identifier, transfer_id)
        self._check_idle(session, row)
        if not row.tally.get("failed"):
            raise NotFound
        what = f"bad.{row.form}"
        path = self._store.path(row.enterprise_id, row.id, what)
        if not path.exists():
            # It was called off while it waited for its next turn.
            with self._store.written(path) as draft:
                headings = row.content["headings"]
                self._faults(row).write(draft, row.form, headings, locale_of(session))
        place = self._store.name(row.enterprise_id, row.id, what)
        said = caption("transfer.bad_lines", locale_of(session))
        return place, f"{Path(row.name).stem} {said}.{row.form}"

    def _may_do(self, session: Session, identifier: str, wish: Wish) -> Definition:
        definition = self._definition(session, identifier, self.act)
        if not all(self._may(session, definition, act) for act in wish.acts):
            raise Forbidden
        return definition

    def _row(
        self,
        session: Session,
        identifier: str,
        transfer_id: UUID,
        name: str,
        form: str,
        content: Content,
    ) -> Transfer:
        definition = self._definition(session, identifier, self.act)
        row = Transfer(
            id=transfer_id,
            object_id=self._definitions.object_id(session, identifier),
            kind=self.kind,
            name=name,
            form=form,
            phase=UPLOADED,
            content=asdict(content),
            wish=guess(session, definition, content.headings).dump(),
            tally={},
            made_by=session.info["scope"].require_actor().user_id,
            made_at=self._clock.now(),
        )
        session.add(row)
        session.flush()
        return row

    def _whole(self, session: Session, row: Transfer) -> dict[str, Any]:
        identifier = self._definitions.identifier(session, row.object_id)
        definition = self._definitions.get(session, identifier)
        headings = row.content["headings"]
        columns = zip(headings, row.content["samples"], row.wish["columns"], strict=True)
        return {
            **super()._whole(session, row),
            "columns": [
                {"heading": heading, "samples": samples, "field": field}
                for heading, samples, field in columns
            ],
            **{name: row.wish[name] for name in ("mode", "match", "empty")},
            "targets": [field.key for field in targets(session, definition)],
            "matches": [field.key for field in matches(session, definition)],
            "faults": self._faults(row).first(_SHOWN, headings) if row.tally else [],
        }

    def _faults(self, row: Transfer) -> FaultFile:
        return FaultFile(self._store.path(row.enterprise_id, row.id, "faults"))
