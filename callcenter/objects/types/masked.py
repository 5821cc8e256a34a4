"""Base of the types that roles without the privilege see masked, and search for whole only."""

from abc import abstractmethod
from typing import Any

from callcenter.objects.types.base import Field, FieldType, Showing


class MaskedType(FieldType):
    """A number by which a person can be found or harmed: text in a column of its own."""

    own_column = True
    sortable = False  # the order of masked numbers would tell them

    @abstractmethod
    def mask(self, held: Any) -> str:
        """What is seen of it without the privilege."""

    @abstractmethod
    def whole(self, word: str, area_code: str) -> str | None:
        """The held value that a searched word is, None when it is none."""

    def plain(self, held: Any) -> str:
        """Held → what an answer carries for who may see it."""
        return str(held)

    def spoken(self, held: Any) -> str:
        """As a person who may see it reads it."""
        return self.plain(held)

    def veil(self, held: Any) -> str:
        return self.mask(held)

    def value(self, held: Any, showing: Showing) -> Any:
        if held is None:
            return None
        return self.plain(held) if showing.unmasked else self.mask(held)

    def display(self, definition: Field, held: Any, showing: Showing) -> str | None:
        return self.spoken(held) if showing.unmasked else self.mask(held)
