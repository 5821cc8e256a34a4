"""What rows show beside their values: colours, and buttons with their conditions. Pure."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Protocol

from callcenter.expressions import Kind, Node, Value, evaluate, parse
from callcenter.objects.rules import Problem
from callcenter.queries.columns import expression
from callcenter.queries.document import Button, Color
from callcenter.queries.sources import Unfit

Kinds = Mapping[str, Kind | None]
"""Of each column, in expressions; None: none can use it."""


class Looked(Protocol):
    """A query with colours and buttons, however it was written."""

    @property
    def buttons(self) -> Sequence[Button]: ...

    @property
    def colors(self) -> Sequence[Color]: ...


class Looks:
    """Of one asking. kinds: of the columns that whoever looks sees as they are.

    What asks for others is left out, and what cannot be worked out as things are by now.
    """

    def __init__(self, query: Looked, kinds: Kinds) -> None:
        self._all = query.buttons
        self._buttons = _decided([(each.key, each.when) for each in query.buttons], kinds)
        self._colors = _decided([(each.color, each.when) for each in query.colors], kinds)

    def color(self, operands: Mapping[str, Value]) -> str:
        return next(_holding(self._colors, operands), "")

    def buttons(
        self,
        operands: Mapping[str, Value],
        records: Collection[str],
        held: Mapping[str, object],
    ) -> tuple[str, ...]:
        """records: sources with one in this row; held: values as they are."""
        true = set(_holding(self._buttons, operands))
        return tuple(
            each.key
            for each in self._all
            if each.key in true
            and (each.do != "open" or each.source in records)
            and (each.do != "call" or held.get(each.column) is not None)
        )


def taken_along(query: Looked) -> frozenset[str]:
    """Columns whose values a button needs: rows have them, masked as ever, also where no page shows them."""
    called = {each.column for each in query.buttons if each.do == "call"}
    given = (each.parameters.values() for each in query.buttons if each.do == "query")
    return frozenset(called.union(*given))


def truth(text: str, path: str, kinds: Kinds) -> Iterator[Problem]:
    """Why it cannot be the condition of a colour or a button."""
    try:
        _, kind = expression(text, kinds)
    except Unfit as unfit:
        yield unfit.at(path)
        return
    if kind is not Kind.BOOLEAN:
        parameters = {"kind": kind.value, "wanted": Kind.BOOLEAN.value}
        yield Problem(path, "expression.result", parameters)


def colors(query: Looked, kinds: Kinds) -> Iterator[Problem]:
    for place, color in enumerate(query.colors):
        yield from truth(color.when, f"colors.{place}.when", kinds)


def buttons(
    query: Looked, kinds: Kinds, types: Mapping[str, str], sources: Collection[str]
) -> Iterator[Problem]:
    """types: of columns, by key; sources: whose records rows open."""
    keys = [each.key for each in query.buttons]
    for place, button in enumerate(query.buttons):
        path = f"buttons.{place}"
        if button.key in keys[:place]:
            yield Problem(f"{path}.key", "validation.duplicate")
        if button.when:
            yield from truth(button.when, f"{path}.when", kinds)
        yield from (
            each._replace(path=f"{path}.{each.path}") for each in _deed(button, types, sources)
        )


def _deed(button: Button, types: Mapping[str, str], sources: Collection[str]) -> Iterator[Problem]:
    if button.do == "open" and button.source not in sources:
        yield Problem("source", "query.unknown_source")
    if button.do == "call" and types.get(button.column) != "phone":
        yield Problem("column", "query.no_phone")
    if button.do == "query":
        if not button.query:
            yield Problem("query", "validation.required")
        if any(column not in types for column in button.parameters.values()):
            yield Problem("parameters", "query.unknown_column")


def _decided(given: Sequence[tuple[str, str]], kinds: Kinds) -> list[tuple[str, Node | None]]:
    return [
        (key, parse(text) if text else None)
        for key, text in given
        if not text or not any(True for _ in truth(text, "", kinds))
    ]


def _holding(
    decided: Sequence[tuple[str, Node | None]], operands: Mapping[str, Value]
) -> Iterator[str]:
    return (key for key, node in decided if node is None or evaluate(node, operands) is True)
