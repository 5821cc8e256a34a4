"""What a statement's rows show beside their values, and to whom: heads, colours, buttons, totals."""

from typing import Any

import pytest

from callcenter.core.errors import Invalid
from callcenter.queries.answers import Answer
from callcenter.queries.document import Button, Color, Drawn
from callcenter.queries.expert.document import ExpertQuery, Head
from callcenter.queries.expert.parts import Parts
from callcenter.queries.service import Wanted
from tests.integration.objects.shaping import label
from tests.integration.queries.expert.asking import Desk
from tests.integration.queries.expert.test_api import EXPERTS, a_document, keep
from tests.support.office import Caller

pytestmark = pytest.mark.integration

CLIENTS = Parts("c.id, c.name, c.age, c.salary, c.phone", "client c", order="c.name")
WORDS: dict[str, str] = {}


def head(key: str, **more: Any) -> Head:
    return Head(key, WORDS, **more)


def asked(desk: Desk, query: ExpertQuery, who: str = "", **wanted: Any) -> Answer:
    with desk.database.begin(desk.office.scope(who)) as session:
        return desk.runs.run(session, query, Wanted({}, **wanted))


def places(desk: Desk, query: ExpertQuery) -> dict[str, str]:
    with desk.database.begin(desk.office.scope()) as session:
        return {each.place: each.key for each in desk.runs.problems(session, query)}


def test_heads_say_how_columns_are_shown_and_which_are_not(desk: Desk) -> None:
    heads = (
        Head("age", label("年龄"), "integer", 90, link=True), head("name", link=False),
        head("salary", hidden=True), head("phone", mask=True),
    )  # fmt: skip
    answer = asked(desk, ExpertQuery(CLIENTS, heads=heads))
    columns = {each.key: each for each in answer.columns}
    assert [*columns] == ["name", "age", "phone"]
    age = columns["age"]
    assert (age.label, age.format, age.width, age.link) == (label("年龄"), "integer", 90, "")
    assert columns["name"].link is None
    assert "salary" not in answer.rows[0].values
    assert (columns["phone"].mask, columns["phone"].sortable) == (True, False)
    assert {row.values["phone"] for row in answer.rows} == {"138 **** 6207"}
    for kept in ("-phone", "salary"):
        with pytest.raises(Invalid):
            asked(desk, ExpertQuery(CLIENTS, heads=heads), sort=kept)


def test_colours_and_buttons_follow_from_values_that_need_not_be_shown(desk: Desk) -> None:
    query = ExpertQuery(
        CLIENTS,
        heads=(head("age", hidden=True),),
        buttons=(
            Button("open", WORDS, "open", when="age > 30"),
            Button("call", WORDS, "call", column="phone"),
        ),
        colors=(Color("age > 40", "danger"), Color("not empty(age)", "muted")),
    )
    shown = {row.values["name"]: (row.color, row.buttons) for row in asked(desk, query).rows}
    assert shown["anna"] == ("muted", ("call",))
    assert shown["Bob"] == ("muted", ("open", "call"))
    assert shown["cleo"] == ("danger", ("open", "call"))
    assert shown["fay"] == ("", ("call",))


def test_totals_are_of_all_pages_exact_and_of_an_average_rounded(desk: Desk) -> None:
    parts = Parts("name, age, salary, age * 1.5 as more", "client")
    heads = (
        head("age", total="average"), head("salary", total="sum"), head("more", total="greatest"),
    )  # fmt: skip
    answer = asked(desk, ExpertQuery(parts, heads=heads), page_size=5)
    assert len(answer.rows) == 5
    assert answer.sums == {"age": "31.20", "salary": "7407.00", "more": "61.5"}


def test_who_sees_a_column_masked_learns_nothing_of_it_by_colour_button_or_total(
    desk: Desk,
) -> None:
    """The leader sees `salary` masked, and the phone number as everybody without the privilege."""
    told = ExpertQuery(
        CLIENTS,
        heads=(head("salary", total="sum"), head("age", total="sum", mask=True)),
        buttons=(Button("open", WORDS, "open", when="salary > 1000"),),
        colors=(Color("salary > 1000", "danger"), Color("age > 1", "success")),
    )
    clear = asked(desk, told)
    assert clear.sums == {"salary": "7407.00"}
    assert {(row.color, row.buttons) for row in clear.rows} == {("danger", ("open",))}
    kept = asked(desk, told, "leader")
    assert kept.sums == {}
    assert {(row.color, row.buttons) for row in kept.rows} == {("", ())}
    assert {row.values["age"] for row in clear.rows} == {"***", None}


def test_what_contradicts_itself_is_told_at_its_place(desk: Desk) -> None:
    wrong = ExpertQuery(
        CLIENTS,
        heads=(head("gone"), head("name", total="sum")),
        buttons=(
            Button("a", WORDS, "open", source="other"),
            Button("a", WORDS, "call", column="name"),
            Button("b", WORDS, "query", when="age"),
        ),
        colors=(Color("salary >", "danger"), Color("phone = 'x'", "muted")),
        chart=Drawn("bar", "nothing", ("name",)),
    )
    assert places(desk, wrong) == {
        "columns.0.key": "query.unknown_column",
        "columns.1.total": "query.no_number",
        "buttons.0.source": "query.unknown_source",
        "buttons.1.key": "validation.duplicate",
        "buttons.1.column": "query.no_phone",
        "buttons.2.when": "expression.result",
        "buttons.2.query": "validation.required",
        "colors.0.when": "expression.incomplete",
        "colors.1.when": "expression.unusable_field",
        "chart.category": "query.unknown_column",
        "chart.values.0": "query.no_number",
    }
    nothing = ExpertQuery(Parts("name", "client"), heads=(head("name", hidden=True),))
    assert places(desk, nothing) == {"columns": "query.nothing_shown"}


def test_it_is_kept_with_all_of_it_and_a_page_is_told_its_buttons_and_chart(
    conf: Caller, agent: Caller, desk: Desk
) -> None:
    dressed = {
        **a_document(),
        "columns": [{"key": "age", "label": label("年龄"), "total": "sum", "link": True}],
        "buttons": [{"key": "more", "label": label("更多"), "do": "query", "query": "gone",
                     "parameters": {"who": "name"}}],
        "colors": [{"when": "age > 30", "color": "warning"}],
        "chart": {"type": "bar", "category": "name", "values": ["age"]},
    }  # fmt: skip
    body = {"key": "dressed", "name": label("客户"), "roles": ["agent"], "document": dressed}
    refused = conf.post(EXPERTS, body)
    (problem,) = refused.json["error"]["details"]["problems"]
    assert (problem["place"], problem["key"]) == ("buttons.0.query", "query.unknown_query")
    tried = conf.post(f"{EXPERTS}/run", {"document": dressed}).json
    assert [each["place"] for each in tried["problems"]] == ["buttons.0.query"]
    dressed["buttons"][0]["query"] = keep(conf)["key"]
    assert conf.post(EXPERTS, body).status_code == 201
    ready = agent.get("/queries/dressed/ready").json
    assert [each["key"] for each in ready["buttons"]] == ["more"]
    assert ready["chart"]["values"] == ["age"]
    run = agent.post("/queries/dressed/run", {}).json
    assert [row["color"] for row in run["rows"]][:3] == ["warning", "", "warning"]
    assert run["sums"] == {"age": "156"}
    # What a button leads to stays.
    assert conf.send("DELETE", "/queries/clients", version=1).status_code == 409
