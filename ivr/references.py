"""Credentials named in headers: `{credential:name}` stands for a secret that no flow holds. Pure.

In what a flow wants sent a reference is `⟦name⟧`, signs that neither a header nor a value filled into
one can have: only what the flow's author wrote is ever replaced by a secret.
"""

import re
from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

from callcenter.core.outbound import is_public

_WRITTEN = re.compile(r"\{credential:([A-Za-z0-9_-]{1,40})\}")
_MARKED = re.compile(r"⟦([A-Za-z0-9_-]{1,40})⟧")


def written(name: str) -> str:
    """As authors write it."""
    return f"{{credential:{name}}}"


def named(templates: Iterable[str]) -> frozenset[str]:
    """The credentials that these name, as their author wrote them."""
    return frozenset(name for text in templates for name in _WRITTEN.findall(text))


def marked(template: str) -> str:
    return _WRITTEN.sub(r"⟦\1⟧", template)


def wanted(texts: Iterable[str]) -> frozenset[str]:
    """The credentials that are to be put into what is sent."""
    return frozenset(name for text in texts for name in _MARKED.findall(text))


def put_in(text: str, secrets: Mapping[str, str]) -> str:
    """Raises KeyError for one that is not among them."""
    return _MARKED.sub(lambda found: secrets[found[1]], text)


def goes_to(host: str, url: str) -> bool:
    """Whether an address is on the host that a credential is for; one with a port is for that alone."""
    split = urlsplit(url)
    return host in (split.hostname, split.netloc.lower())


def is_covered(url: str) -> bool:
    """Whether a secret may go there: by https, or in plain to a private address that stands there itself.

    What a name leads to is not known before it is looked up.
    """
    split = urlsplit(url)
    try:
        return split.scheme == "https" or not is_public(split.hostname or "")
    except ValueError:
        return False
