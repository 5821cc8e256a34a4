"""What actions after a change do: the product itself writes, tells and calls, and says what it did."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.core.db import TenantTables
from callcenter.core.errors import NotFound
from callcenter.core.i18n import DEFAULT_LOCALE
from callcenter.core.numbers import Number
from callcenter.core.outbound import NotAllowed, OutboundFailed, parts_of
from callcenter.notices.service import Notice, Notices
from callcenter.objects import queries
from callcenter.objects.schemas import Definition, Kind
from callcenter.objects.service.bell import title
from callcenter.objects.service.converting import WHOLE
from callcenter.objects.service.means import Means
from callcenter.objects.service.presenting import Held
from callcenter.objects.service.reading import Reader
from callcenter.objects.service.records import Records
from callcenter.objects.service.triggers.calls import Calls, Letter, Messages, Tasks
from callcenter.objects.service.triggers.people import in_words, recipients
from callcenter.objects.service.triggers.templates import Rendered, Templates, fitted, rendered
from callcenter.objects.service.triggers.values import About, given_of
from callcenter.objects.service.wording import worded
from callcenter.objects.triggers.actions.base import Document
from callcenter.objects.triggers.calling import Callee
from callcenter.objects.types import type_of
from callcenter.objects.types.base import Field

Step = dict[str, Any]
"""What one act of an action did, in JSON; as `schemas.triggers.StepShape` says."""


class Deeds(Records):
    """Writes records as the product does: nothing is kept from it, all the rules hold."""

    def __init__(
        self,
        means: Means,
        calls: Calls,
        tasks: Tasks,
        messages: Messages,
        templates: Templates,
    ) -> None:
        super().__init__(means)
        self.calls = calls
        self.tasks = tasks
        self.messages = messages
        self.templates = templates
        self.notices = Notices(means.directory, means.outbox, means.clock)

    def of(self, session: Session, identifier: str, record_id: UUID, *, lock: bool = False) -> Held:
        """A record as it lies, deleted ones too. Raises NotFound."""
        definition = self._definitions.get(session, identifier)
        table = self._table(session, definition)
        query = select(table).where(table.c.id == record_id)
        return self._one(session, definition, query.with_for_update() if lock else query)

    def about(
        self, session: Session, definition: Definition, held: Held, user_id: UUID | None
    ) -> About:
        now = self._clock.now().astimezone(self._enterprise(session).zone)
        return About(definition, held.values, held.row.id, user_id, now)

    def change(
        self, session: Session, identifier: str, record_id: UUID, given: Mapping[str, Any]
    ) -> bool:
        """Whether anything has changed; raises NotFound, Invalid."""
        definition = self._written(session, identifier, "edit")
        table = self._table(session, definition)
        query = queries.by_id(table, record_id).with_for_update()
        current = self._one(session, definition, query)
        changes = self._reader(session, definition).filled(given, current)
        if changes:
            self._save(session, definition, current, changes, {})
        return bool(changes)

    def pointing(
        self, session: Session, identifier: str, key: str, record_id: UUID, most: int
    ) -> Sequence[UUID]:
        definition = self._definitions.get(session, identifier)
        table = self._table(session, definition)
        column = table.c[queries.column_of(definition.by_key[key])]
        query = select(table.c.id).where(table.c.deleted_at.is_(None), column == record_id)
        return list(TenantTables(session).execute(query.order_by(table.c.id).limit(most)).scalars())

    def reached(self, session: Session, identifier: str, record_id: UUID) -> Held:
        """A record as the scope's actor finds it. Raises NotFound, Forbidden."""
        return self._find(session, self._definition(session, identifier, "read"), record_id)

    def reader(self, session: Session, definition: Definition) -> Reader:
        return self._reader(session, definition)

    def compared(
        self,
        session: Session,
        definition: Definition,
        before: Mapping[str, Any],
        after: Mapping[str, Any],
    ) -> list[dict[str, Any]]:
        """As `schemas.records.ChangedField` says, as far as the scope's actor sees it."""
        old, new = self._presenter.texts(session, definition, [before, after])
        return [
            {
                "field": key,
                "label": definition.by_key[key].label,
                "before": old.get(key),
                "after": new.get(key),
            }
            for key in new
        ]

    def told(self, session: Session, about: About, document: Sequence[Document]) -> Any:
        return recipients(session, self._directory, document, about)

    def words(self, session: Session, about: About, said: Mapping[str, str]) -> Mapping[str, str]:
        return in_words(session, self._presenter, said, about)

    def rendered(self, session: Session, about: About, template: str) -> Rendered:
        """Raises BadValue."""
        words = worded(session, self._presenter, about.definition, about.values)
        return rendered(session, self.templates, template, words)


class Doer:
    """`triggers.actions.base.Doing` in one transaction; what it did stands in `steps`.

    key: the same for the same act, also when it is tried again. really: whether what leads out
    of the database is done as well; in a trial it is only said.
    """

    def __init__(
        self, session: Session, deeds: Deeds, about: About, key: str, *, really: bool = True
    ) -> None:
        self.definition = about.definition
        self.values = about.values
        self.record_id = _id_of(about)
        self.steps: list[Step] = []
        self._session = session
        self._deeds = deeds
        self._about = about
        self._key = key
        self._really = really

    def target(self, identifier: str) -> Definition:
        return self._deeds.definitions.get(self._session, identifier)

    def given(self, field: Field, source: Document) -> Any:
        return given_of(source, field, self._about)

    def make(self, identifier: str, given: Mapping[str, Any]) -> UUID:
        made = self._deeds.create(self._session, identifier, {}, supplied=given)
        record_id: UUID = made["id"]
        self._did("create", object=identifier, record_id=str(record_id), fields=[*given])
        return record_id

    def change(self, identifier: str, record_id: UUID, given: Mapping[str, Any]) -> None:
        try:
            changed = self._deeds.change(self._session, identifier, record_id, given)
        except NotFound:
            # In the bin, or gone: what pointed at it still does.
            self._did("update", object=identifier, record_id=str(record_id), fields=[])
            return
        fields = [*given] if changed else []
        self._did("update", object=identifier, record_id=str(record_id), fields=fields)

    def pointing(self, identifier: str, field: str, most: int) -> Sequence[UUID]:
        return self._deeds.pointing(self._session, identifier, field, self.record_id, most)

    def rendered(self, template: str, field: Field) -> str:
        found = self._deeds.rendered(self._session, self._about, template)
        self._did("template", template=dict(found.name), fields=[field.key])
        return fitted(found, field, template)

    def tell(self, to: Sequence[Document], said: Mapping[str, str]) -> None:
        people = self._deeds.told(self._session, self._about, to)
        text = self._deeds.words(self._session, self._about, said)
        if people and self._really:
            identifier = self.definition.identifier
            notice = Notice("trigger", text, identifier, self.record_id)
            self._deeds.notices.post(self._session, [one.id for one in people], notice)
        self._did("notify", people=[one.name for one in people], text=dict(text))

    def send(self, method: str, url: str, named: Mapping[str, str]) -> None:
        values = {
            name: _sent(self.definition.by_key[key], self.values.get(key))
            for name, key in named.items()
            if key in self.definition.by_key
        }
        place = parts_of(url).shown
        calls, status = self._deeds.calls, None
        try:
            if self._really:
                status = calls.send(self._session, method, url, values, self._key)
            else:
                calls.check(self._session, url)
        except OutboundFailed as failure:
            refused, status = isinstance(failure, NotAllowed), failure.parameters.get("status")
            self._did("http", method=method, address=place, status=status, tried=not refused)
            raise
        self._did("http", method=method, address=place, status=status, tried=True, fields=[*named])

    def message(
        self, channel: str, template: str, field: str, reference: str | None = None
    ) -> None:
        held = self._named(reference) if reference else self.values
        address = str(held.get(field) or "")
        told: dict[str, Any] = {"channel": channel, "fields": [reference or field]}
        if not address:
            # Whoever has none is told nothing; that is no failure of the others.
            self._did("message", **told, message_id=None)
            return
        found = self._deeds.rendered(self._session, self._about, template)
        letter = Letter(
            channel, address, found.name.get(DEFAULT_LOCALE, ""), found.text, found.html, template,
            self.definition.identifier, self.record_id, self._key,
        )  # fmt: skip
        sent = self._deeds.messages.put(self._session, letter)
        self._did("message", **told, template=dict(found.name), message_id=str(sent))

    def _named(self, reference: str) -> Mapping[str, Any]:
        """What the record holds that a reference names; nothing of one that is gone."""
        known, named = self.definition.by_key.get(reference), self.values.get(reference)
        if known is None or known.refers_to is None or not named:
            return {}
        try:
            held = self._deeds.of(self._session, known.refers_to, named)
        except NotFound:
            return {}
        return held.values if held.row.deleted_at is None else {}

    def call(self, task: str, field: str) -> None:
        known = self.definition.by_key.get(field)
        held = self.values.get(field) if known and known.type == "phone" else None
        number = Number.load(held) if held else None
        name = title(self.definition, self.values)
        callee = Callee(number, name, self._customer(number))
        placed = self._deeds.tasks.add(self._session, task, callee)
        self._did("call", calling=placed.dump())

    def _customer(self, number: Number | None) -> UUID | None:
        """The record itself, whom it names, or else whoever has the number."""
        if self.definition.kind is Kind.CUSTOMER:
            return self.record_id
        linked = self.definition.linked("customer")
        if linked and linked.type == "reference" and (named := self.values.get(linked.key)):
            customer_id: UUID = named
            return customer_id
        if number is None:
            return None
        return self._deeds.customer_ids(self._session, [number]).get(str(number))

    def _did(self, what: str, **more: Any) -> None:
        self.steps.append({"do": what, **more})


def _id_of(about: About) -> UUID:
    if about.record_id is None:
        raise LookupError("what happens after a change is about a record")
    return about.record_id


def _sent(field: Field, held: Any) -> Any:
    return None if held is None else type_of(field).value(held, WHOLE)
