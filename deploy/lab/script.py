"""What a caller does after the answer, step by step."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Speak:
    text: str
    language: str = "zh"


@dataclass(frozen=True, slots=True)
class Keys:
    """Pressed one after the other, 100 ms each; they travel as RFC 4733, or as tones."""

    digits: str


@dataclass(frozen=True, slots=True)
class Wait:
    seconds: float


@dataclass(frozen=True, slots=True)
class HangUp:
    pass


Step = Speak | Keys | Wait | HangUp
