"""SFTP over a connection that `Outbound` has made, to a server that shows the key it is known by."""

import base64
import hashlib
import io
import logging
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import paramiko
from paramiko.sftp import SFTPError
from paramiko.ssh_exception import AuthenticationException, IncompatiblePeer, SSHException

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

PORTS = (22,)
_SILENCE = 10.0
_CHUNK = 32 * 1024
# What others' servers do wrong is told to whoever asked, not in our log with its traces.
logging.getLogger("paramiko").setLevel(logging.CRITICAL)
_KEYS = (paramiko.Ed25519Key, paramiko.ECDSAKey, paramiko.RSAKey)


class BadKey(ValueError):
    """No private key that we can read: of another kind, or locked by a pass phrase."""


_REASONS = (
    (Flood, "server.too_large"),
    (BadKey, "server.bad_key"),
    (AuthenticationException, "server.not_signed_in"),
    (IncompatiblePeer, "server.other_host_key"),
    (FileNotFoundError, "server.refused"),
    (PermissionError, "server.refused"),
    (UnicodeError, "server.not_utf8"),
    (ValueError, "server.refused"),
)
"""The first that fits. IncompatiblePeer: it has no key of the kind that it is known by; UnicodeError:
file names in GBK, of which nobody says that they are.
"""


class SftpLine:
    def __init__(self, client: paramiko.SFTPClient) -> None:
        self._client = client

    def list(self, path: str) -> list[Entry]:
        entries: list[Entry] = []
        for each in self._client.listdir_iter(path):
            if len(entries) >= MOST_ENTRIES:
                raise Flood
            mode = each.st_mode or 0
            if not stat.S_ISLNK(mode):
                entries.append(_entry(each, is_folder=stat.S_ISDIR(mode)))
        return entries

    def read(self, path: str) -> bytes:
        content = bytearray()
        with self._client.open(path, "rb") as file:
            while chunk := file.read(_CHUNK):
                content += chunk
                if len(content) > LARGEST:
                    raise Flood
        return bytes(content)

    def write(self, path: str, content: bytes) -> None:
        """Its parts go one behind another, so of a part that is refused only the size tells."""
        self._client.putfo(io.BytesIO(content), path, len(content))

    def delete(self, path: str) -> None:
        self._client.remove(path)

    def rename(self, path: str, to: str) -> None:
        self._client.rename(path, to)


def _entry(found: paramiko.SFTPAttributes, *, is_folder: bool) -> Entry:
    changed = None if found.st_mtime is None else datetime.fromtimestamp(found.st_mtime, UTC)
    return Entry(found.filename, is_folder, found.st_size, changed)


@contextmanager
def sftp_line(
    outbound: Outbound, server: Server, hosts: frozenset[str], seconds: float = SECONDS
) -> Iterator[SftpLine]:
    """Raises OutboundFailed; nothing is told to a server that shows another key."""
    with _transport(outbound, server, hosts, seconds) as transport:
        if not server.host_key:
            raise failed("server.no_host_key", server)
        transport.get_security_options().key_types = _types_of(server.host_key)
        transport.start_client(timeout=_SILENCE)
        if shown(transport.get_remote_server_key()) != server.host_key:
            raise failed("server.other_host_key", server)
        if is_key(server.secret):
            transport.auth_publickey(server.user, private_key(server.secret))
        else:
            transport.auth_password(server.user, server.secret)
        client = paramiko.SFTPClient.from_transport(transport)
        if client is None:
            raise SSHException("no SFTP")
        client.get_channel().settimeout(_SILENCE)
        yield SftpLine(client)


def key_of(
    outbound: Outbound, server: Server, hosts: frozenset[str], seconds: float = SECONDS
) -> str:
    """What a server shows, to be looked at by a person before it is believed. Raises OutboundFailed."""
    with _transport(outbound, server, hosts, seconds) as transport:
        transport.start_client(timeout=_SILENCE)
        return shown(transport.get_remote_server_key())


def shown(key: paramiko.PKey) -> str:
    """As it stands in `known_hosts` behind the host."""
    return f"{key.get_name()} {key.get_base64()}"


def fingerprint(host_key: str) -> str:
    """As `ssh-keygen -l` says it."""
    digest = hashlib.sha256(base64.b64decode(host_key.partition(" ")[2])).digest()
    return "SHA256:" + base64.b64encode(digest).decode().rstrip("=")


def is_key(secret: str) -> bool:
    return secret.lstrip().startswith("-----BEGIN ")


def private_key(text: str) -> paramiko.PKey:
    """Raises BadKey."""
    for kind in _KEYS:
        try:
            return kind.from_private_key(io.StringIO(text.strip() + "\n"))
        except (SSHException, ValueError, IndexError):
            continue
    raise BadKey


@contextmanager
def _transport(
    outbound: Outbound, server: Server, hosts: frozenset[str], seconds: float
) -> Iterator[paramiko.Transport]:
    connected = outbound.connect(server.host, server.port, PORTS, hosts)
    held = [connected.dup()]
    began = time.monotonic()
    transport: paramiko.Transport | None = None
    try:
        with limited(held, seconds):
            transport = paramiko.Transport(connected)
            transport.banner_timeout = transport.auth_timeout = _SILENCE
            yield transport
    except (SSHException, SFTPError, OSError, EOFError, ValueError, Flood) as failure:
        late = time.monotonic() - began >= seconds
        raise _told(failure, server, late=late) from failure
    finally:
        if transport is not None:
            transport.close()
        connected.close()
        for each in held:
            each.close()


def _types_of(host_key: str) -> tuple[str, ...]:
    """What a server is asked to prove, that it may not choose another of its keys."""
    name = host_key.partition(" ")[0]
    return ("rsa-sha2-512", "rsa-sha2-256") if name == "ssh-rsa" else (name,)


def _told(failure: Exception, server: Server, *, late: bool) -> OutboundFailed:
    key = next((key for kind, key in _REASONS if isinstance(failure, kind)), "server.cut_off")
    if key != "server.too_large" and (late or isinstance(failure, TimeoutError)):
        key = "server.too_slow"
    elif key == "server.cut_off" and isinstance(failure, OSError) and failure.errno is None:
        # SFTP's own "failure", in the server's words.
        key = "server.refused"
    passes = key in {"server.cut_off", "server.too_slow"}
    return failed(key, server, failure, may_pass=passes)
