"""When a record was created, as a field: the product's own column, shown where the designer puts it."""

from typing import ClassVar

from callcenter.objects.types.datetime import DateTime


class CreatedAt(DateTime):
    key = "created_at"
    system = "created_at"
    in_cell = False
    entered = False
    # What a formula reckons with is known before the record is written; this is not.
    kind: ClassVar = None
    settings: ClassVar = frozenset({"help"})


TYPE = CreatedAt()
