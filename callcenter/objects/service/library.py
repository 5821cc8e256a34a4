"""Ready settings to begin with: those that come with the product, and the enterprise's own."""

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from marshmallow import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.core.audit import Audit
from callcenter.core.clock import Clock
from callcenter.core.errors import Invalid
from callcenter.core.finding import the_one
from callcenter.core.ids import new_id
from callcenter.core.places import PROJECT
from callcenter.objects.models import ReadySetting
from callcenter.objects.schemas.library import KINDS
from callcenter.objects.service.rows import actor_id

SHIPPED = PROJECT / "config" / "library.json"
MOST = 500
_NOT_KEPT = {
    "field": ("storage", "column", "rights", "when", "in_list"),
    "trigger": ("active",),
}
"""What says something of other fields, of roles or of one object alone; a trigger begins switched on."""


class Library:
    def __init__(self, audit: Audit, clock: Clock) -> None:
        self._audit = audit
        self._clock = clock

    def all(self, session: Session, kind: str) -> list[dict[str, Any]]:
        """The enterprise's own first, then the product's."""
        query = select(ReadySetting).where(ReadySetting.kind == kind)
        own = [_shown(row) for row in session.scalars(query.order_by(ReadySetting.made_at))]
        shipped = [each for each in _shipped() if each["kind"] == kind]
        return [*own, *({**each, "own": False, "version": 0} for each in shipped)]

    def documents(self, session: Session) -> list[dict[str, Any]]:
        """The enterprise's own, as one file carries them."""
        rows = session.scalars(select(ReadySetting).order_by(ReadySetting.made_at))
        return [
            {"key": row.key, "kind": row.kind, "name": row.name, "content": row.content}
            for row in rows
        ]

    def create(
        self,
        session: Session,
        kind: str,
        name: Mapping[str, str],
        content: Mapping[str, Any],
        key: str | None = None,
    ) -> dict[str, Any]:
        """key: of one that comes from elsewhere. Raises Invalid."""
        if len(session.scalars(select(ReadySetting.id)).all()) >= MOST:
            raise Invalid(fields={"name": ["validation.too_many"]})
        row_id = new_id()
        row = ReadySetting(
            id=row_id, key=key or row_id.hex, kind=kind, name=dict(name),
            content=_kept(kind, content), made_at=self._clock.now(), made_by=actor_id(session),
        )  # fmt: skip
        session.add(row)
        session.flush()
        self._note(session, "create", row)
        return _shown(row)

    def change(
        self,
        session: Session,
        key: str,
        name: Mapping[str, str],
        version: int,
        content: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Another name, and other content where that is given. Raises NotFound, Stale, Invalid."""
        row = self._row(session, key, version)
        row.name = dict(name)
        if content is not None:
            row.content = _kept(row.kind, content)
        session.flush()
        self._note(session, "change", row)
        return _shown(row)

    def delete(self, session: Session, key: str, version: int) -> None:
        """What was made with it stays as it is. Raises NotFound, Stale."""
        row = self._row(session, key, version)
        self._note(session, "delete", row)
        session.delete(row)

    def _row(self, session: Session, key: str, version: int) -> ReadySetting:
        return the_one(session, select(ReadySetting).where(ReadySetting.key == key), version)

    def _note(self, session: Session, act: str, row: ReadySetting) -> None:
        name = next(iter(row.name.values()), row.key)
        self._audit.record(session, f"ready_setting.{act}", "ready_setting", row.id, name=name)


def _kept(kind: str, content: Mapping[str, Any]) -> dict[str, Any]:
    """Checked by its kind; without what would not hold elsewhere. Raises Invalid by its paths."""
    kept = {name: value for name, value in content.items() if name not in _NOT_KEPT.get(kind, ())}
    if isinstance(settings := kept.get("settings"), Mapping):
        # By which reference it is copied is another object's to say.
        kept["settings"] = {key: value for key, value in settings.items() if key != "copied"}
    try:
        KINDS[kind]().load(kept)
    except ValidationError as error:
        raise Invalid(fields={"content": ["validation.ready_setting"]}) from error
    return kept


@cache
def _shipped() -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = json.loads(SHIPPED.read_text("utf-8"))
    return entries


def _shown(row: ReadySetting) -> dict[str, Any]:
    return {
        "key": row.key,
        "kind": row.kind,
        "name": row.name,
        "content": row.content,
        "own": True,
        "version": row.version,
    }
