"""Write: make a record of a data object, or change one."""

from dataclasses import dataclass

from ivr.effects import Outside, Write, WriteAct
from ivr.expressions import Value
from ivr.nodes.kind import Here, OutsideKind, require_name, require_short, require_variable
from ivr.templates import copied, names

_MOST = 50


@dataclass(frozen=True)
class Entry:
    """What the field gets: a variable, a fixed value, or a text of variables."""

    field: str
    variable: str | None = None
    value: str | int | float | bool | None = None
    template: str | None = None

    def __post_init__(self) -> None:
        require_name("field", self.field)
        if [self.variable, self.value, self.template].count(None) != 2:
            raise ValueError("a field gets a variable, a value or a template")
        require_short("template", self.template or "")


@dataclass(frozen=True)
class WriteSettings:
    """record: the variable with the id of whom to update; into: the one that gets it."""

    object: str
    act: WriteAct
    values: tuple[Entry, ...]
    record: str = ""
    into: str = ""

    def __post_init__(self) -> None:
        require_name("object", self.object)
        if not 1 <= len(self.values) <= _MOST:
            raise ValueError(f"1 to {_MOST} fields are written")
        if len({each.field for each in self.values}) != len(self.values):
            raise ValueError("a field is written once")
        if bool(self.record) is not (self.act is WriteAct.UPDATE):
            raise ValueError("an update, and nothing else, names the record's variable")
        for name in filter(None, (self.record, self.into)):
            require_variable(name)


class WriteKind(OutsideKind[WriteSettings]):
    name = "write"
    settings = WriteSettings

    def exits(self, settings: WriteSettings) -> tuple[str, ...]:
        del settings
        return ("written", "failed")

    def brings(self, settings: WriteSettings) -> tuple[str, ...]:
        return (settings.into,)

    def reads(self, settings: WriteSettings) -> frozenset[str]:
        named = {each.variable for each in settings.values if each.variable is not None}
        named |= {settings.record} if settings.record else set()
        return frozenset(named).union(*(names(each.template or "") for each in settings.values))

    def asks(self, settings: WriteSettings, here: Here) -> Outside | str:
        record = str(here.variables.get(settings.record, "")) if settings.record else ""
        if settings.record and not record:
            return "failed"
        values = {each.field: _value(each, here) for each in settings.values}
        given = {key: value for key, value in values.items() if value is not None}
        return Write(settings.object, settings.act, record, given, settings.into)


def _value(entry: Entry, here: Here) -> Value | None:
    """None for a variable that is not set: the field stays as it is."""
    if entry.variable is not None:
        return here.variables.get(entry.variable)
    if entry.template is not None:
        return copied(entry.template, here.variables)
    return entry.value
