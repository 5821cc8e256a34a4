"""An SMS gateway of one's own: it answers, hangs or drops as it is told to, and keeps what came."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass
class SmsGateway:
    """place: host:port. acts: what it does with the next calls, in order: a status, `refuse`,
    `hang`, `drop`, or `wait` (it answers when `over` is set); after them it takes all. calls: bodies as they came; sent: by id, what goes out once.
    """

    place: str
    acts: list[int | str] = field(default_factory=list)
    calls: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    sent: dict[str, str] = field(default_factory=dict)
    called: threading.Event = field(default_factory=threading.Event)
    over: threading.Event = field(default_factory=threading.Event)

    def take(self, call: dict[str, Any]) -> int | str:
        """What is done with it; a call that hangs or is dropped has been taken all the same."""
        self.calls.append(call)
        act = self.acts.pop(0) if self.acts else 200
        if act in (200, "hang", "drop", "wait"):
            self.sent.setdefault(str(call.get("id")), str(call.get("content")))
        self.called.set()
        return act


class _Handler(BaseHTTPRequestHandler):
    gateway: SmsGateway

    def do_GET(self) -> None:
        asked = parse_qs(urlsplit(self.path).query)
        self._take({name: values[0] for name, values in asked.items()})

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers["Content-Length"])).decode()
        if self.headers["Content-Type"].startswith("application/json"):
            return self._take(json.loads(raw))
        return self._take({name: values[0] for name, values in parse_qs(raw).items()})

    def _take(self, call: dict[str, Any]) -> None:
        self.gateway.headers.append(dict(self.headers))
        act = self.gateway.take(call)
        if act in ("hang", "wait"):
            self.gateway.over.wait()
        if act in ("hang", "drop"):
            self.close_connection = True
            return
        refused = act == "refuse"
        said = {"code": 7 if refused else 0, "data": {"msgid": f"m{len(self.gateway.calls)}"}}
        with suppress(BrokenPipeError):
            self.send_response(200 if refused or act == "wait" else int(act))
            self.end_headers()
            self.wfile.write(json.dumps(said).encode())

    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def an_sms_gateway() -> Iterator[SmsGateway]:
    handler = type("Handler", (_Handler,), {})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as serving:
        serving.daemon_threads = True
        made = SmsGateway(f"127.0.0.1:{serving.server_port}")
        handler.gateway = made
        threading.Thread(target=serving.serve_forever, daemon=True).start()
        yield made
        made.over.set()
        serving.shutdown()
