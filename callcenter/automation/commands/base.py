"""What a command is. Each is one file of this package and registers itself."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any, ClassVar, Protocol
from uuid import UUID

from marshmallow import Schema, fields, validate
from sqlalchemy.orm import Session

from callcenter.core.clock import Clock
from callcenter.core.http import Shape
from callcenter.core.permissions import Permission
from callcenter.core.tenant import Actor

KINDS = (
    "text", "long_text", "number", "switch", "choice", "url", "object", "field", "list",
    "template", "channel", "query", "query_parameters", "addresses",
    "archive_file", "credential",
)  # fmt: skip
"""Of parameters, as the form asks for them. field and list: of the object beside them;
query_parameters: of the query, texts by key; addresses: of e-mail;
archive_file: the name of one of the enterprise's files; credential: of one that goes to the `url`."""

Values = Mapping[str, Any]


class Caller(StrEnum):
    """Who may have a command carried out. template: it is short, and a template may want it done."""

    TASK = "task"
    TEMPLATE = "template"


_LONGEST = {"long_text": 16_000, "url": 500, "archive_file": 200}


@dataclass(frozen=True, slots=True)
class Parameter:
    """types: of a `field`, the types that it may have; of a `channel`, its kinds."""

    name: str
    kind: str
    required: bool = True
    default: Any = None
    least: int = 0
    most: int = 0
    options: tuple[str, ...] = ()
    types: tuple[str, ...] = ()

    def field(self) -> fields.Field[Any]:
        given: dict[str, Any] = {"required": True}
        if not self.required or self.default is not None:
            given = {"load_default": self.default, "allow_none": not self.required}
        if self.kind == "number":
            return fields.Int(validate=validate.Range(self.least, self.most), **given)
        if self.kind == "switch":
            return fields.Bool(**given)
        if self.kind == "query_parameters":
            return fields.Dict(keys=_short(100), values=_several(_short(200), 200), **given)
        if self.kind == "addresses":
            return _several(fields.Email(validate=validate.Length(max=254)), 50, **given)
        if self.kind == "choice":
            return fields.Str(validate=validate.OneOf(self.options), **given)
        longest = validate.Length(1 if self.required else 0, _LONGEST.get(self.kind, 100))
        return fields.Str(validate=longest, **given)


def _short(longest: int) -> fields.Str:
    return fields.Str(validate=validate.Length(max=longest))


def _several(one: fields.Field[Any], most: int, **given: Any) -> fields.Field[Any]:
    return fields.List(one, validate=validate.Length(max=most), **given)


class Refused(Exception):
    """The work cannot be done: a caption's key and its parameters. may_pass: it may go well later."""

    def __init__(
        self, key: str, parameters: Values | None = None, *, may_pass: bool = False
    ) -> None:
        super().__init__(key)
        self.key = key
        self.parameters = dict(parameters or {})
        self.may_pass = may_pass


class Doing(Protocol):
    """One run. In the name of whoever set up the task, with his rights of today."""

    task_id: UUID
    run_id: UUID
    clock: Clock

    @property
    def tools(self) -> Any:
        """`service.tools.Tools`."""
        ...

    def begin(self) -> AbstractContextManager[Session]:
        """A transaction of its own: what it has committed stays, whatever comes after it."""
        ...

    def say(self, key: str, **parameters: Any) -> None:
        """A line of the output: a caption."""
        ...

    def show(self, text: str) -> None:
        """Output as it is, cut off where it is too long."""
        ...


class Command(ABC):
    """needs: what whoever sets it up must be permitted to do. callers: nobody else may call it."""

    key: ClassVar[str]
    needs: ClassVar[Permission]
    parameters: ClassVar[tuple[Parameter, ...]]
    callers: ClassVar[frozenset[Caller]] = frozenset({Caller.TASK})

    @cached_property
    def schema(self) -> Schema:
        known = {parameter.name: parameter.field() for parameter in self.parameters}
        made: type[Schema] = Shape.from_dict(known, name=f"{self.key.title()}Parameters")
        return made()

    def problems(self, values: Values, actor: Actor) -> Mapping[str, list[str]]:  # noqa: ARG002
        """What else is wrong with them, or kept from whoever sets it up: parameter → captions."""
        return {}

    @abstractmethod
    def run(self, values: Values, doing: Doing) -> None:
        """Raises Refused, or any AppError."""
