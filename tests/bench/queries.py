"""A list over three objects, the first with BENCH_ROWS records (a million): page, count and names.

Beside it, in the same run and on the same rows: its own statements in bare psycopg, and the same
list in SQL as somebody would write it by hand. Rows are made by set-based SQL.
"""

import os
import random
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, suppress
from functools import partial
from typing import Any

import psycopg
from psycopg import sql
from psycopg.errors import QueryCanceled
from sqlalchemy import event, make_url

import callcenter.migrations.schema  # noqa: F401 - every table: foreign keys go by name
from callcenter.core.addresses import app_url, owner_url
from callcenter.core.audit import Audit
from callcenter.core.clock import SystemClock
from callcenter.core.db import Database
from callcenter.core.ids import new_id
from callcenter.core.permissions import Role
from callcenter.core.tenant import Actor, Scope
from callcenter.objects.queries import schema_of
from callcenter.objects.service import Installer, Versions
from callcenter.objects.tasks import Publisher, owner_engine
from callcenter.processes.first import ensure_platform
from callcenter.processes.means import means
from callcenter.queries.document import Query, load
from callcenter.queries.service import Running, Wanted
from callcenter.queries.service.running import COUNTING
from callcenter.tenancy.models import Enterprise
from tests.bench.figures import p95
from tests.bench.samples import Raw, Samples, made
from tests.support.databases import DataServices, data_services, migrate

CODE, TIMES = "100001", 60
ROWS = int(os.environ.get("BENCH_ROWS", "1000000"))
BUYERS, GOODS, STATES = 100_000, 1_000, 10
PAGE, COUNTED = 50, 10_000


def _label(text: str) -> dict[str, str]:
    return {"zh-CN": text, "en": text}


def _field(key: str, kind: str = "text", **more: Any) -> dict[str, Any]:
    return {"key": key, "type": kind, "label": _label(key), **more}


def _choice(key: str, values: list[str]) -> dict[str, Any]:
    options = [{"value": value, "label": _label(value)} for value in values]
    return _field(key, "choice", indexed=True, settings={"options": options})


def _to(key: str, target: str) -> dict[str, Any]:
    return _field(key, "reference", indexed=True, settings={"reference": {"object": target}})


def _document(identifier: str, *fields: dict[str, Any]) -> dict[str, Any]:
    return {
        "identifier": identifier, "kind": "base", "name": _label(identifier), "key_field": "name",
        "title_field": "name", "list": {"columns": ["name"], "sort": "-created_at"}, "links": {},
        "groups": [{"key": "main", "label": _label("main"), "fields": [_field("name"), *fields]}],
        "permissions": {"read": {"admin": "all"}},
    }  # fmt: skip


OBJECTS = (
    _document("buyer", _choice("level", ["gold", "silver", "plain"])),
    _document("good", _field("price", "decimal")),
    _document(
        "sale",
        _choice("state", [f"s{place}" for place in range(STATES)]),
        _to("buyer", "buyer"),
        _to("good", "good"),
        _field("amount", "decimal", indexed=True),
    ),
)

_EVERY = "(id, enterprise_id, version, created_at, updated_at, search_text, extra"
_WHEN = "'2026-01-01'::timestamptz + n * interval '30 seconds'"
FILLED = {
    "buyer": (
        BUYERS,
        (
            ", f_name, f_level) SELECT {id}, %(own)s, 1, {at}, {at}, 'b' || n, '{{}}', 'b' || n,"
            " CASE WHEN n %% 20 = 0 THEN 'gold' WHEN n %% 5 = 0 THEN 'silver' ELSE 'plain' END"
        ),
    ),
    "good": (
        GOODS,
        (
            ", f_name) SELECT {id}, %(own)s, 1, {at}, {at}, 'g' || n,"
            " jsonb_build_object('price', (n * 3)::text), 'g' || n"
        ),
    ),
    "sale": (
        ROWS,
        (
            ", f_name, f_state, f_buyer, f_good, f_amount) SELECT {id}, %(own)s, 1, {at}, {at},"
            " 's' || n, '{{}}', 's' || n, 's' || (hashint4(n) & 2147483647) %% {states},"
            " {buyer}, {good}, (n %% 5000)::numeric"
        ),
    ),
}
"""Object → how many, and the rest of the INSERT over n. Ids are made of n, so that others find them."""


def _id(family: int, number: str) -> str:
    return (
        f"lpad(to_hex({family}), 8, '0') || '-0000-7000-8000-' || lpad(to_hex({number}), 12, '0')"
    )


def _uuid(family: int, number: str) -> str:
    return f"({_id(family, number)})::uuid"


def _document_of_query() -> Query:
    def column(key: str, field: str, source: str = "") -> dict[str, Any]:
        return {"key": key, "label": _label(key), "field": field, "source": source}

    return load(
        {
            "source": "sale",
            "joins": [
                {"key": "buyer", "how": "one", "by": "buyer"},
                {"key": "good", "how": "one", "by": "good"},
            ],
            "columns": [
                column("sale", "name"), column("state", "state"), column("amount", "amount"),
                column("buyer", "name", "buyer"), column("level", "level", "buyer"),
                column("good", "name", "good"), column("at", "created_at"),
            ],
            "parameters": [{"key": each, "label": _label(each)} for each in ("state", "level")],
            "conditions": [
                {"field": "state", "operator": "eq", "parameter": "state"},
                {"source": "buyer", "field": "level", "operator": "eq", "parameter": "level"},
            ],
            "order": [{"column": "at", "descending": True}],
            "page_size": PAGE,
        }
    )  # fmt: skip


BY_HAND = """
SELECT s.id, s.f_name, s.f_state, s.f_amount, s.created_at, b.f_name, b.f_level, g.f_name
FROM {0}.sale s
LEFT JOIN {0}.buyer b ON b.id = s.f_buyer AND b.deleted_at IS NULL
LEFT JOIN {0}.good g ON g.id = s.f_good AND g.deleted_at IS NULL
WHERE s.enterprise_id = %(own)s AND s.deleted_at IS NULL
AND s.f_state = %(state)s AND b.f_level = %(level)s
ORDER BY s.created_at DESC, s.id DESC LIMIT {1}
"""
COUNTED_BY_HAND = """
SELECT count(*) FROM (SELECT 1 FROM {0}.sale s JOIN {0}.buyer b ON b.id = s.f_buyer
WHERE s.enterprise_id = %(own)s AND s.deleted_at IS NULL AND b.deleted_at IS NULL
AND s.f_state = %(state)s AND b.f_level = %(level)s LIMIT {2}) AS few
"""


class World:
    def __init__(self, services: DataServices) -> None:
        settings, secrets = services.settings, services.secrets
        self._app, owner = (
            make_url(url(settings, secrets))
            .set(drivername="postgresql")
            .render_as_string(hide_password=False)
            for url in (app_url, owner_url)
        )
        self.database = Database(app_url(settings, secrets), pool_size=2)
        self.publisher = Publisher(owner_engine(owner_url(settings, secrets)), SystemClock())
        self.schema, self.enterprise_id = schema_of(CODE), new_id()
        self._found()
        for document in OBJECTS:
            self._fill(owner, document)

    def scope(self) -> Scope:
        may = Actor.permissions_of(Role.ADMIN)
        actor = Actor(new_id(), self.enterprise_id, "admin", "admin", Role.ADMIN, permissions=may)
        return Scope.of(actor)

    def bare(self, longest: int = 0) -> "psycopg.Connection[Any]":
        """longest: milliseconds after which a statement is given up; 0 is never."""
        limited = f"-c statement_timeout={longest}"
        connection = psycopg.connect(self._app, autocommit=True, options=limited)
        own = [str(self.enterprise_id)]
        connection.execute("SELECT set_config('app.enterprise_id', %s, false)", own)
        return connection

    def _found(self) -> None:
        clock = SystemClock()
        with self.database.begin(Scope.platform()) as session:
            ensure_platform(session, clock)
            session.add(
                Enterprise(
                    id=self.enterprise_id, code=CODE, name=CODE, area_code="021",
                    created_at=clock.now(),
                )
            )  # fmt: skip

    def _fill(self, owner: str, document: Mapping[str, Any]) -> None:
        clock, name = SystemClock(), document["identifier"]
        with self.database.begin(Scope.platform()) as session:
            installer = Installer(self.publisher, Versions(Audit(clock), clock), clock)
            definition = installer.publish(session, self.enterprise_id, CODE, document)
        count, rest = FILLED[name]
        family = [*FILLED].index(name) + 1
        text = f"INSERT INTO {self.schema}.{name} {_EVERY}{rest} FROM generate_series(1, {count}) n"
        text = text.format(
            id=_uuid(family, "n"), at=_WHEN, states=STATES,
            buyer=_uuid(1, f"1 + (n * 7919::bigint) %% {BUYERS}"),
            good=_uuid(2, f"1 + n %% {GOODS}"),
        )  # fmt: skip
        with psycopg.connect(owner, autocommit=True) as connection:
            own = str(self.enterprise_id)
            connection.execute("SELECT set_config('app.enterprise_id', %s, false)", [own])
            connection.execute(text, {"own": own})  # type: ignore[arg-type]
            self.publisher.index(self.schema, definition)
            table = sql.Identifier(self.schema, name)
            connection.execute(sql.SQL("VACUUM (ANALYZE) {}").format(table))


def _ms(act: Callable[[], Any]) -> float:
    began = time.perf_counter()
    act()
    return (time.perf_counter() - began) * 1_000


class Asked:
    """The list asked once by the product; what it said to PostgreSQL for that."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._running, self._query = Running(means(SystemClock())), _document_of_query()
        self.statements: list[tuple[str, Any]] = []

    def __call__(self, given: Mapping[str, str]) -> None:
        wanted = Wanted({key: (value,) for key, value in given.items()})
        with self._world.database.begin(self._world.scope()) as session:
            assert len(self._running.run(session, self._query, wanted).rows) == PAGE

    def heard(self, given: Mapping[str, str]) -> float:
        """Milliseconds."""
        self.statements = []
        engine = self._world.database.engine
        event.listen(engine, "before_cursor_execute", self._hear)
        took = _ms(lambda: self(given))
        event.remove(engine, "before_cursor_execute", self._hear)
        return took

    def _hear(self, _c: Any, _cursor: Any, text: str, parameters: Any, *_: Any) -> None:
        if f"{self._world.schema}.sale" in text and "EXPLAIN" not in text:
            self.statements.append((text, parameters))


Told = Sequence[tuple[str, Any]]
"""Statements with their parameters."""


class Bare:
    """Statements on a connection of their own; those that count are given up when the product does."""

    def __init__(self, world: World, stack: ExitStack) -> None:
        self._pages, self._counts = (
            stack.enter_context(world.bare(longest)) for longest in (0, COUNTING)
        )

    def took(self, statements: Told) -> float:
        """Milliseconds."""
        return _ms(partial(self._all, statements))

    def _all(self, statements: Told) -> None:
        for text, parameters in statements:
            connection = self._counts if "count(*)" in text else self._pages
            with suppress(QueryCanceled):
                connection.execute(text, parameters).fetchall()  # type: ignore[arg-type]


def measured(world: World, chance: random.Random) -> Samples:
    """The three take turns at who is first: whoever comes later finds the rows in memory."""
    asked, samples = Asked(world), Samples(page_ms=[], page_sql_ms=[], page_hand_ms=[])
    by_hand = [each.format(world.schema, PAGE, COUNTED + 1) for each in (BY_HAND, COUNTED_BY_HAND)]
    known = _given(chance)
    asked.heard(known)
    said = asked.statements
    with ExitStack() as stack:
        bare = Bare(world, stack)
        for turn in range(TIMES):
            given = _given(chance)
            sql_of_it = _anew(said, known, given)
            own = {**given, "own": str(world.enterprise_id)}
            ways = [
                ("page_ms", partial(asked.heard, given)),
                ("page_sql_ms", partial(bare.took, sql_of_it)),
                ("page_hand_ms", partial(bare.took, [(one, own) for one in by_hand])),
            ]
            for place in range(len(ways)):
                name, way = ways[(turn + place) % len(ways)]
                samples[name].append(way())
            assert asked.statements == sql_of_it
    samples["ratio"] = [p95(samples["page_ms"]) / p95(samples["page_hand_ms"])]
    return samples


def _given(chance: random.Random) -> dict[str, str]:
    return {
        "state": f"s{chance.randrange(STATES)}",
        "level": chance.choice(["gold", "silver", "plain"]),
    }


def _anew(statements: Told, known: Mapping[str, str], given: Mapping[str, str]) -> Told:
    """What the product says when it is given other values."""
    place = {known[key]: given[key] for key in known}
    return [
        (text, {name: place.get(value, value) for name, value in parameters.items()})
        for text, parameters in statements
    ]


def run(number: int) -> Raw:
    with ExitStack() as stack:
        services = stack.enter_context(data_services({}))
        migrate(services)
        world = World(services)
        samples = measured(world, random.Random(number))
    notes = {"rows": ROWS, "buyers": BUYERS, "goods": GOODS, "seed": number}
    return made("queries", number, samples, notes)
