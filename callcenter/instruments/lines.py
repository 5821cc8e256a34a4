"""Lines to file servers: what is done over one, whichever its kind."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from callcenter.core.outbound import Outbound, OutboundFailed
from callcenter.instruments.models import ServerKind

SECONDS = 30.0
"""For a whole act: connecting, signing in, and the file."""

LARGEST = 20 * 1024 * 1024
MOST_ENTRIES = 5_000


@dataclass(frozen=True, slots=True, repr=False)
class Server:
    """name: as whoever uses it calls it. secret: open, so none of this is ever printed."""

    name: str
    kind: ServerKind
    host: str
    port: int
    user: str
    secret: str
    folder: str
    host_key: str

    @property
    def place(self) -> str:
        return f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Entry:
    """size, changed_at: None where the server does not tell."""

    name: str
    is_folder: bool
    size: int | None
    changed_at: datetime | None

    def plain(self) -> dict[str, Any]:
        return {
            "name": self.name, "folder": self.is_folder, "size": self.size,
            "changed_at": self.changed_at,
        }  # fmt: skip


class Line(Protocol):
    """Paths are the server's own. Each raises OutboundFailed."""

    def list(self, path: str) -> list[Entry]: ...
    def read(self, path: str) -> bytes: ...
    def write(self, path: str, content: bytes) -> None: ...
    def delete(self, path: str) -> None: ...
    def rename(self, path: str, to: str) -> None: ...


class Flood(Exception):
    """More than anybody asked for."""


@contextmanager
def line_to(
    outbound: Outbound, server: Server, hosts: frozenset[str], seconds: float = SECONDS
) -> Iterator[Line]:
    """Signed in, and closed again, after so many seconds in any case. Raises OutboundFailed."""
    # Each of them is for those alone who have such a server.
    if server.kind is ServerKind.SFTP:
        from callcenter.instruments.sftp import sftp_line

        with sftp_line(outbound, server, hosts, seconds) as line:
            yield line
    else:
        from callcenter.instruments.ftp import ftp_line

        with ftp_line(outbound, server, hosts, seconds) as control:
            yield control


def failed(key: str, server: Server, why: object = "", *, may_pass: bool = False) -> OutboundFailed:
    said = " ".join(str(why).split())[:200]
    return OutboundFailed(key, {"server": server.name, "why": said}, may_pass=may_pass)
