"""Whom a message goes to."""

import pytest

from callcenter.messaging.addresses import BadAddress, is_allowed, read_address, shown_address


@pytest.mark.parametrize(
    ("kind", "text", "kept"),
    [
        ("sms", "138 0000 0001", "e164:+8613800000001"), ("sms", "+44 7911 123456", "e164:+447911123456"),
        ("sms", "e164:+8613800000001", "e164:+8613800000001"), ("email", " a@b.example ", "a@b.example"),
    ],
)  # fmt: skip
def test_addresses_are_kept_in_one_form(kind, text, kept) -> None:
    assert read_address(kind, text) == kept


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("sms", "10086"), ("sms", "anonymous"), ("sms", "x"), ("sms", "service:10086"), ("email", "a@b"),
        ("email", "a@b.example\r\nBcc: c@d.example"), ("email", "a@b.example, c@d.example"),
        ("email", "a" * 250 + "@b.example"), ("email", "138 0000 0001"),
    ],
)  # fmt: skip
def test_what_nothing_can_be_sent_to_is_refused(kind, text) -> None:
    with pytest.raises(BadAddress):
        read_address(kind, text)


def test_without_the_privilege_it_is_masked() -> None:
    assert shown_address("sms", "e164:+8613800000001", unmasked=False) == "138 **** 0001"
    assert shown_address("sms", "e164:+8613800000001", unmasked=True) == "138 0000 0001"
    assert shown_address("email", "zhang@b.example", unmasked=False) == "z***@b.example"


def test_a_channel_may_be_kept_to_some_countries() -> None:
    assert is_allowed("sms", "e164:+8613800000001", ["+861"])
    assert not is_allowed("sms", "e164:+447911123456", ["+861"])
    assert is_allowed("sms", "e164:+447911123456", [])
