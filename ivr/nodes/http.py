"""HTTP: ask an address outside, or tell it something; SOAP is a body of XML and its header."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import urlsplit

from ivr.answers import is_path
from ivr.effects import AnswerKind, Outside, Request
from ivr.nodes.kind import Here, OutsideKind, require_between, require_short, require_variable
from ivr.references import marked
from ivr.templates import fill, in_header, in_json, in_url, in_xml, names

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
LONGEST_BODY = 10_000
_LONGEST_URL = 500
_MOST = 20
_HEADER = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,59}")
# Those that say where it goes and how much there is are ours.
_OURS = frozenset({"host", "content-length", "transfer-encoding", "connection"})


class BodyType(StrEnum):
    NONE = "none"
    JSON = "json"
    XML = "xml"
    TEXT = "text"


_ESCAPES: dict[BodyType, Callable[[str], str]] = {BodyType.JSON: in_json, BodyType.XML: in_xml}
_TYPES = {
    BodyType.JSON: "application/json",
    BodyType.XML: "text/xml; charset=utf-8",
    BodyType.TEXT: "text/plain; charset=utf-8",
}


@dataclass(frozen=True)
class HttpSettings:
    """As effects.Request, with templates for url, headers and body."""

    method: str
    url: str
    headers: dict[str, str] = field(default_factory=dict)
    body_type: BodyType = BodyType.NONE
    body: str = ""
    timeout: float = 5.0
    answer: AnswerKind = AnswerKind.NONE
    reads: dict[str, str] = field(default_factory=dict)
    status: str = ""

    def __post_init__(self) -> None:
        if self.method not in METHODS:
            raise ValueError(f"method must be one of {', '.join(METHODS)}")
        _check_url(self.url)
        _check_headers(self.headers)
        require_short("body", self.body, LONGEST_BODY)
        if (self.method == "GET" or self.body_type is BodyType.NONE) and self.body:
            raise ValueError("there is no body here")
        require_between("timeout", self.timeout, 1, 10)
        if len(self.reads) > _MOST or (self.reads and self.answer is AnswerKind.NONE):
            raise ValueError(f"at most {_MOST} values are read, of an answer in JSON or XML")
        for name in filter(None, (*self.reads, self.status)):
            require_variable(name)
        for path in self.reads.values():
            require_short("path", path, 200)
            if not is_path(self.answer, path):
                raise ValueError(f"{path!r} is no path")


def _check_url(url: str) -> None:
    """Whom it asks is fixed; only what it asks may depend on the call."""
    require_short("url", url, _LONGEST_URL)
    split = urlsplit(url)
    if split.scheme not in ("http", "https") or not split.hostname or not url.isprintable():
        raise ValueError("url must be an address of the web")
    if "{" in split.netloc or split.username or split.password:
        raise ValueError("the host is fixed, and no name or password stands in it")


def _check_headers(headers: dict[str, str]) -> None:
    if len(headers) > _MOST:
        raise ValueError(f"at most {_MOST} headers are sent")
    for name, value in headers.items():
        if not _HEADER.fullmatch(name) or name.lower() in _OURS:
            raise ValueError(f"{name[:60]!r} cannot be sent as a header")
        require_short("header", value)
        if in_header(value) != value:
            raise ValueError("a header has letters, digits and signs of ASCII alone")


class HttpKind(OutsideKind[HttpSettings]):
    name = "http"
    settings = HttpSettings

    def exits(self, settings: HttpSettings) -> tuple[str, ...]:
        del settings
        return ("ok", "failed", "timeout")

    def brings(self, settings: HttpSettings) -> tuple[str, ...]:
        return (*settings.reads, settings.status)

    def reads(self, settings: HttpSettings) -> frozenset[str]:
        texts = (settings.url, settings.body, *settings.headers.values())
        return frozenset[str]().union(*(names(text) for text in texts))

    def asks(self, settings: HttpSettings, here: Here) -> Outside | str:
        known = here.variables
        headers = {
            name: fill(marked(text), known, in_header) for name, text in settings.headers.items()
        }
        if settings.body and "content-type" not in {name.lower() for name in headers}:
            headers["Content-Type"] = _TYPES[settings.body_type]
        return Request(
            settings.method,
            fill(settings.url, known, in_url),
            headers,
            fill(settings.body, known, _ESCAPES.get(settings.body_type, str)),
            settings.timeout,
            settings.answer,
            settings.reads,
            settings.status,
        )
