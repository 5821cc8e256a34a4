"""Statements on PostgreSQL: what they find, whose, how much of it, and what they may cost."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import String, func, literal, select, text
from sqlalchemy.dialects.postgresql import ARRAY

from callcenter.core.addresses import READER_ROLE
from callcenter.core.db import Database
from callcenter.core.errors import Invalid
from callcenter.core.tenant import Scope
from callcenter.objects.types import type_of
from callcenter.objects.types.base import Field
from callcenter.processes.means import means
from callcenter.queries.answers import Total
from callcenter.queries.errors import TooSlow
from callcenter.queries.expert import running
from callcenter.queries.expert.document import Asked, ExpertQuery
from callcenter.queries.expert.errors import BadText, TooDear
from callcenter.queries.expert.parts import Parts
from callcenter.queries.expert.relations import veiled
from callcenter.queries.expert.running import ExpertRuns
from callcenter.queries.expert.telling import plain
from callcenter.queries.service import Wanted
from tests.integration.queries.expert.asking import Desk
from tests.integration.queries.expert.statements import GOOD, by_hand
from tests.support.office import Office, Seeded

pytestmark = pytest.mark.integration


def test_a_statement_finds_what_postgresql_finds_by_hand(desk: Desk, seeded: Seeded) -> None:
    found, expected = {}, {}
    schema = f"e{desk.office.code}"
    with seeded.owner.begin() as connection:
        connection.execute(text("SELECT set_config('app.platform', 'on', true)"))
        connection.execute(text("SET LOCAL timezone = 'Asia/Shanghai'"))
        for texts, statement in GOOD:
            rows = connection.exec_driver_sql(by_hand(statement, schema).replace("%", "%%"), {})
            expected[str(texts)] = [tuple(_same(value) for value in row) for row in rows]
    for texts, _ in GOOD:
        found[str(texts)] = [tuple(_same(v) for v in row) for row in desk.values(**texts)]
    assert found == expected
    assert all(expected.values())


def _same(value: Any) -> Any:
    return plain(value)


def test_nobody_sees_more_than_he_reaches(desk: Desk) -> None:
    """Clients are those of whoever made them, read by his team, hidden from another and its inspector."""
    count = {"select": "count(*) as n", "source": "client"}
    assert desk.values("agent", **count) == [(6,)]
    assert desk.values("leader", **count) == [(6,)]
    assert desk.values("colleague", **count) == [(0,)]
    assert desk.values("outsider", **count) == [(0,)]
    both = {"select": "count(*) as n", "source": "client c join job j on j.customer = c.id"}
    assert (desk.values("agent", **both), desk.values("outsider", **both)) == ([(3,)], [(0,)])
    with pytest.raises(BadText) as refused:
        desk.ask("inspector", **count)
    assert refused.value.details["problems"][0]["key"] == "expert.unknown_object"


def test_a_hidden_field_does_not_exist_and_a_masked_one_is_masked_everywhere(desk: Desk) -> None:
    texts = {"select": "secret, salary, phone", "source": "client", "where": "name = 'anna'"}
    assert desk.values("admin", **texts) == [("王五", "1234.50", "13800006207")]
    (row,) = desk.ask("leader", **texts).rows
    assert row.values["secret"] == "王**"
    assert row.values["salary"] == "***"
    with pytest.raises(BadText) as refused:
        desk.ask("agent", **texts)
    keys = {(each["key"], each["parameters"]["name"]) for each in refused.value.details["problems"]}
    assert keys == {("expert.unknown_field", "secret")}
    # Neither a condition nor an order, a group or a function gets behind the mask.
    for where in ("secret = '王五'", "salary > 0", "salary is not null", "length(secret) = 2"):
        assert desk.values("leader", **{**texts, "select": "name", "where": where}) == [], where
    assert desk.values("leader", select="max(secret) as x, sum(salary) as y", source="client") == [
        ("王**", None)
    ]
    inner = {"select": "x.y", "source": "(select lower(phone) as y from client) x"}
    assert set(desk.values("agent", **inner)) == {("138 **** 6207",)}


def test_whoever_may_see_numbers_sees_them_as_everywhere(desk: Desk) -> None:
    (row,) = desk.ask("admin", select="phone", source="client", where="name = 'fay'").rows
    assert (row.values["phone"], row.texts["phone"]) == ("13800006207", "138 0000 6207")
    masked = desk.ask("agent", select="phone", source="client", where="name = 'fay'")
    assert masked.rows[0].values["phone"] == "138 **** 6207"
    assert masked.columns[0].mask


def test_rows_say_which_record_they_are_and_words_stand_for_ids(desk: Desk) -> None:
    answer = desk.ask(
        "admin", select="j.id, j.name, j.customer, c.id as whose, c.name as client",
        source="job j join client c on c.id = j.customer", where="j.name = 'leak'",
    )  # fmt: skip
    (row,) = answer.rows
    assert [(column.key, column.type, column.link) for column in answer.columns] == [
        ("name", "text", ""), ("customer", "reference", None), ("client", "text", "whose"),
    ]  # fmt: skip
    assert row.texts["customer"] == "anna"
    assert (row.records["whose"].object, str(row.records["whose"].id)) == (
        "client", desk.ids["anna"],
    )  # fmt: skip


def test_deleted_records_are_not_there(desk: Desk, seeded: Seeded) -> None:
    with seeded.owner.begin() as connection:
        connection.execute(text("SELECT set_config('app.platform', 'on', true)"))
        table = f"e{desk.office.code}.client"
        gone = "UPDATE {} SET deleted_at = now() WHERE f_name = 'fay'"
        connection.execute(text(gone.format(table)))
    assert desk.values(select="count(*) as n", source="client") == [(5,)]


def test_parameters_are_bound_as_what_they_are(desk: Desk, office: Office) -> None:
    asked = (
        Asked("q", {}, "text"), Asked("since", {}, "date", default=("1990-01-01",)),
        Asked("old", {}, "integer", required=True), Asked("whose", {}, "user", many=True),
        Asked("tel", {}, "phone"),
    )  # fmt: skip
    texts = {
        "select": "name", "source": "client", "order": "name",
        "where": "age >= :old [[ and name ilike '%' || :q || '%' ]] [[ and born >= :since ]]"
        " [[ and created_by in (:whose) ]] [[ and phone = :tel ]]",
    }  # fmt: skip

    def names(**given: str) -> list[str]:
        values = {key: (text,) if text else () for key, text in given.items()}
        found = desk.values("admin", parameters=asked, wanted=Wanted(values), **texts)
        return [name for (name,) in found]

    assert names(old="20") == ["Bob", "anna", "e'd\\"]
    assert names(old="20", since="") == ["Bob", "anna", "cleo", "dora%", "e'd\\"]
    assert names(old="20", since="", q="B") == ["Bob"]
    assert names(old="0", since="", q="' or 1=1 --") == []
    assert names(old="20", since="1999-03-06") == ["e'd\\"]
    me = str(office.people["agent"].user_id)
    assert names(old="35", since="", whose=me) == ["Bob", "cleo"]
    assert names(old="35", since="", whose=str(office.people["leader"].user_id)) == []
    assert names(old="35", since="", tel="138 0000 6207") == ["Bob", "cleo"]
    for wrong in ({"old": "x"}, {}, {"old": "1", "since": "yesterday"}, {"old": "1", "nope": "1"}):
        with pytest.raises(Invalid):
            names(**wrong)


def test_pages_and_order_are_asked_for(desk: Desk) -> None:
    texts = {"select": "name, age", "source": "client", "order": "name desc"}
    page = desk.ask(wanted=Wanted({}, "-age", page=2, page_size=2), **texts)
    assert [row.values["name"] for row in page.rows] == ["dora%", "e'd\\"] or [
        row.values["name"] for row in page.rows
    ] == ["e'd\\", "dora%"]
    assert page.total == Total(6)
    first = desk.ask(wanted=Wanted({}, page_size=2), **texts)
    assert [row.values["name"] for row in first.rows] == ["fay", "e'd\\"]
    with pytest.raises(Invalid):
        desk.ask(wanted=Wanted({}, "phone"), **texts)


def test_what_costs_too_much_is_not_begun(desk: Desk, clock: Any) -> None:
    strict = ExpertRuns(means(clock), most_cost=1)
    tight = Desk(desk.database, desk.office, strict, desk.clock)
    with pytest.raises(TooDear) as refused:
        tight.ask(select="count(*) as n", source="client a cross join client b cross join client c")
    assert refused.value.details["cost"] > refused.value.details["most"] == 1


def test_what_takes_too_long_is_cut_and_harms_nothing_else(desk: Desk, clock: Any) -> None:
    runs = ExpertRuns(means(clock), milliseconds=300, most_cost=10**18)
    hasty = Desk(desk.database, desk.office, runs, desk.clock)
    many = " cross join ".join(f"client c{n}" for n in range(11))
    with pytest.raises(TooSlow), desk.database.begin(desk.office.scope("admin")) as session:
        _run(hasty, session, select="count(*) as n", source=many)
    with desk.database.begin(desk.office.scope("admin")) as session:
        with pytest.raises(TooSlow):
            _run(hasty, session, select="count(*) as n", source=many)
        with pytest.raises(TooSlow):
            _all_rows(hasty, session, select="count(*) as n", source=many)
        _is_as_it_was(session)


def _is_as_it_was(session: Any) -> None:
    """The transaction goes on, as the role that it had, and may write and wait as long as ever."""
    assert session.scalar(text("SELECT current_user")) != READER_ROLE
    limits = ("transaction_read_only", "lock_timeout", "statement_timeout", "jit")
    told = {name: session.scalar(text(f"SHOW {name}")) for name in limits}
    with session.get_bind().connect() as other:
        assert told == {name: other.scalar(text(f"SHOW {name}")) for name in limits}


def _all_rows(desk: Desk, session: Any, **texts: str) -> list[Any]:
    query = ExpertQuery(Parts(**texts))
    ready = desk.runs.ready(session, query, Wanted({}))
    return [row for rows in desk.runs.rows(session, ready, 2) for row in rows]


def test_what_goes_wrong_at_a_later_row_is_told_as_at_the_first(desk: Desk) -> None:
    texts = {"select": "name, 10 / (age - 41) as x", "source": "client", "order": "name"}
    with desk.database.begin(desk.office.scope("admin")) as session:
        with pytest.raises(BadText):
            _all_rows(desk, session, **texts)
        _is_as_it_was(session)
        assert len(_all_rows(desk, session, **{**texts, "select": "name"})) == 6
        _is_as_it_was(session)


def test_where_counting_takes_too_long_the_next_page_is_still_there(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "COUNTING", 20)
    monkeypatch.setattr(running, "_COUNTING", "SELECT count(*) FROM ({} LIMIT {}) q, pg_sleep(1)")
    texts = {"select": "name", "source": "client", "order": "name"}
    first = desk.ask(wanted=Wanted({}, page_size=2), **texts)
    assert first.total is not None
    assert (first.total.count, first.total.exact) == (2, False)
    second = desk.ask(wanted=Wanted({}, page=2, page_size=2), **texts)
    assert [row.values["name"] for row in second.rows] == ["cleo", "dora%"]
    behind = desk.ask(wanted=Wanted({}, page=9, page_size=2), **texts)
    assert behind.total is not None
    assert (behind.total.count, behind.total.exact) == (0, False)
    assert (behind.total.estimate or 0) <= 16


def test_no_condition_is_tried_on_a_record_out_of_reach(desk: Desk) -> None:
    """Else the error would tell what stands in it: to whom it is not for, or that it is there at all."""
    where = "cast(name as integer) > 0"
    count = {"select": "count(*) as n", "source": "client"}
    assert desk.values("colleague", where=where, **count) == [(0,)]
    inside = "exists (select 1 from client c where cast(c.name as integer) > 0)"
    assert desk.values("colleague", select="count(*) as n", source="job", where=inside) == [(0,)]


def test_an_error_quotes_a_value_to_designers_alone(desk: Desk) -> None:
    texts = {"select": "cast(secret as integer) as x", "source": "client", "where": "name = 'anna'"}
    with pytest.raises(BadText) as refused:
        desk.ask("leader", **texts)
    (problem,) = refused.value.details["problems"]
    assert (problem["key"], problem["parameters"]) == ("expert.values", {})
    # And PostgreSQL itself has seen no more than the mask.
    assert "王**" in str(refused.value.__cause__.__cause__)  # type: ignore[union-attr]
    with pytest.raises(BadText) as told:
        desk.ask("conf", **texts)
    (problem,) = told.value.details["problems"]
    assert "王五" in problem["parameters"]["said"]


def test_a_word_that_stands_for_nothing_finds_nothing(desk: Desk) -> None:
    """Of whom is in no team the condition on his team is not left out."""
    assert desk.office.people["admin"].team_ids == ()
    for many, where in ((True, "crew in (:whose)"), (False, "crew = :whose")):
        asked = (Asked("whose", {}, "team", many=many, default=("$my_team",)),)
        texts = {"select": "name", "source": "client", "where": f"true [[ and {where} ]]"}
        assert desk.values("admin", parameters=asked, **texts) == []
        emptied = Wanted({"whose": ()})
        assert len(desk.values("admin", parameters=asked, wanted=emptied, **texts)) == 6


def _run(desk: Desk, session: Any, **texts: str) -> Any:
    return desk.runs.run(session, ExpertQuery(Parts(**texts)), Wanted({}))


@pytest.mark.parametrize(
    "texts",
    [
        {"select": "sum(name) as x", "source": "client"},
        {"select": "name, count(*) as n", "source": "client"},
        {"select": "1 / (age - age) as x", "source": "client"},
        {"select": "'x'::integer as x", "source": "client"},
    ],
)
def test_what_postgresql_says_against_a_statement_is_told(
    desk: Desk, texts: dict[str, str]
) -> None:
    with pytest.raises(BadText) as refused:
        desk.ask(**texts)
    (problem,) = refused.value.details["problems"]
    assert problem["key"] == "expert.database"
    assert problem["parameters"]["said"]


def test_a_draft_is_checked_without_being_carried_out(desk: Desk) -> None:
    assert desk.problems(select="name", source="client", where="age > 1") == ()
    (typed,) = desk.problems(select="name", source="client", where="name > 1")
    assert typed.key == "expert.database"
    assert [each.part for each in desk.problems(select="a", source="client", where="b")] == [
        "select", "where",
    ]  # fmt: skip


def test_the_role_reads_records_and_nothing_else(desk: Desk, seeded: Seeded) -> None:
    asked = (
        "SELECT table_schema, table_name, string_agg(privilege_type, ',') FROM"
        " information_schema.role_table_grants WHERE grantee = :r GROUP BY 1, 2"
    )
    with seeded.owner.begin() as connection:
        found = connection.execute(text(asked), {"r": READER_ROLE}).all()
        owned = "SELECT count(*) FROM pg_class WHERE relowner = CAST(:r AS regrole)"
        assert connection.scalar(text(owned), {"r": READER_ROLE}) == 0
        mighty = (
            "SELECT rolsuper, rolbypassrls, rolcanlogin, rolcreaterole, rolcreatedb FROM pg_roles"
        )
        (told,) = connection.execute(text(f"{mighty} WHERE rolname = :r"), {"r": READER_ROLE})
    assert {each[2] for each in found} == {"SELECT"}
    public = {each[1] for each in found if each[0] == "public"}
    assert public == {"call", "call_leg", "call_summary"}
    assert {each[0] for each in found} - {"public"} <= {"e100001", "e100002"}
    assert not any(told)


def test_the_second_wall_stands_behind_the_role(desk: Desk, other: Office) -> None:
    """Whatever a statement might do: another enterprise's rows are not there for the role."""
    with desk.database.begin(Scope(other.id)) as session:
        session.execute(text(f"SET LOCAL ROLE {READER_ROLE}"))
        table = f"e{desk.office.code}.client"
        assert session.execute(text(f"TABLE {table}")).all() == []


NUMBERS = st.one_of(
    st.from_regex(r"e164:\+86(0?1[3-9]\d{9}|[2-9]\d{6,10}|10\d{8}|[48]00\d{7})", fullmatch=True),
    st.from_regex(r"e164:\+[1-79]\d{4,13}", fullmatch=True),
    st.from_regex(r"(short|service|extension):\d{2,11}", fullmatch=True),
).map(str)


@settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(NUMBERS, min_size=20, max_size=60), st.lists(st.text("张三ab*'%", min_size=1)))
def test_masks_in_a_statement_are_those_of_lists(
    rows: Database, numbers: list[str], texts: list[str]
) -> None:
    held = {"phone": numbers, "text": texts, "email": texts, "long_text": texts}
    held |= {"identity": ["31010419900101123X"], "url": texts}
    with rows.engine.connect() as connection:
        for kind, values in held.items():
            field = Field("x", kind, {}, "")
            given_values = func.unnest(literal(values, ARRAY(String()))).column_valued("v")
            found = connection.scalars(select(veiled(field, given_values))).all()
            assert found == [type_of(field).veil(value) for value in values], kind
