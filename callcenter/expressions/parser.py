"""Text to tree: `or` binds least, then `and`, `not`, comparisons, `+ - &`, `* /`, the minus."""

from decimal import Decimal

from callcenter.expressions.errors import BadExpression
from callcenter.expressions.functions import FUNCTIONS
from callcenter.expressions.nodes import Call, Literal, Name, Node, Operation
from callcenter.expressions.tokens import SIGNS_IN_WORDS, Token, tokens

LONGEST = 1_000
DEEPEST = 40
MOST_WORDS = 300
"""So deep a tree never is that working it out would end in the interpreter's own limit."""

_LEVELS: tuple[frozenset[str], ...] = (
    frozenset({"or"}),
    frozenset({"and"}),
    frozenset({"=", "<>", "<", "<=", ">", ">="}),
    frozenset({"+", "-", "&"}),
    frozenset({"*", "/"}),
)
_COMPARISON, _NOT_ABOVE = 2, 2
_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None}


def parse(text: str) -> Node:
    """Raises BadExpression, with the place."""
    if len(text) > LONGEST:
        raise BadExpression("expression.too_long", {"max": LONGEST})
    found = list(tokens(text))
    if len(found) > MOST_WORDS:
        raise BadExpression("expression.too_long", {"max": LONGEST})
    parser = _Parser(found)
    node = parser.level(0)
    parser.end()
    return node


class _Parser:
    def __init__(self, found: list[Token]) -> None:
        self._tokens = found
        self._next = 0
        self._depth = 0

    @property
    def _token(self) -> Token:
        return self._tokens[self._next]

    def _take(self) -> Token:
        token = self._token
        self._next += token.kind != "end"
        return token

    def end(self) -> None:
        if self._token.kind != "end":
            raise _unexpected(self._token)

    def level(self, number: int) -> Node:
        if number == len(_LEVELS):
            return self._unary()
        if number == _NOT_ABOVE and self._is("not"):
            return self._operation(number)
        node = self.level(number + 1)
        while self._is(*_LEVELS[number]):
            sign = self._take()
            node = Operation(sign.text, (node, self.level(number + 1)), sign.at)
            if number == _COMPARISON:
                break
        return node

    def _operation(self, number: int) -> Node:
        sign = self._take()
        with _Deeper(self):
            return Operation(sign.text, (self.level(number),), sign.at)

    def _unary(self) -> Node:
        if self._is("-"):
            sign = self._take()
            with _Deeper(self):
                return Operation("-", (self._unary(),), sign.at)
        return self._primary()

    def _primary(self) -> Node:
        token = self._take()
        if token.kind == "number":
            return Literal(Decimal(token.text), token.at)
        if token.kind == "text":
            return Literal(token.text, token.at)
        if token.kind == "word":
            return self._word(token)
        if token.text == "(" and token.kind == "sign":
            with _Deeper(self):
                node = self.level(0)
            self._expect(")")
            return node
        raise _unexpected(token)

    def _word(self, token: Token) -> Node:
        word = token.text.lower()
        if self._is("(") and word not in SIGNS_IN_WORDS:
            return self._call(token)
        if word in _WORDS:
            return Literal(_WORDS[word], token.at)
        if word in SIGNS_IN_WORDS:
            raise _unexpected(token)
        return Name(token.text, token.at)

    def _call(self, token: Token) -> Node:
        name = token.text.lower()
        if name not in FUNCTIONS:
            raise BadExpression("expression.unknown_function", {"name": token.text}, token.at)
        self._expect("(")
        arguments: list[Node] = []
        with _Deeper(self):
            while not self._is(")"):
                if arguments:
                    self._expect(",")
                arguments.append(self.level(0))
        self._expect(")")
        return Call(name, tuple(arguments), token.at)

    def _is(self, *signs: str) -> bool:
        token = self._token
        return token.kind in ("sign", "word") and token.text in signs

    def _expect(self, sign: str) -> None:
        if not self._is(sign):
            raise _unexpected(self._token, sign)
        self._take()

    def deepen(self, by: int) -> None:
        self._depth += by
        if self._depth > DEEPEST:
            raise BadExpression("expression.too_deep", {"max": DEEPEST}, self._token.at)


class _Deeper:
    def __init__(self, parser: _Parser) -> None:
        self._parser = parser

    def __enter__(self) -> None:
        self._parser.deepen(1)

    def __exit__(self, *_: object) -> None:
        self._parser.deepen(-1)


def _unexpected(token: Token, wanted: str = "") -> BadExpression:
    if token.kind == "end":
        return BadExpression("expression.incomplete", {}, token.at)
    if wanted:
        return BadExpression(
            "expression.expected", {"wanted": wanted, "text": token.text}, token.at
        )
    return BadExpression("expression.unexpected", {"text": token.text}, token.at)
