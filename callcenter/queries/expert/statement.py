"""A statement that was read: wholly our own writing, to be completed when it is asked. Pure."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from callcenter.queries.expert.scopes import ID, Origin


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
    nulls_last, phones: as `languages.Language` and `scopes.Found`.
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
    nulls_last: str = " NULLS LAST"
    phones: frozenset[str] = frozenset()

    def statement(
        self,
        given: Collection[str],
        order_by: tuple[str, bool] | None = None,
        *,
        bare: bool = False,
        ties: bool = False,
        kept: Collection[str] = (),
    ) -> str:
        """given: parameters that have a value.

        order_by: a column that comes out, and whether downwards, in place of the statement's own order.
        bare: without any order, to be counted. ties: between equals the other columns decide, so that
        one page begins where the other ended; kept: those that are shown to nobody decide last, between
        rows that look alike, so that their order tells nothing of them.
        """
        said = [f"SELECT {self.select}", f"FROM {self.source}"]
        if where := _held(self.where, given):
            said.append(f"WHERE {where}")
        if self.group:
            said.append(f"GROUP BY {self.group}")
        if having := _held(self.having, given):
            said.append(f"HAVING {having}")
        if not bare and (order := [*self._ordered(order_by, kept, ties=ties)]):
            said.append(f"ORDER BY {', '.join(order)}")
        return " ".join(said)

    def _ordered(
        self, order_by: tuple[str, bool] | None, kept: Collection[str], *, ties: bool
    ) -> Iterator[str]:
        chosen = order_by[0] if order_by and order_by[0] in self.columns else ""
        places = {key: place for place, key in enumerate(self.columns, 1)}
        if order_by and chosen:
            yield f"{places.pop(chosen)} {'DESC' if order_by[1] else 'ASC'}{self.nulls_last}"
        elif self.order:
            yield self.order
        if ties:
            # A record's id tells most rows apart, and what follows it is then never compared.
            told = sorted((self._weight(key, kept), place) for key, place in places.items())
            yield from (str(place) for _, place in told)

    def _weight(self, key: str, kept: Collection[str]) -> int:
        origin = self.columns[key]
        return 0 if origin and origin.column == ID else 2 if key in kept else 1


def _held(conditions: tuple[Condition, ...], given: Collection[str]) -> str:
    """In parentheses each: `a OR b` and another must not become `a OR b AND c`."""
    known = {*given}
    return " AND ".join(f"({each.text})" for each in conditions if each.needs <= known)
