"""Refusals of IVR services."""

from collections.abc import Iterable
from typing import ClassVar

from callcenter.core.errors import AppError
from ivr.model import Problem
from ivr.shapes import dump


class FlowInvalid(AppError):
    """The flow cannot be published; details: {"problems": [{node, code, detail}]}."""

    code: ClassVar[str] = "flow-invalid"
    status: ClassVar[int] = 422

    def __init__(self, problems: Iterable[Problem]) -> None:
        super().__init__({"problems": [dump(problem) for problem in problems]})


class NoDraft(AppError):
    """There is nothing to publish."""

    code: ClassVar[str] = "no-draft"
    status: ClassVar[int] = 409


class SoundRefused(AppError):
    """The file is no prompt; details: {"why": unknown | unreadable | silent | too_long}."""

    code: ClassVar[str] = "sound-refused"
    status: ClassVar[int] = 422

    def __init__(self, why: str) -> None:
        super().__init__({"why": str(why)})


class PromptTooLarge(AppError):
    """More than 20 MB."""

    code: ClassVar[str] = "prompt-too-large"
    status: ClassVar[int] = 413


class DocumentRefused(AppError):
    """The file is no VoiceXML document that can be kept.

    details: {"why": a fault of `ivr.voicexml`, "line": 0 where it is of the whole, "detail": text}
    """

    code: ClassVar[str] = "document-refused"
    status: ClassVar[int] = 422

    def __init__(self, why: str, line: int, detail: str) -> None:
        super().__init__({"why": str(why), "line": line, "detail": detail})


class DocumentTooLarge(AppError):
    """More than 1 MB."""

    code: ClassVar[str] = "document-too-large"
    status: ClassVar[int] = 413


class DocumentSame(AppError):
    """It is, byte for byte, the version in force already; there is nothing to keep."""

    code: ClassVar[str] = "document-same"
    status: ClassVar[int] = 409
