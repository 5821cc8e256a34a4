"""What a field type is. Each type is one file of this package and registers itself.

Values have three forms: *given* (JSON of a request), *held* (what the typed column takes, and what
is compared), *stored* (JSON: in `extra`, in the log, in answers).
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import String
from sqlalchemy.types import TypeEngine

from callcenter.expressions import Kind, Value
from callcenter.objects.errors import BadValue
from callcenter.objects.types.cells import text_of

VEIL = "***"
LONGEST_INDEXED = 600
"""Characters of a value in an index: its entry takes 2,704 bytes, and a character up to four."""

# What PostgreSQL refuses (NUL, lone surrogates) and what no person types; line ends are text.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a definition. settings: what only its type knows; when: its conditions, as written.

    rights: role → what it may do with the field, where that is less than to write it.
    storage, column: where its values lie, given by the publication: under which name ("" stands for
    the key), and whether in a typed column although nothing asks for one any more.
    """

    key: str
    type: str
    label: Mapping[str, str]
    group: str
    required: bool = False
    read_only: bool = False
    unique: bool = False
    indexed: bool = False
    searched: bool = False
    in_list: bool = False
    width: int = 1
    settings: Mapping[str, Any] = field(default_factory=dict)
    when: Mapping[str, Any] = field(default_factory=dict)
    rights: Mapping[str, str] = field(default_factory=dict)
    storage: str = ""
    column: bool = False

    @property
    def place(self) -> str:
        """The name under which its values lie: of the column without its prefix, or in `extra`."""
        return self.storage or self.key

    @property
    def refers_to(self) -> str | None:
        """The object whose records its values are; None of what is no reference."""
        if self.type != "reference":
            return None
        target: str | None = self.setting("reference", {}).get("object")
        return target

    def setting(self, name: str, default: Any = None) -> Any:
        return self.settings.get(name, default)


@dataclass(frozen=True, slots=True)
class Reading:
    """What reading a value may need: the enterprise's area code and zone, and what exists."""

    area_code: str
    zone: ZoneInfo
    user_exists: Callable[[UUID], bool]
    team_exists: Callable[[UUID], bool]
    record_exists: Callable[[str, UUID], bool]
    file_of: Callable[[str, UUID], Mapping[str, Any] | None] = lambda *_: None
    """Of a field's key and a file's id: the file, if it may be taken into that field."""


@dataclass(frozen=True, slots=True)
class Showing:
    """What showing a value may need: language, privilege, names that were looked up."""

    locale: str
    unmasked: bool
    people: Mapping[UUID, str]
    teams: Mapping[UUID, str]
    titles: Mapping[UUID, str]


@dataclass(frozen=True, slots=True)
class Named:
    """Whom and what a file names: `words_of` a name or code → all that are called so.

    records: by the key of the field that refers to them.
    """

    people: Mapping[str, Sequence[UUID]]
    teams: Mapping[str, Sequence[UUID]]
    records: Mapping[str, Mapping[str, Sequence[UUID]]]


class FieldType(ABC):
    """Base of all types: a value that is text and is shown as it is."""

    key: ClassVar[str]
    own_column: ClassVar[bool] = False
    """Whether it lies in a column of its own even when it is neither indexed nor unique."""
    sortable: ClassVar[bool] = True
    found_whole: ClassVar[bool] = True
    """Whether records are looked up by a whole value of it though nobody asked for an index."""
    entered: ClassVar[bool] = True
    """Whether somebody enters its values; else the product makes them."""
    in_cell: ClassVar[bool] = True
    """Whether a value is one cell: searched, indexed, unique, imported, converted, a record's name."""
    apart: ClassVar[bool] = False
    """Whether its values are records of their own, so that the record's row has nothing of them."""
    system: ClassVar[str | None] = None
    """The column of every record that it shows; None for what has a place of its own."""
    settings: ClassVar[frozenset[str]] = frozenset(
        {"help", "default", "copied", "check", "check_message"}
    )
    kind: ClassVar[Kind | None] = None
    """What its values are in an expression; None: none can use them."""

    def column(self, definition: Field) -> TypeEngine[Any]:
        """The type of its column."""
        return String()

    def check(self, definition: Field) -> str | None:
        """What contradicts itself in the definition: a caption's key."""
        return None

    def longest(self, definition: Field) -> int | None:
        """Characters of a value, where the definition says how many; else None."""
        return None

    def kind_of(self, definition: Field) -> Kind | None:
        return self.kind

    def operand(self, held: Any) -> Value:
        """Held → what expressions reckon with, for types with a kind."""
        value: Value = held
        return value

    @abstractmethod
    def read(self, definition: Field, given: Any, reading: Reading) -> Any:
        """Given → held, None for nothing; raises BadValue."""

    def take(self, definition: Field, cell: Any, named: Named) -> Any:
        """What a cell of a file says → given, None for nothing; raises BadValue."""
        return text_of(cell)

    def store(self, held: Any) -> Any:
        """Held → stored."""
        return held

    def hold(self, stored: Any) -> Any:
        """Stored → held."""
        return stored

    def value(self, held: Any, showing: Showing) -> Any:
        """Held → what an answer carries."""
        return self.store(held)

    def display(self, definition: Field, held: Any, showing: Showing) -> str | None:
        """Text for a person, where the value alone does not say it."""
        return None

    def veil(self, held: Any) -> str:
        """What a role sees of it from which its values are kept."""
        return VEIL

    def sign(self, definition: Field) -> str | None:
        """What stands before its values: a currency's sign."""
        return None

    def search_text(self, held: Any) -> str:
        return str(held)


def first_character(text: str) -> str:
    """A name as `张**`: neither how long it is, nor all of it where it is one character."""
    return f"{text[0]}**" if len(text) > 1 else VEIL


def read_text(given: Any, longest: int) -> str | None:
    """Trimmed text, None when empty; raises BadValue."""
    if given is None:
        return None
    if not isinstance(given, str):
        raise BadValue("validation.text")
    text = given.strip()
    if _CONTROL.search(text):
        raise BadValue("validation.control_characters")
    if len(text) > longest:
        raise BadValue("validation.too_long", {"max": longest})
    return text or None


def read_uuid(given: Any) -> UUID | None:
    if given is None or given == "":
        return None
    try:
        return UUID(given)
    except (ValueError, AttributeError, TypeError):
        raise BadValue("validation.unknown_id") from None
