"""When a record was last changed, as a field: the product's own column, shown where the designer puts it."""

from typing import ClassVar

from callcenter.objects.types.datetime import DateTime


class UpdatedAt(DateTime):
    key = "updated_at"
    system = "updated_at"
    in_cell = False
    entered = False
    # What a formula reckons with is known before the record is written; this is not.
    kind: ClassVar = None
    settings: ClassVar = frozenset({"help"})


TYPE = UpdatedAt()
