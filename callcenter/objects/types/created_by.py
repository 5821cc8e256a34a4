"""Who created a record, as a field: the product's own column, shown where the designer puts it."""

from typing import ClassVar

from callcenter.objects.types.user import User


class CreatedBy(User):
    key = "created_by"
    system = "created_by"
    in_cell = False
    entered = False
    own_column = False
    settings: ClassVar = frozenset({"help"})


TYPE = CreatedBy()
