"""Whatever is let through touches nothing but the enterprise's own objects: PostgreSQL says so itself.

Statements are made of good and hostile pieces; what the reading lets through is planned by
PostgreSQL as the owner of all tables, so that no right of a role helps, and its plan is gone through.
"""

from collections.abc import Iterator
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError

from callcenter.queries.expert.document import Asked, ExpertQuery
from callcenter.queries.expert.parts import Parts
from tests.integration.queries.expert.asking import Desk
from tests.support.hostile import hostile
from tests.support.office import Seeded

pytestmark = pytest.mark.integration

ASKED = (
    Asked("q", {}, "text"),
    Asked("n", {}, "integer"),
    Asked("ids", {}, "reference", many=True),
)
HOSTILE_SHARE = 0.02
SOURCES = (
    "client c", "client c left join job j on j.customer = c.id", "client c, job j",
    "client c join client d on d.city = c.city and d.id <> c.id",
    "(select name, city, age, id from client union all select name, name, 1, id from job) c",
)  # fmt: skip
LEAVES = ("c.name", "c.city", "lower(c.name)", ":q", "'x'", "'''; --'", "'%s'", "c.phone")
GROWN = (
    "coalesce({a}, {b})", "({a}) || ({b})", "case when {a} = {b} then 'a' else {a} end",
    "cast({a} as text)", "(select max(j.name) from job j where j.name = {a})",
    "(select {a} from client d where d.id = c.id limit 1)", "replace({a}, 'a', {b})",
)  # fmt: skip
CONDITIONS = (
    "{a} = {b}", "{a} like 'a%'", "c.age > length({a})", "c.id in (:ids)", "not ({a} is null)",
    "c.id in (select j.customer from job j where j.name <> {a})",
    "exists (select 1 from client e where e.name = {a} and e.age between 1 and :n)",
)  # fmt: skip
PIECES = [
    piece.split(" as ")[0]
    for _, part, piece in hostile()
    if part in {"select", "where"} and len(piece) < 80 and "[[" not in piece
]


class Writer:
    def __init__(self, seed: int) -> None:
        self._chance = Random(seed)

    def parts(self) -> Parts:
        where = " and ".join(self._condition() for _ in range(self._chance.randrange(3))) or "true"
        optional = f" [[ and c.name = :q and {self._condition()} ]]"
        source = self._chance.choice(SOURCES)
        return Parts(f"{self._text(3)} as x, c.name", source, where + optional, order="1")

    def _condition(self) -> str:
        return self._chance.choice(CONDITIONS).format(a=self._text(2), b=self._text(1))

    def _text(self, depth: int) -> str:
        if self._chance.random() < HOSTILE_SHARE:
            return self._chance.choice(PIECES)
        if depth == 0 or self._chance.random() < 0.3:
            return self._chance.choice(LEAVES)
        grown = self._chance.choice(GROWN)
        return grown.format(a=self._text(depth - 1), b=self._text(depth - 1))


@settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.integers())
def _asked(desk: Desk, seed: int) -> None:
    with desk.database.begin(desk.office.scope("agent")) as session:
        desk.runs.problems(session, ExpertQuery(Writer(seed).parts(), ASKED))


def test_what_is_let_through_reads_own_objects_alone(desk: Desk, seeded: Seeded) -> None:
    planned: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, bound: Any, *_: Any) -> None:
        if statement.startswith("EXPLAIN"):
            planned.append((statement, bound))

    event.listen(desk.database.engine, "before_cursor_execute", note)
    try:
        _asked(desk)
    finally:
        event.remove(desk.database.engine, "before_cursor_execute", note)
    touched = {each for statement in planned for each in _touched(seeded, *statement)}
    schema = f"e{desk.office.code}"
    own = {(schema, "client"), (schema, "job")}
    ledger = {("public", name) for name in ("call", "call_leg", "call_summary")}
    assert len(planned) > 15
    assert own <= touched <= own | ledger


def _touched(seeded: Seeded, statement: str, bound: Any) -> list[tuple[str, str]]:
    """Nothing where types do not fit: that was told to whoever wrote it."""
    with seeded.owner.connect() as connection:
        connection.execute(text("SELECT set_config('app.platform', 'on', true)"))
        try:
            (plan,) = connection.exec_driver_sql(statement, bound).scalar_one()
        except DBAPIError:
            return []
        return [*_read(plan["Plan"])]


def _read(plan: dict[str, Any]) -> Iterator[tuple[str, str]]:
    assert plan["Node Type"] not in {"Function Scan", "Foreign Scan", "ModifyTable", "LockRows"}
    if "Relation Name" in plan:
        yield plan["Schema"], plan["Relation Name"]
    for each in plan.get("Plans", ()):
        yield from _read(each)
