"""An expert query as it is kept, in the form that is carried out. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from callcenter.queries.expert.parts import Parameter, Parts


@dataclass(frozen=True, slots=True)
class Asked:
    """Something to fill in; default: texts, as somebody would enter them, or words (`$today-7d`).

    template: what makes its default each time.
    """

    key: str
    label: Mapping[str, str]
    type: str
    many: bool = False
    default: tuple[str, ...] = ()
    template: str = ""
    required: bool = False


@dataclass(frozen=True, slots=True)
class Head:
    """How a column that comes out is shown, where its field does not say it."""

    key: str
    label: Mapping[str, str]
    format: str = ""
    width: int = 0


@dataclass(frozen=True)
class ExpertQuery:
    """declared: its parameters as a statement names them."""

    parts: Parts
    parameters: tuple[Asked, ...] = ()
    heads: tuple[Head, ...] = ()
    page_size: int = 20
    declared: Mapping[str, Parameter] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        declared = {each.key: Parameter(each.type, each.many) for each in self.parameters}
        object.__setattr__(self, "declared", declared)

    @cached_property
    def head(self) -> Mapping[str, Head]:
        return {each.key: each for each in self.heads}


def load(document: Mapping[str, Any]) -> ExpertQuery:
    """A document that has its form (`schemas.ExpertDocument`)."""
    return ExpertQuery(
        Parts(**document["texts"]),
        tuple(
            Asked(**{**each, "default": tuple(each["default"])}) for each in document["parameters"]
        ),
        tuple(Head(**each) for each in document["columns"]),
        document["page_size"],
    )


def is_expert(document: Any) -> bool:
    """Of documents as they are kept, beside those of the builder."""
    return isinstance(document, Mapping) and document.get("kind") == "expert"


def missing(query: ExpertQuery, given: Mapping[str, Sequence[str]]) -> list[str]:
    """Parameters that must be filled in and are not."""
    return [
        each.key
        for each in query.parameters
        if each.required and not any(given.get(each.key, each.default))
    ]
