"""Return: back to the flow that led into this one; where none did, the call is over."""

from dataclasses import dataclass

from ivr.nodes.kind import Back, Here, NodeKind, Step


@dataclass(frozen=True)
class ReturnSettings:
    pass


class ReturnKind(NodeKind[ReturnSettings]):
    name = "return"
    settings = ReturnSettings

    def exits(self, settings: ReturnSettings) -> tuple[str, ...]:
        del settings
        return ()

    def enter(self, settings: ReturnSettings, here: Here) -> Step:
        del settings, here
        return Back("next")
