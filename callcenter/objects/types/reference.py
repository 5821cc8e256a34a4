"""A record of another object; checked when it is set, not by a foreign key.

Monthly objects are partitioned by month, and a foreign key cannot point at an id alone there.
"""

from typing import Any, ClassVar

from callcenter.objects.errors import BadValue
from callcenter.objects.types.base import Field, FieldType, Named, Reading, Showing, read_uuid
from callcenter.objects.types.user import User, the_one


class Reference(User):
    key = "reference"
    settings: ClassVar = FieldType.settings | {"reference"}

    def check(self, definition: Field) -> str | None:
        return None if definition.refers_to else "validation.bad_reference"

    def read(self, definition: Field, given: Any, reading: Reading) -> Any:
        chosen = read_uuid(given)
        if chosen is not None and not reading.record_exists(definition.refers_to or "", chosen):
            raise BadValue("validation.unknown_id")
        return chosen

    def take(self, definition: Field, cell: Any, named: Named) -> Any:
        return the_one(named.records.get(definition.key, {}), cell)

    def display(self, definition: Field, held: Any, showing: Showing) -> str | None:
        return showing.titles.get(held)


TYPE = Reference()
