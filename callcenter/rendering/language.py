"""The language of templates: Jinja2's, without its doors. Pure, but neither quick nor small by itself.

Data is plain, and of plain data only items are reached, never an attribute: there are no methods.
What is left are loops, conditions, macros, and filters and tests that are named here. How long a
template runs and how much it takes is the business of the process around it (`child.py`).
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cache, partial
from typing import Any

from jinja2 import StrictUndefined, Template, Undefined, nodes
from jinja2.filters import FILTERS
from jinja2.runtime import Context, LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment, safe_range

from callcenter.rendering.errors import RenderFailed
from callcenter.rendering.faults import KeptFromSome, NotHere, fault_of
from callcenter.rendering.filters import filters, said
from callcenter.rendering.plain import Withheld

LARGEST = 256 * 1024
"""Bytes of the text that a template may come to."""

FROM_JINJA = (
    "abs", "batch", "capitalize", "count", "d", "default", "dictsort", "e", "escape", "first",
    "float", "groupby", "indent", "int", "items", "join", "last", "length", "list", "lower", "map",
    "max", "min", "reject", "rejectattr", "replace", "reverse", "round", "select", "selectattr",
    "slice", "sort", "string", "striptags", "sum", "title", "trim", "truncate", "unique", "upper",
    "urlencode", "wordwrap",
)  # fmt: skip

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
        self.globals = {"range": safe_range}
        self.filters = {**{name: FILTERS[name] for name in FROM_JINJA}, **filters(locale)}

    def getattr(self, obj: Any, attribute: str) -> Any:
        if isinstance(obj, LoopContext):
            return super().getattr(obj, attribute)
        return self.getitem(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        """Also what filters use that are told an attribute."""
        if isinstance(obj, Undefined):
            str(obj)
        if isinstance(obj, dict | list | tuple | str):
            try:
                found = obj[argument]
            except (TypeError, LookupError):
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
        return super().call_binop(context, operator, left, right)


def render(text: str, data: Mapping[str, Any], locale: str, *, html: bool) -> str:
    """html: values are escaped as they are put in. Raises RenderFailed."""
    template: Template | None = None
    try:
        template = _read(text, _sandbox(locale, html=html))
        return "".join(_limited(template.root_render_func(template.new_context(dict(data)))))
    except Exception as error:
        if isinstance(error, RenderFailed):
            raise
        raise fault_of(error, template) from error


@cache
def _sandbox(locale: str, *, html: bool) -> Sandbox:
    return Sandbox(locale, html=html)


def _read(text: str, sandbox: Sandbox) -> Template:
    tree = sandbox.parse(text)
    for node in tree.find_all(_NOT_HERE):
        raise NotHere("", node.lineno)
    return Template.from_code(sandbox, sandbox.compile(tree), sandbox.make_globals(None))


def _limited(pieces: Iterator[str]) -> Iterator[str]:
    size = 0
    for piece in pieces:
        size += len(piece.encode(errors="surrogatepass"))
        if size > LARGEST:
            raise RenderFailed("template.too_large", {"most": LARGEST // 1024})
        yield piece
