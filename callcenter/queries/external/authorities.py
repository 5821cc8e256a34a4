"""Certificates of one's own authority, by which a data source's server is known. Pure."""

import hashlib
import re
import ssl

LONGEST = 32 * 1024
MOST = 20
_BLOCK = re.compile(
    r"-----BEGIN CERTIFICATE-----\s[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----", re.ASCII
)


class BadAuthority(ValueError):
    """A caption's key says what is wrong with it."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


def authority(text: str) -> str:
    """PEM as it is kept: its certificates and nothing else; empty for none. Raises BadAuthority."""
    if not text.strip():
        return ""
    if "PRIVATE KEY" in text:
        # Whoever pastes one has told a secret that is nobody's business here.
        raise BadAuthority("data_source.ca_has_key")
    blocks = _BLOCK.findall(text)
    if not blocks or len(blocks) > MOST or text.count("-----BEGIN") != len(blocks):
        raise BadAuthority("data_source.ca_no_certificates")
    kept = "".join(f"{one}\n" for one in blocks)
    try:
        trusting(kept)
    except (ssl.SSLError, ValueError):
        raise BadAuthority("data_source.ca_no_certificates") from None
    return kept


def trusting(authority: str) -> ssl.SSLContext:
    """What a server's certificate is held against: these, or the system's where there are none."""
    return ssl.create_default_context(cadata=authority or None)


def fingerprints(authority: str) -> list[str]:
    """SHA-256 of each certificate, as administrators compare them."""
    found = [ssl.PEM_cert_to_DER_cert(block) for block in _BLOCK.findall(authority)]
    return [hashlib.sha256(one).hexdigest() for one in found]
