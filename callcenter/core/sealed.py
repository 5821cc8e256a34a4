"""Secrets of other systems that an enterprise entrusts to us: sealed before they reach the database.

AES-256-GCM with a key of this installation (`Secrets.sealing_key`). What a value is kept for is bound
into it: copied into another row, or another enterprise's, it does not open. A sealed value is text,
`1.<base64>`; the number says how it was sealed.

Whoever has the database alone has nothing; whoever restores it needs `secrets.json` as well.
"""

import base64
import binascii
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_FORM = "1."
_NONCE = 12


class CannotOpen(Exception):
    """Sealed with another installation's key, for something else, or damaged."""


class Seal:
    def __init__(self, key: str) -> None:
        """key: of the installation; what is used is derived from it for this purpose alone."""
        derive = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"callcenter sealed values")
        self._cipher = AESGCM(derive.derive(key.encode()))

    def seal(self, secret: str, about: str) -> str:
        """about: what it is kept for, with its owner: `credential:<enterprise>:<id>`."""
        nonce = os.urandom(_NONCE)
        sealed = self._cipher.encrypt(nonce, secret.encode(), about.encode())
        return _FORM + base64.urlsafe_b64encode(nonce + sealed).decode()

    def open(self, sealed: str, about: str) -> str:
        """Raises CannotOpen."""
        form, content = sealed[: len(_FORM)], sealed[len(_FORM) :]
        if form != _FORM:
            raise CannotOpen(about)
        try:
            whole = base64.b64decode(content, altchars=b"-_", validate=True)
            return self._cipher.decrypt(whole[:_NONCE], whole[_NONCE:], about.encode()).decode()
        except (InvalidTag, binascii.Error, ValueError) as error:
            raise CannotOpen(about) from error
