"""Expert queries over somebody else's PostgreSQL and MariaDB: the same texts, the same answers."""

import csv
from io import StringIO
from typing import Any
from uuid import UUID

import pytest
from redis import Redis

from callcenter.core.clock import ManualClock
from callcenter.core.db import Database
from callcenter.core.i18n import LOCALES, caption
from callcenter.core.jobs import JobRunner, JobState
from callcenter.core.sealed import Seal
from callcenter.objects.service.transfer import TransferStore
from callcenter.processes.means import means
from callcenter.processes.queries import data_sources, export_work, foreign, queries, selecting
from callcenter.queries.expert.document import ExpertQuery
from callcenter.queries.expert.parts import Parts
from callcenter.queries.external.running import ForeignRuns
from callcenter.queries.service import Running, Templating, Wanted
from callcenter.rendering.errors import Refused
from tests.integration.queries.external.shop import EXPERTS, QUERIES, Shop, asked
from tests.support.foreign import Foreign, Mariadb
from tests.support.office import SEALING_KEY, Caller, Office

pytestmark = pytest.mark.integration

PHONES = {"select": "o.customer, phone(o.mobile) as mobile", "where": "o.mobile is not null"}


def test_values_come_exact_and_what_no_page_can_carry_is_readable(
    shop: Shop, there: Foreign
) -> None:
    shop.keeps(there)
    columns = "o.customer, o.total, o.paid, o.made, o.day, o.lasting, o.picture, o.city"
    answer = shop.asks(select=columns).json["answer"]
    kinds = {column["key"]: column["type"] for column in answer["columns"]}
    mysql = there.kind == "mysql"
    assert kinds["total"] == "number"
    assert kinds["paid"] == ("integer" if mysql else "boolean")
    assert (kinds["made"], kinds["day"], kinds["picture"]) == ("datetime", "date", "text")
    rows = {row["values"]["customer"]: row["values"] for row in answer["rows"]}
    first, second = rows["王小明"], rows["Bob's \\ %s"]
    assert first["total"] == "9007199254740993.1234"
    assert first["paid"] == (1 if mysql else True)
    assert first["made"] == ("2026-11-24T10:00:00" if mysql else "2026-11-24T02:00:00Z")
    assert (first["day"], first["lasting"]) == ("2026-11-24", "30:05:09")
    assert (first["picture"], first["city"]) == ("00 ff 10", "上海")
    assert second["lasting"] == "-01:00:00"
    # Days that are none are nothing; for those of no calendar of ours there are words.
    assert (second["day"], second["made"]) == (None, None)
    words = next(row["texts"] for row in answer["rows"] if row["values"] == second)
    said = {"day": "0044-03-15 BC", "made": "infinity", "paid": "否"}
    assert words == ({} if mysql else said)
    assert set(rows["cleo"].values()) == {"cleo", None}


def test_whole_numbers_beyond_what_browsers_know_come_as_texts(shop: Shop, there: Foreign) -> None:
    shop.keeps(there)
    ids = {row["customer"]: row["id"] for row in shop.rows()}
    greatest = 18446744073709551615 if there.kind == "mysql" else 9007199254740993
    assert (ids["王小明"], ids["cleo"]) == (str(greatest), 3)


def test_lists_and_documents_of_postgresql_are_readable(shop: Shop, postgresql: Foreign) -> None:
    shop.keeps(postgresql)
    (row,) = shop.rows(select="tags, more", where="tags is not null")
    assert (row["tags"], row["more"]) == ('["a", "b c"]', '{"n": 1.10}')
    assert shop.rows(select="i.name", source="stock.items i", order="") == [{"name": "茶"}]


def test_parameters_are_values_whatever_stands_in_them(shop: Shop, there: Foreign) -> None:
    shop.keeps(there)
    parameters = [asked("who"), asked("ids", "integer", many=True), asked("since", "date")]
    where = "true [[ and o.customer = :who ]] [[ and o.id in (:ids) ]] [[ and o.day >= :since ]]"

    def found(**given: list[str]) -> list[str]:
        rows = shop.rows(given, select="o.customer", where=where, asked=parameters)
        return [row["customer"] for row in rows]

    assert len(found()) == 3
    assert found(who=["Bob's \\ %s"]) == ["Bob's \\ %s"]
    assert found(who=["' OR '1'='1"]) == found(who=["\\' OR 1=1 -- "]) == []
    assert found(ids=["2", "3"]) == ["Bob's \\ %s", "cleo"]
    assert found(since=["2026-01-01"]) == ["王小明"]
    literal = shop.rows(select="o.customer", where="o.customer = 'Bob''s \\ %s'")
    if there.kind == "mysql":
        literal = shop.rows(select="o.customer", where="o.customer = 'Bob\\'s \\\\ %s'")
    assert literal == [{"customer": "Bob's \\ %s"}]


def test_pages_count_and_follow_one_another_in_any_order(
    shop: Shop, there: Foreign, agent: Caller
) -> None:
    shop.keeps(there)
    shop.query(texts={"select": "o.customer, o.total"})
    first = agent.post(f"{QUERIES}/orders/run", {"page_size": 2}).json
    second = agent.post(f"{QUERIES}/orders/run", {"page_size": 2, "page": 2}).json
    assert (len(first["rows"]), first["total"]["count"], first["total"]["exact"]) == (2, 3, True)
    assert [row["values"]["customer"] for row in second["rows"]] in (["cleo"], ["王小明"])
    down = agent.post(f"{QUERIES}/orders/run", {"sort": "-total"}).json
    assert next(row["values"]["customer"] for row in down["rows"]) in ("王小明", "cleo")
    assert agent.post(f"{QUERIES}/orders/run", {"sort": "nothing"}).status_code == 422


def test_groups_joins_and_functions_are_those_of_the_source(
    shop: Shop, postgresql: Foreign, mariadb: Mariadb
) -> None:
    shop.keeps(mariadb)
    texts = {
        "select": "if(o.total > 1, 'much', 'little') as size, count(*) as n,"
        " group_concat(distinct o.customer order by o.customer separator '; ') as who",
        "source": "Orders o left join orders p on p.id = o.id", "group": "size", "order": "size",
        "where": "o.day <=> p.day and not o.total is null",
    }  # fmt: skip
    rows = shop.rows(**texts)
    assert [(row["size"], row["n"]) for row in rows] == [("little", 1), ("much", 1)]
    assert rows[1]["who"] == "王小明"
    dated = "o.made > '2026-11-24' - interval 1 day and year(o.made) = 2026"
    found = shop.rows(select="date_format(o.made, '%Y年%m月') as m", where=dated)
    assert found == [{"m": "2026年11月"}]
    wrong = shop.asks(where="o.customer ilike 'x'").json["problems"]
    assert [each["part"] for each in wrong] == ["where"]


def test_numbers_are_masked_as_everywhere(
    shop: Shop, there: Foreign, agent: Caller, leader: Caller
) -> None:
    shop.keeps(there)
    shop.query(texts=PHONES)
    (column,) = agent.post(f"{QUERIES}/orders/run", {}).json["columns"][1:]
    assert (column["type"], column["mask"]) == ("phone", True)
    seen = agent.post(f"{QUERIES}/orders/run", {})
    assert "13800006207" not in seen.text
    whole = leader.post(f"{QUERIES}/orders/run", {}).json["rows"]
    assert "13800006207" in [row["values"]["mobile"] for row in whole]
    assert "138 0000 6207" in [row["texts"]["mobile"] for row in whole]


def test_rows_in_the_order_of_masked_numbers_would_tell_them(
    shop: Shop, there: Foreign, agent: Caller, leader: Caller, database: Database,
    office: Office, clock: ManualClock,
) -> None:  # fmt: skip
    shop.keeps(there)
    shop.query(texts={**PHONES, "select": "phone(o.mobile) as mobile, o.customer", "order": ""})
    for sort in ("mobile", "-mobile"):
        assert agent.post(f"{QUERIES}/orders/run", {"sort": sort}).status_code == 422
        assert leader.post(f"{QUERIES}/orders/run", {"sort": sort}).status_code == 200
    runs = foreign(means(clock), data_sources(Seal(SEALING_KEY)))
    assert runs is not None
    parts = Parts("phone(o.mobile) as mobile, o.customer", "orders o")
    ties = {}
    for who in ("agent", "leader"):
        with database.begin(office.scope(who)) as session:
            ready = runs.ready(session, ExpertQuery(parts, data_source="shop"), Wanted({}))
            ties[who] = ready.written(ties=True).partition("ORDER BY ")[2]
    assert ties == {"agent": "2, 1", "leader": "1, 2"}


def test_templates_ask_a_source_where_no_transaction_waits_for_it(
    shop: Shop, there: Foreign, conf: Caller, database: Database, office: Office,
    clock: ManualClock,
) -> None:  # fmt: skip
    shop.keeps(there)
    shop.query(texts={"order": "o.id"})
    text = "{{ load('orders') | length }} {{ fetch('orders').id }} {{ run('orders').total }}"
    told = conf.post("/templates/preview", {"text": text}).json
    assert told["result"] == "3 2 3", told
    shared = means(clock)
    running = Running(shared, foreign=foreign(shared, data_sources(Seal(SEALING_KEY))))
    fetch = Templating(queries(shared, running), running).answers["fetch"]
    with database.begin(office.scope("agent")) as session, pytest.raises(Refused) as refused:
        fetch(session, query="orders", parameters={})
    assert refused.value.key == "instruction.source_within"
    for locale in LOCALES:
        assert "orders" in caption(refused.value.key, locale, refused.value.parameters)


def test_whom_a_source_names_can_be_called(
    shop: Shop, there: Foreign, database: Database, office: Office, clock: ManualClock
) -> None:
    shop.keeps(there)
    shop.query(texts=PHONES)
    found = selecting(means(clock), data_sources(Seal(SEALING_KEY)))
    with database.begin(office.scope("leader")) as session:
        begun = found.begun(session, "orders", {}, 10)
    callees = begun()
    numbers = [str(each.number) for each in callees if each.number]
    assert "e164:+8613800006207" in numbers
    assert "王小明" in [each.name for each in callees]


def test_no_transaction_of_ours_waits_for_its_rows(
    shop: Shop, postgresql: Foreign, leader: Caller, database: Database, redis: Redis,
    clock: ManualClock, transfers: TransferStore, office: Office, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    shop.keeps(postgresql)
    shop.query(texts={"select": "o.customer"})
    held: list[int] = []
    asking = ForeignRuns._asking

    def watched(runs: ForeignRuns, *given: Any) -> Any:
        held.append(database.engine.pool.checkedout())  # type: ignore[attr-defined]
        return asking(runs, *given)

    monkeypatch.setattr(ForeignRuns, "_asking", watched)
    answer = leader.post(f"{QUERIES}/orders/run", {"parameters": {}})
    assert (answer.status_code, held) == (200, [0])
    assert leader.post(f"{QUERIES}/orders/exports", {"format": "csv"}).status_code == 202
    work = export_work(database, transfers, means(clock), data_sources(Seal(SEALING_KEY)))
    with database.begin(office.scope()) as session:
        job = _job(session)
    assert JobRunner(database, redis, clock, work).run(job, office.id) == JobState.DONE
    assert held == [0, 0, 0, 0]


def test_a_file_has_all_rows(
    shop: Shop, there: Foreign, leader: Caller, database: Database, redis: Redis,
    clock: ManualClock, transfers: TransferStore, office: Office,
) -> None:  # fmt: skip
    shop.keeps(there)
    shop.query(texts={"select": "o.customer, o.total, o.day"})
    answer = leader.post(f"{QUERIES}/orders/exports", {"format": "csv"})
    assert answer.status_code == 202, answer.json
    sources = data_sources(Seal(SEALING_KEY))
    work = export_work(database, transfers, means(clock), sources)
    runner = JobRunner(database, redis, clock, work)
    with database.begin(office.scope()) as session:
        job = _job(session)
    assert runner.run(job, office.id) == JobState.DONE
    place = transfers.path(office.id, UUID(answer.json["id"]), "export.csv")
    rows = [*csv.reader(StringIO(place.read_text(encoding="utf-8-sig")))]
    assert len(rows) == 4
    assert "9007199254740993.1234" in {row[1] for row in rows}


def _job(session: Any) -> UUID:
    from sqlalchemy import select

    from callcenter.core.jobs import Job

    found: UUID = session.scalars(select(Job.id)).one()
    return found


def test_tables_and_columns_are_offered_while_one_writes(
    shop: Shop, there: Foreign, conf: Caller
) -> None:
    shop.keeps(there)
    told = conf.get(f"{EXPERTS}/objects", data_source="shop").json
    tables = {each["identifier"]: each for each in told["items"]}
    fields = {each["key"]: each["type"] for each in tables["orders"]["fields"]}
    assert (fields["id"], fields["total"], fields["made"]) == ("integer", "number", "datetime")
    assert "phone" in told["functions"]
    assert ("date_format" in told["functions"]) == (there.kind == "mysql")
    assert not any(name.startswith(("pg_", "information_schema")) for name in tables)


def test_heads_colours_and_totals_are_those_of_every_query_and_masks_leak_nothing(
    shop: Shop, there: Foreign, conf: Caller
) -> None:
    shop.keeps(there)
    document = shop.document(select="o.customer, o.total, o.city", where="o.total is not null")
    document["columns"] = [
        {"key": "customer", "mask": True}, {"key": "total", "total": "sum"},
        {"key": "city", "hidden": True},
    ]  # fmt: skip
    document["colors"] = [
        {"when": 'customer = "王小明"', "color": "danger"}, {"when": "total < 1", "color": "success"},
    ]  # fmt: skip
    answer = conf.post(f"{EXPERTS}/run", {"document": document})
    told = answer.json["answer"]
    assert answer.json["problems"] == []
    assert "王小明" not in answer.text
    assert [column["key"] for column in told["columns"]] == ["customer", "total"]
    assert (
        told["sums"] == {"total": "9007199254740993.22"} or "9007199254740993.2234" in answer.text
    )
    assert sorted(row["color"] for row in told["rows"]) == ["", "success"]
    document["columns"][0] = {"key": "nobody"}
    wrong = conf.post(f"{EXPERTS}/run", {"document": document}).json
    assert wrong["problems"]
