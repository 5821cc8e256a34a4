"""Query: records of a data object that are equal in some fields; what the only one holds."""

from dataclasses import dataclass, field

from ivr.effects import Outside, Query
from ivr.expressions import Value
from ivr.nodes.kind import Here, OutsideKind, require_name, require_variable

_MOST = 20


@dataclass(frozen=True)
class Where:
    """The field is equal to a variable, or to a fixed value."""

    field: str
    variable: str | None = None
    value: str | int | float | bool | None = None

    def __post_init__(self) -> None:
        require_name("field", self.field)
        if (self.variable is None) is (self.value is None):
            raise ValueError("a field is compared with a variable or a value")


@dataclass(frozen=True)
class QuerySettings:
    """As effects.Query."""

    object: str
    where: tuple[Where, ...]
    reads: dict[str, str] = field(default_factory=dict)
    order: str = ""
    count: str = ""
    record: str = ""

    def __post_init__(self) -> None:
        require_name("object", self.object)
        if not 1 <= len(self.where) <= _MOST or len(self.reads) > _MOST:
            raise ValueError(
                f"a query has 1 to {_MOST} conditions and reads at most {_MOST} fields"
            )
        if len({each.field for each in self.where}) != len(self.where):
            raise ValueError("a field is asked once")
        for name in filter(None, (*self.reads, self.count, self.record)):
            require_variable(name)
        for key in self.reads.values():
            require_name("field", key)
        if self.order:
            require_name("order", self.order.removeprefix("-"))


class QueryKind(OutsideKind[QuerySettings]):
    name = "query"
    settings = QuerySettings

    def exits(self, settings: QuerySettings) -> tuple[str, ...]:
        del settings
        return ("one", "none", "several", "failed")

    def brings(self, settings: QuerySettings) -> tuple[str, ...]:
        return (*settings.reads, settings.count, settings.record)

    def reads(self, settings: QuerySettings) -> frozenset[str]:
        return frozenset(each.variable for each in settings.where if each.variable is not None)

    def asks(self, settings: QuerySettings, here: Here) -> Outside | str:
        wanted: dict[str, Value] = {}
        for each in settings.where:
            value = here.variables.get(each.variable) if each.variable else each.value
            # What is not known is equal to nothing; without the condition it would be to all.
            if value is None or value == "":
                return "none"
            wanted[each.field] = value
        return Query(
            settings.object, wanted, settings.reads, settings.order, settings.count, settings.record
        )
