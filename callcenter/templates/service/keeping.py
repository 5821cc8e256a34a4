"""Templates: made and changed by whoever shapes the enterprise's objects."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Select, String, cast, or_, select
from sqlalchemy.orm import Session

from callcenter.core.audit import Audit, difference
from callcenter.core.clock import Clock
from callcenter.core.directory import Directory
from callcenter.core.errors import InUse, Invalid, NotFound
from callcenter.core.finding import the_one
from callcenter.core.http import Page, PageRequest
from callcenter.core.i18n import LOCALES
from callcenter.core.ids import new_id
from callcenter.core.listing import holds, page_rows
from callcenter.objects.service import Definitions
from callcenter.objects.service.rows import actor_id
from callcenter.objects.service.using import uses_of_templates
from callcenter.templates.models import Template

PLAIN = ("name", "object", "text", "output", "active")
_SORTS = {
    "key": Template.key,
    "output": Template.output,
    "active": Template.active,
    "changed_at": Template.changed_at,
}


class Templates:
    def __init__(
        self, directory: Directory, definitions: Definitions, audit: Audit, clock: Clock
    ) -> None:
        self._directory = directory
        self._definitions = definitions
        self._audit = audit
        self._clock = clock

    def page(self, session: Session, request: PageRequest, filters: Mapping[str, Any]) -> Page:
        """Without their texts. filters: object, active. Raises Invalid."""
        query = select(Template)
        if request.q:
            names = [cast(Template.name[locale], String) for locale in LOCALES]
            query = query.where(holds(request.q, Template.key, *names))
        if wanted := filters.get("object"):
            query = query.where(or_(Template.object == wanted, Template.object.is_(None)))
        if (active := filters.get("active")) is not None:
            query = query.where(Template.active == active)
        rows, total = page_rows(session, query, request, _SORTS, "key", Template.id)
        return Page(self._shown(session, rows), total, request.page, request.page_size)

    def get(self, session: Session, key: str) -> dict[str, Any]:
        """Raises NotFound."""
        row = self._row(session, key)
        return {**self._shown(session, [row])[0], "text": row.text}

    def create(self, session: Session, values: Mapping[str, Any]) -> dict[str, Any]:
        """Raises Invalid: the key is taken, or there is no such object."""
        self._check_object(session, values)
        if session.scalar(_by_key(values["key"])) is not None:
            raise Invalid(fields={"key": ["validation.taken"]})
        self._make(session, values)
        return self.get(session, values["key"])

    def change(
        self, session: Session, key: str, values: Mapping[str, Any], version: int
    ) -> dict[str, Any]:
        """Only what `values` names. Raises NotFound, Stale, Invalid."""
        row = self._row(session, key, version)
        self._check_object(session, values)
        self._write(session, row, values)
        return self.get(session, key)

    def delete(self, session: Session, key: str, version: int) -> None:
        """Raises NotFound, Stale, InUse while a trigger names it."""
        row = self._row(session, key, version)
        if uses_of_templates(session).get(key):
            raise InUse({"by": "objects"})
        session.delete(row)
        self._note(session, "delete", row, {name: getattr(row, name) for name in PLAIN}, {})

    def documents(self, session: Session) -> list[dict[str, Any]]:
        """As one file carries them."""
        rows = session.scalars(select(Template).order_by(Template.key))
        return [{name: getattr(row, name) for name in ("key", *PLAIN)} for row in rows]

    def bring(self, session: Session, entry: Mapping[str, Any]) -> None:
        """Made, or changed to this; the object that it is about may come after it."""
        row = session.scalar(_by_key(entry["key"]).with_for_update())
        if row is None:
            self._make(session, entry)
        else:
            self._write(session, row, entry)

    def subjects(self, session: Session) -> Mapping[str, str | None]:
        """Key of each → the object that it is about, None for any."""
        return dict(session.execute(select(Template.key, Template.object)).all())

    def in_use(self, session: Session, key: str) -> Template:
        """Raises NotFound, also for one that is switched off."""
        row = self._row(session, key)
        if not row.active:
            raise NotFound
        return row

    def _make(self, session: Session, values: Mapping[str, Any]) -> None:
        row = Template(
            id=new_id(), key=values["key"], changed_at=self._clock.now(),
            changed_by=actor_id(session), **{name: values[name] for name in PLAIN},
        )  # fmt: skip
        session.add(row)
        session.flush()
        self._note(session, "create", row, {}, {name: values[name] for name in PLAIN})

    def _write(self, session: Session, row: Template, values: Mapping[str, Any]) -> None:
        before = {name: getattr(row, name) for name in PLAIN}
        for name in PLAIN:
            if name in values:
                setattr(row, name, values[name])
        row.changed_at, row.changed_by = self._clock.now(), actor_id(session)
        session.flush()
        after = {name: getattr(row, name) for name in PLAIN}
        self._note(session, "change", row, *difference(before, after))

    @staticmethod
    def _row(session: Session, key: str, version: int | None = None) -> Template:
        return the_one(session, _by_key(key), version)

    def _check_object(self, session: Session, values: Mapping[str, Any]) -> None:
        if not (identifier := values.get("object")):
            return
        try:
            self._definitions.object_id(session, identifier)
        except NotFound:
            raise Invalid(fields={"object": ["validation.unknown_choice"]}) from None

    def _shown(self, session: Session, rows: Sequence[Template]) -> list[dict[str, Any]]:
        used = uses_of_templates(session)
        people = self._directory.people(session, {row.changed_by for row in rows if row.changed_by})
        return [
            {
                **{name: getattr(row, name) for name in ("key", "name", "object", "output")},
                "active": row.active,
                "used_by": used.get(row.key, []),
                "version": row.version,
                "changed_at": row.changed_at,
                "changed_by": people.get(row.changed_by) if row.changed_by else None,
            }
            for row in rows
        ]

    def _note(
        self,
        session: Session,
        act: str,
        row: Template,
        before: Mapping[str, Any],
        after: Mapping[str, Any],
    ) -> None:
        self._audit.record(
            session, f"template.{act}", "template", row.id, name=row.key, before=before, after=after
        )


def _by_key(key: str) -> Select[Template]:
    return select(Template).where(Template.key == key)
