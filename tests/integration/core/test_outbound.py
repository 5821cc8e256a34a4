"""The one way out: listed hosts, public addresses, no redirects, no floods, no waiting."""

import json
import socket
import ssl
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from callcenter.core import outbound
from callcenter.core.clock import SystemClock
from callcenter.core.outbound import (
    NotAllowed,
    Outbound,
    OutboundFailed,
    hosts_of,
    parts_of,
)
from tests.support.certificates import a_certificate
from tests.support.hostile_addresses import INSIDE

pytestmark = pytest.mark.integration


DRIP = 0.05
BY_ITSELF = 100 * DRIP
"""Seconds after which http.client takes no more headers."""
"""Seconds between two bytes' worth of an answer: each comes long before a socket would give up."""


class _Handler(BaseHTTPRequestHandler):
    seen: list[dict[str, Any]]
    over: threading.Event

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        self._note(json.loads(self.rfile.read(length) or b"null"))
        self._answer()

    def do_GET(self) -> None:
        self._note(None)
        self._answer()

    def _note(self, body: Any) -> None:
        self.seen.append({"path": self.path, "body": body, "headers": dict(self.headers)})

    def _answer(self) -> None:
        if self.path == "/moved":
            self.send_response(302)
            self.send_header("Location", "/elsewhere")
            self.end_headers()
            return
        if self.path.startswith("/status/"):
            self.send_response(int(self.path.removeprefix("/status/")))
            self.end_headers()
            return
        if self.path == "/drips":
            self.wfile.write(b"HTTP/1.1 200 OK\r\n")
            while not self.over.wait(DRIP):
                self.wfile.write(b"X-Drip: 1\r\n")
                self.wfile.flush()
            return
        self.send_response(500 if self.path == "/broken" else 200)
        self.end_headers()
        self.wfile.write(b"x" * (70_000 if self.path == "/floods" else 2))

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def seen() -> list[dict[str, Any]]:
    return []


@pytest.fixture
def server(seen: list[dict[str, Any]]) -> Iterator[str]:
    """host:port"""
    over = threading.Event()
    handler = type("Handler", (_Handler,), {"seen": seen, "over": over})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as serving:
        serving.daemon_threads = True
        threading.Thread(target=serving.serve_forever, daemon=True).start()
        yield f"127.0.0.1:{serving.server_port}"
        over.set()
        serving.shutdown()


def send(url: str, allowed: str, method: str = "POST", **values: Any) -> Any:
    headers = {"Idempotency-Key": "k"}
    return Outbound(SystemClock()).send(method, url, values, hosts_of(allowed), headers)


def refused(url: str, allowed: str) -> str:
    with pytest.raises(OutboundFailed) as refusal:
        send(url, allowed)
    return refusal.value.key


def test_values_go_as_json_with_the_key_of_the_act(server: str, seen: list[dict[str, Any]]) -> None:
    assert send(f"http://{server}/in?x=1", server, name="泵").status == 200
    (asked,) = seen
    assert (asked["path"], asked["body"]) == ("/in?x=1", {"name": "泵"})
    assert (asked["headers"]["Host"], asked["headers"]["Idempotency-Key"]) == (server, "k")


def test_what_is_got_is_asked_for_in_the_address(server: str, seen: list[dict[str, Any]]) -> None:
    send(f"http://{server}/q?x=1", server, "GET", name="a&b")
    assert seen[0]["path"] == "/q?x=1&name=a%26b"


@pytest.mark.parametrize("allowed", ["", "example.com", "127.0.0.1", "127.0.0.1:1"])
def test_a_host_that_is_not_listed_with_its_port_is_not_tried(
    server: str, seen: list[dict[str, Any]], allowed: str
) -> None:
    assert refused(f"http://{server}/", allowed) == "outbound.not_listed"
    assert seen == []


def test_a_name_is_looked_up_once_and_may_not_lead_inside(
    server: str, seen: list[dict[str, Any]]
) -> None:
    asked: list[str] = []

    def resolve(host: str, _port: int) -> list[str]:
        asked.append(host)
        return ["93.184.216.34", "127.0.0.1"]

    out = Outbound(SystemClock(), resolve)
    with pytest.raises(NotAllowed) as refusal:
        out.send("POST", "http://erp.example.com/", {}, hosts_of("erp.example.com"))
    assert (refusal.value.key, asked) == ("outbound.private", ["erp.example.com"])


def test_the_connection_goes_to_the_address_that_was_looked_at(
    server: str, seen: list[dict[str, Any]]
) -> None:
    port = server.partition(":")[2]
    asked: list[str] = []

    def resolve(host: str, _port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"]

    place = f"erp.example.com:{port}"
    Outbound(SystemClock(), resolve).send("POST", f"http://{place}/", {}, hosts_of(place))
    assert asked == ["erp.example.com"]
    assert seen[0]["headers"]["Host"] == place


@pytest.mark.parametrize("url", INSIDE)
def test_what_leads_inside_is_refused_although_its_host_is_listed(url: str) -> None:
    """However it is written: it is looked up as the system does, and what is found is looked at."""
    host = parts_of(url).host
    listed = frozenset({f"[{host}]" if ":" in host else host})
    with pytest.raises(OutboundFailed) as refusal:
        Outbound(SystemClock()).ask("GET", url, listed, {}, None)
    # A zone is no part of an address that can be looked up.
    assert refusal.value.key in {"outbound.private", "outbound.unknown_host"}
    assert refusal.value.key == "outbound.private" or "%" in url or ".." in url


@pytest.mark.parametrize(
    ("path", "key"),
    [
        ("/moved", "outbound.refused"),
        ("/broken", "outbound.refused"),
        ("/floods", "outbound.too_large"),
    ],
)
def test_nothing_is_followed_and_no_flood_is_read(
    server: str, seen: list[dict[str, Any]], path: str, key: str
) -> None:
    assert refused(f"http://{server}{path}", server) == key
    assert len(seen) == 1


@pytest.mark.parametrize(
    ("path", "passes"),
    [
        ("/status/429", True), ("/status/500", True), ("/status/503", True),
        ("/status/400", False), ("/status/404", False), ("/status/422", False),
        ("/moved", False), ("/floods", False),
    ],
)  # fmt: skip
def test_it_says_whether_the_same_may_go_well_in_a_while(
    server: str, path: str, passes: bool
) -> None:
    with pytest.raises(OutboundFailed) as failure:
        send(f"http://{server}{path}", server)
    assert failure.value.may_pass is passes


def test_silence_may_pass_and_what_is_not_allowed_does_not() -> None:
    def lost(_host: str, _port: int) -> list[str]:
        raise OSError

    for resolve, passes in ((lost, True), (lambda *_: ["127.0.0.1"], False)):
        with pytest.raises(OutboundFailed) as failure:
            Outbound(SystemClock(), resolve).send(
                "POST", "http://erp.example.com/", {}, hosts_of("erp.example.com")
            )
        assert failure.value.may_pass is passes
    with pytest.raises(OutboundFailed) as failure:
        send("http://127.0.0.1:9/", "127.0.0.1:9")
    assert (failure.value.key, failure.value.may_pass) == ("outbound.no_answer", True)


def test_what_drips_is_given_up(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbound, "TIMEOUT", 0.3)
    began = time.monotonic()
    assert refused(f"http://{server}/drips", server) == "outbound.too_slow"
    assert time.monotonic() - began < BY_ITSELF


def test_silence_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbound, "TIMEOUT", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        place = f"127.0.0.1:{deaf.getsockname()[1]}"
        assert refused(f"http://{place}/", place) in ("outbound.no_answer", "outbound.too_slow")


def test_without_a_trusted_certificate_there_is_no_https(server: str) -> None:
    assert refused(f"https://{server}/", server) == "outbound.no_answer"


def test_it_is_told_whether_anything_can_have_gone(server: str) -> None:
    """Whoever sends what must not arrive twice asks for this."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        closed = f"127.0.0.1:{unused.getsockname()[1]}"
    found = {}
    for place, path in ((closed, "/"), (server, "/drips"), ("elsewhere.example", "/")):
        with pytest.raises(OutboundFailed) as refusal:
            Outbound(SystemClock()).ask(
                "POST", f"http://{place}{path}", hosts_of(f"{server} {closed}"), {}, b"{}", 0.3
            )
        found[path if place == server else place] = refusal.value.unsent
    assert found == {closed: True, "/drips": False, "elsewhere.example": True}


@pytest.fixture
def trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """A server's, whose certificate for `localhost` this process believes."""
    made = a_certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(made.certificate))
    return made.server


@pytest.mark.parametrize("shaken", [False, True])
def test_with_tls_nothing_has_gone_before_it_stands(trusted: ssl.SSLContext, shaken: bool) -> None:
    """Broken off while they shake hands; and with nonsense once the request is there."""

    def serve() -> None:
        connected, _ = listening.accept()
        with connected:
            if shaken:
                with trusted.wrap_socket(connected.dup(), server_side=True) as spoken:
                    spoken.recv(100)
                    connected.sendall(b"no record of TLS")
            else:
                connected.recv(1)
                # A reset, which is no error of TLS's.
                connected.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    with socket.create_server(("127.0.0.1", 0)) as listening:
        serving = threading.Thread(target=serve)
        serving.start()
        place = f"localhost:{listening.getsockname()[1]}"
        with pytest.raises(OutboundFailed) as refusal:
            send(f"https://{place}/", place)
        serving.join()
    assert refusal.value.unsent is not shaken


def test_time_is_up_also_while_hands_are_shaken() -> None:
    ours, theirs = socket.socketpair()
    ours.settimeout(10)
    began = time.monotonic()
    cut = pytest.raises((ConnectionError, ssl.SSLError))
    with ours, theirs, ours.dup() as held, outbound.limited([held], 0.1), cut:
        ssl.create_default_context().wrap_socket(ours, server_hostname="localhost")
    assert time.monotonic() - began < 5


def test_what_comes_up_after_the_time_is_cut_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbound, "_CUT_AGAIN", 0.05)
    first, second = socket.socketpair(), socket.socketpair()
    with first[0], first[1], second[0], second[1]:
        held = [first[0]]
        with outbound.limited(held, 0.05):
            assert first[1].recv(1) == b""
            held.append(second[0])
            second[1].settimeout(5)
            assert second[1].recv(1) == b""


def test_whatever_comes_of_it_stands_in_the_log_once(server: str) -> None:
    out = Outbound(SystemClock())
    with capture_logs() as logs:
        out.ask("GET", f"http://{server}/x?token=s3cret", hosts_of(server), {}, None)
        for url in (f"http://{server}/floods", "http://other.example/", "no address"):
            with pytest.raises(OutboundFailed):
                out.ask("GET", url, hosts_of(server), {}, None)
        for allowed in (server, ""):
            with suppress(OutboundFailed):
                out.connect("127.0.0.1", int(server[10:]), [25], hosts_of(allowed)).close()
    assert [(each["event"], each.get("address"), each["outcome"]) for each in logs] == [
        ("outbound.asked", f"http://{server}/x", 200),
        ("outbound.asked", f"http://{server}/floods", "outbound.too_large"),
        ("outbound.asked", "http://other.example/", "outbound.not_listed"),
        ("outbound.asked", None, "outbound.bad_address"),
        ("outbound.connected", server, "done"),
        ("outbound.connected", server, "outbound.not_listed"),
    ]
    assert all(each["milliseconds"] >= 0 for each in logs)
    assert "s3cret" not in str(logs)


def test_whoever_has_enough_of_what_comes_has_not_failed() -> None:
    out = Outbound(SystemClock())

    def rows() -> Iterator[int]:
        with out.noted("source.asked"):
            yield from range(9)

    with capture_logs() as logs:
        batches = rows()
        assert next(batches) == 0
        batches.close()
    assert [each["outcome"] for each in logs] == ["done"]


def test_what_is_no_http_is_connected_by_the_same_list(server: str) -> None:
    host, port = server.split(":")
    outbound = Outbound(SystemClock(), lambda *_: ["127.0.0.1"])
    with outbound.connect(host, int(port), [25], hosts_of(server)) as connected:
        assert connected.getpeername() == (host, int(port))
    for allowed, standard, key in (
        ("", [int(port)], "outbound.not_listed"), ("mail.example", [25], "outbound.not_listed"),
        ("mail.example", [int(port)], "outbound.private"),
    ):  # fmt: skip
        with pytest.raises(NotAllowed) as refusal:
            outbound.connect("mail.example", int(port), standard, hosts_of(allowed))
        assert refusal.value.key == key
