"""A statement that was read: wholly our own writing, to be completed when it is asked. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from callcenter.queries.expert.scopes import Origin


@dataclass(frozen=True, slots=True)
class Table:
    """What stands for `mark` in a statement: so many columns of a relation, in this order."""

    mark: str
    relation: str
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Condition:
    """needs: without a value for each of these it is left out; empty where it always holds."""

    text: str
    needs: frozenset[str]


@dataclass(frozen=True, slots=True)
class Checked:
    """A statement in the writing of psycopg, but that a mark stands for each of its tables.

    columns: what comes out, in order; each with the object's column that it is, if it is one.
    parameters: the names that have to have a value, or none.
    """

    select: str
    source: str
    where: tuple[Condition, ...]
    group: str
    having: tuple[Condition, ...]
    order: str
    columns: Mapping[str, Origin | None]
    tables: tuple[Table, ...]
    parameters: frozenset[str]

    def statement(
        self,
        given: Collection[str],
        order_by: tuple[str, bool] | None = None,
        *,
        bare: bool = False,
    ) -> str:
        """given: parameters that have a value.

        order_by: a column that comes out, and whether downwards, in place of the statement's own order.
        bare: without any order, to be counted.
        """
        said = [f"SELECT {self.select}", f"FROM {self.source}"]
        if where := _held(self.where, given):
            said.append(f"WHERE {where}")
        if self.group:
            said.append(f"GROUP BY {self.group}")
        if having := _held(self.having, given):
            said.append(f"HAVING {having}")
        if order_by is not None and order_by[0] in self.columns:
            place = [*self.columns].index(order_by[0]) + 1
            said.append(f"ORDER BY {place} {'DESC' if order_by[1] else 'ASC'} NULLS LAST")
        elif self.order and not bare:
            said.append(f"ORDER BY {self.order}")
        return " ".join(said)


def _held(conditions: tuple[Condition, ...], given: Collection[str]) -> str:
    """In parentheses each: `a OR b` and another must not become `a OR b AND c`."""
    known = {*given}
    return " AND ".join(f"({each.text})" for each in conditions if each.needs <= known)
