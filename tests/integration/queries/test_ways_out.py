"""What leaves the product by a query: no cell that a spreadsheet would carry out, and nothing of a
field that is kept from whoever asks, whichever way he asks.
"""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from callcenter.core.clock import ManualClock
from callcenter.core.db import Database
from callcenter.core.errors import Forbidden
from callcenter.core.tenant import Scope
from callcenter.objects.service.transfer import TransferStore
from callcenter.processes.means import means
from callcenter.processes.queries import exporting, queries, selecting
from callcenter.queries.models import QueryExport
from callcenter.queries.service import MEDIA_TYPES
from tests.integration.objects.firm import CLIENTS, JOBS, Firm, make
from tests.integration.objects.shaping import label
from tests.integration.queries.making import (
    QUERIES,
    a_column,
    a_firm_at_work,
    jobs_and_clients,
    keep,
    run,
)
from tests.support.office import Caller, Office

pytestmark = pytest.mark.integration

BEGINNINGS = ("=", "+", "-", "@", "\t=", "\r=", "＝", "＋", "－", "＠", "'=")
SECRET = "31337"
"""What an agent sees masked; nothing that comes to him has it."""


@pytest.fixture(autouse=True)
def world(firm: Firm) -> None:
    a_firm_at_work(firm)


class Filed:
    """Rows as a file, as the worker and scheduled tasks write it."""

    def __init__(
        self, database: Database, store: TransferStore, clock: ManualClock, office: Office
    ) -> None:
        self._database, self._store, self._clock, self._office = database, store, clock, office

    def cells(self, who: str, key: str, form: str) -> list[list[Any]]:
        shared = means(self._clock)
        actor = self._office.people[who]
        with self._database.begin(Scope.of(actor)) as session:
            saved, _ = queries(shared).found(session, key)
            row = QueryExport(
                query_id=saved.id, name="f", form=form, wish={"parameters": {}, "sort": ""},
                made_by=actor.user_id, made_at=self._clock.now(),
            )  # fmt: skip
            session.add(row)
            session.flush()
            writing = exporting(self._database, self._store, shared)
            plan = writing.plan(session, key, row.id, row.form, row.wish)
            filled = writing.fill(session, plan, self)
            row.rows = filled.rows
            writing.note(session, plan, filled)
            return [*_read(self._store.path(row.enterprise_id, row.id, f"export.{form}"))]

    def step(self, done: int, total: int) -> None:
        pass


@pytest.fixture
def filed(
    database: Database, transfers: TransferStore, clock: ManualClock, office: Office
) -> Filed:
    return Filed(database, transfers, clock, office)


def _read(path: Path) -> Iterator[list[Any]]:
    if path.suffix == ".csv":
        yield from csv.reader(path.read_text("utf-8-sig").splitlines(keepends=True))
        return
    for row in openpyxl.load_workbook(path).active.iter_rows():
        # A cell that a spreadsheet reckons has another type.
        assert {cell.data_type for cell in row} <= {"s", "n", "d"}
        yield [cell.value for cell in row]


def an_expert(conf: Caller, key: str, roles: list[str], **texts: str) -> None:
    body = {"key": key, "name": label("查"), "roles": roles,
            "document": {"kind": "expert", "texts": texts}}  # fmt: skip
    answer = conf.post("/expert-queries", body)
    assert answer.status_code == 201, answer.json


@pytest.mark.parametrize("form", MEDIA_TYPES)
def test_no_cell_of_a_file_is_a_formula(
    conf: Caller, admin: Caller, filed: Filed, form: str
) -> None:
    for place, beginning in enumerate(BEGINNINGS):
        make(admin, CLIENTS, f"{beginning}1+{place}")
    # Headings, values, what is worked out, and what a choice is called.
    columns = [a_column("name", "name"), a_column("twice", expression='concat(name, "")')]
    columns[0]["label"] = label("=1+1")
    keep(conf, {"source": "client", "columns": columns}, key="built")
    an_expert(conf, "told", ["admin"], select="name, '@' || name as made", source="client")
    for key in ("built", "told"):
        heading, *lines = filed.cells("admin", key, form)
        cells = [str(cell) for line in [heading, *lines] for cell in line]
        assert len(lines) == len(BEGINNINGS), key
        if form == "csv":
            active = [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
            full = [cell for cell in cells if cell.startswith(("＝", "＋", "－", "＠"))]
            assert (active, full) == ([], []), key
    answer = run(admin, "built")
    assert {row["values"]["name"].strip()[0] for row in answer["rows"]} >= {"=", "+", "-", "@"}


def test_what_a_format_shows_is_words_on_the_page_and_a_number_in_a_file(
    conf: Caller, admin: Caller, filed: Filed
) -> None:
    make(admin, CLIENTS, "anna", worth="1234.50")
    columns = [
        a_column("worth", "worth", format="integer"),
        a_column("twice", expression="worth * 2", format="money"),
    ]
    keep(conf, {"source": "client", "columns": columns}, key="formed")
    (row,) = run(admin, "formed")["rows"]
    assert row["texts"] == {"worth": "1,235", "twice": "¥2,469.00"}
    assert filed.cells("admin", "formed", "xlsx")[1:] == [[1234.5, 2469]]


def seen_of(answer: Any) -> str:
    """All of an answer in one text."""
    return str(answer)


def worth(**more: Any) -> dict[str, Any]:
    columns = [a_column("name", "name"), a_column("worth", "worth")]
    return {"source": "client", "columns": columns, **more}


WAYS: dict[str, dict[str, Any]] = {
    "itself": worth(),
    "its sum": worth(columns=[a_column("name", "name"), a_column("worth", "worth", total="sum")]),
    "an expression": worth(columns=[*worth()["columns"], a_column("e", expression="worth * 1")]),
    "an expression of one": worth(
        columns=[*worth()["columns"], a_column("e", expression="worth * 1"),
                 a_column("f", expression="e + 0")]
    ),
    "a hidden column": worth(
        columns=[a_column("name", "name"), a_column("worth", "worth", hidden=True),
                 a_column("e", expression="worth + 0")]
    ),
    "a colour": worth(colors=[{"when": f"worth = {SECRET}", "color": "danger"}]),
    "a button": worth(
        buttons=[{"key": "b", "label": label("看"), "do": "open", "when": f"worth = {SECRET}"}]
    ),
    "another list": worth(
        buttons=[{"key": "b", "label": label("看"), "do": "query", "query": "itself",
                  "parameters": {"worth": "worth"}}]
    ),
    "a chart": worth(chart={"type": "bar", "category": "name", "values": ["worth"]}),
}  # fmt: skip

ROWS: dict[str, dict[str, Any]] = {
    "a condition": worth(conditions=[{"field": "worth", "operator": "eq", "value": [SECRET]}]),
    "a parameter": worth(
        conditions=[{"field": "worth", "operator": "ge", "parameter": "w"}],
        parameters=[{"key": "w", "label": label("值")}],
    ),
    "a template": worth(
        conditions=[{"field": "worth", "operator": "ge", "parameter": "w"}],
        parameters=[{"key": "w", "label": label("值"), "template": "1"}],
    ),
    "a group": worth(columns=[a_column("worth", "worth"), a_column("n", aggregate="count")],
                     grouped=True),
    "an aggregate": worth(columns=[a_column("name", "name"),
                                   a_column("m", "worth", aggregate="greatest")], grouped=True),
}  # fmt: skip


def test_a_field_that_is_masked_is_told_by_nothing_that_a_list_shows(
    conf: Caller, agent: Caller, admin: Caller
) -> None:
    _two_clients(admin, agent)
    for way, document in WAYS.items():
        key = way.replace(" ", "_")
        keep(conf, document, key=key)
        assert SECRET in seen_of(run(admin, key)) or way in ("a colour", "a button"), way
        found = run(agent, key)
        assert SECRET not in seen_of(found), way
        assert found["sums"] == {}, way
        # The two rows differ by it alone, and look the same.
        shown = [
            {**row, "values": {**row["values"], "name": "", "f": ""}, "records": {}}
            for row in found["rows"]
        ]
        assert len(shown) == 2, way
        assert shown[0] == shown[1], way
        for sort in ("worth", "-worth", "e"):
            refused = agent.post(f"{QUERIES}/{key}/run", {"sort": sort})
            assert refused.status_code == 422, (way, sort)


def test_rows_that_would_tell_of_it_are_refused_to_whoever_it_is_kept_from(
    conf: Caller, agent: Caller, admin: Caller
) -> None:
    _two_clients(admin, agent)
    for way, document in ROWS.items():
        key = way.replace(" ", "_")
        body = {"key": key, "name": label("清单"), "document": document, "roles": ["agent"]}
        refused = conf.post(QUERIES, body)
        assert (refused.status_code, refused.json["error"]["code"]) == (422, "bad-query"), way
        # Kept before the field was: a file of the configuration takes it as it is.
        keep(conf, document, key=key, roles=["admin"])
        assert agent.post(f"{QUERIES}/{key}/run", {}).status_code == 404, way


def test_what_the_configuration_file_brought_is_refused_when_it_is_asked(
    conf: Caller, agent: Caller, admin: Caller, database: Database, office: Office,
    clock: ManualClock,
) -> None:  # fmt: skip
    _two_clients(admin, agent)
    kept = queries(means(clock))
    for way, document in ROWS.items():
        key = way.replace(" ", "_")
        keep(conf, document, key=key, roles=["admin"])
        with database.begin(office.scope()) as session:
            (entry,) = [one for one in kept.documents(session) if one["key"] == key]
            kept.bring(session, {**entry, "roles": ["agent"]})
        answer = agent.post(f"{QUERIES}/{key}/run", {"parameters": {}})
        assert (answer.status_code, answer.json["error"]["code"]) == (403, "query-not-for-role"), (
            way
        )


WITHIN = "(select count(*) from client d where d.worth = {}) as n"
EXPERT = {
    "itself": {"select": "name, worth"},
    "worked out": {"select": "name, worth + 0 as e"},
    "as text": {"select": "name, worth::text as e"},
    "a case": {"select": f"name, case when worth = {SECRET} then 'x' else 'y' end as e"},
    "a condition": {"select": "name", "where": f"worth = {SECRET}"},
    "an order": {"select": "row_number() over (order by worth) as n, worth as w", "order": "n"},
    "a group": {"select": "worth, count(*) as n", "group": "worth"},
    "an aggregate": {"select": "max(worth) as m"},
    "a statement within": {"select": WITHIN.format(SECRET)},
}


@pytest.mark.parametrize("way", EXPERT)
def test_no_statement_tells_of_it(conf: Caller, agent: Caller, admin: Caller, way: str) -> None:
    _two_clients(admin, agent)
    an_expert(conf, "told", ["agent", "admin"], source="client", **EXPERT[way])
    before = run(agent, "told")
    assert SECRET not in seen_of(before)
    # Another value where the agent sees none: he sees the same.
    (hers,) = [
        row for row in admin.get("/objects/client/records").json["items"] if row["title"] == "one"
    ]
    changed = admin.send(
        "PATCH", f"/objects/client/records/{hers['id']}", {"values": {"worth": "1.00"}},
        version=hers["version"],
    )  # fmt: skip
    assert changed.status_code == 200, changed.json
    assert run(agent, "told")["rows"] == before["rows"]


def test_numbers_that_are_masked_are_given_to_no_calling_task_and_to_no_file(
    conf: Caller, agent: Caller, admin: Caller, database: Database, office: Office,
    clock: ManualClock,
) -> None:  # fmt: skip
    mine = str(office.people["agent"].user_id)
    gold = make(admin, CLIENTS, "gold", phone="13800138000", owner=mine)
    make(admin, JOBS, "a", customer=gold, owner=mine)
    phone = a_column("phone", "phone", "client")
    keep(conf, jobs_and_clients(columns=[a_column("job", "name"), phone]))
    assert "13800138000" not in seen_of(run(agent))
    with (
        database.begin(Scope.of(office.people["agent"])) as session,
        pytest.raises(Forbidden),
    ):
        selecting(means(clock)).begun(session, "list", {}, 10)
    assert agent.post(f"{QUERIES}/list/exports", {"format": "csv"}).status_code == 403


def _two_clients(admin: Caller, agent: Caller) -> None:
    """Of the agent, and unlike in their worth alone; he may not say what it is."""
    for name, value in (("one", SECRET), ("two", "5.00")):
        made = make(agent, CLIENTS, name)
        row = admin.get(f"/objects/client/records/{made}").json
        changed = admin.send(
            "PATCH", f"/objects/client/records/{made}", {"values": {"worth": value}},
            version=row["version"],
        )  # fmt: skip
        assert changed.status_code == 200, changed.json


def test_buttons_find_the_values_of_hidden_columns_masked_as_ever(
    conf: Caller, agent: Caller, leader: Caller, admin: Caller, office: Office
) -> None:
    gold = make(agent, CLIENTS, "gold", phone="13800138000")
    make(agent, JOBS, "a", customer=gold, owner=str(office.people["agent"].user_id))
    buttons = [
        {"key": "call", "label": label("拨打"), "do": "call", "column": "phone"},
        {"key": "more", "label": label("看"), "do": "query", "query": "list",
         "parameters": {"job": "id", "worth": "worth"}},
    ]  # fmt: skip
    columns = [a_column("job", "name"), a_column("id", "name", hidden=True),
               a_column("phone", "phone", "client", hidden=True),
               a_column("worth", "worth", "client", hidden=True),
               a_column("other", "cost", hidden=True)]  # fmt: skip
    keep(conf, jobs_and_clients(columns=columns, buttons=buttons))
    told = run(admin)
    assert [column["key"] for column in told["columns"]] == ["job"]
    (row,) = told["rows"]
    assert row["values"]["phone"] == "13800138000"
    assert {*row["values"]} == {"job", "id", "phone", "worth"}
    (masked,) = run(agent)["rows"]
    assert masked["values"]["id"] == "a"
    assert "13800138000" not in seen_of(masked)
    an_expert(conf, "told", ["agent", "admin"], select="name, phone", source="client")
    there = conf.get("/expert-queries/told").json
    document = {**there["document"], "columns": [{"key": "phone", "hidden": True}],
                "buttons": buttons[:1]}  # fmt: skip
    changed = conf.send(
        "PATCH", "/expert-queries/told", {"document": document}, version=there["version"]
    )
    assert changed.status_code == 200, changed.json
    told = run(admin, "told")
    assert [column["key"] for column in told["columns"]] == ["name"]
    assert [row["values"]["phone"] for row in told["rows"]] == ["13800138000"]
    assert "13800138000" not in seen_of(run(agent, "told"))
