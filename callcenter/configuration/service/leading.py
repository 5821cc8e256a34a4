"""Where calls go, as a configuration carries it: services, rules, hours, rooms, boxes, numbers.

Each is called by its name, and what it points at is named (`references`).
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol
from uuid import UUID

from marshmallow import ValidationError
from sqlalchemy.orm import Session

from callcenter.callbacks.service import CallbackRulebook
from callcenter.configuration.schemas import KEYS
from callcenter.configuration.service.details import Detail, Entry, deep
from callcenter.configuration.service.references import Names, identified, named
from callcenter.core.errors import AppError, Invalid
from callcenter.core.http import Page, PageRequest, Shape
from callcenter.core.messages import flatten
from callcenter.people.service import Skills
from callcenter.routing.service import AgentServices, CallerLists, Conferences, RoutingServices
from callcenter.schedules.service import Holidays, Schedules
from callcenter.tenancy.service import AccessNumbers
from callcenter.voicemail.service import Boxes


class Naming(Protocol):
    def all(self, session: Session) -> Names:
        """What the enterprise's configuration may point at."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Leading:
    """Whose services keep it."""

    naming: Naming
    skills: Skills
    lists: CallerLists
    schedules: Schedules
    holidays: Holidays
    conferences: Conferences
    services: AgentServices
    routes: RoutingServices
    boxes: Boxes
    callbacks: CallbackRulebook
    numbers: AccessNumbers


@dataclass(slots=True)
class _Read:
    """What there is, as it was read in a pass. is_stale: something has been made there since."""

    names: Names | None = None
    rows: dict[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)
    is_stale: bool = False


_READ = "configuration.read"


def read_anew(session: Session) -> None:
    """From now on each part is read once, until this is said again: its entries are apart by their keys,
    so that what is taken of one changes nothing that is asked of another.
    """
    session.info[_READ] = _Read()


class LeadingPart(ABC):
    """names: the attributes beside the key that the file carries; shape: what reads them."""

    name: str
    names: ClassVar[Sequence[str]] = ()
    shape: ClassVar[type[Shape]]

    def __init__(self, parts: Leading) -> None:
        self._parts = parts

    def documents(self, session: Session) -> list[dict[str, Any]]:
        names = self._parts.naming.all(session)
        return [named(self._document(row), names) for row in self._rows(session)]

    def differences(self, session: Session, entry: Entry) -> list[Detail] | None:
        rows = self._read(session, self.name, self._rows)
        row = next((row for row in rows if self._key(row) == self._key(entry)), None)
        if row is None:
            return None
        there = named(self._document(row), self._names(session))
        return deep(there, self._whole(session, entry), self.names)

    def bring(self, session: Session, entry: Entry) -> None:
        """Raises Invalid."""
        values = self._values(session, entry)
        rows = self._read(session, self.name, self._rows)
        row = next((row for row in rows if self._key(row) == self._key(entry)), None)
        self._take(session, row, values)
        if row is None:
            self._made(session)

    @staticmethod
    def _read(
        session: Session, what: str, read: Callable[[Session], Iterable[Mapping[str, Any]]]
    ) -> Sequence[Mapping[str, Any]]:
        kept: _Read = session.info.get(_READ) or _Read()
        if what not in kept.rows:
            kept.rows[what] = [*read(session)]
        return kept.rows[what]

    def _names(self, session: Session) -> Names:
        kept: _Read = session.info.get(_READ) or _Read()
        if kept.names is None:
            kept.names, kept.is_stale = self._parts.naming.all(session), False
        return kept.names

    @staticmethod
    def _made(session: Session) -> None:
        if (kept := session.info.get(_READ)) is not None:
            kept.is_stale = True

    def _identified(self, session: Session, entry: Mapping[str, Any]) -> dict[str, Any]:
        """Names are read again only where something is missed that may have been made meanwhile.

        Raises Invalid.
        """
        try:
            found: dict[str, Any] = identified(dict(entry), self._names(session))
        except Invalid:
            kept: _Read | None = session.info.get(_READ)
            if kept is None or not kept.is_stale:
                raise
            kept.names = None
            found = identified(dict(entry), self._names(session))
        return found

    @abstractmethod
    def _rows(self, session: Session) -> Iterable[Mapping[str, Any]]:
        """What there is, as its service shows it."""

    @abstractmethod
    def _take(
        self, session: Session, row: Mapping[str, Any] | None, values: dict[str, Any]
    ) -> None: ...

    def _key(self, row: Mapping[str, Any]) -> Any:
        return row[KEYS[self.name]]

    def _document(self, row: Mapping[str, Any]) -> dict[str, Any]:
        key = KEYS[self.name]
        plain = self.shape().dump(row)
        return {key: self._key(row), **{name: plain[name] for name in self.names}}

    def _values(self, session: Session, entry: Entry) -> dict[str, Any]:
        """As the service takes them. Raises Invalid."""
        return self._load(self._identified(session, entry))

    def _load(self, entry: dict[str, Any]) -> dict[str, Any]:
        try:
            loaded: dict[str, Any] = self.shape().load(entry)
        except ValidationError as error:
            raise Invalid(fields=flatten(error.messages)) from error
        return loaded

    def _whole(self, session: Session, entry: Entry) -> Mapping[str, Any]:
        """With its defaults; what cannot be read as it stands: `bring` tells what is wrong."""
        try:
            values = self._values(session, entry)
        except Invalid:
            return dict.fromkeys(self.names) | dict(entry)
        plain = self.shape().dump(values)
        whole: dict[str, Any] = named(plain, self._names(session))
        return whole


class Service(Protocol):
    def page(self, session: Session, request: PageRequest) -> Page: ...

    def create(self, session: Session, values: Mapping[str, Any]) -> Any: ...

    def change(
        self, session: Session, key: UUID, values: Mapping[str, Any], version: int, /
    ) -> Any: ...


class NamedPart(LeadingPart):
    """What is called by its name, which is the file's key for it too."""

    bare: ClassVar[Mapping[str, Any] | None] = None
    """What it begins with where the file's entries point at each other."""

    @property
    @abstractmethod
    def _service(self) -> Service: ...

    def _rows(self, session: Session) -> Iterable[Mapping[str, Any]]:
        return all_rows(lambda request: self._service.page(session, request))

    def prepare(self, session: Session, entry: Entry) -> None:
        """Make it there by its name, if it can be, so that others of the file can point at it."""
        given = {name: entry[name] for name in self._begins_with if name in entry}
        if self.bare is None:
            return
        rows = self._read(session, self.name, self._rows)
        if any(self._key(row) == entry["name"] for row in rows):
            return
        try:
            self._service.create(session, self._load({**self.bare, **given}))
        except AppError:
            return  # told when it is brought

    _begins_with: ClassVar[Sequence[str]] = ("name",)

    def _take(
        self, session: Session, row: Mapping[str, Any] | None, values: dict[str, Any]
    ) -> None:
        if row is None:
            self._service.create(session, values)
        else:
            kept = {name: values[name] for name in self.names}
            self._service.change(session, row["id"], kept, row["version"])


def all_rows(page: Callable[[PageRequest], Page]) -> Iterable[Mapping[str, Any]]:
    """Of all pages."""
    number, seen = 1, 0
    while True:
        found = page(PageRequest(page=number, page_size=200))
        yield from found.items
        number, seen = number + 1, seen + len(found.items)
        if seen >= found.total or not found.items:
            return
