"""Flow: go through another service's flow, and on from here when it leads back."""

from dataclasses import dataclass

from ivr.model import require_id
from ivr.nodes.kind import Here, Into, NodeKind, Step


@dataclass(frozen=True)
class FlowSettings:
    """service: id of the IVR service."""

    service: str

    def __post_init__(self) -> None:
        require_id("service", self.service)


class FlowKind(NodeKind[FlowSettings]):
    name = "flow"
    settings = FlowSettings
    # Nobody knows here whether that flow does; a call that turns in circles ends after 200 nodes.
    waits = True
    may_end = True

    def exits(self, settings: FlowSettings) -> tuple[str, ...]:
        del settings
        return ("next", "failed")

    def enter(self, settings: FlowSettings, here: Here) -> Step:
        del here
        return Into(settings.service, "failed")
