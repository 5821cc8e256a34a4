"""Callback: offer the caller to be called back by an agent service."""

from dataclasses import dataclass

from ivr.effects import AskCallback, Outside
from ivr.model import require_id
from ivr.nodes.kind import Here, OutsideKind


@dataclass(frozen=True)
class CallbackSettings:
    """service: id of an agent service."""

    service: str

    def __post_init__(self) -> None:
        require_id("service", self.service)


class CallbackKind(OutsideKind[CallbackSettings]):
    name = "callback"
    settings = CallbackSettings
    waits = True

    def exits(self, settings: CallbackSettings) -> tuple[str, ...]:
        del settings
        return ("taken", "declined")

    def asks(self, settings: CallbackSettings, here: Here) -> Outside | str:
        return AskCallback(settings.service, here.language)
