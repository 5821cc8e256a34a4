"""What call flows do beyond their calls: records of an enterprise, PINs, addresses, notices."""

import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from redis import Redis
from sqlalchemy import select
from structlog.testing import capture_logs

from callcenter.core.async_redis import async_redis
from callcenter.core.clock import SystemClock
from callcenter.core.db import Database
from callcenter.core.ids import new_id
from callcenter.core.numbers import WITHHELD, parse_number
from callcenter.core.outbound import Outbound
from callcenter.core.sealed import Seal
from callcenter.core.speech import EspeakSpeech
from callcenter.core.tenant import Scope
from callcenter.notices.models import NoticeRow
from callcenter.notices.service import Notices
from callcenter.objects.service import FlowRecords, Records
from callcenter.processes.means import means
from callcenter.processes.telephony.beyond import Beyonds
from callcenter.processes.telephony.customers import CallerReading
from callcenter.telephony.directory import load_directory
from callcenter.telephony.guesses import Guesses
from callcenter.telephony.live import Direction, LiveCall
from ivr.credentials import OpenedCredentials
from ivr.effects import (
    AnswerKind,
    Notify,
    Outcome,
    Outside,
    Query,
    Request,
    Standing,
    Verify,
    Whom,
    Write,
    WriteAct,
)
from ivr.prompts import PromptLibrary
from ivr.runner import FlowRunner
from ivr.validation import read
from tests.fakes.session import ScriptedSession
from tests.integration.objects.firm import CLIENTS, JOBS, Firm, clients, jobs, make, names
from tests.integration.objects.shaping import a_field, label
from tests.integration.objects.triggering import calls_allowed
from tests.support.office import Caller, Office
from tests.support.ports import free_port
from tests.unit.ivr.conftest import BYE, definition, node, say

pytestmark = pytest.mark.integration

NUMBER = "13800000001"
NOBODY: Any = None
"""Who takes messages and callbacks; none of these tests leaves any."""

STATES = [{"value": value, "label": label(value)} for value in ("open", "done")]
Do = Callable[..., Awaitable[Outcome]]


@pytest.fixture
def records(firm: Firm) -> Firm:
    firm.keeps(
        clients(
            a_field("pin", rights={"agent": "hide"}),
            a_field("points", "integer"),
        ),
        jobs(
            a_field("code", indexed=True),
            a_field("state", "choice", settings={"options": STATES}, indexed=True),
            a_field("due", "date", indexed=True),
            a_field("urgent", "boolean"),
            a_field("secret", rights={"agent": "hide"}),
        ),
    )
    return firm


@pytest.fixture
async def beyonds(
    records: Firm, database: Database, redis: Redis, redis_url: str
) -> AsyncIterator[Beyonds]:
    clock, client = SystemClock(), async_redis(redis_url, timeout=2, connect_timeout=2)
    parts, work = means(clock), CallerReading(database, "flow-work")
    made = Beyonds(
        work=work, records=FlowRecords(Records(parts)), outbound=Outbound(clock),
        notices=Notices(parts.directory, parts.outbox, clock), people=parts.directory,
        guesses=Guesses(client), credentials=OpenedCredentials(Seal("of tests")),
        directory=lambda: load_directory(database),
        voicemail=NOBODY, offers=NOBODY, keep_answer=NOBODY,
    )  # fmt: skip

    yield made
    made.close()
    await client.aclose()


def a_call(office: Office, number: str = NUMBER) -> LiveCall:
    customer = parse_number(number, "021") if number else WITHHELD
    return LiveCall(
        new_id(), office.id, Direction.INBOUND, datetime(2026, 11, 24, tzinfo=UTC), customer
    )


@pytest.fixture
def do(beyonds: Beyonds, office: Office) -> Do:
    """Carries out an effect for a call from a number."""

    async def done(effect: Outside, number: str = NUMBER) -> Outcome:
        return await beyonds.of(ScriptedSession(), a_call(office, number))(effect)

    return done


def query(where: Mapping[str, Any], **more: Any) -> Query:
    rest = {"reads": {}, "order": "", "count": "", "record": ""} | more
    return Query("job", where, **rest)


async def test_a_query_tells_one_none_and_several_and_reads_the_first(
    do: Do, admin: Caller
) -> None:
    make(admin, JOBS, "a", code="7", state="open", due="2026-12-01")
    second = make(admin, JOBS, "b", code="7", state="done", due="2026-12-24")
    make(admin, JOBS, "c", code="8")
    reads = {"when": "due", "how": "state"}
    one = await do(query({"code": "7", "state": "done"}, reads=reads, record="id"))
    assert one == Outcome("one", {"when": "2026-12-24", "how": "done", "id": second})
    several = await do(query({"code": "7"}, reads=reads, order="due", count="n"))
    assert several == Outcome("several", {"when": "2026-12-01", "how": "open", "n": 2})
    assert await do(query({"code": "9"}, count="n")) == Outcome("none", {"n": 0})
    assert await do(query({"state": "no such state"})) == Outcome("none")


async def test_a_value_with_a_comma_is_one_value(do: Do, admin: Caller) -> None:
    make(admin, JOBS, "a", code="7")
    assert (await do(query({"code": "7,8"}))).exit == "none"


async def test_what_some_role_does_not_see_is_not_read(do: Do, admin: Caller) -> None:
    make(admin, JOBS, "a", code="7", secret="s")
    assert await do(query({"code": "7"}, reads={"x": "secret"})) == Outcome("one")


async def test_a_work_order_is_written_for_the_call_and_its_customer(do: Do, admin: Caller) -> None:
    client = make(admin, CLIENTS, "王芳", phone=NUMBER)
    values = {"name": "IVR", "code": "0042", "due": "2026-12-01", "urgent": "1", "state": "open"}
    written = await do(Write("job", WriteAct.CREATE, "", values, "made"))
    assert written.exit == "written"
    record = admin.get(f"{JOBS}/{written.sets['made']}").json
    told = record["values"]
    assert (told["code"], told["due"], told["urgent"]) == ("0042", "2026-12-01", True)
    assert str(told["customer"]) == client
    assert record["call_id"]


async def test_the_callers_record_and_a_named_one_are_changed(do: Do, admin: Caller) -> None:
    client = make(admin, CLIENTS, "王芳", phone=NUMBER)
    made = make(admin, JOBS, "a", code="7", state="open")
    points = Write("client", WriteAct.UPDATE_CALLER, "", {"points": "120"}, "")
    assert await do(points) == Outcome("written")
    assert admin.get(f"{CLIENTS}/{client}").json["values"]["points"] == 120
    done = Write("job", WriteAct.UPDATE, made, {"state": "done"}, "id")
    assert await do(done) == Outcome("written", {"id": made})
    assert admin.get(f"{JOBS}/{made}").json["values"]["state"] == "done"


@pytest.mark.parametrize(
    "write",
    [
        Write("job", WriteAct.CREATE, "", {"code": "no name"}, ""),
        Write("job", WriteAct.CREATE, "", {"name": "x", "state": "strange"}, ""),
        Write("job", WriteAct.UPDATE, str(new_id()), {"state": "done"}, ""),
        Write("client", WriteAct.UPDATE_CALLER, "", {"points": 1}, ""),
        Write("nothing", WriteAct.CREATE, "", {"name": "x"}, ""),
    ],
)
async def test_what_cannot_be_written_leaves_nothing_behind(
    do: Do, admin: Caller, write: Write
) -> None:
    assert await do(write) == Outcome("failed")
    assert names(admin, JOBS) == set()


def verify(entered: str, attempts: int = 2) -> Verify:
    return Verify("pin", attempts, 30, entered)


async def test_a_pin_is_right_wrong_and_then_locked_whatever_call_it_is(
    do: Do, admin: Caller, redis: Redis
) -> None:
    make(admin, CLIENTS, "王芳", phone=NUMBER, pin="4711")
    assert (await do(verify("0000"))).exit == "wrong"
    assert (await do(verify("4711"))).exit == "verified"
    assert (await do(verify("0000"))).exit == "wrong"
    assert (await do(verify("0000"))).exit == "refused"
    assert (await do(verify("4711"))).exit == "refused"
    (key,) = redis.keys("ivr:wrong:*")
    assert 0 < redis.ttl(key) <= 30 * 60


async def test_nobody_is_verified_without_a_record_or_a_pin(do: Do, admin: Caller) -> None:
    assert (await do(verify("4711"))).exit == "unknown"
    assert (await do(verify("4711"), "")).exit == "unknown"
    make(admin, CLIENTS, "王芳", phone=NUMBER)
    assert (await do(verify(""))).exit == "unknown"
    make(admin, CLIENTS, "李伟", phone=NUMBER, pin="4711")
    assert (await do(verify("4711"))).exit == "unknown"


async def test_a_team_is_told_and_does_not_see_the_number(
    do: Do, database: Database, office: Office
) -> None:
    team = next(iter(office.teams.values()))
    said = f"{NUMBER} waits"
    assert await do(Notify(Whom.TEAM, str(team), said)) == Outcome("next")
    with database.begin(Scope(office.id)) as session:
        notices = session.scalars(select(NoticeRow)).all()
    assert notices
    assert all(NUMBER not in row.text and row.text.endswith("waits") for row in notices)


async def test_a_caller_goes_on_by_the_way_for_failures_while_the_database_is_gone(
    beyonds: Beyonds, office: Office, tmp_path: Path
) -> None:
    """Nobody listens where it was: a query, what would be written, a PIN, and a notice."""
    nowhere = Database(f"postgresql+psycopg://nobody:x@127.0.0.1:{free_port()}/gone", pool_size=1)
    cut_off = replace(beyonds, work=CallerReading(nowhere, "flow-gone"))
    values = [{"field": "code", "value": "1"}]
    failed = dict.fromkeys(("one", "none", "several"), "bye")
    flow = read(definition(
        node("find", "query", {"object": "job", "where": values}, **failed, failed="note"),
        node("note", "write", {"object": "job", "act": "create", "values": values},
             written="bye", failed="pin"),
        node("pin", "verify", {"prompts": say("pin"), "field": "pin"},
             verified="bye", refused="bye", unknown="tell"),
        node("tell", "message", {"to": "team", "target": str(new_id()), "text": "x"}, next="agents"),
        node("agents", "transfer", {"kind": "service", "target": str(office.service)}),
        BYE,
    ))  # fmt: skip
    session, call = ScriptedSession("1234"), a_call(office)
    runner = FlowRunner(
        PromptLibrary(tmp_path, EspeakSpeech()), SystemClock(), lambda *_: Standing(None)
    )
    with capture_logs() as told:
        end = await runner.run(session, flow, {}, cut_off.of(session, call))
    assert [f"{visit.node}:{visit.exit}" for visit in end.path] == [
        "find:failed", "note:failed", "pin:unknown", "tell:next", "agents:transfer",
    ]  # fmt: skip
    effects = [each["effect"] for each in told if each["event"] == "ivr.failed"]
    assert effects == ["Query", "Write", "Verify", "Notify"]
    cut_off.work.close()
    nowhere.dispose()


# Addresses outside.

ANSWERS = {
    "/json": (200, b'{"due": 12.5}'),
    "/xml": (200, b"<r><due>7</due></r>"),
    "/bad": (500, b"{}"),
    "/none": (200, b"not json"),
}


@pytest.fixture
def server() -> Iterator[tuple[str, list[Any]]]:
    """host:port, and what came: (method, path, body, a header)."""
    came: list[Any] = []

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            came.append((self.command, self.path, body.decode(), self.headers.get("SOAPAction")))
            if self.path == "/slow":
                asked.wait(5)
                return
            status, content = ANSWERS[self.path.partition("?")[0]]
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = answer  # noqa: N815 (the names of the library)

        def log_message(self, *_: Any) -> None:
            pass

    asked = threading.Event()
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as serving:
        threading.Thread(target=serving.serve_forever, daemon=True).start()
        yield f"127.0.0.1:{serving.server_port}", came
        asked.set()
        serving.shutdown()


def request(place: str, path: str, **more: Any) -> Request:
    parts: dict[str, Any] = {
        "method": "GET", "url": f"http://{place}{path}", "headers": {}, "body": "", "timeout": 2,
        "answer": AnswerKind.JSON, "reads": {"due": "/due"}, "status": "status", **more,
    }  # fmt: skip
    return Request(**parts)


async def test_an_address_is_asked_and_its_answer_read(
    do: Do, server: tuple[str, list[Any]], database: Database, office: Office
) -> None:
    place, came = server
    with calls_allowed(database, office, place):
        got = await do(request(place, "/json?a=1"))
        assert got == Outcome("ok", {"due": 12.5, "status": 200})
        soap = {
            "method": "POST", "body": "<c>äöü</c>", "answer": AnswerKind.XML,
            "headers": {"SOAPAction": "urn:x"}, "reads": {"due": "due"},
        }  # fmt: skip
        assert await do(request(place, "/xml", **soap)) == Outcome(
            "ok", {"due": "7", "status": 200}
        )
        assert await do(request(place, "/bad")) == Outcome("failed", {"status": 500})
        assert (await do(request(place, "/none"))).exit == "failed"
        assert (await do(request(place, "/slow", timeout=0.3))).exit == "timeout"
    assert came[:2] == [
        ("GET", "/json?a=1", "", None),
        ("POST", "/xml", "<c>äöü</c>", "urn:x"),
    ]


async def test_an_address_that_is_not_allowed_is_not_even_tried(
    do: Do, server: tuple[str, list[Any]]
) -> None:
    place, came = server
    assert (await do(request(place, "/json"))).exit == "failed"
    assert came == []
