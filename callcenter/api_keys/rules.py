"""What a key looks like, and who may use one. Pure.

`cck_<prefix>_<secret>`: the prefix finds the row and stands in lists and logs, the secret is kept as
its hash alone. It is 256 random bits, so a plain hash is enough: there is nothing to guess.
"""

import hashlib
import hmac
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import ip_address, ip_network

MARK = "cck"
_PREFIX_BYTES, _SECRET_BYTES = 5, 32


@dataclass(frozen=True, slots=True)
class Token:
    """prefix: with its mark, `cck_3f9c01ab7e`."""

    prefix: str
    secret: str

    def __str__(self) -> str:
        return f"{self.prefix}_{self.secret}"

    @property
    def hash(self) -> str:
        return hashlib.sha256(self.secret.encode()).hexdigest()


def new_token() -> Token:
    return Token(f"{MARK}_{secrets.token_hex(_PREFIX_BYTES)}", secrets.token_urlsafe(_SECRET_BYTES))


def read_token(text: str) -> Token | None:
    """None for what is no key of ours."""
    mark, _, rest = text.partition("_")
    prefix, _, secret = rest.partition("_")
    if mark != MARK or len(prefix) != 2 * _PREFIX_BYTES or not secret or not text.isascii():
        return None
    return Token(f"{mark}_{prefix}", secret)


def is_same(token: Token, kept_hash: str) -> bool:
    """In a time that tells nothing of where they differ."""
    return hmac.compare_digest(token.hash, kept_hash)


def plain_network(text: str) -> str:
    """`203.0.113.7` → `203.0.113.7/32`; raises ValueError."""
    return str(ip_network(text.strip(), strict=False))


def is_within(ip: str, networks: Iterable[str]) -> bool:
    """Whether it comes from one of them; from anywhere where there are none."""
    allowed = [ip_network(each) for each in networks]
    if not allowed:
        return True
    try:
        address = ip_address(ip)
    except ValueError:
        return False
    return any(address in each for each in allowed)
