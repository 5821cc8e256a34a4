"""Record: what the caller says after a tone, as a message for a service or a seat. The call goes on."""

from dataclasses import dataclass

from ivr.effects import Outside, Record
from ivr.model import Prompt, require_id
from ivr.nodes.kind import Here, OutsideKind, require_between


@dataclass(frozen=True)
class RecordSettings:
    """target: id of the service or user whose message it is.

    seconds: at most; silence: seconds of it that end the recording.
    """

    prompts: tuple[Prompt, ...]
    target: str
    seconds: float = 60.0
    silence: float = 5.0
    terminator: str = "#"
    beep: bool = True

    def __post_init__(self) -> None:
        if not self.prompts:
            raise ValueError("a recording says what to tell")
        require_id("target", self.target)
        require_between("seconds", self.seconds, 1, 600)
        require_between("silence", self.silence, 1, 60)
        if self.terminator not in {"#", "*"}:
            raise ValueError("terminator must be # or *")


class RecordKind(OutsideKind[RecordSettings]):
    name = "record"
    settings = RecordSettings
    waits = True

    def exits(self, settings: RecordSettings) -> tuple[str, ...]:
        del settings
        return ("recorded", "silent", "failed")

    def prompts(self, settings: RecordSettings) -> tuple[Prompt, ...]:
        return settings.prompts

    def asks(self, settings: RecordSettings, here: Here) -> Outside | str:
        return Record(
            here.say(*settings.prompts),
            settings.target,
            settings.seconds,
            settings.silence,
            settings.terminator,
            settings.beep,
        )
