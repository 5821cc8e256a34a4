"""What a query's columns are: of which source and field, and of what kind their values. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from callcenter.expressions import BadExpression, Kind, Node, infer, names_in, parse
from callcenter.objects.rules import Problem
from callcenter.objects.types import masked_type, type_of
from callcenter.objects.types.base import Field
from callcenter.queries.document import Query, Shown
from callcenter.queries.sources import Sources, Unfit

_ORDERED = (Kind.NUMBER, Kind.DATE, Kind.DATETIME)
_DATED = (Kind.DATE, Kind.DATETIME)


@dataclass(frozen=True, eq=False)
class Known:
    """A column whose source and field are there, or whose expression can be read.

    kind: in expressions; None: none can use it. needs: columns that the expression names.
    """

    shown: Shown
    kind: Kind | None
    field: Field | None = None
    node: Node | None = None
    needs: frozenset[str] = frozenset()

    @property
    def type(self) -> str:
        """As `answers.Column.type`."""
        if self.node is not None or self.field is None:
            return self.kind.value if self.kind and self.node is not None else "integer"
        if self.shown.aggregate in ("count", "distinct"):
            return "integer"
        if self.shown.aggregate == "average":
            return "money" if self.field.type == "money" else "decimal"
        if self.shown.by and self.kind is Kind.DATE:
            return "date"
        made = self.field.type == "formula" and self.kind
        return self.kind.value if made and self.kind else self.field.type


Columns = Mapping[str, Known]


def columns_of(query: Query, sources: Sources) -> tuple[Columns, list[Problem]]:
    """By key; those that cannot be had are problems. Expressions see what has none, and those before."""
    found: dict[str, Known] = {}
    wrong: list[Problem] = []
    # Expressions may name columns that stand after them.
    places = sorted(enumerate(query.columns), key=lambda each: each[1].expression is not None)
    for place, shown in places:
        try:
            found[shown.key] = _known(query, shown, sources, found)
        except Unfit as unfit:
            wrong.append(unfit.at(f"columns.{place}"))
    return {shown.key: found[shown.key] for shown in query.columns if shown.key in found}, wrong


def _known(query: Query, shown: Shown, sources: Sources, found: Mapping[str, Known]) -> Known:
    if shown.key in found:
        raise Unfit("key", "validation.duplicate")
    if shown.aggregate and not query.grouped:
        raise Unfit("aggregate", "query.not_grouped")
    if shown.expression is not None:
        return _of_expression(shown, found)
    if shown.source not in sources:
        raise Unfit("source", "query.unknown_source")
    if shown.field is None and shown.aggregate == "count":
        return Known(shown, Kind.NUMBER)
    if shown.field is None:
        raise Unfit("field", "validation.required")
    field = sources[shown.source].field(shown.field)
    if field is None:
        raise Unfit("field", "validation.unknown_field")
    return _of_field(query, shown, field)


def _of_field(query: Query, shown: Shown, field: Field) -> Known:
    kind = None if masked_type(field) else kind_of(field)
    if shown.aggregate:
        kind = _aggregated(shown.aggregate, kind)
    elif query.grouped and not may_group(field):
        raise Unfit("field", "query.no_group")
    if shown.by:
        kind = _stepped(shown, kind)
    if shown.total and kind is not Kind.NUMBER:
        raise Unfit("total", "query.no_number")
    return Known(shown, kind, field)


def _aggregated(aggregate: str, kind: Kind | None) -> Kind | None:
    if aggregate in ("count", "distinct"):
        return Kind.NUMBER
    if aggregate in ("sum", "average") and kind is not Kind.NUMBER:
        raise Unfit("aggregate", "query.no_number")
    if kind not in _ORDERED:
        raise Unfit("aggregate", "query.no_order")
    return kind


def _stepped(shown: Shown, kind: Kind | None) -> Kind:
    if kind not in _DATED or shown.aggregate or (shown.by == "hour" and kind is Kind.DATE):
        raise Unfit("by", "query.no_moment")
    return Kind.DATETIME if shown.by == "hour" else Kind.DATE


def _of_expression(shown: Shown, found: Mapping[str, Known]) -> Known:
    for name in ("field", "aggregate", "by", "total"):
        if getattr(shown, name):
            raise Unfit(name, "query.expression_alone")
    kinds = {key: known.kind for key, known in found.items()}
    node, kind = expression(shown.expression or "", kinds, "expression")
    return Known(shown, kind, node=node, needs=frozenset(name.key for name in names_in(node)))


def expression(text: str, kinds: Mapping[str, Kind | None], path: str = "") -> tuple[Node, Kind]:
    """Over columns' keys: the tree and what it gives; raises Unfit."""
    try:
        node = parse(text)
        return node, infer(node, kinds)
    except BadExpression as error:
        place = {"at": error.at + 1} if error.at is not None else {}
        raise Unfit(path, error.key, {**error.parameters, **place}) from error


def kind_of(field: Field) -> Kind | None:
    """Of a moment that the product keeps too: a formula cannot have it, a query can."""
    if field.type in ("created_at", "updated_at"):
        return Kind.DATETIME
    return type_of(field).kind_of(field)


def may_group(field: Field) -> bool:
    """Not by several options at once, nor by numbers whose groups would tell who shares one."""
    return field.type not in ("choices", "rich_text") and masked_type(field) is None
