"""VoiceXML documents of an enterprise: checked, kept with all their versions, told about.

Calls are led by flows; nothing here runs a document.
"""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from callcenter.core.audit import Audit, difference
from callcenter.core.clock import Clock
from callcenter.core.errors import InUse, Invalid, Stale
from callcenter.core.http import Page, PageRequest
from callcenter.core.ids import new_id
from callcenter.core.listing import holds, page_rows
from ivr import queries
from ivr.errors import DocumentRefused, DocumentSame, DocumentTooLarge
from ivr.models import IvrDocument, IvrDocumentVersion
from ivr.shapes import dump
from ivr.voicexml import LARGEST, BadDocument, file_key, read

_SORTS = {
    "name": IvrDocument.name,
    "changed_at": IvrDocument.changed_at,
    "size": IvrDocumentVersion.size,
}
_TITLE = IvrDocumentVersion.about["title"].astext


@dataclass(frozen=True, slots=True)
class Sent:
    """A document that has passed the checks. about: as it is kept."""

    file: str
    content: bytes
    about: Mapping[str, Any]


def checked(file: str, content: bytes) -> Sent:
    """Outside any transaction. Raises DocumentTooLarge, DocumentRefused."""
    if len(content) > LARGEST:
        raise DocumentTooLarge
    try:
        about = read(content)
    except BadDocument as bad:
        raise DocumentRefused(bad.fault, bad.line, bad.detail) from bad
    return Sent(file, content, dump(about))


class Documents:
    """For the enterprise's administrator."""

    def __init__(self, clock: Clock, audit: Audit) -> None:
        self._clock = clock
        self._audit = audit

    def page(self, session: Session, request: PageRequest) -> Page:
        query = queries.documents()
        if request.q:
            found = holds(request.q, IvrDocument.name, IvrDocumentVersion.file, _TITLE)
            query = query.where(found)
        rows, total = page_rows(session, query, request, _SORTS, "name", IvrDocument.id)
        return Page(_shown(session, rows), total, request.page, request.page_size)

    def read(self, session: Session, document_id: UUID) -> dict[str, Any]:
        """Raises NotFound."""
        return _shown(session, [queries.document(session, document_id)])[0]

    def create(self, session: Session, name: str, sent: Sent) -> dict[str, Any]:
        """Raises Invalid for a name that is taken."""
        _check_name(session, name, None)
        owner = session.info["scope"].require_actor().enterprise_id
        row = IvrDocument(
            id=new_id(), enterprise_id=owner, name=name, number=1, changed_at=self._clock.now()
        )
        session.add(row)
        session.flush()
        self._keep(session, row, sent)
        self._note(session, "create", row, {}, _told(1, sent.file, sent.content))
        return _shown(session, [row])[0]

    def expect(self, session: Session, document_id: UUID, version: int) -> None:
        """Before a file is read for it. Raises NotFound, Stale."""
        _current(session, document_id, version)

    def replace(
        self, session: Session, document_id: UUID, sent: Sent, expected: int
    ) -> dict[str, Any]:
        """Its next version, in force from now on. Raises NotFound, Stale, DocumentSame."""
        row = _current(session, document_id, expected)
        last = queries.document_version(session, row.id, row.number)
        if last.content == sent.content:
            raise DocumentSame
        self._put(session, row, queries.newest_number(session, row.id) + 1)
        self._keep(session, row, sent)
        before = _told(last.number, last.file, last.content)
        after = _told(row.number, sent.file, sent.content)
        self._note(session, "replace", row, *difference(before, after))
        return _shown(session, [row])[0]

    def bring_back(
        self, session: Session, document_id: UUID, number: int, expected: int
    ) -> dict[str, Any]:
        """Another of its versions is in force; none is lost. Raises NotFound, Stale."""
        row = _current(session, document_id, expected)
        wanted = queries.document_version(session, row.id, number)
        before = {"number": row.number}
        self._put(session, row, wanted.number)
        self._note(session, "roll_back", row, *difference(before, {"number": number}))
        return _shown(session, [row])[0]

    def rename(
        self, session: Session, document_id: UUID, name: str, expected: int
    ) -> dict[str, Any]:
        """Raises NotFound, Stale, Invalid."""
        row = _current(session, document_id, expected)
        _check_name(session, name, document_id)
        before, row.name = {"name": row.name}, name
        session.flush()
        self._note(session, "change", row, *difference(before, {"name": name}))
        return _shown(session, [row])[0]

    def delete(self, session: Session, document_id: UUID, expected: int | None) -> None:
        """With all its versions. Raises NotFound, Stale, InUse while a flow names it."""
        row = _current(session, document_id, expected)
        if queries.flows_naming(session, [document_id])[document_id]:
            raise InUse({"by": "ivr_service"})
        session.delete(row)
        session.flush()
        self._note(session, "delete", row, {"name": row.name, "number": row.number}, {})

    def versions(self, session: Session, document_id: UUID) -> list[dict[str, Any]]:
        """Newest first. Raises NotFound."""
        row = queries.document(session, document_id)
        names = ("number", "file", "size", "made_at", "made_by")
        return [
            {**{name: getattr(each, name) for name in names}, "in_force": each.number == row.number}
            for each in queries.document_versions(session, row.id)
        ]

    def content(self, session: Session, document_id: UUID, number: int) -> tuple[str, bytes]:
        """The file's name, and what was sent, byte for byte. Raises NotFound."""
        version = queries.document_version(session, document_id, number)
        return version.file, version.content

    def _put(self, session: Session, row: IvrDocument, number: int) -> None:
        """Before the version is written: whoever comes second is told that it is stale."""
        row.number, row.changed_at = number, self._clock.now()
        session.flush()

    def _keep(self, session: Session, row: IvrDocument, sent: Sent) -> None:
        session.add(
            IvrDocumentVersion(
                id=new_id(), enterprise_id=row.enterprise_id, document_id=row.id, number=row.number,
                file=sent.file, size=len(sent.content), content=sent.content, about=sent.about,
                made_at=row.changed_at, made_by=session.info["scope"].require_actor().name,
            )
        )  # fmt: skip
        session.flush()

    def _note(
        self,
        session: Session,
        act: str,
        row: IvrDocument,
        before: Mapping[str, Any],
        after: Mapping[str, Any],
    ) -> None:
        self._audit.record(
            session, f"ivr_document.{act}", "ivr_document", row.id, name=row.name,
            before=before, after=after,
        )  # fmt: skip


def _told(number: int, file: str, content: bytes) -> dict[str, Any]:
    return {"number": number, "file": file, "size": len(content)}


def _current(session: Session, document_id: UUID, expected: int | None) -> IvrDocument:
    row = queries.document(session, document_id)
    if expected is not None and row.version != expected:
        raise Stale
    return row


def _check_name(session: Session, name: str, own_id: UUID | None) -> None:
    if queries.document_named(session, name) not in (None, own_id):
        raise Invalid(fields={"name": ["validation.taken"]})


def _shown(session: Session, rows: Sequence[IvrDocument]) -> list[dict[str, Any]]:
    ids = [row.id for row in rows]
    used_by = queries.flows_naming(session, ids)
    in_force = queries.versions_in_force(session, ids)
    prompts = {file_key(name) for name in queries.prompt_names(session)}
    return [_one(row, in_force[row.id], prompts, used_by[row.id]) for row in rows]


def _one(
    row: IvrDocument, version: IvrDocumentVersion, prompts: AbstractSet[str], used_by: Sequence[Any]
) -> dict[str, Any]:
    """Which sounds are missing is asked anew each time: prompts come and go."""
    sounds = [
        {"address": each, "found": file_key(each) in prompts} for each in version.about["sounds"]
    ]
    return {
        **version.about,
        "id": row.id,
        "name": row.name,
        "version": row.version,
        "number": row.number,
        "changed_at": row.changed_at,
        "file": version.file,
        "size": version.size,
        "sounds": sounds,
        "plays": len(sounds),
        "missing": sum(not each["found"] for each in sounds),
        "used_by": used_by,
    }
