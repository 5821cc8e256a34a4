"""The only way out to addresses that somebody in an enterprise has written.

Such an address is somebody's wish and nobody's proof: hosts are on a list or refused, a name is
looked up once and the connection goes to just that address, and what is not public (this machine,
its neighbours, a cloud's metadata) is reached only where the list names host and port. Nothing is
followed, nothing is read beyond a cap, nothing takes longer than a moment.
"""

import ipaddress
import json
import re
import socket
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode, urlsplit

import structlog
import urllib3
from urllib3.connection import HTTPConnection
from urllib3.exceptions import HTTPError

from callcenter.core.clock import Clock

TIMEOUT = 5.0
LARGEST_ANSWER = 64 * 1024
"""Bytes of an answer's body, unless more is asked for."""

_CHUNK = 8 * 1024
_CUT_AGAIN = 1.0
_PORTS = {"http": 80, "https": 443}
_HEADER = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}")
_VALUE = re.compile(r"[\t\x20-\x7e\xa0-\xff]{0,8000}")
_OURS = frozenset({
    "connection", "content-length", "expect", "host", "keep-alive", "proxy-authorization", "te",
    "trailer", "transfer-encoding", "upgrade",
})  # fmt: skip
"""Headers that say how a request is carried, and where: nobody's but the connection's."""

_ISATAP = frozenset({0x00005EFE, 0x02005EFE})
_DOCUMENTATION = ipaddress.ip_network("3fff::/20")
log = structlog.get_logger()
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str, int], list[str]]


class OutboundFailed(Exception):
    """It came to nothing: a caption's key and its parameters.

    may_pass: whether the same may go well in a while. unsent: certainly nothing has gone out.
    """

    def __init__(
        self,
        key: str,
        parameters: Mapping[str, Any] | None = None,
        *,
        may_pass: bool = False,
        unsent: bool = False,
    ) -> None:
        super().__init__(key)
        self.key = key
        self.parameters = dict(parameters or {})
        self.may_pass = may_pass
        self.unsent = unsent


class NotAllowed(OutboundFailed):
    """It was not even tried."""

    def __init__(self, key: str, parameters: Mapping[str, Any] | None = None) -> None:
        super().__init__(key, parameters, unsent=True)


def refused(status: int) -> OutboundFailed:
    """An answer that is no success where one was needed."""
    busy = status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR
    return OutboundFailed("outbound.refused", {"status": status}, may_pass=busy)


@dataclass(frozen=True, slots=True)
class Parts:
    """Of an address; place: path and query."""

    scheme: str
    host: str
    port: int
    place: str

    @property
    def shown(self) -> str:
        """For the log: without the query, which may hold what is nobody's business."""
        return f"{self.origin}{self.place.partition('?')[0]}"

    @property
    def origin(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        standard = self.port == _PORTS[self.scheme]
        return f"{self.scheme}://{host}" + ("" if standard else f":{self.port}")


@dataclass(frozen=True, slots=True)
class Answer:
    """headers: by their names in small letters; of those that come twice, one after another."""

    status: int
    content: bytes
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def size(self) -> int:
        return len(self.content)


def parts_of(url: str) -> Parts:
    """Raises NotAllowed for what is no plain address of the web."""
    try:
        split = urlsplit(url)
        port = split.port
        host = (split.hostname or "").rstrip(".").encode("idna").decode().lower()
    except (ValueError, UnicodeError):
        raise NotAllowed("outbound.bad_address") from None
    control = any(character <= " " or character == "\x7f" for character in url)
    odd = "@" in split.netloc or ("[" in split.netloc and ":" not in host) or port == 0
    if split.scheme not in _PORTS or not host or control or odd:
        raise NotAllowed("outbound.bad_address")
    query = f"?{split.query}" if split.query else ""
    return Parts(split.scheme, host, port or _PORTS[split.scheme], (split.path or "/") + query)


def hosts_of(setting: str) -> frozenset[str]:
    """The list, as somebody writes it: `erp.example.com, 10.0.0.5:8080`."""
    return frozenset(_listed(each) for each in setting.replace(",", " ").replace(";", " ").split())


def _listed(entry: str) -> str:
    """As `parts_of` has it: names of other scripts in the form that is looked up."""
    host, colon, port = entry.rpartition(":") if entry[-1].isdigit() else (entry, "", "")
    if not host:
        host, colon, port = entry, "", ""
    with suppress(UnicodeError):
        return f"{host.encode('idna').decode().lower()}{colon}{port}"
    return entry.lower()


def is_public(text: str) -> bool:
    """Of IPv6 forms that stand for another address none is, but the one that is told apart."""
    address: Address = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return is_public(str(address.ipv4_mapped))
        hidden = int(address) >> 32 & 0xFFFFFFFF in _ISATAP
        old = address.is_site_local or address.sixtofour
        if old or hidden or address in _DOCUMENTATION:
            return False
    # Those that a gateway translates (64:ff9b::/96) are reserved, tunnels (Teredo) not global.
    return address.is_global and not address.is_multicast and not address.is_reserved


def _resolve(host: str, port: int) -> list[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(each[4][0]) for each in found))


class Outbound:
    def __init__(self, clock: Clock, resolve: Resolve = _resolve) -> None:
        self._clock = clock
        self._resolve = resolve

    def send(
        self,
        method: str,
        url: str,
        values: Mapping[str, Any],
        allowed: frozenset[str],
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """values: the JSON of a POST, or what a GET asks. Raises OutboundFailed.

        allowed: hosts, or host:port. An answer that is no success has failed as well.
        """
        body, sent = None, dict(headers or {})
        if method == "GET":
            url += ("&" if "?" in url else "?") + urlencode(values) if values else ""
        else:
            body = json.dumps(values, ensure_ascii=False).encode()
            sent |= {"Content-Type": "application/json"}
        answer = self.ask(method, url, allowed, sent, body)
        if not 200 <= answer.status < 300:
            raise refused(answer.status)
        return answer

    def ask(
        self,
        method: str,
        url: str,
        allowed: frozenset[str],
        headers: Mapping[str, str],
        body: bytes | None,
        timeout: float | None = None,
        largest: int = LARGEST_ANSWER,
    ) -> Answer:
        """Whatever the answer's status is. timeout: seconds for all of it, TIMEOUT unless told.

        largest: bytes of the answer's body. Raises OutboundFailed.
        """
        with self.noted("outbound.asked", method=method) as told:
            parts = parts_of(url)
            told["address"] = parts.shown
            check_headers(headers)
            named = check_listed(parts, allowed)
            address = self._address(parts.host, parts.port, named=named)
            seconds = timeout or TIMEOUT
            answer = self._exchange(method, parts, address, headers, body, seconds, largest)
            told |= {"outcome": answer.status, "size": answer.size}
        return answer

    @contextmanager
    def noted(self, event: str, **known: Any) -> Iterator[dict[str, Any]]:
        """One line of the log, whatever comes of it: who does it puts in what he knows; `outcome` is
        otherwise why it failed. Whose it is stands there where it is bound (`contextvars`).
        """
        began, told = self._clock.monotonic(), dict(known)
        try:
            yield told
            told.setdefault("outcome", "done")
        except GeneratorExit:  # whoever took rows has enough of them
            told.setdefault("outcome", "done")
            raise
        except BaseException as failure:  # a task that is stopped as well
            key = failure.key if isinstance(failure, OutboundFailed) else type(failure).__name__
            told["outcome"] = key
            raise
        finally:
            told["milliseconds"] = round((self._clock.monotonic() - began) * 1000)
            log.info(event, **told)

    def check(self, url: str, allowed: frozenset[str]) -> None:
        """Whether it would be tried; nothing is looked up. Raises NotAllowed."""
        check_listed(parts_of(url), allowed)

    def connect(
        self, host: str, port: int, standard: Sequence[int], allowed: frozenset[str]
    ) -> socket.socket:
        """A connection for what is no HTTP. standard: ports for which the host's name is enough.

        Who uses it ends it in time (`limited`). Raises OutboundFailed.
        """
        place = f"{host}:{port}"
        with self.noted("outbound.connected", address=place):
            address = self.pinned(host, port, standard, allowed)
            try:
                return socket.create_connection((address, port), TIMEOUT)
            except OSError as error:
                told = {"host": place}
                raise OutboundFailed(
                    "outbound.no_answer", told, may_pass=True, unsent=True
                ) from error

    def pinned(self, host: str, port: int, standard: Sequence[int], allowed: frozenset[str]) -> str:
        """The address to connect to, for who connects by itself. standard: as for `connect`.

        Raises OutboundFailed.
        """
        return self._address(host, port, named=check_place(host, port, allowed, standard))

    def _address(self, host: str, port: int, *, named: bool) -> str:
        try:
            found = self._resolve(host, port)
        except OSError:
            found = []
        if not found:
            raise OutboundFailed(
                "outbound.unknown_host", {"host": host}, may_pass=True, unsent=True
            )
        if not named and not all(is_public(each) for each in found):
            raise NotAllowed("outbound.private", {"host": host})
        return found[0]

    def _exchange(
        self,
        method: str,
        parts: Parts,
        address: str,
        headers: Mapping[str, str],
        body: bytes | None,
        timeout: float,
        largest: int,
    ) -> Answer:
        until = self._clock.monotonic() + timeout
        sent = {"Host": parts.origin.partition("//")[2], "User-Agent": "callcenter", **headers}
        way = _Way()
        pool = _pool(parts, address, way, timeout)
        try:
            with limited(way.held, timeout):
                response = pool.urlopen(
                    method, parts.place, body, sent, retries=False, redirect=False,
                    preload_content=False, assert_same_host=False, decode_content=False,
                )  # fmt: skip
                with closing(response):
                    content = self._read(response, until, largest)
                    return Answer(response.status, content, _told(response))
        except (HTTPError, OSError) as error:
            late = self._clock.monotonic() >= until
            key = "outbound.too_slow" if late else "outbound.no_answer"
            told = {"host": parts.host}
            raise OutboundFailed(key, told, may_pass=True, unsent=not way.connected) from error
        finally:
            way.close()
            pool.close()

    def _read(self, response: Any, until: float, largest: int) -> bytes:
        """What drips is given up as well as what floods."""
        content = bytearray()
        for chunk in response.stream(_CHUNK, decode_content=False):
            content += chunk
            if len(content) > largest:
                raise OutboundFailed("outbound.too_large")
        # Where the connection was cut, what came until then looks like all there was.
        if self._clock.monotonic() >= until:
            raise OutboundFailed("outbound.too_slow", may_pass=True)
        return bytes(content)


def check_headers(headers: Mapping[str, str]) -> None:
    """Whether these can be sent, and are the sender's to give. Raises NotAllowed."""
    for name, value in headers.items():
        if not _HEADER.fullmatch(name) or name.lower() in _OURS or not _VALUE.fullmatch(value):
            raise NotAllowed("outbound.bad_header", {"name": name[:100]})


def _told(response: Any) -> dict[str, str]:
    told: dict[str, str] = {}
    for name, value in response.headers.items():
        told[name.lower()] = f"{told[name.lower()]}, {value}" if name.lower() in told else value
    return told


def check_listed(parts: Parts, allowed: frozenset[str]) -> bool:
    """Whether host and port are listed, and so may be private; raises NotAllowed."""
    return check_place(parts.host, parts.port, allowed, [_PORTS[parts.scheme]])


def check_place(host: str, port: int, allowed: frozenset[str], standard: Sequence[int]) -> bool:
    """The same of a host and a port, of which some are the standard ones of what is spoken there."""
    host = f"[{host}]" if ":" in host else host
    if f"{host}:{port}" in allowed:
        return True
    if host in allowed and port in standard:
        return False
    raise NotAllowed("outbound.not_listed", {"host": f"{host}:{port}"})


@contextmanager
def limited(held: Sequence[socket.socket], seconds: float) -> Iterator[None]:
    """In here what is in `held` is cut after so many seconds, and so is what comes to it later.

    held: duplicates, since TLS takes a socket over while it still shakes hands. A timeout of the
    socket's counts each read anew; what drips would go on for ever.
    """
    over = threading.Event()
    threading.Thread(target=_watch, args=[held, seconds, over], daemon=True).start()
    try:
        yield
    finally:
        over.set()


@dataclass(slots=True)
class _Way:
    """Of one exchange. connected: also TLS stands; before that nothing of a request goes out."""

    connections: list[HTTPConnection] = field(default_factory=list)
    held: list[socket.socket] = field(default_factory=list)
    connected: bool = False

    def close(self) -> None:
        for connection in self.connections:
            connection.close()
        for each in self.held:
            each.close()


def _pool(parts: Parts, address: str, way: _Way, seconds: float) -> urllib3.HTTPConnectionPool:
    """way: is told of the connections that are made."""
    timeout = urllib3.Timeout(total=seconds)
    if parts.scheme == "http":
        pool = urllib3.HTTPConnectionPool(address, parts.port, timeout=timeout)
    else:
        # To this address, by that name.
        pool = urllib3.HTTPSConnectionPool(
            address, parts.port, timeout=timeout, server_hostname=parts.host,
            assert_hostname=parts.host,
        )  # fmt: skip
    kind: Any = pool.ConnectionCls

    class Kept(kind):  # type: ignore[misc] # which of the two, the pool says
        def __init__(self, *given: Any, **options: Any) -> None:
            super().__init__(*given, **options)
            way.connections.append(self)

        def _new_conn(self) -> socket.socket:
            made: socket.socket = super()._new_conn()
            way.held.append(made.dup())
            return made

        def connect(self) -> None:
            super().connect()
            way.connected = True

    pool.ConnectionCls = Kept
    return pool


def _watch(held: Sequence[socket.socket], seconds: float, over: threading.Event) -> None:
    while not over.wait(seconds):
        for each in tuple(held):
            # It may be closed at this very moment.
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
        seconds = _CUT_AGAIN
