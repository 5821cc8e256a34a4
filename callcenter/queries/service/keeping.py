"""Queries: made and changed by whoever shapes the enterprise's objects, used by the roles they name."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Select, String, cast, select
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
from callcenter.core.messages import caption_of
from callcenter.core.permissions import Permission
from callcenter.objects.rules import Problem
from callcenter.objects.service.presenting import viewer
from callcenter.objects.service.rows import actor_id
from callcenter.queries.document import Button, Query, load, write
from callcenter.queries.errors import BadQuery
from callcenter.queries.expert import parts
from callcenter.queries.expert.document import ExpertQuery, is_expert
from callcenter.queries.expert.document import load as load_expert
from callcenter.queries.expert.errors import BadText
from callcenter.queries.expert.schemas import ExpertDocument
from callcenter.queries.models import SavedQuery
from callcenter.queries.schemas import QueryDocument, read
from callcenter.queries.service.beginnings import Beginnings
from callcenter.queries.service.running import Running, told

PLAIN = ("name", "document", "roles", "active", "report")
Entry = Mapping[str, Any]
Judging = Callable[[], tuple[parts.Problem, ...]]
_SORTS = {
    "key": SavedQuery.key,
    "active": SavedQuery.active,
    "changed_at": SavedQuery.changed_at,
}


class Queries:
    def __init__(
        self, directory: Directory, running: Running, beginnings: Beginnings, audit: Audit,
        clock: Clock,
    ) -> None:  # fmt: skip
        self._directory = directory
        self._running = running
        self.beginnings = beginnings
        self._audit = audit
        self._clock = clock

    def page(self, session: Session, request: PageRequest, filters: Mapping[str, Any]) -> Page:
        """Without their documents. filters: active. Raises Invalid."""
        query = select(SavedQuery)
        if request.q:
            names = [cast(SavedQuery.name[locale], String) for locale in LOCALES]
            query = query.where(holds(request.q, SavedQuery.key, *names))
        if (active := filters.get("active")) is not None:
            query = query.where(SavedQuery.active == active)
        rows, total = page_rows(session, query, request, _SORTS, "key", SavedQuery.id)
        return Page(self._shown(session, rows), total, request.page, request.page_size)

    def get(self, session: Session, key: str, *, expert: bool = False) -> dict[str, Any]:
        """expert: whether it is one that was written as text. Raises NotFound, also for the other kind."""
        row = self.row(session, key)
        if is_expert(row.document) is not expert:
            raise NotFound
        return {**self._shown(session, [row])[0], "document": row.document}

    def create(
        self, session: Session, values: Mapping[str, Any], *, judged: bool = False
    ) -> dict[str, Any]:
        """judged: as `judging_new` says. Raises Invalid: the key is taken; BadQuery, BadText."""
        self._check_free(session, values["key"])
        document, roles = values["document"], values["roles"]
        document = self._checked(session, document, roles, values["key"], judged=judged)
        values = {**values, "document": document}
        row = SavedQuery(
            id=new_id(), key=values["key"], changed_at=self._clock.now(),
            changed_by=actor_id(session), **_content(values),
        )  # fmt: skip
        session.add(row)
        session.flush()
        self._note(session, "create", row, {}, _content(values))
        return self.get(session, row.key, expert=is_expert(row.document))

    def change(
        self, session: Session, key: str, values: Mapping[str, Any], version: int, *,
        expert: bool = False,
    ) -> dict[str, Any]:  # fmt: skip
        """Only what `values` names. expert: whether it is one that was written as text, and judged as
        `judging_change` says. Raises NotFound, also for the other kind; Stale, BadQuery.
        """
        row = self.row(session, key, version)
        if {is_expert(row.document), is_expert(values.get("document", row.document))} != {expert}:
            raise NotFound
        document, roles = values.get("document", row.document), values.get("roles", row.roles)
        if "document" in values or "roles" in values:
            document = self._checked(session, document, roles, key, judged=expert)
            values = {**values, "document": document}
        before = _kept(row)
        for name in PLAIN:
            if name in values:
                setattr(row, name, values[name])
        row.changed_at, row.changed_by = self._clock.now(), actor_id(session)
        session.flush()
        after = _kept(row)
        self._note(session, "change", row, *difference(before, after))
        return self.get(session, key, expert=expert)

    def delete(self, session: Session, key: str, version: int) -> None:
        """Raises NotFound, Stale, InUse while another's button leads to it."""
        row = self.row(session, key, version)
        if [other for other in self._uses(session).get(key, ()) if other != key]:
            raise InUse({"by": "queries"})
        session.delete(row)
        self._note(session, "delete", row, _kept(row), {})

    def usable(self, session: Session) -> Sequence[SavedQuery]:
        """Those that whoever acts may use, by key."""
        rows = session.scalars(select(SavedQuery).order_by(SavedQuery.key))
        return [row for row in rows if _may_use(session, row)]

    def in_use(
        self, session: Session, key: str, given: Collection[str] = ()
    ) -> tuple[SavedQuery, Query | ExpertQuery]:
        """One that whoever acts may use, with what its templates come to for him. given: parameters
        that he fills in himself. Raises NotFound for any other; BadBeginning.
        """
        row, query = self.found(session, key)
        return row, self.beginnings.begun(session, query, given)

    def found(self, session: Session, key: str) -> tuple[SavedQuery, Query | ExpertQuery]:
        """The same, as it is written. Raises NotFound."""
        row = self.row(session, key)
        if not _may_use(session, row):
            raise NotFound
        kept = row.document
        return row, load_expert(kept) if is_expert(kept) else load(kept)

    def problems(
        self, session: Session, document: Any, roles: Sequence[str] = (), key: str = ""
    ) -> tuple[Query | None, list[Problem]]:
        """The query as it is asked now, as far as its form goes; and all that is wrong with it."""
        query, wrong = read(document)
        if query is None:
            return None, [Problem(path, *caption_of(said[0])) for path, said in wrong.items()]
        begun, faults = self.beginnings.of(session, query)
        found = [*self._running.problems(session, begun, roles), *faults.values()]
        return begun, [*found, *_lost(session, query.buttons, key)]

    def expert_problems(
        self, session: Session, query: ExpertQuery, roles: Sequence[str] = (), key: str = ""
    ) -> tuple[parts.Problem, ...]:
        """All that is wrong with one that is written as text."""
        return self.judging(session, query, roles, key)()

    def judging(
        self, session: Session, query: ExpertQuery, roles: Sequence[str] = (), key: str = ""
    ) -> Judging:
        """The same, to be called for when the transaction is over (`Running.judging`)."""
        begun, faults = self.beginnings.of(session, query)
        found = self._running.judging(session, begun, roles)
        wrong = (*faults.values(), *_lost(session, query.buttons, key))
        told = [parts.Problem("", 1, 1, 1, each.key, each.parameters, each.path) for each in wrong]
        return lambda: (*found(), *told)

    def judging_new(self, session: Session, values: Mapping[str, Any]) -> Judging:
        """What is wrong with an expert query that `create` takes as judged where that is nothing: the
        talk with a data source holds no transaction. Raises Invalid: the key is taken.
        """
        self._check_free(session, values["key"])
        query = load_expert(values["document"])
        return self.judging(session, query, values["roles"], values["key"])

    def judging_change(
        self, session: Session, key: str, values: Mapping[str, Any], version: int
    ) -> Judging:
        """As `judging_new`, for `change` of the same version. Raises NotFound, Stale."""
        row = self.row(session, key, version)
        document, roles = values.get("document", row.document), values.get("roles", row.roles)
        asked = "document" in values or "roles" in values
        if not (asked and is_expert(document) and is_expert(row.document)):
            return tuple
        return self.judging(session, load_expert(document), roles, key)

    def documents(self, session: Session) -> list[dict[str, Any]]:
        """All of them, as one file carries them."""
        rows = session.scalars(select(SavedQuery).order_by(SavedQuery.key))
        return [{"key": row.key, **_kept(row)} for row in rows]

    def bring(self, session: Session, entry: Entry) -> None:
        """Of a file, whether one of its key is there or not. What it asks is looked at when it is
        asked: the objects that come with it are not in force yet.
        """
        row = session.scalar(_by_key(entry["key"]).with_for_update())
        before = _kept(row) if row else {}
        if row is None:
            row = SavedQuery(id=new_id(), key=entry["key"])
            session.add(row)
        for name, value in _content(entry).items():
            setattr(row, name, value)
        row.changed_at, row.changed_by = self._clock.now(), actor_id(session)
        session.flush()
        self._note(
            session, "change" if before else "create", row, *difference(before, _content(entry))
        )

    def row(self, session: Session, key: str, version: int | None = None) -> SavedQuery:
        """Raises NotFound, Stale."""
        return the_one(session, _by_key(key), version)

    @staticmethod
    def _check_free(session: Session, key: str) -> None:
        if session.scalar(_by_key(key)) is not None:
            raise Invalid(fields={"key": ["validation.taken"]})

    def _checked(
        self, session: Session, document: Any, roles: Sequence[str], key: str, *, judged: bool
    ) -> dict[str, Any]:
        """The document with all its parts; raises BadQuery, BadText."""
        if is_expert(document):
            if not judged and (
                found := self.expert_problems(session, load_expert(document), roles, key)
            ):
                raise BadText(found)
            return dict(document)
        built, wrong = self.problems(session, document, roles, key)
        if built is None or wrong:
            details, fields = told(wrong)
            raise BadQuery(details, {f"document.{place}": said for place, said in fields.items()})
        # As it was written, and not as it is asked today.
        return write(load(QueryDocument().load(document)))

    def _shown(self, session: Session, rows: Sequence[SavedQuery]) -> list[dict[str, Any]]:
        used = self._uses(session)
        people = self._directory.people(session, {row.changed_by for row in rows if row.changed_by})
        return [
            {
                **{
                    name: getattr(row, name)
                    for name in ("key", "name", "roles", "active", "report")
                },
                "source": row.document.get("source", ""),
                "kind": "expert" if is_expert(row.document) else "builder",
                "used_by": used.get(row.key, []),
                "version": row.version,
                "changed_at": row.changed_at,
                "changed_by": people.get(row.changed_by) if row.changed_by else None,
            }
            for row in rows
        ]

    @staticmethod
    def _uses(session: Session) -> dict[str, list[str]]:
        """Key of a query → keys of those whose buttons lead there."""
        found: dict[str, list[str]] = {}
        query = select(SavedQuery.key, SavedQuery.document).order_by(SavedQuery.key)
        for key, document in session.execute(query):
            for named in {each.get("query") for each in document.get("buttons", ())} - {"", None}:
                found.setdefault(named, []).append(key)
        return found

    def _note(
        self,
        session: Session,
        act: str,
        row: SavedQuery,
        before: Mapping[str, Any],
        after: Mapping[str, Any],
    ) -> None:
        self._audit.record(
            session, f"query.{act}", "query", row.id, name=row.key, before=before, after=after
        )


def whole(entry: Entry) -> dict[str, Any]:
    """An entry of a file with all its parts, as they are kept."""
    given = entry["document"]
    shape = ExpertDocument() if is_expert(given) else QueryDocument()
    loaded = shape.load(given)
    document = dict(loaded) if is_expert(given) else write(load(loaded))
    return {**entry, "document": document, "report": entry.get("report")}


def _kept(row: SavedQuery) -> dict[str, Any]:
    return {name: getattr(row, name) for name in PLAIN}


def _content(values: Entry) -> dict[str, Any]:
    """What is not said of it is nothing: most queries are no report."""
    return {name: values.get(name) for name in PLAIN}


def _may_use(session: Session, row: SavedQuery) -> bool:
    actor = viewer(session)
    if actor is None or actor.may(Permission.OBJECTS_DEFINE):
        return True
    return row.active and actor.role.value in row.roles


def _lost(session: Session, buttons: Sequence[Button], key: str) -> Iterator[Problem]:
    """Buttons that lead to a query that is not there; key: of their own."""
    for place, button in enumerate(buttons):
        missing = button.query and button.query != key
        if missing and session.scalar(_by_key(button.query)) is None:
            yield Problem(f"buttons.{place}.query", "query.unknown_query")


def _by_key(key: str) -> Select[SavedQuery]:
    return select(SavedQuery).where(SavedQuery.key == key)
