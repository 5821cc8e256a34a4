"""The language of templates: Jinja2's, without its doors. Pure, but neither quick nor small by itself.

Data is plain, and of plain data only items are reached, never an attribute: there are no methods.
What is left are loops, conditions, macros, and filters and tests that are named here. How long a
template runs and how much it takes is the business of the process around it (`child.py`).
"""

import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from functools import cache, lru_cache, partial, wraps
from types import FrameType
from typing import Any

from jinja2 import StrictUndefined, Template, Undefined, nodes
from jinja2.filters import FILTERS
from jinja2.runtime import Context, LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import Namespace

from callcenter.rendering.errors import RenderFailed
from callcenter.rendering.faults import KeptFromSome, NotHere, fault_of
from callcenter.rendering.instructions import INSTRUCTIONS, Here, Kind, here, standing
from callcenter.rendering.instructions.jinja import BORROWED
from callcenter.rendering.plain import Unasked, Withheld, held_by
from callcenter.rendering.values import said

LARGEST = 256 * 1024
"""Bytes of the text that a template may come to."""

_KEPT = 30
_LONGEST_KEPT = 8000
"""Texts that stay ready to run again: most renderings are of the same few."""

FROM_JINJA = tuple(each.name for each in BORROWED)

_FOR_NOTHING = frozenset({"default", "d"})
"""Those that put something into the place of nothing."""

_NOT_HERE = (
    nodes.Include, nodes.Import, nodes.FromImport, nodes.Extends, nodes.Block,
    nodes.ScopedEvalContextModifier,
)  # fmt: skip
"""Other templates, of which there are none, and switching off that values are escaped."""


class Missing(StrictUndefined):
    """Fails wherever it is used, by its name alone."""

    __slots__ = ()

    @property
    def _undefined_message(self) -> str:
        return str(self._undefined_name)


class Sandbox(ImmutableSandboxedEnvironment):
    # Not worked out while a template is read, and exact numbers go with others.
    intercepted_binops = frozenset({"+", "-", "*", "/", "//", "%", "**"})

    def __init__(self, locale: str, *, html: bool) -> None:
        super().__init__(
            autoescape=html, undefined=Missing, finalize=partial(said, locale=locale),
            keep_trailing_newline=True, trim_blocks=True, lstrip_blocks=True, cache_size=0,
        )  # fmt: skip
        self.globals = _of(Kind.FUNCTION)
        borrowed = {name: _unknown_with(name) for name in FROM_JINJA}
        self.filters = {**borrowed, **_of(Kind.FILTER)}

    def getattr(self, obj: Any, attribute: str) -> Any:
        if type(obj) is not dict and isinstance(obj, LoopContext):
            return super().getattr(obj, attribute)
        return self.getitem(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        """Also what filters use that are told an attribute."""
        if type(obj) is not dict:  # most are
            if isinstance(obj, Undefined):
                str(obj)
                return obj
            if isinstance(obj, Namespace):
                obj = held_by(obj)
        if isinstance(obj, dict | list | tuple | str):
            try:
                found = obj[argument]
            except (TypeError, LookupError):
                if isinstance(argument, Unasked):
                    return argument
                return self.undefined(name=str(argument))
            if isinstance(found, Withheld):
                return self.undefined(name=str(argument), exc=KeptFromSome)
            return found
        return self.undefined(name=str(argument))

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        if isinstance(left, Decimal) and isinstance(right, float):
            right = Decimal(str(right))
        elif isinstance(left, float) and isinstance(right, Decimal):
            left = Decimal(str(left))
        for each in (left, right):
            if isinstance(each, Unasked):
                return each
        return super().call_binop(context, operator, left, right)


def render(
    text: str, data: Mapping[str, Any], locale: str, *, html: bool, place: Here | None = None
) -> str:
    """html: values are escaped as they are put in. place: whom it asks, and where it notes what it
    says. Raises RenderFailed.
    """
    place = place or Here(locale, html)
    place.line = _line_now
    with standing(place):
        return _rendered(text, data, locale, html=html)


def render_within(text: str, data: Mapping[str, Any], *, html: bool) -> str:
    """A text in the place of another that is being rendered. Raises RenderFailed."""
    place = here()
    with standing(replace(place, html=html, depth=place.depth + 1)):
        return _rendered(text, data, place.locale, html=html)


def _rendered(text: str, data: Mapping[str, Any], locale: str, *, html: bool) -> str:
    template: Template | None = None
    try:
        template = _read(text, locale, html=html)
        return "".join(_limited(template.root_render_func(template.new_context(dict(data)))))
    except Exception as error:
        if isinstance(error, RenderFailed):
            raise
        if isinstance(error, MemoryError):
            _kept.cache_clear()
        raise fault_of(error, template) from error


def _of(kind: Kind) -> dict[str, Any]:
    return {each.name: each for each in INSTRUCTIONS if each.kind is kind}


def _unknown_with(name: str) -> Callable[..., Any]:
    """A filter of Jinja's, of which the answer is unknown where an argument is."""
    filter_: Callable[..., Any] = FILTERS[name]
    if name in _FOR_NOTHING:
        return filter_

    @wraps(filter_)
    def known(*given: Any, **named: Any) -> Any:
        for each in (*given, *named.values()) if named else given:
            if isinstance(each, Unasked):
                return each
        return filter_(*given, **named)

    return known


@cache
def _sandbox(locale: str, *, html: bool) -> Sandbox:
    return Sandbox(locale, html=html)


def _read(text: str, locale: str, *, html: bool) -> Template:
    return (_kept if len(text) <= _LONGEST_KEPT else _made)(text, locale, html=html)


def _made(text: str, locale: str, *, html: bool) -> Template:
    sandbox = _sandbox(locale, html=html)
    tree = sandbox.parse(text)
    for node in tree.find_all(_NOT_HERE):
        raise NotHere("", node.lineno)
    return Template.from_code(sandbox, sandbox.compile(tree), sandbox.make_globals(None))


_kept = lru_cache(_KEPT)(_made)


def _limited(pieces: Iterator[str]) -> Iterator[str]:
    size = 0
    for piece in pieces:
        size += len(piece) if piece.isascii() else len(piece.encode(errors="surrogatepass"))
        if size > LARGEST:
            raise RenderFailed("template.too_large", {"most": LARGEST // 1024})
        yield piece


def _line_now() -> int:
    """Of the outermost text: it is the one whose lines its reader counts."""
    line = 1
    frame: FrameType | None = sys._getframe()  # noqa: SLF001 - the only way to where a running text stands
    while frame is not None:
        template = frame.f_globals.get("__jinja_template__")
        if isinstance(template, Template):
            line = template.get_corresponding_lineno(frame.f_lineno)
        frame = frame.f_back
    return line
