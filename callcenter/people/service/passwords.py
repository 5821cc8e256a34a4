"""Passwords: argon2id, a policy, and one-time ones."""

import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from callcenter.core.errors import Invalid

SHORTEST = 10
LONGEST = 128
# No look-alikes: one-time passwords are read aloud and typed from paper.
_ALPHABET = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKMNPQRSTUVWXYZ23456789"
_COMMON = ("password", "qwerty", "abc123", "123456", "111111", "letmein", "iloveyou", "admin")

_hasher = PasswordHasher()
# Verified when the user does not exist, so that an answer takes as long and tells nothing. Written,
# not hashed: every process that starts would pay for it. What it opens to is refused all the same.
_NOBODY = (
    f"$argon2id$v=19$m={_hasher.memory_cost},t={_hasher.time_cost},p={_hasher.parallelism}"
    f"${'A' * 22}${'A' * 43}"
)


def hash_password(password: str) -> str:
    return _hasher.hash(password)


def verify(password: str, stored: str) -> bool:
    """Constant work whether or not there is a hash."""
    try:
        _hasher.verify(stored or _NOBODY, password)
    except (VerificationError, InvalidHashError):
        return False
    return bool(stored)


def one_time_password() -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(14))


def check_policy(password: str, *, employee_code: str, current: str) -> None:
    """Raises Invalid with the field `new`."""
    lowered = password.lower()
    if len(password) < SHORTEST:
        raise Invalid({"shortest": SHORTEST}, {"new": ["validation.password_short"]})
    if len(password) > LONGEST:
        raise Invalid({"longest": LONGEST}, {"new": ["validation.password_long"]})
    if password == current:
        raise Invalid(fields={"new": ["validation.password_same"]})
    known = any(word in lowered for word in _COMMON) or lowered in (employee_code * 5)
    if known or len(set(password)) < SHORTEST // 2:
        raise Invalid(fields={"new": ["validation.password_known"]})
