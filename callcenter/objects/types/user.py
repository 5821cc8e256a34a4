"""One of the enterprise's users."""

from typing import Any
from uuid import UUID

from sqlalchemy import Uuid
from sqlalchemy.types import TypeEngine

from callcenter.objects.errors import BadValue
from callcenter.objects.types.base import Field, FieldType, Reading, Showing, read_uuid


class User(FieldType):
    key = "user"
    own_column = True
    sortable = False

    def column(self, definition: Field) -> TypeEngine[Any]:
        return Uuid()

    def read(self, definition: Field, given: Any, reading: Reading) -> Any:
        chosen = read_uuid(given)
        if chosen is not None and not reading.user_exists(chosen):
            raise BadValue("validation.unknown_id")
        return chosen

    def store(self, held: Any) -> Any:
        return None if held is None else str(held)

    def hold(self, stored: Any) -> Any:
        return None if stored is None else UUID(stored)

    def display(self, definition: Field, held: Any, showing: Showing) -> str | None:
        return showing.people.get(held)


TYPE = User()
