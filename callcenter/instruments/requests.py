"""Requests of the web: one call, whatever its answer is, read as text and as JSON."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from callcenter.core.outbound import (
    TIMEOUT,
    Answer,
    NotAllowed,
    Outbound,
    check_headers,
)
from callcenter.instruments.reach import Reach

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD")
LONGEST_WAIT = 20.0
LARGEST_BODY = 1024 * 1024
_IN_ADDRESS = frozenset({"GET", "HEAD", "DELETE"})
_CHARSETS = frozenset({
    "utf-8", "utf8", "us-ascii", "ascii", "iso-8859-1", "latin1", "windows-1252", "gbk", "gb2312",
    "gb18030", "big5", "utf-16", "shift_jis", "euc-jp", "euc-kr",
})  # fmt: skip
"""Those that are read in one pass; anything else is taken for UTF-8."""

Values = Mapping[str, Any] | Sequence[Any]


@dataclass(frozen=True, slots=True)
class Request:
    """values: what is asked in the address, or sent as JSON; as a form where `form` says so.

    body: sent as it is, instead of values. credential: by name, put into `credential_header`.
    """

    method: str
    url: str
    headers: Mapping[str, str]
    values: Values | None = None
    body: str | None = None
    form: bool = False
    credential: str = ""
    credential_header: str = ""
    seconds: float = TIMEOUT


@dataclass(frozen=True, slots=True)
class Reply:
    """json: None where the text is none."""

    status: int
    ok: bool
    headers: Mapping[str, str]
    text: str
    json: Any

    def plain(self) -> dict[str, Any]:
        return asdict(self)


class HttpSender:
    def __init__(self, outbound: Outbound) -> None:
        self._outbound = outbound

    def send(self, reach: Reach, request: Request) -> Reply:
        """Nothing is followed: of a redirect one gets its status and its `location`.

        Raises OutboundFailed.
        """
        method = request.method.upper()
        if method not in METHODS:
            raise NotAllowed("outbound.bad_method", {"method": method[:20]})
        url, body, kind = _carried(request, method)
        check_headers(request.headers)
        signed = reach.signed(request.credential, request.credential_header, url)
        headers = _merged(kind, request.headers, signed)
        seconds = min(max(request.seconds, 1.0), LONGEST_WAIT)
        with reach.bound():
            answer = self._outbound.ask(method, url, reach.hosts, headers, body, seconds)
        return reply_of(answer)


def _merged(*several: Mapping[str, str]) -> dict[str, str]:
    """A name, however it is written, has the value of the last that gives it one."""
    by_name = {name.lower(): (name, value) for each in several for name, value in each.items()}
    return dict(by_name.values())


def _carried(request: Request, method: str) -> tuple[str, bytes | None, Mapping[str, str]]:
    """Address, body and the header that says what the body is. Raises NotAllowed."""
    url, values = request.url, request.values
    if request.body is not None:
        kind = "application/json" if _json(request.body) is not None else "text/plain"
        return url, _fitting(request.body.encode()), {"Content-Type": f"{kind}; charset=utf-8"}
    if values is None or (method in _IN_ADDRESS and not values):
        return url, None, {}
    if method in _IN_ADDRESS or request.form:
        pairs = urlencode(_pairs(values), doseq=True)
        if method in _IN_ADDRESS:
            return url + ("&" if "?" in url else "?") + pairs, None, {}
        return url, _fitting(pairs.encode()), {"Content-Type": "application/x-www-form-urlencoded"}
    body = json.dumps(values, ensure_ascii=False, default=_written).encode()
    return url, _fitting(body), {"Content-Type": "application/json"}


def _pairs(values: Values) -> Mapping[str, Any]:
    if not isinstance(values, Mapping):
        raise NotAllowed("outbound.values_need_names")
    return values


def _fitting(body: bytes) -> bytes:
    if len(body) > LARGEST_BODY:
        raise NotAllowed("outbound.body_too_large", {"most": LARGEST_BODY // 1024})
    return body


def _written(value: Any) -> Any:
    """Days and moments as JSON has none, and exact numbers."""
    if isinstance(value, Decimal):
        return float(value)
    return value.isoformat()


def reply_of(answer: Answer) -> Reply:
    text = answer.content.decode(_charset(answer.headers.get("content-type", "")), "replace")
    return Reply(answer.status, 200 <= answer.status < 300, answer.headers, text, _json(text))


def _charset(content_type: str) -> str:
    for part in content_type.lower().split(";")[1:]:
        name, _, value = part.strip().partition("=")
        if name == "charset" and (found := value.strip(" \"'")) in _CHARSETS:
            return found
    return "utf-8"


def _json(text: str) -> Any:
    """None for what is no JSON, is too deep to read, or has numbers that nobody can write."""
    try:
        return json.loads(text, parse_constant=lambda _: None)
    except (ValueError, RecursionError):
        return None
