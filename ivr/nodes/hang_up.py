"""Hang up. Ends the flow; what is to be said before is a play node's."""

from dataclasses import dataclass

from ivr.effects import HangUp
from ivr.nodes.kind import End, Here, NodeKind, Step


@dataclass(frozen=True)
class HangUpSettings:
    pass


class HangUpKind(NodeKind[HangUpSettings]):
    name = "hang_up"
    settings = HangUpSettings

    def exits(self, settings: HangUpSettings) -> tuple[str, ...]:
        del settings
        return ()

    def enter(self, settings: HangUpSettings, here: Here) -> Step:
        del settings, here
        return End(HangUp())
