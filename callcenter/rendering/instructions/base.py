"""What an instruction of templates is. Each is a plain function that registers itself.

A docstring has three parts: the first paragraph is the summary; a line with an arrow is an example
and what it comes to, on `examples.DATA`, and is run as a test; the last says when it is refused.

What needs the product is declared in the same way, and has no body: whoever renders hands in the
service that answers it, which is called with the arguments by the names that stand here.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from inspect import Parameter, Signature, cleandoc, signature
from types import NoneType, UnionType
from typing import Any, NoReturn, Protocol, Union, get_args, get_origin, get_type_hints

from jinja2 import Undefined

from callcenter.rendering.errors import InstructionFailed, Refused
from callcenter.rendering.plain import Pretended, Unasked, plain

_ARROW = " → "


class Kind(StrEnum):
    """function: `{{ name(…) }}`; filter: `{{ value | name(…) }}`."""

    FUNCTION = "function"
    FILTER = "filter"


class Group(StrEnum):
    FLOW = "flow"
    DATES = "dates"
    TEXTS = "texts"
    NUMBERS = "numbers"
    PEOPLE = "people"
    DATA = "data"
    QUERIES = "queries"
    OUTGOING = "outgoing"
    FILES = "files"


class Reach(StrEnum):
    """everywhere: needs nothing. reading: the product's data, as whoever acts sees it. outside: what
    leaves the product and may take long, so it is offered only where no transaction is open.
    """

    EVERYWHERE = "everywhere"
    READING = "reading"
    OUTSIDE = "outside"


class Asking(Protocol):
    """The way to whoever began the rendering. Raises Refused."""

    def __call__(self, name: str, arguments: Mapping[str, Any]) -> Any: ...


def _nobody(name: str, arguments: Mapping[str, Any]) -> NoReturn:  # noqa: ARG001 - as Asking has it
    raise Refused("instruction.nobody", {"name": name})


@dataclass(slots=True)
class Here:
    """One rendering. line: of the template's that runs; log: {"line", "text"} of each."""

    locale: str
    html: bool
    ask: Asking = _nobody
    line: Callable[[], int] = lambda: 1
    log: list[dict[str, Any]] = field(default_factory=list)
    depth: int = 0


_HERE: ContextVar[Here] = ContextVar("here")


def here() -> Here:
    return _HERE.get()


@contextmanager
def standing(place: Here) -> Iterator[None]:
    token = _HERE.set(place)
    try:
        yield
    finally:
        _HERE.reset(token)


@dataclass(frozen=True)
class Instruction:
    """replaces: names of the macros of the old product that it stands for. takes_unasked: it works
    with what a preview does not know; of others that know nothing of the product the answer is as
    unknown.
    """

    function: Callable[..., Any]
    kind: Kind
    group: Group
    reach: Reach
    replaces: tuple[str, ...]
    takes_unasked: bool = False

    @cached_property
    def name(self) -> str:
        """Python's own words get a stroke, which templates do not see."""
        return self.function.__name__.rstrip("_")

    def __repr__(self) -> str:
        return self.name

    @cached_property
    def shape(self) -> Signature:
        return signature(self.function)

    @cached_property
    def signature(self) -> str:
        """As it is written in a template: of a filter without the value before it."""
        known = [*self.shape.parameters.values()]
        written = ", ".join(map(_written, known[1:] if self.kind is Kind.FILTER else known))
        return f"{self.name}({written})" if written or self.kind is Kind.FUNCTION else self.name

    @property
    def summary(self) -> str:
        return self._parts[0]

    @property
    def example(self) -> str:
        return self._parts[1]

    @property
    def result(self) -> str:
        return self._parts[2]

    @property
    def refusals(self) -> str:
        return self._parts[3]

    @cached_property
    def _parts(self) -> tuple[str, str, str, str]:
        """summary, example, its result, refusals."""
        first, _, rest = cleandoc(self.function.__doc__ or "").partition("\n\n")
        shown, _, refusals = rest.partition("\n\n")
        example, _, result = shown.partition(_ARROW)
        return " ".join(first.split()), example.strip(), result.strip(), " ".join(refusals.split())

    def __call__(self, *given: Any, **named: Any) -> Any:
        """Raises InstructionFailed; and whatever a name that is not known raises."""
        for each in (*given, *named.values()) if named else given:
            if isinstance(each, Undefined):
                if isinstance(each, Unasked) and self._is_unknown_with_it:
                    return each
                str(each)
        try:
            if self.reach is Reach.EVERYWHERE:
                return self.function(*given, **named)
            return here().ask(self.name, plain(self._arguments(given, named)))
        except Refused as refused:
            raise InstructionFailed(self.name, refused) from refused
        except TypeError:
            self._bound(given, named)
            raise

    @property
    def _is_unknown_with_it(self) -> bool:
        return self.reach is Reach.EVERYWHERE and not self.takes_unasked

    def _arguments(self, given: Sequence[Any], named: Mapping[str, Any]) -> dict[str, Any]:
        return dict(self._bound(given, named).arguments)

    def _bound(self, given: Sequence[Any], named: Mapping[str, Any]) -> Any:
        """Raises InstructionFailed for arguments that it does not take."""
        try:
            return self.shape.bind(*given, **named)
        except TypeError as error:
            refused = Refused("instruction.arguments", {"signature": self.signature})
            raise InstructionFailed(self.name, refused) from error

    @cached_property
    def _types(self) -> Mapping[str, Any]:
        return get_type_hints(self.function)

    def checked(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """What a service may rely on, whoever asked: all are there, and what they say they are, or
        PRETENDED. Raises Refused.
        """
        found = {}
        for name, known in self.shape.parameters.items():
            if name in arguments:
                found[name] = arguments[name]
            elif known.kind in _MANY:
                found[name] = _MANY[known.kind]()
            elif known.default is not Parameter.empty:
                found[name] = known.default
            if name not in found or not self._fits(known, found[name]):
                raise Refused("instruction.argument", {"argument": name})
        if unknown := arguments.keys() - found.keys():
            raise Refused("instruction.argument", {"argument": min(unknown)})
        return found

    def _fits(self, known: Parameter, value: Any) -> bool:
        wanted = self._types[known.name]
        match known.kind:
            case Parameter.VAR_KEYWORD:
                return isinstance(value, dict) and all(_is(each, wanted) for each in value.values())
            case Parameter.VAR_POSITIONAL:
                return isinstance(value, list) and all(_is(each, wanted) for each in value)
        return _is(value, wanted)


Declared = Callable[..., Any]
_MANY: Mapping[Any, Callable[[], Any]] = {
    Parameter.VAR_KEYWORD: dict,
    Parameter.VAR_POSITIONAL: list,
}
_STARS: Mapping[Any, str] = {Parameter.VAR_POSITIONAL: "*", Parameter.VAR_KEYWORD: "**"}
_KNOWN: dict[tuple[Kind, str], Instruction] = {}


def function(
    group: Group, *replaces: str, reach: Reach = Reach.EVERYWHERE, takes_unasked: bool = False
) -> Callable[[Declared], Instruction]:
    """Registers what is written `{{ name(…) }}`."""
    return lambda declared: _registered(
        Instruction(declared, Kind.FUNCTION, group, reach, replaces, takes_unasked)
    )


def filter_(
    group: Group, *replaces: str, takes_unasked: bool = False
) -> Callable[[Declared], Instruction]:
    """Registers what is written `{{ value | name(…) }}`: the value is its first argument."""
    return lambda declared: _registered(
        Instruction(declared, Kind.FILTER, group, Reach.EVERYWHERE, replaces, takes_unasked)
    )


def known() -> Sequence[Instruction]:
    """All that have registered themselves."""
    return [*_KNOWN.values()]


def _registered(instruction: Instruction) -> Instruction:
    key = (instruction.kind, instruction.name)
    if key in _KNOWN:
        raise LookupError(f"two instructions are called {instruction.name}")
    _KNOWN[key] = instruction
    return instruction


def _written(parameter: Parameter) -> str:
    name: str = _STARS.get(parameter.kind, "") + parameter.name
    if parameter.default is Parameter.empty:
        return name
    word = "none" if parameter.default is None else repr(parameter.default)
    return f"{name}={word}"


def _is(value: Any, wanted: Any) -> bool:
    if wanted is Any or isinstance(value, Pretended):
        return True
    origin = get_origin(wanted)
    if origin in (Union, UnionType):
        return any(_is(value, each) for each in get_args(wanted))
    if wanted in (None, NoneType):
        return value is None
    if (origin or wanted) is Sequence:
        return isinstance(value, list | tuple)
    if wanted is int and isinstance(value, bool):
        return False
    return isinstance(value, origin or wanted)
