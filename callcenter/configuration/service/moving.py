"""Configurations between enterprises: out as one file, and in again, tried first.

A trial does what the import would do, looks at it, and takes it back.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from callcenter.configuration.errors import BadConfiguration, CannotTake
from callcenter.configuration.schemas import FORMAT, KEYS, LEADING
from callcenter.configuration.service.details import Detail
from callcenter.configuration.service.document import (
    Entry,
    There,
    check_format,
    entries,
    in_order,
    problems,
)
from callcenter.configuration.service.leading import NamedPart, read_anew
from callcenter.configuration.service.parts import Part
from callcenter.core.audit import Audit
from callcenter.core.db import Database
from callcenter.core.directory import Directory
from callcenter.core.errors import AppError, Invalid
from callcenter.core.i18n import LOCALES, caption
from callcenter.core.permissions import Permission
from callcenter.core.tenant import Scope
from callcenter.objects.rules import Problem
from callcenter.objects.service import Documents, Publications, Standing
from callcenter.objects.service.losses import refuse
from callcenter.objects.service.presenting import locale_of
from callcenter.objects.service.telling import told

Item = dict[str, Any]
"""As `schemas.TrialItem` says."""

Chosen = list[tuple[Item, Entry]]

_CODES = "codes"
_FIRST = (_CODES, "templates")
_OBJECTS = "objects"
_TAKEN = ("new", "changed", "drafted")


class Moving:
    """parts: everything but the objects; what these name is brought before them, the rest after."""

    def __init__(
        self,
        database: Database,
        directory: Directory,
        objects: Documents,
        publications: Publications,
        parts: Sequence[Part],
        audit: Audit,
    ) -> None:
        self._database = database
        self._directory = directory
        self._objects = objects
        self._publications = publications
        self._parts = {part.name: part for part in parts}
        self._audit = audit

    def export(self, session: Session) -> dict[str, Any]:
        """Everything in force that the actor may shape, as one file."""
        enterprise = self._directory.enterprise(session)
        self._audit.record(
            session, "configuration.export", "enterprise", enterprise.id, name=enterprise.name
        )
        may = self._may(session)
        of_parts = {
            name: part.documents(session) for name, part in self._parts.items() if may(name)
        }
        shaped = (
            {_CODES: of_parts.pop(_CODES), _OBJECTS: self._objects.documents(session)}
            if may(_OBJECTS)
            else {}
        )
        return {
            "format": FORMAT,
            "name": dict.fromkeys(LOCALES, enterprise.name),
            "description": dict.fromkeys(LOCALES, ""),
            **shaped,
            **of_parts,
        }

    def trial(self, session: Session, document: Any) -> dict[str, Any]:
        """What taking it would do; nothing is changed. Raises NotAConfiguration, NewerFormat."""
        check_format(document)
        wrong = problems(document, self._there(session))
        head = {name: _captions(document.get(name)) for name in ("name", "description")}
        if wrong:
            return {**head, "problems": told(wrong, locale_of(session)), "items": []}
        items = [item for item, _ in self._tried(session, document)]
        return {**head, "problems": [], "items": items}

    def take(
        self,
        scope: Scope,
        document: Any,
        take: Mapping[str, Collection[str]] | None,
        *,
        publish: bool,
        accept_losses: bool,
        note: str,
    ) -> list[dict[str, Any]]:
        """All of what was chosen, or nothing; then the objects are published, one after another.

        Raises NotAConfiguration, NewerFormat, BadConfiguration, CannotTake, NotUnique, ValuesLost.
        """
        check_format(document)
        with self._database.begin(scope) as session:
            self._refuse(session, problems(document, self._there(session)))
            chosen = _chosen(self._tried(session, document), take)
            self._bring(session, chosen)
            objects = [entry for item, entry in chosen if item["part"] == _OBJECTS]
            if publish:
                self._refuse_publication(session, chosen, objects, accepted=accept_losses)
            versions = self._versions(session, objects)
            self._note(session, chosen, publish=publish)
        outcomes = [_outcome(item) for item, _ in chosen]
        if publish:
            self._publish(scope, outcomes, in_order(objects), versions, accept_losses, note)
        return outcomes

    @staticmethod
    def _may(session: Session) -> Callable[[str], bool]:
        """Whether the actor may take a part out and in."""
        scope: Scope = session.info["scope"]
        actor = scope.require_actor()
        shapes, manages = (
            actor.may(wanted)
            for wanted in (Permission.OBJECTS_DEFINE, Permission.ENTERPRISE_MANAGE)
        )
        return lambda part: manages if part in LEADING else shapes

    def _there(self, session: Session) -> There:
        codes = {table["key"] for table in self._parts[_CODES].documents(session)}
        queries = {each["key"] for each in self._parts["queries"].documents(session)}
        return There(self._objects.published(session), codes, queries)

    def _tried(self, session: Session, document: Mapping[str, Any]) -> Chosen:
        given, may = entries(document), self._may(session)
        refused = [
            (_item(name, entry, "blocked", reason="forbidden"), entry)
            for name in given
            if not may(name)
            for entry in given[name]
        ]
        given |= {name: [] for name in given if not may(name)}
        attempt = session.begin_nested()
        try:
            before = self._try_parts(session, _FIRST, given)
            objects = self._try_objects(session, given[_OBJECTS])
            others = [name for name in self._parts if name not in (*_FIRST, *LEADING)]
            rest = self._try_parts(session, others, given)
            rest += self._try_leading(session, given)
        finally:
            attempt.rollback()
            read_anew(session)
        return [*before, *objects, *rest, *refused]

    def _try_parts(
        self, session: Session, names: Collection[str], given: Mapping[str, Sequence[Entry]]
    ) -> Chosen:
        read_anew(session)
        found = [
            (name, entry, self._parts[name].differences(session, entry))
            for name in names
            for entry in given[name]
        ]
        self._prepare(session, ((name, entry) for name, entry, details in found if details is None))
        return [
            (self._tried_entry(session, name, entry, details), entry)
            for name, entry, details in found
        ]

    def _try_leading(self, session: Session, given: Mapping[str, Sequence[Entry]]) -> Chosen:
        """Again without what could not be taken, until nothing points at that any more."""
        names = [name for name in LEADING if name in self._parts]
        left = {name: [*given[name]] for name in names}
        blocked: Chosen = []
        while True:
            attempt = session.begin_nested()
            try:
                tried = self._try_parts(session, names, left)
            finally:
                attempt.rollback()
            fresh = [pair for pair in tried if pair[0]["state"] == "blocked"]
            if not fresh:
                break
            blocked += fresh
            left = {
                name: [one for one in left[name] if all(one is not entry for _, entry in fresh)]
                for name in names
            }
        order = {id(entry): place for place, entry in enumerate(_flat(given, names))}
        return sorted([*tried, *blocked], key=lambda pair: order[id(pair[1])])

    def _prepare(self, session: Session, new: Iterable[tuple[str, Entry]]) -> None:
        """What is new and may be pointed at is there by its name, before anything points at it."""
        for name, entry in new:
            part = self._parts[name]
            if isinstance(part, NamedPart):
                part.prepare(session, entry)
        read_anew(session)

    def _tried_entry(
        self, session: Session, name: str, entry: Entry, details: list[Detail] | None
    ) -> Item:
        state = "new" if details is None else "changed" if details else "same"
        item = _item(name, entry, state, details=details or [])
        if state != "same":
            try:
                self._parts[name].bring(session, entry)
            except AppError as error:
                wrong = [Problem(path, said[0]) for path, said in error.fields.items()]
                said = told(wrong, locale_of(session))
                item |= {"state": "blocked", "reason": "problems", "problems": said}
        return item

    def _try_objects(self, session: Session, given: Sequence[Entry]) -> Chosen:
        stands = {each["identifier"]: self._objects.standing(session, each) for each in given}
        takable = {key for key, standing in stands.items() if standing in _TAKEN}
        for entry in given:
            if entry["identifier"] in takable:
                self._objects.bring(session, entry)
        return [
            (self._object_item(session, entry, stands[entry["identifier"]], takable), entry)
            for entry in given
        ]

    def _object_item(
        self, session: Session, entry: Entry, standing: Standing, together: Collection[str]
    ) -> Item:
        if standing in (Standing.BUSY, Standing.OTHER_KIND):
            return _item(_OBJECTS, entry, "blocked", reason=standing.value)
        if standing is Standing.SAME:
            return _item(_OBJECTS, entry, "same")
        found = self._publications.check(session, entry["identifier"], together)
        item = _item(_OBJECTS, entry, standing.value, losses=found["losses"])
        if standing is not Standing.NEW:
            item["changes"] = found["changes"]
        if found["problems"]:
            item |= {"state": "blocked", "reason": "problems", "problems": found["problems"]}
        return item

    def _bring(self, session: Session, chosen: Chosen) -> None:
        """Raises BadConfiguration: what was left out may be pointed at by what was taken."""
        new = ((item["part"], entry) for item, entry in chosen if item["state"] == "new")
        self._prepare(session, ((part, entry) for part, entry in new if part in LEADING))
        for item, entry in chosen:
            if item["part"] == _OBJECTS:
                self._objects.bring(session, entry)
                continue
            try:
                self._parts[item["part"]].bring(session, entry)
            except Invalid as error:
                place = f"{item['part']}.{item['key']}"
                wrong = [Problem(f"{place}.{path}", said[0]) for path, said in error.fields.items()]
                self._refuse(session, wrong)
                raise
        session.flush()

    def _refuse_publication(
        self, session: Session, chosen: Chosen, objects: Sequence[Entry], *, accepted: bool
    ) -> None:
        """What was left out may be pointed at by what was taken."""
        together = {each["identifier"] for each in objects}
        wrong: dict[str, list[str]] = {}
        for key in together:
            for problem in self._objects.answer(session, key, together)["problems"]:
                wrong[f"{_OBJECTS}.{key}.{problem['path']}"] = [problem["message"]]
        if wrong:
            raise BadConfiguration(fields=wrong)
        refuse([loss for item, _ in chosen for loss in item["losses"]], accepted=accepted)

    @staticmethod
    def _refuse(session: Session, wrong: Sequence[Problem]) -> None:
        if wrong:
            said = told(wrong, locale_of(session))
            raise BadConfiguration(fields={each["path"]: [each["message"]] for each in said})

    def _versions(self, session: Session, objects: Sequence[Entry]) -> dict[str, int]:
        keys = [each["identifier"] for each in objects]
        return {key: self._objects.answer(session, key, keys)["version"] for key in keys}

    def _note(self, session: Session, chosen: Chosen, *, publish: bool) -> None:
        if not chosen:
            return
        taken: dict[str, list[str]] = {}
        for item, _ in chosen:
            taken.setdefault(item["part"], []).append(item["key"])
        enterprise = self._directory.enterprise(session)
        self._audit.record(
            session, "configuration.import", "enterprise", enterprise.id,
            name=enterprise.name, after={**taken, "publish": publish},
        )  # fmt: skip

    def _publish(
        self,
        scope: Scope,
        outcomes: Sequence[dict[str, Any]],
        order: Sequence[str],
        versions: Mapping[str, int],
        losses_accepted: bool,
        note: str,
    ) -> None:
        """Those that others point at first; after one that fails the rest stay drafts."""
        by_key = {each["key"]: each for each in outcomes if each["part"] == _OBJECTS}
        locale = scope.require_actor().locale
        for key in order:
            try:
                self._publications.publish(
                    scope, key, versions[key], note=note, losses_accepted=losses_accepted,
                    together=order,
                )  # fmt: skip
            except AppError as error:
                said = caption(f"error.{error.code}", locale, error.details)
                by_key[key] |= {"outcome": "failed", "message": said}
                return
            by_key[key]["outcome"] = "published"


def _flat(given: Mapping[str, Sequence[Entry]], names: Sequence[str]) -> Iterator[Entry]:
    return (entry for name in names for entry in given[name])


def _item(part: str, entry: Entry, state: str, **more: Any) -> Item:
    name = entry.get("name") or entry.get("label") or entry[KEYS[part]]
    if isinstance(name, str):
        name = dict.fromkeys(LOCALES, name)
    empty: Item = {"reason": None, "changes": [], "details": [], "problems": [], "losses": []}
    return {"part": part, "key": entry[KEYS[part]], "name": name, "state": state, **empty, **more}


def _chosen(tried: Chosen, take: Mapping[str, Collection[str]] | None) -> Chosen:
    """Raises CannotTake for what is not in the file, or blocked."""
    if take is None:
        return [(item, entry) for item, entry in tried if item["state"] in _TAKEN]
    wanted = {(part, key) for part, keys in take.items() for key in keys}
    found = {(item["part"], item["key"]): item["state"] for item, _ in tried}
    wrong = {
        f"{part}.{key}": [
            "configuration.blocked" if (part, key) in found else "validation.unknown_id"
        ]
        for part, key in wanted
        if found.get((part, key)) not in (*_TAKEN, "same")
    }
    if wrong:
        raise CannotTake(fields=wrong)
    return [
        (item, entry)
        for item, entry in tried
        if (item["part"], item["key"]) in wanted and item["state"] in _TAKEN
    ]


def _outcome(item: Item) -> dict[str, Any]:
    done = "added" if item["state"] == "new" else "changed"
    return {
        **{name: item[name] for name in ("part", "key", "name")},
        "outcome": "drafted" if item["part"] == _OBJECTS else done,
        "message": None,
    }


def _captions(label: Any) -> dict[str, str]:
    """Of a document that may be anything."""
    given = label if isinstance(label, dict) else {}
    return {locale: str(given.get(locale, "")) for locale in LOCALES}
