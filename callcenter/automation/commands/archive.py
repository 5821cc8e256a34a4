"""Takes old records out of use: into files of the enterprise first, then into the recycle bin.

A batch is a file: it is whole on the disk and its row committed before one of its records is touched.
Whatever a run is broken off in, the next goes on: what lies in a file as it is goes to the bin without
being written again.
"""

import gzip
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from callcenter.automation.commands.base import Command, Doing, Parameter, Values
from callcenter.core.ids import new_id
from callcenter.core.permissions import Permission
from callcenter.core.tenant import Actor
from callcenter.objects.service.archiving import DATE_TYPES, DATES, Old, Packed

FOLDER = "archive"
FORM = 1
"""Of the file's first line and of those that follow."""

LARGEST = 12 << 20
"""Bytes of the lines of one file, before they are packed; a single record may have more."""

_FIELD = "field"


@dataclass(frozen=True, slots=True)
class _Batch:
    """fresh: what goes into a file now. contents: record → the file that has it."""

    packed: Sequence[Packed]
    fresh: Collection[UUID]
    contents: Mapping[UUID, UUID]
    name: str


@dataclass
class _Tally:
    archived: int = 0
    binned: int = 0
    left: int = 0


class Archive(Command):
    """by: the date that says how old a record is; of `field`, which field's."""

    key = "archive"
    needs = Permission.RECORDS_DELETE
    parameters = (
        Parameter("object", "object"),
        Parameter("list", "list", required=False),
        Parameter("by", "choice", default="created_at", options=(*DATES, _FIELD)),
        Parameter("date_field", "field", required=False, types=DATE_TYPES),
        Parameter("older_than", "number", default=365, least=1, most=36_500),
    )

    def problems(self, values: Values, actor: Actor) -> Mapping[str, list[str]]:
        if values["by"] == _FIELD and not values["date_field"]:
            return {"date_field": ["validation.required"]}
        if not actor.may(Permission.RECORDS_EXPORT):
            return {"object": ["command.no_export_right"]}
        return {}

    def run(self, values: Values, doing: Doing) -> None:
        archiving, tally, last = doing.tools.archiving, _Tally(), None
        with doing.begin() as session:
            filters = doing.tools.filters(session, values["object"], values["list"])
            date = values["date_field"] if values["by"] == _FIELD else values["by"]
            before = doing.clock.now() - timedelta(days=values["older_than"])
            old = Old(values["object"], filters, date, before)
            archiving.check(session, old)
        while batch := self._file(old, last, doing):
            last = batch.packed[-1].id
            if batch.fresh:
                tally.archived += len(batch.fresh)
                doing.say("command.archive_file", name=batch.name, count=len(batch.fresh))
            self._bin(old, batch, doing, tally)
        doing.say("command.archived", object=old.identifier, **vars(tally))

    def _file(self, old: Old, last: UUID | None, doing: Doing) -> _Batch | None:
        """The next records, each in a file when this is over; None where there are no more."""
        archiving, files = doing.tools.archiving, doing.tools.files
        with doing.begin() as session:
            packed = archiving.batch(session, old, last, LARGEST)
            if not packed:
                return None
            known = archiving.known(session, packed)
            whole = files.whole(session, {*known.values()})
            contents = {one: content for one, content in known.items() if content in whole}
            fresh = [one for one in packed if one.id not in contents]
            name = ""
            if fresh:
                name = _name(old.identifier, doing)
                made = files.save(session, name, _content(session, old, fresh, doing))
                archiving.note(session, old.identifier, fresh, name, made.content)
                contents |= {one.id: made.content for one in fresh}
        return _Batch(packed, [one.id for one in fresh], contents, name)

    @staticmethod
    def _bin(old: Old, batch: _Batch, doing: Doing, tally: _Tally) -> None:
        with doing.begin() as session:
            # Somebody may have deleted a file meanwhile.
            whole = doing.tools.files.whole(session, {*batch.contents.values()})
            safe = [one for one in batch.packed if batch.contents[one.id] in whole]
            outcome = doing.tools.archiving.bin(session, old.identifier, safe)
        tally.binned += outcome.done
        tally.left += len(batch.packed) - outcome.done


def _name(identifier: str, doing: Doing) -> str:
    """Of a file that nobody has yet."""
    now = doing.clock.now()
    return f"{FOLDER}/{identifier}/{now:%Y-%m-%d}/{now:%H%M%S}-{new_id().hex[-12:]}.jsonl.gz"


def _content(session: Session, old: Old, packed: Sequence[Packed], doing: Doing) -> bytes:
    """JSON lines: the first says what it is, each other is a record."""
    actor: Actor = session.info["scope"].require_actor()
    first = {
        "archive": FORM, "object": old.identifier, "at": doing.clock.now().isoformat(),
        "by": {"id": str(actor.user_id), "name": actor.name}, "task": str(doing.task_id),
        "run": str(doing.run_id), "records": len(packed),
        "people": doing.tools.archiving.people(session, packed),
    }  # fmt: skip
    lines = [json.dumps(first, ensure_ascii=False), *(one.text for one in packed)]
    return gzip.compress("".join(f"{line}\n" for line in lines).encode(), mtime=0)


COMMAND = Archive()
