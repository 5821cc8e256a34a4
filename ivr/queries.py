"""What the pages of IVR services and telephony read."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Select, String, and_, cast, false, func, or_, select
from sqlalchemy.orm import Session, undefer

from callcenter.core.errors import NotFound
from ivr.models import (
    IvrCredential,
    IvrDocument,
    IvrDocumentVersion,
    IvrFlowVersion,
    IvrPrompt,
    IvrService,
    ServiceStatus,
    VersionState,
)

Row = TypeVar("Row")


def services(session: Session) -> Sequence[tuple[IvrService, int | None]]:
    """All of the enterprise by name, each with the number of its published version."""
    query = (
        select(IvrService, IvrFlowVersion.number)
        .outerjoin(IvrFlowVersion, IvrFlowVersion.id == IvrService.published_version_id)
        .order_by(IvrService.name)
    )
    return [(service, number) for service, number in session.execute(query)]


def service(session: Session, service_id: UUID) -> IvrService:
    """Raises NotFound."""
    return _one(session, select(IvrService).where(IvrService.id == service_id))


def named(session: Session, name: str) -> UUID | None:
    return session.scalar(select(IvrService.id).where(IvrService.name == name))


def newest(session: Session, service_id: UUID) -> IvrFlowVersion | None:
    """Its draft, or else its published version; None where it has neither. Raises NotFound."""
    found = {each.state: each for each in versions(session, service(session, service_id).id)}
    return found.get(VersionState.DRAFT) or found.get(VersionState.PUBLISHED)


def versions(session: Session, service_id: UUID) -> Sequence[IvrFlowVersion]:
    """Newest first; by the unique index on (service_id, number)."""
    query = (
        select(IvrFlowVersion)
        .where(IvrFlowVersion.service_id == service_id)
        .order_by(IvrFlowVersion.number.desc())
    )
    return session.scalars(query).all()


def version(session: Session, service_id: UUID, number: int) -> IvrFlowVersion:
    """By the same index; raises NotFound."""
    query = select(IvrFlowVersion).where(
        IvrFlowVersion.service_id == service_id, IvrFlowVersion.number == number
    )
    return _one(session, query)


def published(session: Session) -> Sequence[IvrFlowVersion]:
    """The published versions of all services in use, of every enterprise of the scope."""
    query = (
        select(IvrFlowVersion)
        .join(IvrService, IvrService.published_version_id == IvrFlowVersion.id)
        .where(
            IvrFlowVersion.state == VersionState.PUBLISHED,
            IvrService.status == ServiceStatus.ENABLED,
        )
    )
    return session.scalars(query).all()


def prompts() -> Select[Any]:
    return select(IvrPrompt)


def prompt(session: Session, prompt_id: UUID) -> IvrPrompt:
    """Raises NotFound."""
    return _one(session, select(IvrPrompt).where(IvrPrompt.id == prompt_id))


def prompt_named(session: Session, name: str) -> UUID | None:
    return session.scalar(select(IvrPrompt.id).where(IvrPrompt.name == name))


def prompts_with_sound(session: Session) -> frozenset[UUID]:
    return frozenset(session.scalars(select(IvrPrompt.id).where(IvrPrompt.sounds != {})))


def flows_naming(
    session: Session, ids: Collection[UUID]
) -> Mapping[UUID, Sequence[Mapping[str, Any]]]:
    """By prompt or document, the services whose draft or published flow names it: {kind, id, name}."""
    return flows_holding(session, {each: str(each) for each in ids})


def flows_holding(
    session: Session, wanted: Mapping[UUID, str]
) -> Mapping[UUID, Sequence[Mapping[str, Any]]]:
    """wanted: by whose it is, a text of letters, digits and signs that JSON leaves as they are."""
    texts = cast(IvrFlowVersion.definition, String)
    holds_one = or_(*(texts.contains(text, autoescape=True) for text in wanted.values()), false())
    query = (
        select(IvrService.id, IvrService.name, texts)
        .join(IvrFlowVersion, IvrFlowVersion.service_id == IvrService.id)
        .where(IvrFlowVersion.state != VersionState.RETIRED, holds_one)
        .order_by(IvrService.name)
    )
    return holders("ivr_service", session.execute(query), wanted)


def holders(
    kind: str, rows: Iterable[Any], wanted: Mapping[UUID, str]
) -> Mapping[UUID, Sequence[Mapping[str, Any]]]:
    """Who of the rows (id, name, text) holds what is wanted, each once: {kind, id, name}."""
    # A draft and the published flow are two rows of one service.
    found: dict[UUID, dict[UUID, Mapping[str, Any]]] = {key: {} for key in wanted}
    for service_id, name, held in rows:
        for key, text in wanted.items():
            if text in held:
                found[key][service_id] = {"kind": kind, "id": service_id, "name": name}
    return {key: [*services.values()] for key, services in found.items()}


def credentials(session: Session) -> Mapping[str, str]:
    """All of the enterprise: name → the host that it is for."""
    query = select(IvrCredential.name, IvrCredential.host)
    return {name: host for name, host in session.execute(query)}  # noqa: C416 (rows are no pairs)


def documents() -> Select[Any]:
    """Each joined to its version in force."""
    return select(IvrDocument).join(
        IvrDocumentVersion,
        and_(
            IvrDocumentVersion.document_id == IvrDocument.id,
            IvrDocumentVersion.number == IvrDocument.number,
        ),
    )


def document(session: Session, document_id: UUID) -> IvrDocument:
    """Raises NotFound."""
    return _one(session, select(IvrDocument).where(IvrDocument.id == document_id))


def document_named(session: Session, name: str) -> UUID | None:
    return session.scalar(select(IvrDocument.id).where(IvrDocument.name == name))


def versions_in_force(
    session: Session, document_ids: Collection[UUID]
) -> Mapping[UUID, IvrDocumentVersion]:
    """By document, without the content."""
    query = documents().with_only_columns(IvrDocumentVersion)
    rows = session.scalars(query.where(IvrDocument.id.in_(document_ids)))
    return {row.document_id: row for row in rows}


def document_versions(session: Session, document_id: UUID) -> Sequence[IvrDocumentVersion]:
    """Newest first, without their contents; by the unique index on (document_id, number)."""
    query = (
        select(IvrDocumentVersion)
        .where(IvrDocumentVersion.document_id == document_id)
        .order_by(IvrDocumentVersion.number.desc())
    )
    return session.scalars(query).all()


def document_version(session: Session, document_id: UUID, number: int) -> IvrDocumentVersion:
    """With its content, by the same index. Raises NotFound."""
    query = (
        select(IvrDocumentVersion)
        .where(IvrDocumentVersion.document_id == document_id, IvrDocumentVersion.number == number)
        .options(undefer(IvrDocumentVersion.content))
    )
    return _one(session, query)


def newest_number(session: Session, document_id: UUID) -> int:
    query = select(func.max(IvrDocumentVersion.number)).where(
        IvrDocumentVersion.document_id == document_id
    )
    return session.scalar(query) or 0


def prompt_names(session: Session) -> Iterator[str]:
    """What the enterprise's prompts are called: by people, and the files that were uploaded."""
    for name, sounds in session.execute(select(IvrPrompt.name, IvrPrompt.sounds)):
        yield name
        yield from (sound["file"] for sound in sounds.values() if sound["file"])


def _one(session: Session, query: Select[Row]) -> Row:
    row: Row | None = session.scalar(query)
    if row is None:
        raise NotFound
    return row
