"""Working an expression out. It was checked by `infer`, so nothing in it can fail on a kind."""

import operator
from collections.abc import Callable, Mapping
from decimal import Context, DecimalException, localcontext
from typing import Any

from callcenter.expressions.functions import FUNCTIONS, LONGEST_TEXT, text_of
from callcenter.expressions.nodes import Call, Literal, Name, Node, Operation
from callcenter.expressions.values import Value

_EXACT = Context(prec=34)


def evaluate(node: Node, values: Mapping[str, Value]) -> Value:
    """What cannot be reckoned is nothing; so is a field that `values`, by key, does not have."""
    with localcontext(_EXACT):
        return _value(node, values)


def _value(node: Node, values: Mapping[str, Value]) -> Value:
    if isinstance(node, Literal):
        return node.value
    if isinstance(node, Name):
        return values.get(node.key)
    if isinstance(node, Call):
        return _call(node, values)
    return _operation(node, values)


def _call(node: Call, values: Mapping[str, Value]) -> Value:
    function = FUNCTIONS[node.function]
    given = [_value(one, values) for one in node.arguments]
    if None in given and not function.of_nothing:
        return None
    try:
        return function.work(*given)
    except DecimalException:
        return None


def _operation(node: Operation, values: Mapping[str, Value]) -> Value:
    given = [_value(one, values) for one in node.operands]
    if node.sign in _OF_ALL:
        return _OF_ALL[node.sign](given)
    if None in given:
        return None
    try:
        return _RECKONED[node.sign](*given)
    except DecimalException:
        return None


def _minus(left: Any, right: Any = None) -> Value:
    value: Value = -left if right is None else left - right
    return value


_OF_ALL: Mapping[str, Callable[[list[Any]], Value]] = {
    "and": lambda given: all(value is True for value in given),
    "or": lambda given: any(value is True for value in given),
    "not": lambda given: given[0] is not True,
    "=": lambda given: given[0] == given[1],
    "<>": lambda given: given[0] != given[1],
    "&": lambda given: "".join(map(text_of, given))[:LONGEST_TEXT],
}
"""Signs that mean something of nothing as well."""

_RECKONED: Mapping[str, Callable[..., Value]] = {
    "+": operator.add,
    "-": _minus,
    "*": operator.mul,
    "/": operator.truediv,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
