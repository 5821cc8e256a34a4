"""Passwords: what is stored, what is accepted, what is handed out."""

import pytest
from argon2.exceptions import VerifyMismatchError

from callcenter.core.errors import Invalid
from callcenter.people.service.passwords import (
    _NOBODY,
    LONGEST,
    _hasher,
    check_policy,
    hash_password,
    one_time_password,
    verify,
)

GOOD = "violet-harbour-93"


def refusal(password, *, employee_code="8001", current="an-older-one-77"):
    with pytest.raises(Invalid) as refused:
        check_policy(password, employee_code=employee_code, current=current)
    return refused.value.fields["new"]


def test_a_password_is_stored_as_argon2id_with_a_salt_of_its_own():
    first, second = hash_password(GOOD), hash_password(GOOD)
    assert first.startswith("$argon2id$")
    assert first != second
    assert verify(GOOD, first)
    assert verify(GOOD, second)


def test_only_the_right_password_opens():
    stored = hash_password(GOOD)
    for wrong in ("", GOOD + " ", GOOD.upper(), stored):
        assert not verify(wrong, stored)


def test_nothing_opens_an_account_without_a_password():
    for tried in ("", GOOD):
        assert not verify(tried, "")


def test_an_account_that_is_not_there_takes_the_work_of_one_that_is():
    with pytest.raises(VerifyMismatchError):  # the work was done: the hash is a whole one
        _hasher.verify(_NOBODY, GOOD)
    assert not _hasher.check_needs_rehash(_NOBODY)  # as much of it as for a hash of today


def test_a_damaged_hash_opens_to_nobody():
    assert not verify(GOOD, "$argon2id$damaged")


def test_a_password_of_any_language_works():
    for password in ("紫色港口九十三号码头", "пароль-на-десять", "🔑🚢🌊🎐🎑🧧🎀🎁🎗🎟"):
        check_policy(password, employee_code="8001", current=GOOD)
        assert verify(password, hash_password(password))


def test_a_good_password_passes():
    check_policy(GOOD, employee_code="8001", current="an-older-one-77")


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("short-9", "validation.password_short"),
        ("x" * (LONGEST + 1), "validation.password_long"),
        ("password-2026", "validation.password_known"),
        ("QWERTYuiop12", "validation.password_known"),
        ("123456789012", "validation.password_known"),
        ("aaaaaaaaaaaa", "validation.password_known"),
        ("abababababab", "validation.password_known"),
        ("800180018001", "validation.password_known"),
    ],
)
def test_a_poor_password_is_refused(password, why):
    assert refusal(password) == [why]


def test_the_old_password_is_no_new_one():
    assert refusal(GOOD, current=GOOD) == ["validation.password_same"]


def test_one_time_passwords_are_strong_all_different_and_can_be_read_aloud():
    made = {one_time_password() for _ in range(500)}
    assert len(made) == 500
    assert not set("".join(made)) & set("0O1lIio")
    for password in made:
        check_policy(password, employee_code="8001", current="")
