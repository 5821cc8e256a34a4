"""A real FTP server (pyftpdlib) over a folder, with TLS where a certificate is given."""

import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

with warnings.catch_warnings():
    # It stands on asyncore, which Python 3.11 calls old.
    warnings.simplefilter("ignore", DeprecationWarning)
    from pyftpdlib.authorizers import DummyAuthorizer
    from pyftpdlib.handlers import FTPHandler, TLS_FTPHandler
    from pyftpdlib.ioloop import IOLoop
    from pyftpdlib.servers import FTPServer

USER, PASSWORD = "orders", "s3cret pass"


@dataclass(frozen=True)
class Served:
    folder: Path
    port: int


@contextmanager
def an_ftp_server(folder: Path, certificate: Path | None = None) -> Iterator[Served]:
    """certificate: with its key, in one file; then nothing goes in clear."""
    known = DummyAuthorizer()
    known.add_user(USER, PASSWORD, str(folder), perm="elradfmw")
    if certificate is None:
        handler = type("Handler", (FTPHandler,), {"authorizer": known, "auth_failed_timeout": 0})
    else:
        safe = {
            "certfile": str(certificate),
            "tls_control_required": True,
            "tls_data_required": True,
        }
        handler = type(
            "Handler", (TLS_FTPHandler,), {"authorizer": known, "auth_failed_timeout": 0, **safe}
        )
    loop, over = IOLoop(), threading.Event()
    server = FTPServer(("127.0.0.1", 0), handler, ioloop=loop)

    def serve() -> None:
        while not over.is_set():
            loop.loop(timeout=0.05, blocking=False)

    serving = threading.Thread(target=serve, daemon=True)
    serving.start()
    try:
        yield Served(folder, server.address[1])
    finally:
        over.set()
        serving.join()
        server.close_all()
