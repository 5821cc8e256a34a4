"""An expert query as it is kept, in the form that is carried out. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from callcenter.queries.answers import PRODUCT
from callcenter.queries.document import Button, Color, Drawn, drawn
from callcenter.queries.expert.parts import Parameter, Parts


@dataclass(frozen=True, slots=True)
class Asked:
    """Something to fill in; default: texts, as somebody would enter them, or words (`$today-7d`)."""

    key: str
    label: Mapping[str, str]
    type: str
    many: bool = False
    default: tuple[str, ...] = ()
    required: bool = False


@dataclass(frozen=True, slots=True)
class Head:
    """How a column that comes out is shown, where its field does not say it.

    link    whether its values open the row's record; None: as its field does
    mask    veiled for everybody
    hidden  there for colours and buttons, and shown to nobody
    total   what all rows' values come to below the list
    """

    key: str
    label: Mapping[str, str]
    format: str = ""
    width: int = 0
    link: bool | None = None
    mask: bool = False
    hidden: bool = False
    total: str = ""


@dataclass(frozen=True)
class ExpertQuery:
    """declared: its parameters as a statement names them. data_source: where it is asked."""

    parts: Parts
    parameters: tuple[Asked, ...] = ()
    heads: tuple[Head, ...] = ()
    page_size: int = 20
    buttons: tuple[Button, ...] = ()
    colors: tuple[Color, ...] = ()
    chart: Drawn | None = None
    data_source: str = PRODUCT
    declared: Mapping[str, Parameter] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        declared = {each.key: Parameter(each.type, each.many) for each in self.parameters}
        object.__setattr__(self, "declared", declared)

    @cached_property
    def head(self) -> Mapping[str, Head]:
        return {each.key: each for each in self.heads}

    @property
    def is_dressed(self) -> bool:
        """Whether anything of it depends on what kinds of values come out."""
        return bool(self.heads or self.buttons or self.colors or self.chart)

    def is_kept(self, key: str) -> bool:
        """Whether a column's values are kept from everybody."""
        head = self.head.get(key)
        return head is not None and (head.mask or head.hidden)


def load(document: Mapping[str, Any]) -> ExpertQuery:
    """A document that has its form (`schemas.ExpertDocument`)."""
    return ExpertQuery(
        Parts(**document["texts"]),
        tuple(
            Asked(**{**each, "default": tuple(each["default"])}) for each in document["parameters"]
        ),
        tuple(Head(**each) for each in document["columns"]),
        document["page_size"],
        tuple(Button(**each) for each in document.get("buttons", ())),
        tuple(Color(**each) for each in document.get("colors", ())),
        drawn(document.get("chart")),
        document.get("data_source", PRODUCT),
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
