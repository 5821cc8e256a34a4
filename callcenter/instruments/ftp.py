"""FTP and FTPS over connections that `Outbound` has made or that go to the very same address.

The data's connection is ours to open: passive, to where the control's goes. A server that names
another address for it is refused, and so is a port that belongs to well-known services.
"""

import ftplib
import re
import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import Any

from callcenter.core.outbound import Outbound, OutboundFailed, limited
from callcenter.instruments.lines import (
    LARGEST,
    MOST_ENTRIES,
    SECONDS,
    Entry,
    Flood,
    Server,
    failed,
)
from callcenter.instruments.models import ServerKind

PORTS = (21,)
_SILENCE = 10.0
_SAID = 256 * 1024
"""Bytes that a server may say over the control's connection in all."""

_LOWEST = 1024
_CHUNK = 32 * 1024
_LARGEST_LIST = 2 * 1024 * 1024
_UNKNOWN = ("500", "501", "502", "504", "522")
_LISTED = re.compile(
    r"(?P<kind>[-dl])[rwxsStTl-]{9}\S*\s+\d+\s+\S+\s+\S+\s+(?P<size>\d+)\s+\S+\s+\S+\s+\S+\s(?P<name>.+)"
)
"""A line as `ls -l` has it; what is older than MLSD lists so."""


class Elsewhere(Exception):
    """The data shall go to another place than the server's own."""


_REASONS = (
    (Flood, "server.too_large"),
    (Elsewhere, "server.data_elsewhere"),
    (ssl.SSLCertVerificationError, "server.bad_certificate"),
    (ftplib.Error, "server.refused"),
    (ValueError, "server.refused"),
)
"""The first that fits; certificates are also a kind of ValueError."""


class Control(ftplib.FTP_TLS):
    """held: every socket of this line, to be cut when its time is over."""

    def __init__(
        self, connected: socket.socket, host: str, held: list[socket.socket], tls: ssl.SSLContext
    ) -> None:
        super().__init__(timeout=_SILENCE, context=tls, encoding="utf-8")
        self.host = host
        self.sock = connected
        self.af = connected.family
        self.file = connected.makefile("r", encoding=self.encoding, errors="replace")
        self._held = held
        self._peer = str(connected.getpeername()[0])
        self._said = 0
        self._safe = False

    def greet(self) -> None:
        self.welcome = self.getresp()

    def sign_in(self, user: str, secret: str, *, safe: bool) -> None:
        if safe:
            self.auth()
        # `login` of FTP_TLS asks for TLS by itself; here the server's kind has said.
        ftplib.FTP.login(self, user, secret)
        if safe:
            self.prot_p()
            self._safe = True

    def getline(self) -> str:
        line = super().getline()
        self._said += len(line)
        if self._said > _SAID:
            raise Flood
        return line

    def makepasv(self) -> tuple[str, int]:
        """EPSV names no address at all; only who does not know it is asked by PASV."""
        try:
            _, port = ftplib.parse229(self.sendcmd("EPSV"), (self._peer, 0))
        except ftplib.error_perm as refusal:
            if not str(refusal).startswith(_UNKNOWN):
                raise
            host, port = ftplib.parse227(self.sendcmd("PASV"))
            if host != self._peer:
                raise Elsewhere(host) from None
        if port < _LOWEST:
            raise Elsewhere(f"{self._peer}:{port}")
        return self._peer, port

    def receive(self, command: str, kind: str, most: int) -> bytes:
        """kind: of what comes, I for bytes and A for lines."""
        content = bytearray()
        self.voidcmd(f"TYPE {kind}")
        with self._data(command) as connection:
            while chunk := connection.recv(_CHUNK):
                content += chunk
                if len(content) > most:
                    raise Flood
        self.voidresp()
        return bytes(content)

    def send(self, command: str, content: bytes) -> None:
        self.voidcmd("TYPE I")
        with self._data(command) as connection:
            connection.sendall(content)
            if isinstance(connection, ssl.SSLSocket):
                # Many servers just go; whether they have it all, they say in a moment.
                with suppress(OSError, ValueError):
                    connection.unwrap()
        self.voidresp()

    def _data(self, command: str) -> socket.socket:
        """A connection that is known before anything goes over it, and so is cut in time."""
        connection = socket.create_connection(self.makepasv(), _SILENCE)
        # A duplicate would keep it open when we are done; but TLS takes the socket over.
        self._held.append(connection.dup() if self._safe else connection)
        try:
            self._begun(command)
            if isinstance(self.sock, ssl.SSLSocket):
                # Many servers want to see that it is the same session.
                connection = self.context.wrap_socket(
                    connection, server_hostname=self.host, session=self.sock.session
                )
        except BaseException:
            connection.close()
            raise
        return connection

    def _begun(self, command: str) -> None:
        said = self.sendcmd(command)
        if said[0] == "2":
            # Some say so before they begin.
            said = self.getresp()
        if said[0] != "1":
            raise ftplib.error_reply(said)


class FtpLine:
    def __init__(self, control: Control, server: Server) -> None:
        self._control = control
        self._server = server

    def list(self, path: str) -> list[Entry]:
        read = _fact
        try:
            found = self._control.receive(f"MLSD {path}", "A", _LARGEST_LIST)
        except ftplib.error_perm as refusal:
            if not str(refusal).startswith(_UNKNOWN):
                raise
            read, found = _listed, self._control.receive(f"LIST {path}", "A", _LARGEST_LIST)
        lines = found.decode("utf-8", "replace").splitlines()
        if len(lines) > MOST_ENTRIES:
            raise Flood
        return [entry for line in lines if (entry := read(line))]

    def read(self, path: str) -> bytes:
        return self._control.receive(f"RETR {path}", "I", LARGEST)

    def write(self, path: str, content: bytes) -> None:
        self._control.send(f"STOR {path}", content)

    def delete(self, path: str) -> None:
        self._control.delete(path)

    def rename(self, path: str, to: str) -> None:
        self._control.rename(path, to)


@contextmanager
def ftp_line(
    outbound: Outbound,
    server: Server,
    hosts: frozenset[str],
    seconds: float = SECONDS,
    tls: ssl.SSLContext | None = None,
) -> Iterator[FtpLine]:
    """tls: what its certificate is held against, the system's unless told. Raises OutboundFailed."""
    connected = outbound.connect(server.host, server.port, PORTS, hosts)
    connected.settimeout(_SILENCE)
    held = [connected.dup()]
    began = time.monotonic()
    control = Control(connected, server.host, held, tls or ssl.create_default_context())
    try:
        with limited(held, seconds):
            control.greet()
            control.sign_in(server.user, server.secret, safe=server.kind is ServerKind.FTPS)
            yield FtpLine(control, server)
            with suppress(ftplib.Error, OSError, EOFError, Flood):
                control.quit()
    except (ftplib.Error, OSError, EOFError, ValueError, Flood, Elsewhere) as failure:
        late = time.monotonic() - began >= seconds
        raise _told(failure, server, late=late) from failure
    finally:
        control.close()
        for each in held:
            each.close()


def _told(failure: Exception, server: Server, *, late: bool) -> OutboundFailed:
    key = next((key for kind, key in _REASONS if isinstance(failure, kind)), "server.cut_off")
    if key != "server.too_large" and (late or isinstance(failure, TimeoutError)):
        key = "server.too_slow"
    elif key == "server.refused" and str(failure).startswith("530"):
        key = "server.not_signed_in"
    passes = isinstance(failure, ftplib.error_temp) or key in {"server.cut_off", "server.too_slow"}
    return failed(key, server, failure, may_pass=passes)


def _fact(line: str) -> Entry | None:
    """Of MLSD: `type=file;size=3;modify=20260101120000; name`."""
    facts, _, name = line.partition(" ")
    known: dict[str, Any] = dict(
        each.lower().split("=", 1) for each in facts.split(";") if "=" in each
    )
    if not name or known.get("type") not in {"file", "dir"}:
        return None
    size = known.get("size", "")
    return Entry(
        name, known["type"] == "dir", int(size) if size.isdigit() else None,
        _moment(known.get("modify", "")),
    )  # fmt: skip


def _moment(text: str) -> datetime | None:
    with suppress(ValueError):
        return datetime.strptime(text[:14], "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    return None


def _listed(line: str) -> Entry | None:
    found = _LISTED.fullmatch(line.strip())
    if found is None or found["kind"] == "l" or found["name"] in {".", ".."}:
        return None
    return Entry(found["name"], found["kind"] == "d", int(found["size"]), None)
