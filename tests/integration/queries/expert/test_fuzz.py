"""Whatever somebody writes: what the reading lets through touches no table outside the enterprise.

Statements are grown from a grammar of SQL and then spoiled: with names of every other table, with what
hides or ends a text, with pieces of other statements. Each that is let through is planned by
PostgreSQL as the owner of all tables, whom no right holds back, and its plan says what it touches, and
that each scan asks for the enterprise's rows alone.
What failed once stays in hypothesis's database, and is tried first.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, event, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from callcenter.queries.expert.document import Asked, ExpertQuery
from callcenter.queries.expert.parts import Parts
from tests.integration.queries.expert.asking import Desk
from tests.support.office import Seeded

pytestmark = pytest.mark.integration

STATEMENTS = int(os.environ.get("TEST_STATEMENTS", "60"))
"""How many are grown; `make verify` asks for thousands."""

ASKED = (
    Asked("q", {}, "text"),
    Asked("n", {}, "integer"),
    Asked("ids", {}, "reference", many=True),
)
OUTSIDE = (
    "user_account", "public.user_account", "enterprise", "pg_catalog.pg_authid", "pg_class",
    "information_schema.tables", "e100002.client", "e100002.job", '"public"."user_account"',
    '"client"', "CLIENT", "public.client", "call_leg", "saved_query", "data_source", "pg_user",
)  # fmt: skip
SPICE = (
    "'", '"', "''", "$$", "$a$", ";", "--", "/*", "*/", "/* x */", "\\", "\\'", "%s", "%(p_q)s", "%",
    "::regclass", "::text", "(", ")", "[[", "]]", ":q", ":ids", ":nobody", "\u2028", "\u00a0", "E'",
    "U&'", "\ufeff", "{", "}", "?", "@", "#", "~", "||", ",", ".", "*", "c.*", "union", "all",
    "table user_account", "values (1)", "with x as (select 1)", "lateral", "only", "into outfile",
    "for update", "pg_sleep(1)", "query_to_xml('select 1', true, true, '')", "current_setting('x')",
    "(select email from user_account limit 1)", "from user_account", "join user_account u on true",
    "union select password_hash from user_account", "limit 1", "offset 0", "tablesample system (1)",
    *OUTSIDE,
)  # fmt: skip
_LEAVES = st.sampled_from(
    ["c.name", "c.city", "c.age", "c.id", "name", "age", ":q", ":n", "1", "0.5", "'x'", "'a''b'",
     "null", "true", "current_date", "count(*)", "j.name", "c.born", *OUTSIDE]
)  # fmt: skip
_FROM = st.sampled_from(
    ["client c", "client c, job j", "client c left join job j on j.customer = c.id", "client",
     "(select name, city, age, id, born from client) c", "client c cross join job j"]
)  # fmt: skip


_FORMS = (
    *(f"{{a}} {sign} {{b}}" for sign in ("=", "<>", "<", "and", "or", "||", "+", "-", "like")),
    "{a} is not distinct from {b}",
    *(
        f"{call}({{a}}, {{b}})"
        for call in ("coalesce", "concat", "left", "nullif", "string_agg", "date_trunc", "lo_get")
    ),
    *(f"{call}({{a}})" for call in ("lower", "length", "max", "pg_sleep", "to_regclass")),
    "({a})", "cast({a} as text)", "case when {a} then 1 else 2 end",
    "(select {a} from client d limit 1)", "(select {a} from {out} limit 1)",
    "exists (select 1 from job k where {a})", "{a} in (select {b} from job j)",
    "max({a}) over (partition by {b} order by 1)", "(select 1 from {out} where {a})",
)  # fmt: skip


def _grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.builds(_put, st.sampled_from(_FORMS), inner, inner, st.sampled_from(OUTSIDE))


def _put(form: str, a: str, b: str, out: str) -> str:
    return form.format(a=a, b=b, out=out)


_EXPRESSIONS = st.recursive(_LEAVES, _grown, max_leaves=6)


@st.composite
def _spoiled(draw: st.DrawFn, whole: st.SearchStrategy[str]) -> str:
    """Mostly as it is; else something is put into it, or cut out of it, wherever."""
    found = draw(whole)
    for _ in range(draw(st.sampled_from([0, 0, 0, 1, 1, 2]))):
        at = draw(st.integers(0, len(found)))
        cut = draw(st.integers(0, 3))
        found = f"{found[:at]} {draw(st.sampled_from(SPICE))} {found[at + cut :]}"
    return found


_PARTS = st.builds(
    Parts,
    _spoiled(_EXPRESSIONS.map(lambda one: f"{one} as x")),
    _spoiled(_FROM),
    _spoiled(st.one_of(st.just(""), _EXPRESSIONS)),
    _spoiled(st.sampled_from(["", "", "c.name", "x", "1"])),
    _spoiled(st.sampled_from(["", "", "count(*) > 1"])),
    _spoiled(st.sampled_from(["", "1", "x desc", "c.name"])),
)

FIXED = (
    Parts("c.name as x", "client c", "c.city in (select j.name from job j) and :q = 'x'"),
    Parts("c.name as x", "client c", "c.name = 'a' -- '\n or true"),
    Parts("c.name as x", "client c", "c.name = '\\' or exists (select 1 from user_account)"),
    Parts("(select email from user_account limit 1) as x", "client c"),
    Parts("c.name as x", 'client c, "public"."user_account" u'),
)
"""Tried each time, before what is grown."""


def test_no_statement_that_is_let_through_touches_what_is_not_the_enterprises(
    desk: Desk, seeded: Seeded
) -> None:
    planned: list[tuple[str, Any]] = []
    grown = set[str]()
    schema = f"e{desk.office.code}"
    own = {(schema, "client"), (schema, "job")}
    own |= {("public", name) for name in ("call", "call_leg", "call_summary")}
    fence = f"enterprise_id = '{desk.office.id}'::uuid"

    def note(_connection: Any, _cursor: Any, statement: str, bound: Any, *_: Any) -> None:
        if statement.startswith("EXPLAIN"):
            planned.append((statement, bound))

    @settings(
        max_examples=STATEMENTS, deadline=None, print_blob=True,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )  # fmt: skip
    @given(_PARTS)
    def tried(parts: Parts) -> None:
        planned.clear()
        desk.runs.problems(session, ExpertQuery(parts, ASKED))
        for statement, bound in planned:
            scans = [*_scans(owner, statement, bound)]
            touched = {scan.table for scan in scans}
            assert touched <= own, (parts, touched - own)
            for scan in scans:
                assert fence in scan.asked, (parts, scan)
            if parts not in FIXED:
                grown.add(statement)

    for each in FIXED:
        tried = example(each)(tried)
    with (
        desk.database.begin(desk.office.scope("agent")) as session,
        seeded.owner.connect() as owner,
    ):
        owner.execute(text("SELECT set_config('app.platform', 'on', true)"))
        _fuzz(session, desk, note, tried)
    # A reading that refuses everything would pass as well.
    assert len(grown) >= STATEMENTS // 30, len(grown)


def _fuzz(_session: Session, desk: Desk, note: Any, tried: Any) -> None:
    event.listen(desk.database.engine, "before_cursor_execute", note)
    try:
        tried()
    finally:
        event.remove(desk.database.engine, "before_cursor_execute", note)


@dataclass(frozen=True)
class _Scan:
    """asked: what each row that comes out of it must be, all of it."""

    table: tuple[str, str]
    asked: frozenset[str]


def _scans(owner: Connection, statement: str, bound: Any) -> Iterator[_Scan]:
    """Nothing where types do not fit: that was told to whoever wrote it."""
    kept = owner.begin_nested()
    try:
        (plan,) = owner.exec_driver_sql(statement, bound).scalar_one()
    except DBAPIError:
        return
    finally:
        kept.rollback()
    yield from _read(plan["Plan"])


def _read(plan: dict[str, Any]) -> Iterator[_Scan]:
    assert plan["Node Type"] not in {"Function Scan", "Foreign Scan", "ModifyTable", "LockRows"}
    if "Relation Name" in plan:
        told = (plan[kind] for kind in ("Filter", "Index Cond", "Recheck Cond") if kind in plan)
        asked = {each for text_ in told for each in _conjuncts(text_)}
        plain = {each.removeprefix(f"{plan['Alias']}.") for each in asked}
        yield _Scan((plan["Schema"], plan["Relation Name"]), frozenset(plain))
    for each in plan.get("Plans", ()):
        yield from _read(each)


def _conjuncts(condition: str) -> list[str]:
    """`((a = 1) AND ((b) OR (c)))` → `a = 1`, `(b) OR (c)`: what stands in an OR is no wall."""
    inner = condition[1:-1]
    found, begun, depth, quoted = [], 0, 0, False
    for at, sign in enumerate(inner):
        quoted ^= sign == "'"
        if quoted or sign not in "()":
            continue
        depth += 1 if sign == "(" else -1
        if depth == 0 and inner[at + 1 :].startswith(" AND "):
            found.append(inner[begun : at + 1])
            begun = at + 1 + len(" AND ")
    parts = [*found, inner[begun:]]
    return [part[1:-1] for part in parts] if found else parts


def test_only_what_stands_by_itself_is_a_condition_of_all_rows() -> None:
    assert _conjuncts("(a = 1)") == ["a = 1"]
    assert _conjuncts("((a = 1) OR (b = 2))") == ["(a = 1) OR (b = 2)"]
    told = "((c.a = ')'::text) AND ((b IS NULL) OR (a = 1)) AND (NOT d))"
    assert _conjuncts(told) == ["c.a = ')'::text", "(b IS NULL) OR (a = 1)", "NOT d"]
