"""A web server of one's own that answers as it is told to, and notes what came."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Receiver:
    """place: host:port. statuses: of the next answers, in order; after them everything is good."""

    place: str
    statuses: list[int] = field(default_factory=list)
    bodies: list[Any] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    signed: list[str | None] = field(default_factory=list)

    def take(self, body: Any, key: str, authorization: str | None) -> int:
        self.bodies.append(body)
        self.keys.append(key)
        self.signed.append(authorization)
        return self.statuses.pop(0) if self.statuses else 200


@contextmanager
def a_receiver() -> Iterator[Receiver]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(
                made.take(body, *map(self.headers.get, ("Idempotency-Key", "Authorization")))
            )
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as serving:
        made = Receiver(f"127.0.0.1:{serving.server_port}")
        threading.Thread(target=serving.serve_forever, daemon=True).start()
        yield made
        serving.shutdown()
