"""Calls of SOAP services by their WSDL. zeep reads and writes them; every byte goes by `Outbound`.

A description is somebody's file: it has no entities or document types, few and small parts, and one
time for all of it. What it imports and where it says that the service lives is reached only where
the enterprise may reach.
"""

import base64
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from lxml import etree
from structlog.contextvars import bound_contextvars
from zeep import Client, Settings
from zeep.exceptions import Fault
from zeep.helpers import serialize_object

from callcenter.core.errors import NotFound
from callcenter.core.outbound import NotAllowed, Outbound, OutboundFailed, parts_of, refused
from callcenter.instruments.reach import AUTHORIZATION, Reach

SECONDS = 20.0
"""For the description, all that it imports, and the call."""

PARTS = 20
LARGEST = 1024 * 1024
_SETTINGS = {"strict": True, "xml_huge_tree": False, "forbid_dtd": True, "forbid_entities": True}
_DEEPEST = 50


class Soap:
    def __init__(self, outbound: Outbound) -> None:
        self._outbound = outbound

    def call(
        self,
        reach: Reach,
        wsdl: str,
        operation: str,
        values: Mapping[str, Any],
        credential: str = "",
    ) -> Any:
        """What the operation answers, as plain data. credential: sent to its own host alone.

        Raises OutboundFailed.
        """
        parts_of(wsdl)
        with reach.bound(), bound_contextvars(operation=operation):
            return self._called(reach, wsdl, operation, values, credential)

    def _called(
        self, reach: Reach, wsdl: str, operation: str, values: Mapping[str, Any], credential: str
    ) -> Any:
        guarded = Guarded(self._outbound, reach, credential)
        try:
            client = Client(wsdl, transport=guarded, settings=Settings(**_SETTINGS))  # type: ignore[no-untyped-call]
        except OutboundFailed:
            raise
        except Exception as fault:
            raise OutboundFailed("soap.bad_description", {"why": _why(fault)}) from fault
        try:
            service = client.service
            answered = service[operation]
        except Exception as fault:
            raise OutboundFailed("soap.no_operation", {"operation": operation[:100]}) from fault
        try:
            return plain(serialize_object(answered(**values), dict))  # type: ignore[no-untyped-call]
        except Fault as fault:
            raise OutboundFailed("soap.fault", {"why": _why(fault)}) from fault
        except OutboundFailed:
            raise
        except Exception as fault:  # of whatever kind, it is about what somebody else has written
            raise OutboundFailed("soap.bad_values", {"why": _why(fault)}) from fault


class Guarded:
    """The transport of zeep: there is no session of `requests`, no file and no cache behind it."""

    def __init__(self, outbound: Outbound, reach: Reach, credential: str) -> None:
        self._outbound = outbound
        self._reach = reach
        self._credential = credential
        self._until = time.monotonic() + SECONDS
        self._loaded: dict[str, bytes] = {}

    def load(self, url: str) -> bytes:
        """The description, or a part that it imports."""
        if url not in self._loaded:
            if len(self._loaded) >= PARTS:
                raise OutboundFailed("soap.too_many_parts", {"most": PARTS})
            answer = self._ask("GET", url, {}, None)
            if answer.status_code != 200:
                raise refused(answer.status_code)
            self._loaded[url] = answer.content
        return self._loaded[url]

    def post(self, address: str, message: bytes, headers: Mapping[str, str]) -> "Carried":
        return self._ask("POST", address, headers, message)

    def get(self, *_: Any) -> "Carried":
        raise NotAllowed("soap.bad_description", {"why": "HTTP GET"})

    def post_xml(self, address: str, envelope: Any, headers: Mapping[str, str]) -> "Carried":
        message = etree.tostring(envelope, encoding="utf-8", xml_declaration=True)
        return self.post(address, message, headers)

    def _ask(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None
    ) -> "Carried":
        left = self._until - time.monotonic()
        if left <= 0:
            raise OutboundFailed("outbound.too_slow", may_pass=True)
        answer = self._outbound.ask(
            method, url, self._reach.hosts, {**headers, **self._signed(url, body)}, body, left, LARGEST,
        )  # fmt: skip
        return Carried(answer.status, answer.content, answer.headers)

    def _signed(self, url: str, body: bytes | None) -> Mapping[str, str]:
        """A part may lie elsewhere and goes without; the call never does. Raises NotAllowed."""
        if body is not None:
            return self._reach.signed(self._credential, AUTHORIZATION, url)
        try:
            return (
                {AUTHORIZATION: self._reach.secret(self._credential, url)}
                if self._credential
                else {}
            )
        except NotFound:
            return {}


@dataclass(frozen=True, slots=True)
class Carried:
    """What zeep wants to know of an answer."""

    status_code: int
    content: bytes
    named: Mapping[str, str] = field(default_factory=dict)
    encoding: str = "utf-8"

    @property
    def headers(self) -> Mapping[str, str]:
        return {name.title(): value for name, value in self.named.items()}

    @property
    def text(self) -> str:
        return self.content.decode(self.encoding, "replace")


def plain(value: Any, depth: int = 0) -> Any:
    """Of what SOAP knows: lists, texts, numbers, switches, days and moments; the rest as text."""
    if depth > _DEEPEST:
        raise OutboundFailed("soap.too_deep", {"most": _DEEPEST})
    match value:
        case None | bool() | int() | float() | str() | Decimal() | date() | datetime():
            return value
        case Mapping():
            return {str(name): plain(each, depth + 1) for name, each in value.items()}
        case list() | tuple():
            return [plain(each, depth + 1) for each in value]
        case bytes():
            return base64.b64encode(value).decode()
        case etree._Element():  # noqa: SLF001 - the class of all that lxml reads
            return etree.tostring(value, encoding="unicode")
    return str(value)


def _why(fault: Exception) -> str:
    """In the words of zeep, which name elements and types."""
    return " ".join(str(fault).split())[:200] or type(fault).__name__
