"""What a statement may cost, and what it may touch; told before it runs. Pure."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

MOST_COST = 3_000_000
"""In the planner's units: a table of a million records is read from end to end for some 50,000."""

_ROWS_OF_NOTHING = frozenset(
    {"Function Scan", "Table Function Scan", "Foreign Scan", "Custom Scan"}
)
_WRITING = frozenset({"ModifyTable", "LockRows"})

Node = Mapping[str, Any]


class Strange(RuntimeError):
    """A programming error: a plan that reads what no statement may."""


def nodes(plan: Node) -> Iterator[Node]:
    yield plan
    for each in plan.get("Plans", ()):
        yield from nodes(each)


def check_plan(plan: Node, schema: str, ledger: Collection[str]) -> None:
    """plan: of EXPLAIN (VERBOSE, FORMAT JSON). Raises Strange.

    The third wall, behind the reading of the text and the rights of the role: what is read lies in the
    enterprise's schema, or is one of the tables of the ledger that say whose a record is.
    """
    for node in nodes(plan):
        kind = node["Node Type"]
        if kind in _ROWS_OF_NOTHING or kind in _WRITING:
            raise Strange(f"a statement with {kind}")
        if (name := node.get("Relation Name")) is None:
            continue
        within = node.get("Schema")
        if within != schema and not (within == "public" and name in ledger):
            raise Strange(f"a statement on {within}.{name}")
