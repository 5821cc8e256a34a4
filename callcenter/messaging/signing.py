"""Signatures: what stands under a message, for the enterprise and for whoever sends it. Pure.

A channel's signature is a text with the places of `PLACES`; of an e-mail it may have a form of its own
as markup. It stands at the end by itself, or where a template says `{{ signature }}`.
"""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from html import escape
from typing import Any

from callcenter.messaging.models import ChannelKind
from callcenter.objects.types.rich_text import cleaned, from_text
from callcenter.rendering.plain import SIGNATURE

_PLACE = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")
_DASHES = "\n\n-- \n"
"""By which mail programs know a signature."""


@dataclass(frozen=True, slots=True)
class Sender:
    """name, extension: of who sends; empty where the product itself does."""

    name: str = ""
    extension: str = ""
    enterprise: str = ""


PLACES = ("name", "extension", "enterprise")


@dataclass(frozen=True, slots=True)
class Signature:
    """by_itself: whether it stands under what does not say where it stands."""

    kind: str
    text: str
    html: str
    by_itself: bool

    def under(self, written: str, *, html: bool) -> str:
        """The message with its signature."""
        own = self.html if html else self.text
        if SIGNATURE in written:
            return written.replace(SIGNATURE, own)
        if not self.by_itself or not own:
            return written
        if html:
            return written + own
        return written + (_DASHES if self.kind == ChannelKind.EMAIL else "\n") + own


def has_unknown_place(text: str) -> bool:
    return any(name not in PLACES for name in _PLACE.findall(text))


def signature_of(kind: str, settings: Mapping[str, Any], sender: Sender) -> Signature:
    """settings: a channel's; those from before signatures had places have none."""
    values = asdict(sender)
    mail = kind == ChannelKind.EMAIL
    text = _lines(settings.get("signature" if mail else "closing", ""), values)
    markup = settings.get("signature_html", "")
    html = cleaned(_filled(markup, {k: escape(v) for k, v in values.items()})) if markup else ""
    return Signature(kind, text, html or from_text(text), settings.get("signed", True))


def _lines(text: str, values: Mapping[str, str]) -> str:
    """Without the lines of which a place is empty: nobody has an extension of nothing."""
    kept = [
        _filled(line, values)
        for line in text.split("\n")
        if all(values.get(name) for name in _PLACE.findall(line))
    ]
    return "\n".join(kept).strip("\n")


def _filled(text: str, values: Mapping[str, str]) -> str:
    return _PLACE.sub(lambda place: values.get(place[1], ""), text)
