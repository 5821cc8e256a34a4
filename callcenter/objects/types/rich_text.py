"""Text with headings, lists, emphasis and links, held as HTML that was cleaned when it came in."""

import re
from html import escape, unescape
from typing import Any, ClassVar

import nh3

from callcenter.expressions import Kind, Value
from callcenter.objects.errors import BadValue
from callcenter.objects.types.base import (
    Field,
    FieldType,
    Reading,
    Showing,
    first_character,
    read_text,
)

LONGEST = 20_000
_USUAL = 5_000
_LONGEST_HTML = 200_000
_TAGS = frozenset({
    "p", "br", "strong", "b", "em", "i", "u", "s", "a", "ul", "ol", "li", "h2", "h3", "h4",
    "blockquote", "code", "pre", "hr",
})  # fmt: skip
_MARKUP = re.compile(r"<(?:/?[a-z][a-z0-9]*[\s/>]|!--)", re.IGNORECASE)
_END = re.compile(r"<br[^>]*>|</(?:p|li|h[1-6]|blockquote|pre|div|tr)>|<hr[^>]*>", re.IGNORECASE)


class RichText(FieldType):
    """Given: HTML or plain text. Its limit counts characters that are read, not the markup."""

    key = "rich_text"
    kind = Kind.TEXT
    sortable = False
    settings: ClassVar = frozenset({"help", "default", "copied", "max_length"})

    def read(self, definition: Field, given: Any, reading: Reading) -> Any:
        text = read_text(given, _LONGEST_HTML)
        if text is None:
            return None
        html = cleaned(text if _MARKUP.search(text) else from_text(text))
        plain = plain_text(html)
        longest = min(definition.setting("max_length", _USUAL), LONGEST)
        if len(plain) > longest:
            raise BadValue("validation.too_long", {"max": longest})
        return html if plain else None

    def operand(self, held: Any) -> Value:
        return plain_text(held)

    def display(self, definition: Field, held: Any, showing: Showing) -> str | None:
        return plain_text(held)

    def veil(self, held: Any) -> str:
        return first_character(plain_text(held))

    def search_text(self, held: Any) -> str:
        return plain_text(held)


def cleaned(html: str) -> str:
    """Nothing that runs, loads, styles or leads elsewhere than a link says."""
    return nh3.clean(
        html,
        tags=set(_TAGS),
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="noopener noreferrer nofollow",
        set_tag_attribute_values={"a": {"target": "_blank"}},
    )


def plain_text(html: str) -> str:
    """As it is read aloud: a line a paragraph, without markup."""
    bare = nh3.clean(_END.sub("\n", html), tags=set())
    lines = (" ".join(line.split()) for line in unescape(bare).split("\n"))
    return "\n".join(line for line in lines if line)


def from_text(text: str) -> str:
    """Plain text as paragraphs, whatever signs are in it."""
    return "".join(f"<p>{escape(line)}</p>" for line in text.split("\n") if line.strip())


TYPE = RichText()
