"""Schedule: one way while it is open, another while it is closed, a third if there is none."""

from dataclasses import dataclass
from uuid import UUID

from ivr.effects import AskSchedule, Event, Standing
from ivr.nodes.kind import Here, Leave, NodeKind, Stay, Step

_EXITS = {True: "open", False: "closed", None: "unknown"}


@dataclass(frozen=True)
class ScheduleSettings:
    """schedule: its id."""

    schedule: str

    def __post_init__(self) -> None:
        if str(UUID(self.schedule)) != self.schedule:
            raise ValueError("schedule must be an id")


class ScheduleKind(NodeKind[ScheduleSettings]):
    name = "schedule"
    settings = ScheduleSettings

    def exits(self, settings: ScheduleSettings) -> tuple[str, ...]:
        del settings
        return (*_EXITS.values(),)

    def enter(self, settings: ScheduleSettings, here: Here) -> Step:
        del here
        return Stay(AskSchedule(settings.schedule))

    def answer(self, settings: ScheduleSettings, here: Here, event: Event) -> Step:
        del settings, here
        if not isinstance(event, Standing):
            self.refuse(event)
        return Leave(_EXITS[event.open])
