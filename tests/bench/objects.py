"""One object with 500 fields and BENCH_ROWS records (a million): what people wait for.

Lists, searches and saves go through the whole API but for its socket; imports, exports and
publications through the API and the product's worker. Beside each stands the same statement in bare
psycopg, in the same run and on the same rows.
"""

import csv
import random
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from io import StringIO
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb
from pypinyin import lazy_pinyin

from callcenter.core.db import TenantTables
from callcenter.core.ids import new_id
from callcenter.core.numbers import Number, parse_number
from callcenter.core.tenant import Scope
from callcenter.objects import queries
from tests.bench.samples import Raw, Samples, made
from tests.bench.store import LAST, ROWS, Store, the_store
from tests.bench.wide import LISTED_FIELDS, WIDE, a_name, a_phone, phone, wide_document

TIMES, IMPORTED, EXPORTED = 60, 100_000, 80_000
RECORDS = f"/objects/{WIDE}/records"
COLUMNS = (
    "number", "name", "phone", "choice_0", "number_0", "day_0", "text_0", "text_1", "text_2",
    "number_1", "ref_0", "ref_1",
)  # fmt: skip
"""Of an export: with the names of what two of them point at."""
LISTED = ",".join(LISTED_FIELDS)
"""As the page of a list asks for its columns."""


def run(number: int) -> Raw:
    store, chance = the_store(), random.Random(number)
    samples: Samples = {}
    for measure in (_list, _sorted, _phone, _search, _save):
        samples |= measure(store, chance)
    samples |= _add_field(store, number)
    with store.worker() as pid:
        samples |= _export(store, pid)
        samples |= _import(store, chance)
    _as_before(store)
    notes = {"rows": ROWS, "imported": IMPORTED, "exported": min(EXPORTED, ROWS), "seed": number}
    return made("objects", number, samples, notes)


def _ms(act: Callable[[], Any]) -> float:
    began = time.perf_counter()
    act()
    return (time.perf_counter() - began) * 1_000


def _both(store: Store, name: str, act: Callable[[], Any]) -> Samples:
    """Samples of an act at the API, and of its statements on the records in bare psycopg."""
    ours, bare = [], []
    with store.bare() as connection:
        for _ in range(TIMES):
            with store.heard() as statements:
                ours.append(_ms(act))
            bare.append(_ms(lambda: _again(connection, statements)))
    return {f"{name}_ms": ours, f"{name}_bare_ms": bare}


def _again(connection: "psycopg.Connection[Any]", statements: list[Any]) -> None:
    for statement, parameters in statements:
        connection.execute(statement, parameters).fetchall()


def _list(store: Store, chance: random.Random) -> Samples:
    def act() -> None:
        query = {"f.choice_0": f"o{chance.randrange(10)}", "sort": "-created_at"}
        assert store.get(RECORDS, **query, page_size=50, fields=LISTED)["items"]

    return _both(store, "list", act)


def _sorted(store: Store, chance: random.Random) -> Samples:
    """By an indexed field, downwards, with a filter of another."""

    def act() -> None:
        query = {"f.choice_0": f"o{chance.randrange(10)}", "sort": "-number_0"}
        assert store.get(RECORDS, **query, page_size=50, fields=LISTED)["items"]

    return _both(store, "sorted", act)


def _phone(store: Store, chance: random.Random) -> Samples:
    """As the screen pop finds who calls: the statement in a transaction of its own, twice."""
    table = queries.table_of(store.definition, store.schema)
    place = sql.Identifier(store.schema, WIDE)
    found = sql.SQL("SELECT * FROM {} WHERE enterprise_id = %s AND f_phone = %s").format(place)
    ours, bare = [], []

    def act(number: Number) -> None:
        with store.database.begin(Scope(store.enterprise_id)) as session:
            query = queries.by_number(table, store.definition)
            assert TenantTables(session).execute(query, {"number": str(number)}).all()

    with store.bare() as connection:
        for _ in range(TIMES):
            number = parse_number(a_phone(chance.randrange(ROWS)), "021")
            ours.append(_ms(lambda: act(number)))  # noqa: B023 - called at once
            given = [store.enterprise_id, str(number)]
            bare.append(_ms(lambda: connection.execute(found, given).fetchall()))  # noqa: B023
    return {"phone_ms": ours, "phone_bare_ms": bare}


def _search(store: Store, chance: random.Random) -> Samples:
    """A name, its pinyin, or a part of either."""

    def act() -> None:
        name = a_name(chance)
        spoken = "".join(lazy_pinyin(name))
        text = chance.choice((name, spoken, spoken[:-1], spoken[2:]))
        store.get(RECORDS, q=text, page_size=20, fields=LISTED)

    return _both(store, "search", act)


def _save(store: Store, chance: random.Random) -> Samples:
    ours = []
    for _ in range(TIMES):
        number = a_phone(chance.randrange(ROWS))
        (record,) = store.get(RECORDS, q=number, page_size=1)["items"]
        changes = {"text_0": f"改{chance.randrange(1000)}", "number_0": chance.randrange(ROWS)}
        tag = {"If-Match": f'"{record["version"]}"'}

        def act() -> None:
            place = f"{RECORDS}/{record['id']}"  # noqa: B023 - called at once
            store.send("PATCH", place, {"values": changes}, **tag)  # noqa: B023

        ours.append(_ms(act))
    return {"save_ms": ours, "save_bare_ms": _save_bare(store, chance)}


def _save_bare(store: Store, chance: random.Random) -> list[float]:
    table = sql.Identifier(store.schema, WIDE)
    update = sql.SQL(
        "UPDATE {} SET extra = extra || jsonb_build_object('text_0', %s::text), f_number_0 = %s,"
        " version = version + 1, updated_at = now() WHERE f_phone = %s"
    ).format(table)
    samples = []
    with store.bare() as connection:
        for _ in range(TIMES):
            given = [f"改{chance.randrange(1000)}", chance.randrange(ROWS),
                     phone(chance.randrange(ROWS))]  # fmt: skip
            samples.append(_ms(lambda: connection.execute(update, given)))  # noqa: B023
    return samples


def _add_field(store: Store, number: int) -> Samples:
    """The 500th field goes and another comes in its place; then the first comes back."""
    path = f"/design/objects/{WIDE}"
    seconds = []
    for key in (f"{LAST}_{number}", LAST):
        tag = _tag(store.get(path))
        saved = store.send("PUT", f"{path}/draft", {"document": wide_document(key)}, **tag).json
        began = time.perf_counter()
        after = store.send("POST", f"{path}/publish", {"note": key}, **_tag(saved)).json
        seconds.append(time.perf_counter() - began)
        assert (after["draft"], after["publication"]) == (False, None)
    table, column = sql.Identifier(store.schema, WIDE), sql.Identifier(f"bare_{number}")
    with store.bare(owner=True) as connection:
        add = sql.SQL("ALTER TABLE {} ADD COLUMN {} text").format(table, column)
        bare = _ms(lambda: connection.execute(add)) / 1_000
        connection.execute(sql.SQL("ALTER TABLE {} DROP COLUMN {}").format(table, column))
    return {"add_field_s": seconds, "add_field_bare_s": [bare]}


def _tag(design: dict[str, Any]) -> dict[str, str]:
    return {"If-Match": f'"{design["version"]}"'}


def _export(store: Store, pid: int) -> Samples:
    wish = {"format": "csv", "columns": [*COLUMNS], "filters": {"f.number_0.to": f"{EXPORTED - 1}"}}
    # What the worker needs once for all its work is there then.
    store.send("POST", f"/objects/{WIDE}/exports", {**wish, "filters": {"f.number_0.to": "9"}})
    store.job("records.export")
    memory: list[float] = []
    with _watched(pid, memory):
        began = time.perf_counter()
        store.send("POST", f"/objects/{WIDE}/exports", wish)
        job = store.job("records.export")
        seconds = time.perf_counter() - began
    assert job.state == "done", job.error
    with store.bare() as connection:
        bare = _ms(lambda: _export_bare(store, connection)) / 1_000
    memory = [each for each in memory if each]
    first = memory[len(memory) // 5]
    growth = (max(memory[len(memory) // 5 :]) - first) / first * 100
    return {"export_s": [seconds], "export_bare_s": [bare], "export_growth_percent": [growth],
            "export_memory_mb": memory[:: max(1, len(memory) // 100)]}  # fmt: skip


def _export_bare(store: Store, connection: "psycopg.Connection[Any]") -> None:
    query = sql.SQL(
        "SELECT w.f_number, w.f_name, w.f_phone, w.f_choice_0, w.f_number_0, w.f_day_0,"
        " w.extra->>'text_0', w.extra->>'text_1', w.extra->>'text_2', w.extra->>'number_1',"
        " a.f_name, c.f_name FROM {} w LEFT JOIN {} a ON a.id = w.f_ref_0"
        " LEFT JOIN {} c ON c.id = w.f_ref_1 WHERE w.f_number_0 < %s ORDER BY w.created_at DESC"
    ).format(*(sql.Identifier(store.schema, name) for name in (WIDE, "area", "company")))
    with connection.transaction(), TemporaryFile("w+") as out:
        writer = csv.writer(out)
        with connection.cursor("bare") as cursor:
            cursor.itersize = 500
            for row in cursor.execute(query, [EXPORTED]):
                writer.writerow(row)


@contextmanager
def _watched(pid: int, memory: list[float]) -> Iterator[None]:
    """Megabytes of the process, twenty times a second."""
    over = threading.Event()

    def watch() -> None:
        status = Path(f"/proc/{pid}/status")
        while not over.wait(0.05):
            told = dict(line.split(":", 1) for line in status.read_text().splitlines())
            memory.append(int(told["VmRSS"].split()[0]) / 1024)

    watcher = threading.Thread(target=watch)
    watcher.start()
    yield
    over.set()
    watcher.join()


def _import(store: Store, chance: random.Random) -> Samples:
    """A file of 20 columns, two of them names of other records; every line a new record."""
    texts = [f"text_{n}" for n in range(10)]
    heads = ["name", "phone", *texts, "choice_0", "choice_1", "number_0", "number_1", "day_0",
             "day_1", "ref_0", "ref_1"]  # fmt: skip
    names = {t: [r["title"] for r in store.get(f"/objects/{t}/records", page_size=100)["items"]]
             for t in ("area", "company")}  # fmt: skip
    lines = []
    for number in range(IMPORTED):
        line = [a_name(chance), f"{13900000000 + number}", *(f"文字{chance.randrange(999)}" for _ in texts),
                "选项1", "选项2", ROWS + number, number, "2026-03-01", "2026-04-01",
                chance.choice(names["area"]), chance.choice(names["company"])]  # fmt: skip
        lines.append(line)
    out = StringIO()
    csv.writer(out).writerows([heads, *lines])
    path = f"/objects/{WIDE}/imports"
    one = store.upload(path, out.getvalue().encode(), name="bench.csv")
    body = {"columns": heads, "mode": "create", "match": None, "empty": "leave"}
    store.send("POST", f"{path}/{one['id']}/trial", body)
    began = time.perf_counter()
    trial = store.job("records.import")
    tried = time.perf_counter() - began
    assert (trial.state, trial.result["failed"]) == ("done", 0), (trial.error, trial.result)
    began = time.perf_counter()
    store.send("POST", f"{path}/{one['id']}/run")
    done = store.job("records.import")
    seconds = time.perf_counter() - began
    assert done.result["created"] == IMPORTED, (done.error, done.result)
    bare = _import_bare(store, lines)
    return {"import_s": [seconds], "import_trial_s": [tried], "import_bare_s": [bare]}


def _import_bare(store: Store, lines: Sequence[Sequence[Any]]) -> float:
    """A row a line, what stands in `extra` as one text."""
    table = sql.Identifier(store.schema, WIDE)
    names = ("id", "enterprise_id", "version", "created_at", "updated_at", "search_text", "extra",
             "f_number", "f_name", "f_phone", "f_choice_0", "f_number_0", "f_day_0")  # fmt: skip
    places = sql.SQL(", ").join([sql.Placeholder()] * len(names))
    insert = sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
        table, sql.SQL(", ").join(map(sql.Identifier, names)), places
    )
    now = datetime.now(UTC)
    rows = [
        (new_id(), store.enterprise_id, 1, now, now, line[0], Jsonb({"texts": line[2:12]}),
         f"bare{place}", line[0], line[1], "o1", line[14], date(2026, 3, 1))
        for place, line in enumerate(lines)
    ]  # fmt: skip
    with store.bare() as connection, connection.transaction(), connection.cursor() as cursor:
        return _ms(lambda: cursor.executemany(insert, rows)) / 1_000


def _as_before(store: Store) -> None:
    """Every run measures the same rows: what this one brought in goes, and the table is tidied up."""
    table = sql.Identifier(store.schema, WIDE)
    with store.bare() as connection:
        gone = sql.SQL("DELETE FROM {} WHERE f_number_0 >= %s").format(table)
        connection.execute(gone, [ROWS])
    with store.bare(owner=True) as connection:
        connection.execute(sql.SQL("VACUUM (ANALYZE) {}").format(table))
