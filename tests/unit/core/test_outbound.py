"""Which addresses may be called at all."""

import pytest

from callcenter.core.clock import SystemClock
from callcenter.core.outbound import (
    NotAllowed,
    Outbound,
    check_headers,
    hosts_of,
    is_public,
    parts_of,
)
from tests.support.hostile_addresses import LOOKALIKES, NO_ADDRESS


@pytest.mark.parametrize("url", NO_ADDRESS)
def test_what_is_no_plain_address_is_refused(url: str) -> None:
    with pytest.raises(NotAllowed) as refusal:
        parts_of(url)
    assert refusal.value.key == "outbound.bad_address"


@pytest.mark.parametrize("url", LOOKALIKES)
def test_what_only_looks_like_a_listed_host_is_none(url: str) -> None:
    asked: list[str] = []

    def resolve(host: str, _port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"]

    with pytest.raises(NotAllowed) as refusal:
        Outbound(SystemClock(), resolve).ask("GET", url, hosts_of("erp.example.com"), {}, None)
    assert (refusal.value.key, asked) == ("outbound.not_listed", [])


def test_names_of_other_scripts_are_listed_as_they_are_looked_up() -> None:
    listed = hosts_of("Bücher.example; 例子.测试:8080, 10.0.0.5:80")
    assert listed == {"xn--bcher-kva.example", "xn--fsqu00a.xn--0zwm56d:8080", "10.0.0.5:80"}
    Outbound(SystemClock()).check("http://BÜCHER.example/", listed)
    Outbound(SystemClock()).check("http://例子。测试:8080/", listed)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("X-Name", "客户"), ("X-Name", "a\r\nHost: b"), ("X-Name", "a\nb"), ("X-Name", "\x00"),
        ("X-Name", "“x”"), ("X Name", "a"), ("X-Näme", "a"), ("", "a"), ("X:", "a"), ("X\n", "a"),
        ("Host", "127.0.0.1"), ("content-length", "0"), ("Transfer-Encoding", "chunked"),
        ("Connection", "upgrade"), ("X-Long", "x" * 10_000),
    ],
)  # fmt: skip
def test_headers_that_cannot_be_sent_are_refused_and_named(name: str, value: str) -> None:
    asked: list[str] = []
    outbound = Outbound(SystemClock(), lambda host, _: asked.append(host) or [])
    with pytest.raises(NotAllowed) as refusal:
        outbound.ask("GET", "http://a.example/", hosts_of("a.example"), {name: value}, None)
    assert (refusal.value.key, asked) == ("outbound.bad_header", [])
    assert refusal.value.parameters == {"name": name}


def test_headers_of_latin_letters_are_sent() -> None:
    check_headers({"X-Name": "Müller", "authorization": "Bearer a.b-c_d=", "X-Empty": ""})


def test_an_address_is_shown_without_what_it_asks() -> None:
    assert parts_of("HTTPS://ERP.Example.com.:443/a?token=s").shown == "https://erp.example.com/a"
    assert parts_of("http://[::1]:81/").origin == "http://[::1]:81"


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True), ("2606:4700::1111", True), ("::ffff:8.8.8.8", True),
        ("127.0.0.1", False), ("127.8.8.8", False), ("10.1.2.3", False), ("172.16.0.1", False),
        ("192.168.1.1", False), ("169.254.169.254", False), ("100.64.0.1", False),
        ("0.0.0.1", False), ("255.255.255.255", False), ("224.0.0.1", False), ("192.0.2.1", False),
        ("::1", False), ("::", False), ("fe80::1", False), ("fe80::1%eth0", False),
        ("fc00::1", False), ("ff02::1", False), ("::ffff:127.0.0.1", False),
        ("::ffff:169.254.169.254", False), ("64:ff9b::7f00:1", False), ("64:ff9b::808:808", False),
        ("2002:7f00:1::", False), ("2001:0:1::1", False), ("2606:4700::5efe:7f00:1", False), ("3fff::1", False),
    ],
)  # fmt: skip
def test_which_addresses_are_public(address: str, public: bool) -> None:
    assert is_public(address) is public
