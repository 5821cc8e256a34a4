"""SOAP services are called by their descriptions; a description reaches nothing by itself."""

import time
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from callcenter.core.clock import SystemClock
from callcenter.core.errors import NotFound
from callcenter.core.ids import new_id
from callcenter.core.outbound import Outbound, OutboundFailed, Resolve
from callcenter.instruments import soap
from callcenter.instruments.reach import Reach
from callcenter.instruments.soap import Soap
from tests.support.hostile_addresses import INSIDE
from tests.support.raw_server import a_raw_server, breaks_off, drips, floods, hangs
from tests.support.soap_server import FAULT, TOLD, SoapServer, a_soap_server

pytestmark = pytest.mark.integration

BOMB = "".join(
    ["<!DOCTYPE x [", '<!ENTITY a0 "lol">']
    + [f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12)]
    + ["]>"]
)
READS = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
FETCHES = '<!DOCTYPE x SYSTEM "http://127.0.0.1:{port}/evil.dtd">'
IMPORT = '<xsd:import namespace="urn:x{n}" schemaLocation="{at}"/>'


def secret(_name: str, url: str) -> str:
    if "/stock" not in url:
        raise NotFound
    return "Bearer s3cret"


@pytest.fixture
def service() -> Iterator[SoapServer]:
    with a_soap_server() as made:
        yield made


def call(
    of: SoapServer,
    *,
    item: Any = "A1",
    hosts: str = "",
    resolve: Resolve | None = None,
    **more: Any,
) -> Any:
    outbound = Outbound(SystemClock(), resolve) if resolve else Outbound(SystemClock())
    reach = Reach(new_id(), frozenset({of.place, *hosts.split()}), secret)
    return Soap(outbound).call(
        reach,
        of.wsdl,
        more.pop("operation", "Stock"),
        {"item": item, **more.pop("values", {})},
        **more,
    )


def refused(of: SoapServer, **more: Any) -> OutboundFailed:
    with pytest.raises(OutboundFailed) as failure:
        call(of, **more)
    return failure.value


def test_an_operation_answers_plain_values(service: SoapServer) -> None:
    assert call(service, item="阀门 & <x>", values={"day": date(2026, 11, 29)}) == {
        "count": 12, "price": Decimal("1.50"), "until": date(2026, 12, 31), "seal": "aGk=",
        "places": [{"name": "上海"}, {"name": "北京"}],
    }  # fmt: skip
    assert service.paths == ["/stock?wsdl", "/stock"]
    assert service.items() == ["阀门 &amp; &lt;x&gt;"]
    assert ">2026-11-29<" in service.asked[1][2]


def test_parts_of_a_description_are_read_where_they_lie(service: SoapServer) -> None:
    service.pages["/parts.xsd"] = (
        '<xsd:schema xmlns:xsd="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:x1"/>'
    )
    service.describe(more=IMPORT.format(n=1, at="parts.xsd"))
    assert call(service)["count"] == 12
    assert service.paths == ["/stock?wsdl", "/parts.xsd", "/stock"]


def test_a_credential_goes_where_it_belongs(service: SoapServer) -> None:
    service.pages["/parts.xsd"] = (
        '<xsd:schema xmlns:xsd="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:x1"/>'
    )
    service.describe(more=IMPORT.format(n=1, at="parts.xsd"))
    call(service, credential="erp")
    told = {path: headers.get("Authorization") for path, headers, _ in service.asked}
    assert told == {
        "/stock?wsdl": "Bearer s3cret", "/parts.xsd": None, "/stock": "Bearer s3cret",
    }  # fmt: skip
    service.describe(address=f"http://{service.place}/other")
    assert refused(service, credential="erp").key == "outbound.no_credential"


@pytest.mark.parametrize(
    ("more", "key"),
    [
        ({"operation": "Nothing"}, "soap.no_operation"),
        ({"operation": "__class__"}, "soap.no_operation"),
        ({"values": {"colour": "red"}}, "soap.bad_values"),
        ({"values": {"day": {"a": [1]}}}, "soap.bad_values"),
        ({"values": {"_soapheaders": [1, 2]}}, "soap.bad_values"),
    ],
)
def test_what_does_not_fit_is_refused_before_it_is_sent(
    service: SoapServer, more: dict[str, Any], key: str
) -> None:
    assert refused(service, **more).key == key
    assert service.paths == ["/stock?wsdl"]


@pytest.mark.parametrize(
    ("answer", "key"),
    [
        ((500, FAULT), "soap.fault"), ((200, "<html>"), "soap.bad_values"), ((200, ""), "soap.bad_values"),
        ((404, ""), "soap.bad_values"), ((302, "moved"), "soap.bad_values"),
        ((200, b"\xff\xfe\x00"), "soap.bad_values"), ((200, "<a>" * 3000), "soap.bad_values"),
        ((200, BOMB + "<x>&a11;</x>"), "soap.bad_values"), ((200, READS + "<x>&a;</x>"), "soap.bad_values"),
        ((200, "x" * 2_000_000), "outbound.too_large"),
    ],
    ids=lambda each: f"{each!s:.30}",
)  # fmt: skip
def test_an_answer_that_is_none_is_told_and_does_no_harm(
    service: SoapServer, answer: Any, key: str
) -> None:
    service.answer = answer
    began = time.monotonic()
    failure = refused(service)
    assert time.monotonic() - began < 3
    assert failure.key == key
    assert "root:" not in str(failure.parameters)


def test_the_words_of_a_fault_are_told(service: SoapServer) -> None:
    service.answer = (500, FAULT)
    assert refused(service).parameters == {"why": "no such item"}


def test_numbers_that_are_none_and_parts_that_do_not_fit_are_told(service: SoapServer) -> None:
    """Of kinds of error that zeep lets through as they are."""
    service.answer = (200, TOLD.replace("1.50", "much"))
    assert refused(service).key == "soap.bad_values"
    service.answer, service.kind = (200, "--x\r\nno part\r\n--x--"), "multipart/related; boundary=x"
    assert refused(service).key == "soap.bad_values"


@pytest.mark.parametrize("head", [BOMB, READS, FETCHES], ids=["bomb", "reads", "fetches"])
def test_a_description_has_no_entities_and_no_document_type(service: SoapServer, head: str) -> None:
    service.describe(head=head.replace("{port}", service.place.partition(":")[2]))
    began = time.monotonic()
    assert refused(service).key == "soap.bad_description"
    assert time.monotonic() - began < 3
    assert service.paths == ["/stock?wsdl"]


ELSEWHERE = [
    *INSIDE[::12], "file:///etc/passwd", "FILE:///etc/passwd", "ftp://erp.example.com/a.xsd",
    "gopher://127.0.0.1:6379/_x", "http://user@erp.example.com/a.xsd", "http://erp.example.com/a.xsd",
]  # fmt: skip


@pytest.mark.parametrize("at", ELSEWHERE)
@pytest.mark.parametrize("by", ["schema", "include", "wsdl"])
def test_what_a_description_imports_from_elsewhere_is_not_fetched(
    service: SoapServer, at: str, by: str
) -> None:
    if by == "wsdl":
        service.describe(imports=f'<import namespace="urn:x" location="{at}"/>')
    elif by == "include":
        service.describe(more=f'<xsd:include schemaLocation="{at}"/>')
    else:
        service.describe(more=IMPORT.format(n=1, at=at))
    asked: list[str] = []

    def resolve(host: str, _port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"]

    failure = refused(service, resolve=resolve)
    assert failure.key in {"outbound.not_listed", "outbound.bad_address", "outbound.refused"}
    assert set(asked) == {"127.0.0.1"}
    # A path is one of the same server; that is all it can be.
    assert all(path.startswith("/") for path in service.paths)
    assert service.items() == []


@pytest.mark.parametrize("at", [*INSIDE[1::12], "file:///etc/passwd", "ftp://erp.example.com/"])
def test_a_service_that_lives_elsewhere_is_not_called(service: SoapServer, at: str) -> None:
    service.describe(address=at)
    assert refused(service).key in {"outbound.not_listed", "outbound.bad_address"}
    assert service.paths == ["/stock?wsdl"]


def test_each_call_is_looked_up_by_itself_and_looked_at(service: SoapServer) -> None:
    """The description was public, the call would lead inside (DNS rebinding)."""
    answers = [["127.0.0.1"], ["169.254.169.254"]]
    service.describe(address="http://erp.example.com/stock")

    def resolve(_host: str, _port: int) -> list[str]:
        return answers.pop(0)

    assert refused(service, hosts="erp.example.com", resolve=resolve).key == "outbound.private"


def test_parts_that_name_parts_come_to_an_end(service: SoapServer) -> None:
    """Each is another address; a ring of them is read once."""
    for number in range(100):
        service.pages[f"/{number}.xsd"] = (
            '<xsd:schema xmlns:xsd="http://www.w3.org/2001/XMLSchema" '
            f'targetNamespace="urn:x{number}">{IMPORT.format(n=number + 1, at=f"{number + 1}.xsd")}'
            "</xsd:schema>"
        )
    service.describe(more=IMPORT.format(n=0, at="0.xsd"))
    assert refused(service).key == "soap.too_many_parts"
    assert len(service.asked) == soap.PARTS


@pytest.mark.parametrize(
    ("talk", "keys"),
    [
        (hangs, {"outbound.too_slow", "outbound.no_answer"}),
        (drips(b"HTTP/1.1 200 OK\r\n", b"X: 1\r\n"), {"outbound.too_slow"}),
        (drips(b"HTTP/1.1 200 OK\r\n\r\n"), {"outbound.too_slow"}),
        (floods(b"HTTP/1.1 200 OK\r\n\r\n"), {"outbound.too_large"}),
        (
            breaks_off(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n<defin", asked=True),
            {"outbound.no_answer"},
        ),
    ],
)
def test_a_description_that_fails_costs_its_time_and_no_more(
    talk: Any, keys: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(soap, "SECONDS", 0.5)
    with a_raw_server(talk) as made:
        began = time.monotonic()
        assert refused(SoapServer(made.place)).key in keys
        assert time.monotonic() - began < 4
