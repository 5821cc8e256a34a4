"""Message: a notice to a team or a seat."""

from dataclasses import dataclass

from ivr.effects import Notify, Outside, Whom
from ivr.model import require_id
from ivr.nodes.kind import Here, OutsideKind, require_short
from ivr.templates import fill, names

_LONGEST = 500


@dataclass(frozen=True)
class MessageSettings:
    to: Whom
    target: str
    text: str

    def __post_init__(self) -> None:
        require_id("target", self.target)
        require_short("text", self.text, _LONGEST)
        if not self.text.strip():
            raise ValueError("there is nothing to tell")


class MessageKind(OutsideKind[MessageSettings]):
    name = "message"
    settings = MessageSettings

    def exits(self, settings: MessageSettings) -> tuple[str, ...]:
        del settings
        return ("next",)

    def reads(self, settings: MessageSettings) -> frozenset[str]:
        return names(settings.text)

    def asks(self, settings: MessageSettings, here: Here) -> Outside | str:
        return Notify(settings.to, settings.target, fill(settings.text, here.variables))
