"""What a trigger says to people, in both languages, with places for values: `{key}`."""

import re
from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields, validate

from callcenter.core.i18n import LOCALES

LONGEST = 500
_PLACE = re.compile(r"\{([a-z][a-z0-9_]*)\}")


class Said(fields.Dict):
    """Locale → text, of one line or several."""

    def __init__(self, **options: Any) -> None:
        text = fields.Str(validate=validate.Length(1, LONGEST))
        super().__init__(keys=fields.Str(), values=text, required=True, **options)

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any
    ) -> Any:
        said = super()._deserialize(value, attr, data, **options)  # type: ignore[no-untyped-call]
        if set(said) != set(LOCALES):
            raise ValidationError("validation.both_languages")
        return said


def places_in(said: Mapping[str, str]) -> set[str]:
    """Keys of the fields whose values stand in it."""
    return {key for text in said.values() for key in _PLACE.findall(text)}


def filled(text: str, values: Mapping[str, str | None]) -> str:
    """A place that no value is known for stays as it is written."""
    return _PLACE.sub(
        lambda place: (values[place[1]] or "") if place[1] in values else place[0], text
    )
