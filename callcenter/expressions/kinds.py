"""What kind of value an expression gives: everything that cannot work is told before it runs."""

from collections.abc import Mapping, Sequence

from callcenter.expressions.errors import BadExpression
from callcenter.expressions.functions import FUNCTIONS, one_kind
from callcenter.expressions.nodes import Call, Literal, Name, Node, Operation
from callcenter.expressions.values import ORDERED, Kind

_LITERALS: Mapping[type, Kind] = {bool: Kind.BOOLEAN, str: Kind.TEXT, type(None): Kind.NOTHING}
_TRUTH = frozenset({Kind.BOOLEAN})
_NUMBERS = frozenset({Kind.NUMBER})


def infer(node: Node, fields: Mapping[str, Kind | None]) -> Kind:
    """fields: kinds by key, None for one that no expression can use. Raises BadExpression."""
    if isinstance(node, Literal):
        return _LITERALS.get(type(node.value), Kind.NUMBER)
    if isinstance(node, Name):
        return _field(node, fields)
    if isinstance(node, Call):
        return _call(node, [infer(one, fields) for one in node.arguments])
    return _operation(node, [infer(one, fields) for one in node.operands])


def _field(node: Name, fields: Mapping[str, Kind | None]) -> Kind:
    if node.key not in fields:
        raise BadExpression("expression.unknown_field", {"name": node.key}, node.at)
    kind = fields[node.key]
    if kind is None:
        raise BadExpression("expression.unusable_field", {"name": node.key}, node.at)
    return kind


def _operation(node: Operation, kinds: Sequence[Kind]) -> Kind:
    if node.sign in ("and", "or", "not"):
        _want(node.operands, kinds, _TRUTH)
        return Kind.BOOLEAN
    if node.sign in ("=", "<>"):
        _same(node.at, kinds)
        return Kind.BOOLEAN
    if node.sign in ("<", "<=", ">", ">="):
        _want(node.operands, kinds, ORDERED)
        _same(node.at, kinds)
        return Kind.BOOLEAN
    if node.sign == "&":
        return Kind.TEXT
    _want(node.operands, kinds, _NUMBERS)
    return Kind.NUMBER


def _call(node: Call, kinds: Sequence[Kind]) -> Kind:
    function = FUNCTIONS[node.function]
    most = function.most()
    if len(kinds) < function.least or (most is not None and len(kinds) > most):
        parameters = {"name": node.function, "count": function.least}
        raise BadExpression("expression.arguments", parameters, node.at)
    for index, (one, kind) in enumerate(zip(node.arguments, kinds, strict=True)):
        _want([one], [kind], function.kinds_at(index))
    if function.gives is not None:
        return function.gives
    chosen = one_kind(node.function)
    return _same(node.at, [kinds[i] for i in chosen if i < len(kinds)] if chosen else kinds)


def _want(nodes: Sequence[Node], kinds: Sequence[Kind], wanted: frozenset[Kind]) -> None:
    for node, kind in zip(nodes, kinds, strict=True):
        if kind is not Kind.NOTHING and kind not in wanted:
            raise BadExpression("expression.kind", {"kind": kind.value}, node.at)


def _same(at: int, kinds: Sequence[Kind]) -> Kind:
    known = {kind for kind in kinds if kind is not Kind.NOTHING}
    if len(known) > 1:
        raise BadExpression("expression.mixed", at=at)
    return known.pop() if known else Kind.NOTHING
