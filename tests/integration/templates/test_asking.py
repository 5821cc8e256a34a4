"""What templates ask of the product: as whoever acts, and of what everybody reads no more than all see."""

from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import DataError
from sqlalchemy.orm import Session

from callcenter.core.clock import ManualClock
from callcenter.core.db import Database
from callcenter.core.ids import new_id
from callcenter.core.tenant import Scope
from callcenter.processes.directory import SqlDirectory
from callcenter.processes.means import means
from callcenter.processes.queries import queries
from callcenter.processes.templates import templates
from callcenter.queries.service import Running, Templating
from callcenter.rendering.errors import Refused
from callcenter.templates.service import Instructing
from tests.integration.objects.firm import CLIENTS, JOBS, Firm, make
from tests.integration.queries.making import a_column, a_firm_at_work, jobs_and_clients, keep
from tests.integration.templates.making import a_template
from tests.integration.templates.test_preview import previewed
from tests.support.office import Caller, Office

pytestmark = pytest.mark.integration

GOLD = "{'level': 'gold'}"
BY_LEVEL: dict[str, Any] = {
    "conditions": [{"source": "client", "field": "level", "operator": "eq", "parameter": "level"}],
    "parameters": [{"key": "level", "label": {"zh-CN": "级别", "en": "Level"}}],
}


@pytest.fixture
def world(firm: Firm, admin: Caller) -> str:
    """Two jobs; the identifier of the first one's client."""
    a_firm_at_work(firm)
    gold = make(admin, CLIENTS, "王秀兰", level="gold", worth="900.00", secret="机密")
    plain = make(admin, CLIENTS, "李明", level="plain")
    make(admin, JOBS, "a", customer=gold, cost="10.5", due="2026-11-23T17:30:00Z")
    make(admin, JOBS, "b", customer=plain, cost="2")
    return gold


def told(conf: Caller, text: str) -> str:
    answer = previewed(conf, text)
    assert answer["problem"] is None, answer
    return str(answer["result"])


def problem(conf: Caller, text: str) -> str:
    return str(previewed(conf, text)["problem"])


@pytest.mark.usefixtures("world")
def test_rows_of_queries_are_values_to_reckon_with_and_words_to_read(conf: Caller) -> None:
    more = [a_column("due", "due"), a_column("cost", "cost"), a_column("level", "level", "client")]
    columns = [a_column("job", "name"), *more]
    document = jobs_and_clients(**BY_LEVEL, columns=columns)
    document["columns"][2]["total"] = "sum"
    keep(conf, document)
    text = (
        "{% set row = fetch('list', level='gold') %}{{ row.job }} {{ row.due | time }}"
        " {{ row.cost + 1 }} {{ row.level }}; {{ fetch('list', level='none') }};"
        " {% for each in load('list') %}{{ each.job }}{% endfor %}"
        " {{ load('list', 1) | length }} {{ run('list').total }} {{ run('list').totals.cost }}"
    )
    assert told(conf, text) == "a 01:30 11.50 gold; ; ab 1 2 12.50"


@pytest.mark.usefixtures("world")
def test_what_is_wrong_with_a_question_is_told_at_its_line(conf: Caller) -> None:
    keep(conf, jobs_and_clients())
    assert problem(conf, "\n{{ fetch('absent') }}").startswith("第 2 行：fetch：没有查询")
    assert "level" in problem(conf, "{{ fetch('list', level='gold') }}")
    assert "limit" in problem(conf, "{{ load('list', 99999) }}")
    assert problem(conf, "{{ name_of('planet', 'x') }}").startswith("第 1 行：name_of：")
    assert "50" in problem(conf, "{% for a in range(60) %}{{ has_role('admin') }}{% endfor %}")


def test_names_are_those_of_keys(conf: Caller, world: str, office: Office) -> None:
    agent = office.people["agent"]
    text = (
        f"{{{{ name_of('person', '{agent.user_id}') }}}} {{{{ name_of('object', 'client') }}}}"
        f" {{{{ name_of('record', '{world}', object='client') }}}}"
        " {{ name_of('choice', 'gold', object='client', field='level') }}"
        " [{{ name_of('choice', 'none', object='client', field='level') }}{{ name_of('team', none) }}]"
    )
    assert told(conf, text) == f"{agent.name} client 王秀兰 gold []"
    for wrong in ("'choice', 'a', object='client', field='name'", "'record', 'x', object='client'",
                  "'object', 'nothing'", "'choice', 'a'"):  # fmt: skip
        assert previewed(conf, f"{{{{ name_of({wrong}) }}}}")["line"] == 1


@pytest.mark.usefixtures("world")
def test_a_person_is_looked_up_among_no_others(
    conf: Caller, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    people, asked = SqlDirectory.people, []

    def noting(self: SqlDirectory, session: Session, ids: Any = None) -> Any:
        asked.append(ids)
        return people(self, session, ids)

    agent = office.people["agent"]
    text = "{{{{ name_of('person', '{}') }}}}"
    keys = (agent.employee_code, agent.user_id, "999999", new_id())
    monkeypatch.setattr(SqlDirectory, "people", noting)
    said = told(conf, "|".join(text.format(key) for key in keys))
    assert said == f"{agent.name}|{agent.name}||"
    assert None not in asked, "nobody reads all of them for one"


def test_it_knows_who_acts(conf: Caller, office: Office) -> None:
    assert told(conf, "{{ user.name == actor().name }}") == "是"
    text = (
        "{{ actor().name }} {{ user.role }} {{ has_role('admin') }}{{ has_role('leader', 'conf') }}"
    )
    assert told(conf, text) == f"{office.people['conf'].name} conf 否是"
    assert (
        told(conf, "{{ has_permission('objects.define') }}{{ has_permission('wall.view') }}")
        == "是否"
    )
    assert "nobody" in problem(conf, "{{ has_permission('nobody.knows') }}")
    assert "king" in problem(conf, "{{ has_role('king') }}")


@pytest.mark.usefixtures("world")
def test_a_query_answers_no_more_than_whoever_acts_may_ask(
    conf: Caller, database: Database, office: Office, clock: ManualClock
) -> None:
    columns = [a_column("job", "name"), a_column("worth", "worth", "client"),
               a_column("secret", "secret", "client")]  # fmt: skip
    keep(conf, jobs_and_clients(columns=columns))
    keep(conf, jobs_and_clients(), "leaders", roles=["leader"])
    shared = means(clock)
    running = Running(shared)
    fetch = Templating(queries(shared, running), running).answers["fetch"]

    def fetched(key: str, who: str | None) -> Any:
        scope = Scope(office.id, office.people[who] if who else None)
        with database.begin(scope) as session:
            return fetch(session, query=key, parameters={})

    assert fetched("list", "admin")["secret"] == "机密"
    assert fetched("list", "agent") is None, "the agent has no job"
    with pytest.raises(Refused):
        fetched("leaders", "agent")
    assert str(fetched("list", None)["worth"]) == "Withheld()"
    assert fetched("list", None)["job"] == "a"


def asked(clock: ManualClock) -> Any:
    shared = means(clock)
    running = Running(shared)
    return Templating(queries(shared, running), running).answers


@pytest.mark.usefixtures("world")
def test_where_the_product_acts_what_withheld_values_come_to_is_no_more_told_than_they(
    conf: Caller, database: Database, office: Office, clock: ManualClock
) -> None:
    columns = [a_column("job", "name"), a_column("twice", expression="worth * 2"),
               a_column("cost", "cost", total="sum"),
               a_column("worth", "worth", "client", total="sum")]  # fmt: skip
    keep(conf, jobs_and_clients(columns=columns))
    run = asked(clock)["run"]
    with database.begin(Scope(office.id, None)) as session:
        told = run(session, query="list", parameters={})
    assert {*told["totals"]} == {"cost"}
    assert [str(row["twice"]) for row in told["rows"]] == ["Withheld()", "Withheld()"]
    assert "900" not in str(told)


@pytest.mark.usefixtures("world")
def test_rows_alone_cost_one_statement_and_nothing_is_counted(
    conf: Caller, database: Database, office: Office, clock: ManualClock
) -> None:
    document = jobs_and_clients()
    document["columns"][-1]["total"] = "sum"
    keep(conf, document)
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if "job" in statement and "SELECT" in statement and "cost" in statement:
            statements.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        with database.begin(Scope(office.id, office.people["admin"])) as session:
            rows = asked(clock)["load"](session, query="list", limit=1, parameters={})
    finally:
        event.remove(database.engine, "before_cursor_execute", note)
    assert [row["job"] for row in rows] == ["a"]
    assert len(statements) == 1, statements


def test_a_question_leaves_nothing_behind_in_the_transaction_that_it_is_asked_in(
    conf: Caller, database: Database, office: Office, clock: ManualClock
) -> None:
    def careless(session: Session, *, wrong: bool) -> str:
        session.execute(text("SET LOCAL statement_timeout = '7s'"))
        name = session.scalar(text("UPDATE template SET key = 'x' RETURNING key"))
        session.execute(text("SELECT 1 / :n"), {"n": 0 if wrong else 1})
        return str(name)

    a_template(conf)
    shared = means(clock)
    kept = templates(shared.audit, clock)
    with database.begin(Scope(office.id, office.people["admin"])) as session:
        ask = Instructing(kept, {"careless": careless}).within(session)["careless"]

        def state() -> tuple[Any, ...]:
            name = session.scalar(text("SELECT key FROM template"))
            return name, session.scalar(text("SHOW statement_timeout"))

        before = state()
        assert ask(wrong=False) == "x"
        assert state() == before
        with pytest.raises(DataError):
            ask(wrong=True)
        assert state() == before
