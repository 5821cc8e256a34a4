"""Schedule: one way while it is open, another while it is closed, a third if there is none.

Holidays may have a way of their own, so that callers hear why nobody is there.
"""

from dataclasses import dataclass

from ivr.effects import AskSchedule, Event, Standing
from ivr.model import require_id
from ivr.nodes.kind import Here, Leave, NodeKind, Stay, Step

_EXITS = {True: "open", False: "closed", None: "unknown"}
HOLIDAY = "holiday"


@dataclass(frozen=True)
class ScheduleSettings:
    """schedule: its id. holidays: whether they have an exit of their own."""

    schedule: str
    holidays: bool = False

    def __post_init__(self) -> None:
        require_id("schedule", self.schedule)


class ScheduleKind(NodeKind[ScheduleSettings]):
    name = "schedule"
    settings = ScheduleSettings

    def exits(self, settings: ScheduleSettings) -> tuple[str, ...]:
        return (*_EXITS.values(), HOLIDAY) if settings.holidays else (*_EXITS.values(),)

    def enter(self, settings: ScheduleSettings, here: Here) -> Step:
        del here
        return Stay(AskSchedule(settings.schedule))

    def answer(self, settings: ScheduleSettings, here: Here, event: Event) -> Step:
        del here
        if not isinstance(event, Standing):
            self.refuse(event)
        if settings.holidays and event.holiday:
            return Leave(HOLIDAY)
        return Leave(_EXITS[event.open])
