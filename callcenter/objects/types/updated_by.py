"""Who last changed a record, as a field: the product's own column, shown where the designer puts it."""

from typing import ClassVar

from callcenter.objects.types.user import User


class UpdatedBy(User):
    key = "updated_by"
    system = "updated_by"
    in_cell = False
    entered = False
    own_column = False
    settings: ClassVar = frozenset({"help"})


TYPE = UpdatedBy()
