"""Expressions that an administrator writes: read, checked by kind, and worked out. Pure.

They know numbers, texts, days, moments and yes-or-no, fields by their keys, and the functions of
`functions.py`; nothing else can be reached from one. Nothing is empty text, zero or false by
accident: what is calculated with nothing is nothing.
"""

from callcenter.expressions.conditions import (
    ME,
    OPERATORS,
    ROLE,
    TODAY,
    Condition,
    Surroundings,
    Test,
    changes_of,
    holds,
    operators_of,
    passes,
)
from callcenter.expressions.errors import BadExpression
from callcenter.expressions.evaluation import evaluate
from callcenter.expressions.kinds import infer
from callcenter.expressions.nodes import Node, names_in, tree
from callcenter.expressions.parser import LONGEST, parse
from callcenter.expressions.values import Kind, Value

__all__ = [
    "LONGEST",
    "ME",
    "OPERATORS",
    "ROLE",
    "TODAY",
    "BadExpression",
    "Condition",
    "Kind",
    "Node",
    "Surroundings",
    "Test",
    "Value",
    "changes_of",
    "evaluate",
    "holds",
    "infer",
    "names_in",
    "operators_of",
    "parse",
    "passes",
    "tree",
]
