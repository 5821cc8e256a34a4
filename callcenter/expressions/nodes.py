"""An expression as a tree. Each node knows where in the text it begins."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any


@dataclass(frozen=True, slots=True)
class Literal:
    value: Decimal | str | bool | None
    at: int


@dataclass(frozen=True, slots=True)
class Name:
    key: str
    at: int


@dataclass(frozen=True, slots=True)
class Operation:
    """One or two operands: `-`, `not`; `+ - * / &`, `= <> < <= > >=`, `and or`."""

    sign: str
    operands: tuple["Node", ...]
    at: int


@dataclass(frozen=True, slots=True)
class Call:
    function: str
    arguments: tuple["Node", ...]
    at: int


Node = Literal | Name | Operation | Call


def children(node: Node) -> tuple[Node, ...]:
    if isinstance(node, Operation):
        return node.operands
    return node.arguments if isinstance(node, Call) else ()


def names_in(node: Node) -> Iterator[Name]:
    """Fields that it names, as often as it does."""
    if isinstance(node, Name):
        yield node
    for child in children(node):
        yield from names_in(child)


def tree(node: Node) -> dict[str, Any]:
    """As JSON, for a page that works it out while somebody types; numbers are text there."""
    if isinstance(node, Name):
        return {"name": node.key}
    if isinstance(node, Literal):
        number = isinstance(node.value, Decimal)
        return {"number": str(node.value)} if number else {"value": node.value}
    of = [tree(child) for child in children(node)]
    return {"call": node.function if isinstance(node, Call) else node.sign, "of": of}
