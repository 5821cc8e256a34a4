"""What a query's conditions are compared with this time: what is entered, defaults, and words. Pure."""

from collections.abc import Iterator, Mapping, Sequence

from callcenter.core.errors import Invalid
from callcenter.objects.asking import Asker
from callcenter.objects.errors import BadValue
from callcenter.objects.types.base import Field, Reading
from callcenter.queries.checking import compared_field
from callcenter.queries.columns import Columns
from callcenter.queries.compiling import Meant
from callcenter.queries.conditions import Value, value_of
from callcenter.queries.document import Query, Sought
from callcenter.queries.sources import Sources

Given = Mapping[str, Sequence[str]]
"""By the parameter's key; what is not named has its default, an empty list is nothing."""


class Meaning:
    """Of one asking. Raises Invalid by the parameter (`parameters.since`)."""

    def __init__(self, query: Query, given: Given, asker: Asker, reading: Reading) -> None:
        self._query = query
        self._given = given
        self._asker = asker
        self._reading = reading
        self._check()

    def conditions(self, sources: Sources) -> Meant:
        found = (
            (sought, field)
            for sought in self._query.conditions
            if (field := sources[sought.source].field(sought.field)) is not None
        )
        return [*self._with_values(found)]

    def having(self, columns: Columns) -> Meant:
        found = (
            (sought, compared_field(columns[sought.column]))
            for sought in self._query.having
            if sought.column in columns
        )
        return [*self._with_values(found)]

    def _check(self) -> None:
        wrong = {f"parameters.{key}": ["validation.unknown_field"]
                 for key in self._given if key not in self._query.asked}  # fmt: skip
        for asked in self._query.parameters:
            if asked.required and not any(self._given.get(asked.key, asked.default)):
                wrong[f"parameters.{asked.key}"] = ["validation.required"]
        if wrong:
            raise Invalid(fields=wrong)

    def _with_values(
        self, found: Iterator[tuple[Sought, Field]]
    ) -> Iterator[tuple[Sought, Field, Sequence[Value | None]]]:
        for sought, field in found:
            if sought.operator in ("empty", "filled"):
                # With a parameter it is a box to tick.
                if not sought.parameter or any(self._texts(sought)):
                    yield sought, field, ()
            elif any(texts := self._texts(sought)):
                yield sought, field, self._values(sought, field, texts)

    def _texts(self, sought: Sought) -> Sequence[str]:
        if not sought.parameter:
            return sought.value
        asked = self._query.asked[sought.parameter]
        return self._given.get(asked.key, asked.default)

    def _values(self, sought: Sought, field: Field, texts: Sequence[str]) -> Sequence[Value | None]:
        if sought.operator == "between":
            return [self._value(sought, field, text) if text else None for text in texts[:2]]
        plain = [
            word for text in texts if text for word in self._asker.part(field, text).split(",")
        ]
        return [self._value(sought, field, text) for text in plain if text]

    def _value(self, sought: Sought, field: Field, text: str) -> Value:
        text = self._asker.part(field, text)
        try:
            return value_of(field, text, self._reading)
        except BadValue as fault:
            place = f"parameters.{sought.parameter}" if sought.parameter else "conditions"
            raise Invalid(fault.parameters, {place: [fault.key]}) from fault
