"""What a line of a record's history is about where it is no field: a comment, a file, other records."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.core.i18n import caption
from callcenter.objects.models import RecordChange, RecordComment
from callcenter.objects.schemas import Definition
from callcenter.objects.service.mentions import Mentions
from callcenter.objects.service.presenting import Presenter, locale_of, role_of
from callcenter.objects.service.seeing import seen_by

_EXCERPT = 200


class Notes:
    """Looked up once for all lines of a page."""

    def __init__(
        self,
        session: Session,
        presenter: Presenter,
        definition: Definition,
        rows: Sequence[RecordChange],
    ) -> None:
        ids = {UUID(other) for row in rows for other in row.details.get("others", ())}
        ids |= {row.record_id for row in rows}
        self._titles = presenter.names(session, definition, ids)
        self._comments = _comments(session, presenter, rows)
        self._lines = _Lines(session, presenter, definition, rows)

    def of(self, row: RecordChange) -> str | None:
        """None where there is nothing to say, or the comment is gone."""
        if comment := row.details.get("comment"):
            return self._comments.get(UUID(comment))
        if others := row.details.get("others"):
            return ", ".join(self.named(UUID(other))["title"] for other in others)
        if lines := row.details.get("lines"):
            return self._lines.told(lines)
        file: str | None = row.details.get("file")
        return file

    def named(self, record_id: UUID) -> dict[str, str]:
        return {"id": str(record_id), "title": self._titles.get(record_id, "")}


class _Lines:
    """What became of lines: of each field that the actor sees, the titles of those that it is about."""

    def __init__(
        self,
        session: Session,
        presenter: Presenter,
        definition: Definition,
        rows: Sequence[RecordChange],
    ) -> None:
        self._locale = locale_of(session)
        seen = seen_by(definition, role_of(session))
        self._labels = {field.key: field.label for field in seen.details}
        self._titles: dict[str, str] = {}
        for field in seen.details:
            told = [row.details.get("lines", {}).get(field.key, {}) for row in rows]
            ids = {UUID(one) for acts in told for some in acts.values() for one in some}
            self._titles |= presenter.titles_in(session, field.setting("details")["object"], ids)

    def told(self, lines: Mapping[str, Mapping[str, Sequence[str]]]) -> str | None:
        said = [
            caption(f"record.lines_{act}", self._locale, {
                "name": self._labels[key].get(self._locale, key),
                "titles": ", ".join(self._titles.get(one, "") for one in ids),
            })
            for key, acts in lines.items() if key in self._labels
            for act, ids in acts.items()
        ]  # fmt: skip
        return "\n".join(said) or None


def _comments(
    session: Session, presenter: Presenter, rows: Sequence[RecordChange]
) -> Mapping[UUID, str]:
    ids = {UUID(row.details["comment"]) for row in rows if "comment" in row.details}
    if not ids:
        return {}
    query = select(RecordComment.id, RecordComment.text).where(RecordComment.id.in_(ids))
    texts = {row.id: row.text for row in session.execute(query)}
    mentions = Mentions(session, presenter.directory, texts.values())
    return {key: mentions.read(text)[:_EXCERPT] for key, text in texts.items()}
