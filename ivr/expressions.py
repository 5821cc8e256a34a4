"""Conditions over a call's variables: numbers, strings, comparisons, and / or / not. No eval.

The text is parsed by `ast` and walked with an allow-list; what is not named here is refused when
the flow is checked. Callers type digits, so a string of digits compared with a number is read as
one. Words and a number are not equal; which of them is less cannot be said: that raises
ExpressionFailed, as an unset variable does, and the flow takes its default branch.
"""

import ast
from collections.abc import Callable, Mapping
from functools import lru_cache
from operator import ge, gt, le, lt
from typing import Any

Value = str | int | float | bool

LONGEST = 500
"""Characters of an expression."""

_DEEPEST = 20
_ORDER: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Lt: lt,
    ast.LtE: le,
    ast.Gt: gt,
    ast.GtE: ge,
}
_EQUALITY = (ast.Eq, ast.NotEq)
_MEMBERSHIP = (ast.In, ast.NotIn)


class ExpressionRefused(ValueError):
    """The text is no expression of this language; says which part."""


class ExpressionFailed(ValueError):
    """It could not be answered for these variables: one is unset, or of another kind."""


def check(text: str) -> frozenset[str]:
    """The variables that it reads; raises ExpressionRefused."""
    tree = _parse(text)
    return frozenset(node.id for node in ast.walk(tree) if isinstance(node, ast.Name))


def evaluate(text: str, variables: Mapping[str, Value]) -> bool:
    """Whether it holds; raises ExpressionRefused and ExpressionFailed."""
    return bool(_value(_parse(text), variables))


@lru_cache(maxsize=1024)
def _parse(text: str) -> ast.expr:
    if len(text) > LONGEST:
        raise ExpressionRefused(f"longer than {LONGEST} characters")
    if "\\" in text or not text.isprintable():
        raise ExpressionRefused("backslash or control character")
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise ExpressionRefused("not an expression") from error
    _allow(tree, 0)
    return tree


def _allow(node: ast.expr, depth: int) -> None:
    if depth > _DEEPEST:
        raise ExpressionRefused("nested too deeply")
    match node:
        case ast.BoolOp(values=values):
            parts = values
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            parts = [operand]
        case ast.Compare(left=left, ops=ops, comparators=comparators):
            _allow_comparison(ops, comparators)
            parts = [left, *_scalars(ops, comparators)]
        case ast.Name() | ast.Constant(value=str() | int() | float()):
            parts = []
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float())):
            parts = []
        case _:
            raise ExpressionRefused(type(node).__name__)
    for part in parts:
        _allow(part, depth + 1)


def _allow_comparison(ops: list[ast.cmpop], comparators: list[ast.expr]) -> None:
    for op, right in zip(ops, comparators, strict=True):
        if type(op) not in _ORDER and not isinstance(op, (*_EQUALITY, *_MEMBERSHIP)):
            raise ExpressionRefused(type(op).__name__)
        if isinstance(op, _MEMBERSHIP):
            if not isinstance(right, ast.Tuple) or len(ops) > 1:
                raise ExpressionRefused("'in' takes a list of values in parentheses")
            for element in right.elts:
                _allow(element, _DEEPEST)


def _scalars(ops: list[ast.cmpop], comparators: list[ast.expr]) -> list[ast.expr]:
    pairs = zip(ops, comparators, strict=True)
    return [right for op, right in pairs if not isinstance(op, _MEMBERSHIP)]


def _value(node: ast.expr, variables: Mapping[str, Value]) -> Value:
    match node:
        case ast.Constant(value=str() | int() | float() as constant):
            return constant
        case ast.Name(id=name):
            return _variable(name, variables)
        case ast.BoolOp(op=op, values=values):
            some_or_all = all if isinstance(op, ast.And) else any
            return some_or_all(_value(part, variables) for part in values)
        case ast.UnaryOp(op=op, operand=operand):
            value = _value(operand, variables)
            return not value if isinstance(op, ast.Not) else _negative(value)
        case ast.Compare():
            return _comparison(node, variables)
    raise AssertionError(f"{type(node).__name__} passed the allow-list")


def _variable(name: str, variables: Mapping[str, Value]) -> Value:
    if name not in variables:
        raise ExpressionFailed(f"{name} is not set")
    return variables[name]


def _negative(value: Value) -> Value:
    assert not isinstance(value, str), "the allow-list lets a minus stand before numbers only"
    return -value


def _comparison(node: ast.Compare, variables: Mapping[str, Value]) -> bool:
    left = _value(node.left, variables)
    for op, comparator in zip(node.ops, node.comparators, strict=True):
        if isinstance(comparator, ast.Tuple):
            found = any(_equal(left, _value(e, variables)) for e in comparator.elts)
            return found is isinstance(op, ast.In)
        right = _value(comparator, variables)
        if not _holds(op, left, right):
            return False
        left = right
    return True


def _holds(op: ast.cmpop, left: Value, right: Value) -> bool:
    if isinstance(op, _EQUALITY):
        return _equal(left, right) is isinstance(op, ast.Eq)
    return _ORDER[type(op)](*_alike(left, right))


def _equal(left: Value, right: Value) -> bool:
    try:
        one, other = _alike(left, right)
    except ExpressionFailed:
        # A field that holds digits and words alike: a condition on its digits is no fault of words.
        return False
    return bool(one == other)


def _alike(left: Value, right: Value) -> tuple[Any, Any]:
    if isinstance(left, str) and not isinstance(right, str):
        return _number(left), right
    if isinstance(right, str) and not isinstance(left, str):
        return left, _number(right)
    return left, right


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise ExpressionFailed("text compared with a number")
    # int() refuses more than 4300 digits; no key-pad entry is longer than that.
    return int(text[:4000])
