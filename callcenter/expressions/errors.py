"""What is wrong with an expression, and where."""

from collections.abc import Mapping


class BadExpression(Exception):
    """key: a caption's key; at: the index of the character, None for the expression as a whole."""

    def __init__(
        self, key: str, parameters: Mapping[str, object] | None = None, at: int | None = None
    ) -> None:
        super().__init__(key)
        self.key = key
        self.parameters = dict(parameters or {})
        self.at = at
