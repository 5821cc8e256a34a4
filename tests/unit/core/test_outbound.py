"""Which addresses may be called at all."""

import pytest

from callcenter.core.outbound import NotAllowed, is_public, parts_of


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.com/", "file:///etc/passwd", "http://", "https://user:x@example.com/",
        "http://example.com:99999/", "http://exa mple.com/", "http://a\r\nHost: b/", "javascript:1",
    ],
)  # fmt: skip
def test_what_is_no_plain_address_is_refused(url: str) -> None:
    with pytest.raises(NotAllowed):
        parts_of(url)


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
        ("2002:7f00:1::", False), ("2001:0:1::1", False),
    ],
)  # fmt: skip
def test_which_addresses_are_public(address: str, public: bool) -> None:
    assert is_public(address) is public
