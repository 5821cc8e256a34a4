"""What an action is. Each is one file of this package and registers itself."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Protocol
from uuid import UUID

from marshmallow import fields

from callcenter.core.http import Shape
from callcenter.objects.rules import Problem
from callcenter.objects.triggers import sources
from callcenter.objects.triggers.trigger import Moment
from callcenter.objects.types.base import Field, Reading

if TYPE_CHECKING:
    from callcenter.objects.schemas.definition import Definition

Document = Mapping[str, Any]
Values = Mapping[str, Any]


class ActionShape(Shape):
    do = fields.Str(required=True)


@dataclass(frozen=True, slots=True)
class World:
    """What an action's document is held against.

    others: the published objects, None where they are not known; together: objects that are
    published along with this one, of which nothing more is known yet. templates: key of each →
    the object that it is about (None: any), None where they are not known.
    """

    definition: "Definition"
    reading: Reading
    others: Mapping[str, "Definition"] | None = None
    together: frozenset[str] = frozenset()
    templates: Mapping[str, str | None] | None = None

    def target(self, identifier: str) -> "Definition | None":
        if identifier == self.definition.identifier:
            return self.definition
        return (self.others or {}).get(identifier)

    def is_unknown(self, identifier: str) -> bool:
        """Whether there is certainly no such object."""
        known = self.others is None or identifier in self.together
        return not known and self.target(identifier) is None

    def filling(self, values: Mapping[str, Document], identifier: str) -> Iterator[Problem]:
        """What is wrong with values for fields of an object, by `values.<key>`."""
        into = self.target(identifier)
        for key, source in values.items() if into else ():
            field = into.by_key.get(key) if into else None
            if into is None or field is None:
                yield Problem(f"values.{key}", "validation.unknown_field")
                continue
            found = sources.problems(source, field, into, self.definition, self.reading)
            yield from (each._replace(path=f"values.{key}") for each in found)


class Writing(Protocol):
    """A record that is being written; what a `before` action may do to it."""

    definition: "Definition"

    @property
    def values(self) -> Values: ...

    def put(self, field: Field, given: Any) -> None:
        """Given as somebody would enter it; raises BadValue."""
        ...

    def given(self, field: Field, source: Document) -> Any:
        """What a source gives for a field."""
        ...

    def number(self, field: Field) -> None: ...

    def refuse(self, said: Mapping[str, str], field: str | None) -> None: ...


class Doing(Protocol):
    """What an `after` action may do, and in whose name. Each act tells of itself."""

    definition: "Definition"
    values: Values
    record_id: UUID

    def target(self, identifier: str) -> "Definition":
        """Raises NotFound."""
        ...

    def given(self, field: Field, source: Document) -> Any: ...

    def make(self, identifier: str, given: Values) -> UUID: ...

    def change(self, identifier: str, record_id: UUID, given: Values) -> None: ...

    def pointing(self, identifier: str, field: str, most: int) -> Sequence[UUID]:
        """Records of an object whose reference `field` is this record."""
        ...

    def rendered(self, template: str, field: Field) -> Any:
        """What a template makes of the record, for a text field of it. Raises BadValue."""
        ...

    def tell(self, to: Sequence[Document], said: Mapping[str, str]) -> None: ...

    def send(self, method: str, url: str, named: Mapping[str, str]) -> None:
        """named: what it is sent as → the field."""
        ...

    def message(
        self, channel: str, template: str, field: str, reference: str | None = None
    ) -> None:
        """Send what the template makes of the record to the address in `field`, if there is one.

        reference: the field is of the record that this reference names.
        """
        ...

    def call(self, task: str, field: str) -> None:
        """Have the number in `field` called by whoever works on the task. Raises AppError."""
        ...


class Action(ABC):
    key: ClassVar[str]
    when: ClassVar[Moment]
    shape: ClassVar[type[Shape]]

    @abstractmethod
    def problems(self, document: Document, world: World) -> Iterator[Problem]:
        """What contradicts itself in it; paths from the action's own place."""


class BeforeAction(Action):
    when = Moment.BEFORE

    @abstractmethod
    def apply(self, document: Document, writing: Writing) -> None: ...


class AfterAction(Action):
    when = Moment.AFTER

    @abstractmethod
    def carry_out(self, document: Document, doing: Doing) -> None: ...


def filled(document: Document, target: "Definition", doing: Doing) -> Values:
    """What the document's values come to, for those fields of the target that are still there."""
    return {
        key: doing.given(target.by_key[key], source)
        for key, source in document["values"].items()
        if key in target.by_key
    }
