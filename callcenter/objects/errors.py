"""Refusals of data objects."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

from callcenter.core.errors import AppError, Invalid


class BadDefinition(AppError):
    """The definition contradicts itself; fields: path → what is wrong."""

    code: ClassVar[str] = "bad-definition"
    status: ClassVar[int] = 422


class ValuesLost(AppError):
    """Values do not convert, and nobody has accepted that; details: {"losses": […]}."""

    code: ClassVar[str] = "values-lost"
    status: ClassVar[int] = 409


class NotUnique(AppError):
    """A field shall be unique whose values are not; details: {"losses": […]}."""

    code: ClassVar[str] = "not-unique"
    status: ClassVar[int] = 409


class TooLongToIndex(AppError):
    """A field gets an index whose values do not fit into one; details: {"losses": […]}."""

    code: ClassVar[str] = "too-long-to-index"
    status: ClassVar[int] = 409


class BeingPublished(AppError):
    """Somebody publishes the same object at this moment."""

    code: ClassVar[str] = "being-published"
    status: ClassVar[int] = 409


class HasRecords(AppError):
    """An object is kept by month from its first record on, or never."""

    code: ClassVar[str] = "has-records"
    status: ClassVar[int] = 409


class FileTooLarge(AppError):
    """More than may be attached; details: {"most": megabytes}."""

    code: ClassVar[str] = "file-too-large"
    status: ClassVar[int] = 413


class BadFile(AppError):
    """What it holds is not among the kinds of files that are taken."""

    code: ClassVar[str] = "bad-file"
    status: ClassVar[int] = 422


class RunNotFailed(AppError):
    """What a trigger does is under way, done, or was never to be done: it is not tried again."""

    code: ClassVar[str] = "run-not-failed"
    status: ClassVar[int] = 409


@dataclass(frozen=True, slots=True)
class Refusal:
    """Which trigger refuses what, and what it says, by language. record_id: None for a new one."""

    identifier: str
    record_id: UUID | None
    act: str
    trigger: str
    name: Mapping[str, str]
    said: Mapping[str, str]


class Refused(Invalid):
    """A trigger has said no, in the enterprise's own words: details {"message": text}."""

    code: ClassVar[str] = "refused"

    def __init__(self, refusal: Refusal, text: str, fields: Mapping[str, Sequence[str]]) -> None:
        super().__init__({"message": text}, fields)
        self.refusal = refusal


class BadValue(Exception):
    """A value that its field does not take: the caption's key and its parameters.

    said: the enterprise's own words for it, by language, in the caption's place.
    """

    def __init__(
        self,
        key: str,
        parameters: Mapping[str, Any] | None = None,
        said: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(key)
        self.key = key
        self.parameters = dict(parameters or {})
        self.said = said
