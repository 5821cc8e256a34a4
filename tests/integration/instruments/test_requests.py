"""Requests and templates from addresses: through the guard alone, whatever stands at the other end."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest
from structlog.contextvars import get_contextvars

from callcenter.core.clock import SystemClock
from callcenter.core.ids import new_id
from callcenter.core.outbound import Outbound, OutboundFailed, Resolve, hosts_of, parts_of
from callcenter.core.tenant import Scope
from callcenter.instruments import requests
from callcenter.instruments.offered import InHand, Instruments
from tests.support.hostile_addresses import INSIDE, LOOKALIKES, NO_ADDRESS
from tests.support.raw_server import Talk, a_raw_server, breaks_off, drips, floods, hangs

pytestmark = pytest.mark.integration
Ask = Callable[[InHand, str], Any]
WAYS: dict[str, Ask] = {
    "http": lambda hand, url: hand.http("GET", url),
    "post": lambda hand, url: hand.http("POST", url, {"a": 1}),
    "url_template": lambda hand, url: hand.url_template(url),
}
GOOD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=gbk\r\nContent-Length: 6\r\n\r\n"


def hand(hosts: frozenset[str], resolve: Resolve | None = None) -> InHand:
    """Of an enterprise that may reach these; no database is asked."""
    session: Any = SimpleNamespace(info={"scope": Scope(new_id())})

    @contextmanager
    def begin() -> Iterator[Any]:
        yield session

    way = Outbound(SystemClock(), resolve) if resolve else Outbound(SystemClock())
    nothing: Any = None
    return InHand(Instruments(way, nothing, nothing, lambda _: hosts, lambda *_: ""), begin)


def refused(ask: Ask, of: InHand, url: str) -> OutboundFailed:
    with pytest.raises(OutboundFailed) as failure:
        ask(of, url)
    return failure.value


@pytest.mark.parametrize("way", WAYS)
def test_no_way_leads_inside(way: str) -> None:
    """Although the enterprise's list names each host: it names no port with it."""
    for url in INSIDE:
        host = parts_of(url).host
        listed = frozenset({f"[{host}]" if ":" in host else host})
        key = refused(WAYS[way], hand(listed), url).key
        assert key in {"outbound.private", "outbound.unknown_host"}, url


@pytest.mark.parametrize("way", WAYS)
def test_no_way_takes_what_is_no_address_or_another_host(way: str) -> None:
    asked: list[str] = []

    def resolve(host: str, _port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"]

    of = hand(hosts_of("erp.example.com"), resolve)
    assert {refused(WAYS[way], of, url).key for url in NO_ADDRESS} == {"outbound.bad_address"}
    assert {refused(WAYS[way], of, url).key for url in LOOKALIKES} == {"outbound.not_listed"}
    assert asked == []


@pytest.mark.parametrize(
    "target",
    [
        "http://169.254.169.254/latest/meta-data/", "http://127.0.0.1:{port}/next", "/next",
        "file:///etc/passwd", "gopher://127.0.0.1:6379/_FLUSHALL", "//127.0.0.1:{port}/next",
        "http://[::ffff:127.0.0.1]:{port}/next", "\\\\127.0.0.1\\next", "javascript:alert(1)",
    ],
)  # fmt: skip
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_told_and_never_followed(status: int, target: str) -> None:
    def talk(connection: Any, _over: Any) -> None:
        connection.recv(65536)
        to = target.replace("{port}", str(made.port))
        answer = f"HTTP/1.1 {status} Go\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n"
        connection.sendall(answer.encode())

    with a_raw_server(talk) as made:
        of = hand(hosts_of(made.place))
        found = of.http("GET", f"http://{made.place}/")
        assert (found["status"], found["ok"], "next" in found["text"]) == (status, False, False)
        assert refused(WAYS["url_template"], of, f"http://{made.place}/").key == "outbound.refused"
        assert made.came == 2


@pytest.mark.parametrize("way", WAYS)
def test_a_second_answer_of_the_names_server_counts_for_nothing(way: str) -> None:
    """DNS rebinding: looked up once, of several answers all are looked at, and that one is used."""
    talk = breaks_off(GOOD + "订单x".encode("gbk") + b"y", asked=True)
    with a_raw_server(talk) as made:
        place, asked = f"erp.example.com:{made.port}", []

        def resolve(host: str, _port: int) -> list[str]:
            asked.append(host)
            return ["127.0.0.1"] if len(asked) == 1 else ["169.254.169.254"]

        WAYS[way](hand(hosts_of(place), resolve), f"http://{place}/")
        assert (asked, made.came) == (["erp.example.com"], 1)
    for answers in (["93.184.216.34", "127.0.0.1"], ["::1", "2606:4700::1111"]):
        of = hand(hosts_of("erp.example.com"), lambda *_, all_of=answers: all_of)
        assert refused(WAYS[way], of, "http://erp.example.com/").key == "outbound.private"


def test_a_template_from_an_address_says_whether_it_is_a_page() -> None:
    with a_raw_server(breaks_off(GOOD + "订单xx".encode("gbk"), asked=True)) as made:
        found = hand(hosts_of(made.place)).url_template(f"http://{made.place}/")
    assert found == {"text": "订单xx", "html": True}


def test_the_log_knows_whose_request_it_is() -> None:
    bound: list[dict[str, Any]] = []

    def resolve(_host: str, _port: int) -> list[str]:
        bound.append(get_contextvars())
        return []

    of = hand(hosts_of("erp.example.com"), resolve)
    for ask in (*WAYS.values(), lambda each, url: each.soap(url, "Stock")):
        assert refused(ask, of, "http://erp.example.com/").key == "outbound.unknown_host"
    assert ["enterprise" in each for each in bound] == [True] * 4
    assert bound[-1]["operation"] == "Stock"
    assert not {"operation", "enterprise"} & get_contextvars().keys()


@pytest.mark.parametrize(("status", "passes"), [(503, True), (429, True), (404, False)])
def test_a_template_that_is_not_there_for_a_minute_may_be_later(
    status: int, *, passes: bool
) -> None:
    talk = breaks_off(f"HTTP/1.1 {status} No\r\nContent-Length: 0\r\n\r\n".encode(), asked=True)
    with a_raw_server(talk) as made:
        of, url = hand(hosts_of(made.place)), f"http://{made.place}/"
        for ask in (WAYS["url_template"], lambda each, url: each.soap(url, "Stock")):
            failure = refused(ask, of, url)
            assert (failure.key, failure.may_pass) == ("outbound.refused", passes)


FAILING: list[tuple[Talk, set[str]]] = [
    (hangs, {"outbound.no_answer", "outbound.too_slow"}),
    (drips(b"", b"H"), {"outbound.too_slow", "outbound.no_answer"}),
    (drips(b"HTTP/1.1 200 OK\r\n", b"X: 1\r\n"), {"outbound.too_slow", "outbound.no_answer"}),
    (drips(b"HTTP/1.1 200 OK\r\n\r\n"), {"outbound.too_slow"}),
    (drips(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"), {"outbound.too_slow"}),
    (drips(b"", b"HTTP/1.1 100 Continue\r\n\r\n"), {"outbound.too_slow", "outbound.no_answer"}),
    (floods(b"HTTP/1.1 200 OK\r\n\r\n"), {"outbound.too_large"}),
    (floods(b"HTTP/1.1 200 OK\r\n", b"X: 1\r\n" * 9000), {"outbound.no_answer"}),
    (floods(b""), {"outbound.no_answer"}),
    (breaks_off(b"", asked=True), {"outbound.no_answer"}),
    (breaks_off(b"HTTP/1.1 2", asked=True), {"outbound.no_answer"}),
    (breaks_off(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nhalf", asked=True), {"outbound.no_answer"}),
]  # fmt: skip


@pytest.mark.parametrize(("talk", "keys"), FAILING)
@pytest.mark.parametrize("way", ["http", "url_template"])
def test_a_source_that_fails_costs_its_time_and_no_more(
    way: str, talk: Talk, keys: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(requests, "LONGEST_WAIT", 0.5)
    with a_raw_server(talk) as made:
        began = time.monotonic()
        failure = refused(WAYS[way], hand(hosts_of(made.place)), f"http://{made.place}/")
        assert time.monotonic() - began < 4
    assert failure.key in keys


def test_who_hangs_holds_up_nobody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(requests, "LONGEST_WAIT", 2.0)
    with (
        a_raw_server(hangs) as bad,
        a_raw_server(breaks_off(GOOD + b"abcdef", asked=True)) as good,
    ):
        of = hand(hosts_of(f"{bad.place} {good.place}"))
        waiting = [
            threading.Thread(target=refused, args=[WAYS["http"], of, f"http://{bad.place}/"])
            for _ in range(8)
        ]
        for each in waiting:
            each.start()
        began = time.monotonic()
        for _ in range(20):
            assert of.http("GET", f"http://{good.place}/")["text"] == "abcdef"
        assert time.monotonic() - began < 1.5
        assert all(each.is_alive() for each in waiting)
        for each in waiting:
            each.join()
