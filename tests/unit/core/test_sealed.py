"""What is sealed opens with the same key for the same thing, and nowhere else."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from callcenter.core.sealed import CannotOpen, Seal

ABOUT = "credential:one:42"
seal = Seal("a key of this installation")


@given(some.text())
def test_whatever_is_sealed_opens_again(secret: str) -> None:
    assert seal.open(seal.seal(secret, ABOUT), ABOUT) == secret


def test_the_secret_cannot_be_read_from_it_nor_told_from_its_equal() -> None:
    first, second = (seal.seal("Bearer 0123456789", ABOUT) for _ in range(2))
    assert first != second
    assert "0123456789" not in first


def test_another_process_with_the_same_key_opens_it() -> None:
    assert Seal("a key of this installation").open(seal.seal("密码", ABOUT), ABOUT) == "密码"


def test_another_installation_does_not_open_it() -> None:
    with pytest.raises(CannotOpen):
        Seal("another key").open(seal.seal("secret", ABOUT), ABOUT)


def test_what_was_sealed_for_one_enterprise_does_not_open_for_another() -> None:
    with pytest.raises(CannotOpen):
        seal.open(seal.seal("secret", ABOUT), "credential:two:42")


def test_a_changed_character_is_noticed() -> None:
    sealed = seal.seal("secret", ABOUT)
    place = len(sealed) // 2
    other = "A" if sealed[place] != "A" else "B"
    with pytest.raises(CannotOpen):
        seal.open(sealed[:place] + other + sealed[place + 1 :], ABOUT)


@pytest.mark.parametrize("sealed", ["", "1.", "1.???", "2.AAAA", "1.AAAA", "plain text", "1.密"])
def test_what_was_never_sealed_does_not_open(sealed: str) -> None:
    with pytest.raises(CannotOpen):
        seal.open(sealed, ABOUT)
