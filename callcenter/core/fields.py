"""Fields of request bodies that more than one slice asks for."""

import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

from marshmallow import ValidationError, fields, validate

from callcenter.core.i18n import LOCALES

LONGEST_LABEL = 60


class Line(fields.Str):
    """One line of text without control characters; the spaces around it are dropped."""

    def __init__(self, longest: int, *, shortest: int = 1, **options: Any) -> None:
        super().__init__(validate=validate.Length(shortest, longest), **options)

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any
    ) -> Any:
        text = super()._deserialize(value, attr, data, **options).strip()
        if any(unicodedata.category(character) in ("Cc", "Cs") for character in text):
            raise ValidationError("validation.one_line")
        return text


class Label(fields.Dict):
    """A text in every language of the product: locale → text."""

    def __init__(self, longest: int = LONGEST_LABEL, *, shortest: int = 1, **options: Any) -> None:
        line = Line(longest, shortest=shortest)
        super().__init__(keys=fields.Str(), values=line, **options)

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any
    ) -> Any:
        label = super()._deserialize(value, attr, data, **options)  # type: ignore[no-untyped-call]
        if set(label) != set(LOCALES):
            raise ValidationError("validation.both_languages")
        return label


class OneOf(fields.Str):
    """One word of a closed list. In answers too: a page may then rely on having met them all."""

    def __init__(self, words: Iterable[str], **options: Any) -> None:
        super().__init__(validate=validate.OneOf([str(word) for word in words]), **options)


class Captions(fields.Dict):
    """In answers: a text by locale."""

    def __init__(self, **options: Any) -> None:
        super().__init__(keys=fields.Str(), values=fields.Str(), **options)


class Instant(fields.Str):
    """In answers: a time that is text already, as rooms hold it."""

    def __init__(self, **options: Any) -> None:
        super().__init__(metadata={"format": "date-time"}, **options)


class Scalar(fields.Raw):
    """A switch, a number or a text: what an option of an enterprise may be."""

    def __init__(self, **options: Any) -> None:
        super().__init__(metadata={"type": ["boolean", "number", "string"]}, **options)


class Whole(fields.Nested):
    """A part that is given whole or not at all: in a patch too its required fields are required."""

    def _deserialize(
        self,
        value: Any,
        attr: str | None,
        data: Mapping[str, Any] | None,
        partial: Any = None,  # noqa: ARG002 - what the patch around it asks for
        **options: Any,
    ) -> Any:
        return super()._deserialize(value, attr, data, partial=False, **options)
