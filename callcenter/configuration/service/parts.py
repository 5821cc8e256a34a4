"""What a configuration consists of beside its objects: code tables, templates, words, forms."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from sqlalchemy.orm import Session

from callcenter.core.errors import Invalid
from callcenter.objects.schemas.document import MOST_OPTIONS
from callcenter.objects.service import Codes, Library
from callcenter.objects.types.choice import whole_option
from callcenter.people.service import Words
from callcenter.quality.service import Forms
from callcenter.queries.service import Queries
from callcenter.queries.service.keeping import PLAIN as QUERY
from callcenter.queries.service.keeping import whole
from callcenter.templates.service import Templates
from callcenter.templates.service.keeping import PLAIN

Entry = Mapping[str, Any]
Detail = dict[str, Any]
"""As `schemas.Detail` says."""


class Part(Protocol):
    name: str

    def documents(self, session: Session) -> list[dict[str, Any]]:
        """What the enterprise has, as one file carries it."""
        ...

    def differences(self, session: Session, entry: Entry) -> list[Detail] | None:
        """What taking it would change; None: it is not there yet."""
        ...

    def bring(self, session: Session, entry: Entry) -> None:
        """Take it, whether it is there or not; raises Invalid."""
        ...


class CodesPart:
    """Options are added and changed; those that the file does not have stay."""

    name = "codes"

    def __init__(self, codes: Codes) -> None:
        self._codes = codes

    def documents(self, session: Session) -> list[dict[str, Any]]:
        return self._codes.documents(session)

    def differences(self, session: Session, entry: Entry) -> list[Detail] | None:
        table = _one(self.documents(session), "key", entry)
        if table is None:
            return None
        before = {item["value"]: whole_option(item) for item in table["items"]}
        after = {item["value"]: whole_option(item) for item in entry["items"]}
        found = _attributes(table, entry, ("name",))
        for value, item in after.items():
            if value not in before:
                found.append(_detail("added", label=item["label"]))
            elif item != before[value]:
                found.append(_detail("changed", label=item["label"]))
        return found

    def bring(self, session: Session, entry: Entry) -> None:
        table = _one(self.documents(session), "key", entry)
        if table is None:
            self._codes.create(session, entry["key"], entry["name"])
        there = {item["value"]: item for item in (table or {"items": []})["items"]}
        whole = there | {item["value"]: item for item in entry["items"]}
        if len(whole) > MOST_OPTIONS:
            raise Invalid(fields={"items": ["validation.too_many"]})
        version = self._codes.get(session, entry["key"])["version"]
        self._codes.save(session, entry["key"], entry["name"], [*whole.values()], version)


class TemplatesPart:
    """By their keys; one that is there becomes what the file says."""

    name = "templates"

    def __init__(self, templates: Templates) -> None:
        self._templates = templates

    def documents(self, session: Session) -> list[dict[str, Any]]:
        return self._templates.documents(session)

    def differences(self, session: Session, entry: Entry) -> list[Detail] | None:
        template = _one(self.documents(session), "key", entry)
        return None if template is None else _attributes(template, entry, PLAIN)

    def bring(self, session: Session, entry: Entry) -> None:
        self._templates.bring(session, entry)


class WordsPart:
    """Not-ready reasons or dispositions, by their codes."""

    def __init__(self, name: str, words: Words, attributes: Sequence[str]) -> None:
        self.name = name
        self._words = words
        self._attributes = attributes

    def documents(self, session: Session) -> list[dict[str, Any]]:
        names = ("code", *self._attributes)
        return [{name: word[name] for name in names} for word in self._words.all(session)]

    def differences(self, session: Session, entry: Entry) -> list[Detail] | None:
        word = _one(self.documents(session), "code", entry)
        return None if word is None else _attributes(word, entry, self._attributes)

    def bring(self, session: Session, entry: Entry) -> None:
        word = _one(self._words.all(session), "code", entry)
        if word is None:
            self._words.create(session, entry)
        else:
            self._words.change(session, word["id"], entry, word["version"])


class FormsPart:
    """Quality forms: the next version of one that is there."""

    name = "quality_forms"

    def __init__(self, forms: Forms) -> None:
        self._forms = forms

    def documents(self, session: Session) -> list[dict[str, Any]]:
        return self._forms.documents(session)

    def differences(self, session: Session, entry: Entry) -> list[Detail] | None:
        form = _one(self.documents(session), "key", entry)
        if form is None:
            return None
        before, after = _criteria(form), _criteria(entry)
        found = _attributes(form, entry, ("name",))
        found += [_detail("added", label=after[key]) for key in after if key not in before]
        found += [_detail("removed", label=before[key]) for key in before if key not in after]
        parts = ("fatal", "groups")
        if not found and any(form[part] != entry[part] for part in parts):
            found.append(_detail("changed", label=entry["name"]))
        return found

    def bring(self, session: Session, entry: Entry) -> None:
        document = {"fatal": entry["fatal"], "groups": entry["groups"]}
        self._forms.publish(session, entry["key"], entry["name"], document)


class LibraryPart:
    """Ready settings, by their keys."""

    name = "library"

    def __init__(self, library: Library) -> None:
        self._library = library

    def documents(self, session: Session) -> list[dict[str, Any]]:
        return self._library.documents(session)

    def differences(self, session: Session, entry: Entry) -> list[Detail] | None:
        ready = _one(self.documents(session), "key", entry)
        return None if ready is None else _attributes(ready, entry, ("name", "content"))

    def bring(self, session: Session, entry: Entry) -> None:
        name, content = entry["name"], entry["content"]
        there = _one(self._library.all(session, entry["kind"]), "key", entry)
        if there is None or not there["own"]:
            self._library.create(session, entry["kind"], name, content, entry["key"])
        else:
            self._library.change(session, entry["key"], name, there["version"], content)


class QueriesPart:
    """By their keys; one that is there becomes what the file says."""

    name = "queries"

    def __init__(self, queries: Queries) -> None:
        self._queries = queries

    def documents(self, session: Session) -> list[dict[str, Any]]:
        return self._queries.documents(session)

    def differences(self, session: Session, entry: Entry) -> list[Detail] | None:
        query = _one(self.documents(session), "key", entry)
        return None if query is None else _attributes(query, whole(entry), QUERY)

    def bring(self, session: Session, entry: Entry) -> None:
        self._queries.bring(session, whole(entry))


def words_parts(dispositions: Words, reasons: Words) -> list[Part]:
    plain = ("label", "sort", "active")
    return [
        WordsPart("dispositions", dispositions, plain),
        WordsPart("not_ready_reasons", reasons, (*plain, "paid")),
    ]


def _one(entries: Sequence[Any], key: str, wanted: Entry) -> Any:
    return next((each for each in entries if each[key] == wanted[key]), None)


def _criteria(form: Entry) -> dict[str, Mapping[str, str]]:
    """Keys of a form's items and fatal faults → their labels."""
    items = [item for group in form["groups"] for item in group["items"]]
    return {each["key"]: each["label"] for each in [*form["fatal"], *items]}


def _detail(what: str, **more: Any) -> Detail:
    return {"what": what, "attribute": None, "label": None, "before": None, "after": None, **more}


def _attributes(old: Entry, new: Entry, names: Sequence[str]) -> list[Detail]:
    return [
        _detail("changed", attribute=name, before=old[name], after=new[name])
        for name in names
        if old[name] != new[name]
    ]
