"""One of the enterprise's users."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import Uuid
from sqlalchemy.types import TypeEngine

from callcenter.objects.errors import BadValue
from callcenter.objects.types.base import Field, FieldType, Named, Reading, Showing, read_uuid
from callcenter.objects.types.cells import text_of, words_of


def the_one(names: Mapping[str, Sequence[UUID]], cell: Any) -> str | None:
    """The id of the only one that is called so; raises BadValue."""
    text = text_of(cell)
    if text is None:
        return None
    found = names.get(words_of(text), ())
    if not found:
        raise BadValue("validation.unknown_id")
    if len(found) > 1:
        raise BadValue("validation.ambiguous")
    return str(found[0])


class User(FieldType):
    key = "user"
    own_column = True
    sortable = False
    found_whole = False
    settings: ClassVar = FieldType.settings | {"begin"}

    def column(self, definition: Field) -> TypeEngine[Any]:
        return Uuid()

    def read(self, definition: Field, given: Any, reading: Reading) -> Any:
        chosen = read_uuid(given)
        if chosen is not None and not reading.user_exists(chosen):
            raise BadValue("validation.unknown_id")
        return chosen

    def take(self, definition: Field, cell: Any, named: Named) -> Any:
        return the_one(named.people, cell)

    def store(self, held: Any) -> Any:
        return None if held is None else str(held)

    def hold(self, stored: Any) -> Any:
        return None if stored is None else UUID(stored)

    def display(self, definition: Field, held: Any, showing: Showing) -> str | None:
        return showing.people.get(held)


TYPE = User()
