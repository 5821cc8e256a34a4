"""Drafts of objects: shaped over days, kept as far as they have come, in force only when published."""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from marshmallow import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.core.audit import Audit
from callcenter.core.clock import Clock
from callcenter.core.db import TenantTables
from callcenter.core.directory import Directory
from callcenter.core.errors import InUse, Invalid, NotFound, Stale
from callcenter.core.http import Page, PageRequest
from callcenter.core.ids import new_id
from callcenter.core.messages import flatten
from callcenter.objects import queries
from callcenter.objects.copies import wrong_copies
from callcenter.objects.models import DataObject, ObjectVersion
from callcenter.objects.rules import Problem, operators_for
from callcenter.objects.schemas import Definition, Kind, read_definition, stored_definition
from callcenter.objects.schemas.definition import contradictions
from callcenter.objects.service.coding import unknown_codes, with_codes
from callcenter.objects.service.comparing import changes
from callcenter.objects.service.definitions import SHIPPED, Definitions
from callcenter.objects.service.details import misfit
from callcenter.objects.service.placing import parts, plain
from callcenter.objects.service.presenting import enterprise_of, locale_of, shown_person
from callcenter.objects.service.reading import reading_of
from callcenter.objects.service.rows import actor_id
from callcenter.objects.service.telling import told
from callcenter.objects.service.triggers.templates import KnownTemplates
from callcenter.objects.service.underway import refuse_while_published
from callcenter.objects.service.underway import told as under_way
from callcenter.objects.service.versions import Versions, against
from callcenter.objects.triggers.actions.base import World
from callcenter.objects.triggers.checks import problems as wrong_triggers
from callcenter.objects.types import TYPES, masked_type, type_of
from callcenter.objects.types.base import Field
from callcenter.objects.types.masked import MaskedType

STARTERS = SHIPPED / "starters"


class Designs:
    def __init__(
        self,
        directory: Directory,
        versions: Versions,
        templates: KnownTemplates,
        audit: Audit,
        clock: Clock,
    ) -> None:
        self._directory = directory
        self._definitions = Definitions()
        self._versions = versions
        self._templates = templates
        self._audit = audit
        self._clock = clock

    @staticmethod
    def types() -> list[dict[str, Any]]:
        return [
            {
                "key": key,
                "settings": sorted(kind.settings),
                "sortable": kind.sortable,
                "masked": isinstance(kind, MaskedType),
                "own_column": kind.own_column,
                "in_cell": kind.in_cell,
                "apart": kind.apart,
                "system": kind.system is not None,
                "entered": kind.entered,
                "kind": kind.kind,
                "operators": operators_for(Field(key="", type=key, label={}, group="")),
            }
            for key, kind in sorted(TYPES.items())
        ]

    def all(self, session: Session) -> list[dict[str, Any]]:
        rows = session.scalars(select(DataObject).order_by(DataObject.sort, DataObject.identifier))
        return [self._item(session, row) for row in rows.all()]

    def create(
        self, session: Session, identifier: str, kind: str, name: Mapping[str, str]
    ) -> dict[str, Any]:
        """A draft to begin with: a number, a title and what the kind stands for. Raises Invalid."""
        if self._find(session, identifier) is not None:
            raise Invalid(fields={"identifier": ["validation.taken"]})
        document = json.loads((STARTERS / f"{kind}.json").read_text("utf-8"))
        document = {"identifier": identifier, "kind": kind, "name": dict(name), **document}
        self._point_at_customers(session, document)
        row = DataObject(
            id=new_id(), identifier=identifier, kind=kind, name=dict(name), published_number=0,
            draft=document, changed_at=self._clock.now(), changed_by=actor_id(session),
        )  # fmt: skip
        session.add(row)
        session.flush()
        self._audit.record(session, "object.create", "data_object", row.id, name=identifier)
        return self.answer(session, row)

    def get(self, session: Session, identifier: str) -> dict[str, Any]:
        return self.answer(session, self.row(session, identifier))

    def delete(self, session: Session, identifier: str, version: int) -> None:
        """Only what was never in force: everything else has records, or had them."""
        row = self.row(session, identifier, version)
        if row.published_number:
            raise InUse({"by": "records"})
        self._audit.record(session, "object.delete", "data_object", row.id, name=identifier)
        session.delete(row)

    def save(
        self, session: Session, identifier: str, document: Mapping[str, Any], version: int
    ) -> dict[str, Any]:
        """Keep the draft, whatever contradictions it has; raises Stale."""
        row = self._to_change(session, identifier, version)
        kept = {**plain(document), "identifier": row.identifier, "kind": row.kind}
        self._keep(session, row, kept)
        return self.answer(session, row)

    def discard(self, session: Session, identifier: str, version: int) -> dict[str, Any]:
        """Back to the version in force."""
        row = self._to_change(session, identifier, version)
        if not row.published_number:
            raise InUse({"by": "draft"})
        self._keep(session, row, None)
        self._audit.record(session, "object.discard", "data_object", row.id, name=identifier)
        return self.answer(session, row)

    def restore(
        self, session: Session, identifier: str, number: int, version: int
    ) -> dict[str, Any]:
        """An earlier version as the draft."""
        row = self._to_change(session, identifier, version)
        self._keep(session, row, plain(self._versions.one(session, row, number).definition))
        self._audit.record(
            session, "object.restore", "data_object", row.id, name=identifier,
            after={"version": number},
        )  # fmt: skip
        return self.answer(session, row)

    def versions(self, session: Session, identifier: str, request: PageRequest) -> Page:
        """The newest first."""
        row = self.row(session, identifier)
        newest = row.published_number - (request.page - 1) * request.page_size
        found = self._versions.newest(session, row, newest, request.page_size + 1)
        # The one beyond the page is what its last one changed.
        before = [*found[1:], None]
        items = [self._version(session, row, *pair) for pair in zip(found, before, strict=False)]
        items = items[: request.page_size]
        return Page(items, row.published_number, request.page, request.page_size)

    def version(self, session: Session, identifier: str, number: int) -> dict[str, Any]:
        """Raises NotFound."""
        row = self.row(session, identifier)
        wanted = self._versions.one(session, row, number)
        before = self._versions.newest(session, row, number - 1, 1)
        shown = self._version(session, row, wanted, before[0] if before else None)
        return {**shown, "document": plain(wanted.definition)}

    def row(self, session: Session, identifier: str, version: int | None = None) -> DataObject:
        """The object, locked if it is to be changed; raises NotFound, Stale."""
        row = self._find(session, identifier, lock=version is not None)
        if row is None:
            raise NotFound
        if version is not None and row.version != version:
            raise Stale
        return row

    def _to_change(self, session: Session, identifier: str, version: int) -> DataObject:
        """Raises BeingPublished as well."""
        row = self.row(session, identifier, version)
        refuse_while_published(session, row)
        return row

    def document(self, session: Session, row: DataObject) -> Mapping[str, Any]:
        return row.draft or self._versions.in_force(session, row) or {}

    def draft(
        self, session: Session, row: DataObject, together: Collection[str] = ()
    ) -> tuple[Mapping[str, Any], Definition | None, list[dict[str, str]]]:
        """The document as it is, the definition if it has the right form, and its problems.

        together: objects that are published along with it, and so may be pointed at.
        """
        document = self.document(session, row)
        try:
            definition = read_definition(document, row.published_number + 1)
        except ValidationError as error:
            found = [(path, said[0]) for path, said in flatten(error.messages).items()]
            return document, None, self._say(session, found)
        wrong: list[Problem | tuple[str, str]] = [
            *contradictions(definition),
            *self._unknown_objects(session, definition, together),
            *self._bad_details(session, definition, together),
            *unknown_codes(session, definition),
        ]
        if not wrong and (definition.triggers or definition.copies):
            world = self._world(session, definition, together)
            wrong += [*wrong_copies(world), *wrong_triggers(world)]
        return document, definition, self._say(session, wrong)

    def answer(
        self, session: Session, row: DataObject, together: Collection[str] = ()
    ) -> dict[str, Any]:
        document, definition, problems = self.draft(session, row, together)
        history = self._versions.history(session, row)
        if definition is not None and not problems:
            wrong = [*_unmasking(history, definition), *_changed_kind(history, definition)]
            problems = self._say(session, wrong)
        differs = definition is not None and row.draft is not None
        return {
            "identifier": row.identifier,
            "kind": row.kind,
            "document": document,
            "number": row.published_number,
            "version": row.version,
            "draft": row.draft is not None,
            "problems": problems,
            "changes": against(history, definition, row.purged) if definition and differs else [],
            "publication": under_way(session, row),
            **self._changed(session, row),
        }

    def _keep(self, session: Session, row: DataObject, document: dict[str, Any] | None) -> None:
        in_force = self._versions.in_force(session, row)
        row.draft = None if document == in_force else document
        row.changed_at, row.changed_by = self._clock.now(), actor_id(session)
        session.flush()

    def _item(self, session: Session, row: DataObject) -> dict[str, Any]:
        document = self.document(session, row)
        return {
            "identifier": row.identifier,
            "kind": row.kind,
            "name": row.name,
            "number": row.published_number,
            "draft": row.draft is not None,
            "fields_": sum(len(parts(group, "fields")) for group in parts(document, "groups")),
            "records": self._records(session, row),
            **self._changed(session, row),
        }

    def _records(self, session: Session, row: DataObject) -> int:
        if not row.published_number:
            return 0
        version = self._versions.one(session, row, row.published_number)
        definition = stored_definition(version.definition, version.number)
        schema = queries.schema_of(enterprise_of(session, self._directory).code)
        table = queries.table_of(definition, schema)
        count = queries.counted(queries.alive(table))
        return int(TenantTables(session).execute(count).scalar_one())

    def _changed(self, session: Session, row: DataObject) -> dict[str, Any]:
        by = shown_person(session, self._directory, row.changed_by)
        return {"changed_at": row.changed_at, "changed_by": by}

    def _version(
        self,
        session: Session,
        row: DataObject,
        version: ObjectVersion,
        before: ObjectVersion | None,
    ) -> dict[str, Any]:
        old = stored_definition(plain(before.definition), before.number) if before else None
        new = stored_definition(plain(version.definition), version.number)
        return {
            "number": version.number,
            "published_at": version.published_at,
            "published_by": shown_person(session, self._directory, version.published_by),
            "note": version.note,
            "changes": changes(old, new),
            "purged": [
                field.label
                for field in stored_definition(version.definition, version.number).fields
                if field.place in row.purged
            ],
        }

    def _find(self, session: Session, identifier: str, *, lock: bool = False) -> DataObject | None:
        query = select(DataObject).where(DataObject.identifier == identifier)
        return session.scalar(query.with_for_update() if lock else query)

    def _point_at_customers(self, session: Session, document: dict[str, Any]) -> None:
        """A work order points at the enterprise's first customer object, or at none."""
        query = select(DataObject.identifier).where(
            DataObject.kind == Kind.CUSTOMER.value, DataObject.published_number > 0
        )
        target = session.scalar(query.order_by(DataObject.sort, DataObject.identifier).limit(1))
        for group in document["groups"]:
            for field in [*group["fields"]]:
                if field["type"] != "reference":
                    continue
                if target is None:
                    group["fields"].remove(field)
                    _forget(document, field["key"])
                else:
                    field["settings"] = {"reference": {"object": target}}

    def _world(self, session: Session, definition: Definition, together: Collection[str]) -> World:
        """What triggers are held against: the other objects, and who and what there is."""
        definitions = self._definitions
        others = {each.identifier: each for each in definitions.all(session)}
        reading = reading_of(session, self._directory, definitions)
        whole = with_codes(session, definition)
        templates = self._templates.subjects(session)
        return World(whole, reading, others, frozenset(together), templates)

    def _unknown_objects(
        self, session: Session, definition: Definition, together: Collection[str]
    ) -> list[tuple[str, str]]:
        wanted = {field.key: field.refers_to for field in definition.fields if field.refers_to}
        if not wanted:
            return []
        published = DataObject.published_number > 0
        there = {*session.scalars(select(DataObject.identifier).where(published))}
        there |= {definition.identifier, *together}
        return [
            (f"{key}.reference", "validation.bad_reference")
            for key, target in wanted.items()
            if target not in there
        ]

    def _bad_details(
        self, session: Session, definition: Definition, together: Collection[str]
    ) -> Iterator[tuple[str, str]]:
        """Lines of an object that is not there, or whose records do not belong to these."""
        for field in definition.details:
            settings = field.setting("details", {})
            row = self._find(session, settings.get("object", ""))
            document = self._versions.in_force(session, row) if row else None
            if row and row.identifier in together:
                document = row.draft or document
            if row and row.identifier == definition.identifier:
                document = row.draft
            if document is None:
                # What comes into force along with it is looked at when it does.
                if settings.get("object") not in together:
                    yield f"{field.key}.details", "validation.bad_details"
            elif wrong := _misfit(settings, document, definition.identifier):
                yield f"{field.key}.details", wrong

    @staticmethod
    def _say(session: Session, wrong: Sequence[Problem | tuple[str, str]]) -> list[dict[str, str]]:
        return told((Problem(*one) for one in wrong), locale_of(session))


def _misfit(
    settings: Mapping[str, Any], document: Mapping[str, Any], identifier: str
) -> str | None:
    """As `details.misfit`, of a document that may be a draft: one without the right form fits nobody."""
    try:
        target = read_definition(plain(document), 0)
    except ValidationError:
        return "validation.bad_details"
    return misfit(settings, target, identifier)


def _forget(document: dict[str, Any], key: str) -> None:
    document["list"]["columns"] = [name for name in document["list"]["columns"] if name != key]
    document["links"] = {part: name for part, name in document["links"].items() if name != key}


def _unmasking(history: Sequence[Definition], draft: Definition) -> list[tuple[str, str]]:
    """A masked number never becomes a text that everybody reads."""
    former = history[0].by_key if history else {}
    return [
        (field.key, "validation.would_unmask")
        for field in draft.fields
        if field.key in former and masked_type(former[field.key]) and not masked_type(field)
    ]


def _changed_kind(history: Sequence[Definition], draft: Definition) -> list[tuple[str, str]]:
    """Files, lines and stamps are no cell's value, and none becomes one of them."""
    former = history[0].by_key if history else {}
    return [
        (field.key, "validation.other_field")
        for field in draft.fields
        if (was := former.get(field.key)) and was.type != field.type
        and not (type_of(was).in_cell and type_of(field).in_cell)
    ]  # fmt: skip
