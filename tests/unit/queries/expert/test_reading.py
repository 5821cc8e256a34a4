"""What a statement becomes, where its problems stand, and what is left out of it."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.queries.expert.parts import BadStatement, Parts, Problem
from callcenter.queries.expert.reading import Checked, read
from tests.unit.queries.expert.world import PARAMETERS, RELATIONS, parts


def checked(**given: str) -> Checked:
    return read(parts(**given), RELATIONS, PARAMETERS)


def written(*values: str, **given: str) -> str:
    """With `<customer>` for the rows of an object."""
    made = checked(**given)
    statement = made.statement(values)
    for table in made.tables:
        statement = statement.replace(table.mark, f"<{table.relation}>")
    return statement


def problems(**given: str) -> tuple[Problem, ...]:
    with pytest.raises(BadStatement) as refused:
        checked(**given)
    return refused.value.problems


def test_a_statement_is_put_together_of_its_parts() -> None:
    assert written(
        select="c.city, count(*) as n",
        source="customer c left join work_order w on w.customer = c.id",
        where="w.cost > 10", group="c.city", having="count(*) > 1", order="n desc, c.city",
    ) == (
        'SELECT "c"."city" AS "city", count(*) AS "n" FROM <customer> AS "c" LEFT JOIN <work_order>'
        ' AS "w" ON "w"."customer" = "c"."id" WHERE ("w"."cost" > 10) GROUP BY "c"."city"'
        ' HAVING (count(*) > 1) ORDER BY "n" DESC NULLS FIRST, "c"."city" ASC NULLS LAST'
    )  # fmt: skip


def test_only_the_columns_that_are_named_are_asked_of_an_object() -> None:
    made = checked(
        select="c.name", source="customer c join work_order w on w.customer = c.id", order="w.cost"
    )
    assert [(each.relation, each.columns) for each in made.tables] == [
        ("customer", ("id", "name")), ("work_order", ("customer", "cost")),
    ]  # fmt: skip


def test_what_comes_out_as_it_lies_there_is_known_by_its_field() -> None:
    made = checked(
        select="x.said as a, lower(x.said) as b, x.age",
        source="(select name as said, age + 1 as age from customer) x",
    )
    origin = made.columns["a"]
    assert origin is not None
    assert (origin.relation, origin.column, origin.type) == ("customer", "name", "text")
    assert made.columns["b"] is None
    assert made.columns["age"] is None


def test_a_condition_is_left_out_as_long_as_its_parameter_is_empty() -> None:
    where = "c.vip [[ and c.name = :q ]] [[and c.age > :n and c.made > :since]] and c.age < 99"
    always = 'WHERE ("c"."vip"  AND "c"."age" < 99)'.replace("  ", " ")
    assert written(where=where).endswith(always)
    assert written("q", where=where).endswith(always + ' AND ("c"."name" = %(p_q)s::text)')
    assert written("n", where=where).endswith(always)
    assert written("n", "since", where=where).endswith(
        ' AND ("c"."age" > %(p_n)s::bigint AND "c"."made" > %(p_since)s::date)'
    )


def test_conditions_that_are_all_left_out_leave_none() -> None:
    assert "WHERE" not in written(where="[[ c.name = :q ]] [[ and c.age = :n ]]")
    assert written("n", where="[[ c.name = :q ]] [[ and c.age = :n ]]").endswith(
        'WHERE ("c"."age" = %(p_n)s::bigint)'
    )


def test_brackets_in_a_text_or_a_comment_are_no_condition() -> None:
    assert "'[[ or ]]'" in written(where="c.name = '[[ or ]]' -- [[ and\n /* ]] */ and c.vip")


def test_or_never_reaches_beyond_its_own_condition() -> None:
    where = "c.vip or c.age > 3 [[ and c.name = :q ]]"
    assert written("q", where=where).endswith(
        'WHERE ("c"."vip" OR "c"."age" > 3) AND ("c"."name" = %(p_q)s::text)'
    )


def test_a_list_is_one_parameter() -> None:
    assert '"c"."id" = ANY(%(p_ids)s::uuid[])' in written("ids", where="c.id in (:ids)")
    assert '"c"."id" <> ALL(%(p_ids)s::uuid[])' in written("ids", where="c.id not in (:ids)")


def test_values_are_written_as_values() -> None:
    where = r"c.name = 'it''s 100% \' and c.city = '[[ /* --'"
    assert written(where=where).endswith(
        r"""WHERE ("c"."name" = E'it''s 100%% \\' AND "c"."city" = '[[ /* --')"""
    )


def test_two_signs_never_become_a_comment() -> None:
    assert "- - 1" in written(where="c.age > - -1")


def test_an_order_that_somebody_chose_takes_the_place_of_the_statements_own() -> None:
    made = checked(select="c.name, c.age", order="c.name")
    assert made.statement((), ("age", True)).endswith("ORDER BY 2 DESC NULLS LAST")
    assert "ORDER BY" not in made.statement((), bare=True)
    assert "ORDER BY" not in made.statement((), ("age", True), bare=True)
    assert made.statement((), ("nobody", True)).endswith('ORDER BY "c"."name" ASC NULLS LAST')


def test_between_equals_the_ids_decide_and_then_the_other_columns() -> None:
    made = checked(select="c.city, c.id, c.age", order="c.age")
    assert made.statement((), ties=True).endswith('ORDER BY "c"."age" ASC NULLS LAST, 2, 1, 3')
    assert made.statement((), ("city", False), ties=True).endswith(
        "ORDER BY 1 ASC NULLS LAST, 2, 3"
    )
    assert checked().statement((), ties=True).endswith("ORDER BY 1")


def test_columns_that_nobody_sees_decide_last_so_that_the_order_of_rows_tells_nothing() -> None:
    made = checked(select="c.age, c.city, c.id")
    assert made.statement((), ties=True, kept=("age",)).endswith("ORDER BY 3, 2, 1")


def nested(levels: int, times: int) -> str:
    """Columns made of columns: each of `times` of the one below."""
    source = "customer"
    for _ in range(levels):
        source = " ".join(["(select", " + ".join(["age"] * times), "as age from", source, ") x"])
    return source


def test_columns_made_of_one_another_are_refused_before_they_grow_without_end() -> None:
    """PostgreSQL would write each out wherever it is named, before its limit of time holds."""
    (problem,) = problems(select="x.age", source=nested(4, 100))
    assert (problem.key, problem.part) == ("expert.too_heavy", "source")
    assert checked(select="x.age", source=nested(4, 3)).columns == {"age": None}
    assert checked(select="x.age", source=nested(1, 120)).columns == {"age": None}
    arm = " ".join(["select age from", nested(2, 25)])
    both = f"({arm} union all {arm}) y"
    assert checked(select="y.age", source=both).columns == {"age": None}
    (problem,) = problems(select="y.age + y.age as x", source=both)
    assert (problem.key, problem.part) == ("expert.too_heavy", "select")


def test_a_name_of_what_comes_out_may_group_and_order_and_a_field_goes_before_it() -> None:
    said = written(select="date_trunc('month', c.made) as m, count(*) as n", group="m", order="m")
    assert said.endswith('GROUP BY "m" ORDER BY "m" ASC NULLS LAST')
    assert 'GROUP BY "c"."age"' in written(select="max(c.name) as age", group="age")


@pytest.mark.parametrize(
    ("given", "place"),
    [
        ({"where": "c.age > 1\n  and c.nope = 2"}, ("where", 2, 9, 4)),
        ({"where": "c.age > 1\nand pg_sleep(1) = 2"}, ("where", 2, 5, 8)),
        ({"select": "c.name,\n z.name"}, ("select", 2, 2, 1)),
        ({"source": "customer c,\n  nobody n"}, ("source", 2, 3, 1)),
        ({"order": "c.name, c.nope"}, ("order", 1, 11, 4)),
        ({"where": "c.age > 1 [[ and\n c.nope = :q ]]"}, ("where", 2, 4, 4)),
        ({"where": "c.vip and\n(c.age = )"}, ("where", 2, 10, 1)),
    ],
)
def test_a_problem_stands_where_it_was_written(
    given: dict[str, str], place: tuple[str, int, int, int]
) -> None:
    (problem,) = problems(**given)
    found = (problem.part, problem.line, problem.column, problem.length)
    assert found == place


def test_all_texts_are_looked_at() -> None:
    found = problems(select="c.a", where="c.b = 1", group="c.d", having="c.e = 1", order="c.f")
    assert [problem.part for problem in found] == ["select", "where", "group", "having", "order"]
    assert {problem.key for problem in found} == {"expert.unknown_field"}


def test_a_subquery_sees_what_is_around_it_and_not_its_neighbours() -> None:
    assert '"w"."customer" = "c"."id"' in written(
        where="exists (select 1 from work_order w where w.customer = c.id)"
    )
    (problem,) = problems(source="customer c, (select c.name as n from work_order) x")
    assert problem.key == "expert.unknown_alias"


def test_a_name_that_two_objects_have_must_say_which() -> None:
    both = "customer c join work_order w on w.customer = c.id"
    (problem,) = problems(source=both, select="c.name, id as x")
    assert problem.key == "expert.ambiguous"


_SQL = st.lists(
    st.sampled_from(
        [
            *("select", "from", "where", "customer", "c", "name", "age", "(", ")", ",", "'", '"'),
            *("''", "--", "/*", "*/", ";", ":", ":q", "::", "text", "and", "or", "not", "in", "="),
            *("union", "all", "[[", "]]", "1", "x", "pg_sleep", "as", "case", "when", "end", "\\"),
            *("$$", "%", "%s", ".", "*", "null", "is", "count", "over", "\n", "group by", "e'"),
        ]
    ),
    max_size=25,
).map(" ".join)


@given(_SQL, _SQL, _SQL, _SQL)
def test_whatever_is_written_is_read_or_refused(a: str, b: str, c: str, d: str) -> None:
    """And what was written never comes out as it was: only names and values of ours."""
    for given_parts in (
        Parts(a, "customer c", b, c, "", d), Parts("c.name", b, a), Parts(a, b, c, d),
        Parts("c.name", "customer c", having=a, order=b),
    ):  # fmt: skip
        try:
            made = read(given_parts, RELATIONS, PARAMETERS)
        except BadStatement:
            continue
        statement = _without_values(made.statement(("q",)))
        assert [sign for sign in (";", "--", "/*", "pg_sleep", "\\") if sign in statement] == []


def _without_values(statement: str) -> str:
    return re.sub(r"E?'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"", "", statement)
