"""What a key looks like, what is kept of it, and from where it may come."""

import pytest

from callcenter.api_keys.rules import (
    Token,
    is_same,
    is_within,
    new_token,
    plain_network,
    read_token,
)


def test_a_key_is_read_as_it_was_made_and_only_its_hash_need_be_kept() -> None:
    token = new_token()
    read = read_token(str(token))
    assert read == token
    assert is_same(token, token.hash)
    assert token.secret not in token.hash
    assert token.prefix.startswith("cck_")


def test_two_keys_have_nothing_in_common() -> None:
    one, other = new_token(), new_token()
    assert one.prefix != other.prefix
    assert not is_same(Token(one.prefix, other.secret), one.hash)


def test_a_secret_with_underscores_is_read_whole() -> None:
    assert read_token("cck_0123456789_a_b_c") == Token("cck_0123456789", "a_b_c")


@pytest.mark.parametrize(
    "text", ["", "cck", "cck_", "cck_0123456789", "cck_0123456789_", "cck_short_x", "abc_0123456789_x",
             "cck_0123456789_密"]
)  # fmt: skip
def test_what_is_no_key_is_not_looked_up(text: str) -> None:
    assert read_token(text) is None


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("203.0.113.7", "203.0.113.7/32"),
        (" 10.1.2.3/8 ", "10.0.0.0/8"),
        ("2001:db8::1", "2001:db8::1/128"),
    ],
)
def test_an_address_is_the_smallest_network(typed: str, plain: str) -> None:
    assert plain_network(typed) == plain


@pytest.mark.parametrize("typed", ["", "everywhere", "10.0.0.0/33", "10.0.0.0/-1"])
def test_what_is_no_network_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match="does not appear"):
        plain_network(typed)


@pytest.mark.parametrize(
    ("ip", "networks", "within"),
    [
        ("203.0.113.7", [], True),
        ("203.0.113.7", ["203.0.113.0/24"], True),
        ("203.0.114.7", ["203.0.113.0/24", "10.0.0.0/8"], False),
        ("2001:db8::5", ["203.0.113.0/24", "2001:db8::/32"], True),
        ("nobody knows", ["203.0.113.0/24"], False),
    ],
)
def test_who_comes_from_elsewhere_is_outside(ip: str, networks: list[str], within: bool) -> None:
    assert is_within(ip, networks) is within
