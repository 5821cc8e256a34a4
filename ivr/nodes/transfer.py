"""Transfer: hand the caller to a service, a phone, a room or a number. Ends the flow."""

import re
from dataclasses import dataclass
from uuid import UUID

from ivr.effects import TargetKind, Transfer
from ivr.nodes.kind import End, Here, NodeKind, Step, require_between

MOST_AT_ONCE = 200
_NUMBER = re.compile(r"\+?[0-9]{2,20}")


@dataclass(frozen=True)
class TransferSettings:
    """target: the id of what `kind` says, or the number as dialled.

    at_once  the enterprise's calls that may be with the number; None: no limit
    """

    kind: TargetKind
    target: str
    at_once: int | None = None

    def __post_init__(self) -> None:
        if self.kind is TargetKind.NUMBER:
            if not _NUMBER.fullmatch(self.target):
                raise ValueError("target must be a number")
        elif str(UUID(self.target)) != self.target:
            raise ValueError("target must be an id")
        if self.at_once is not None:
            if self.kind is not TargetKind.NUMBER:
                raise ValueError("at_once is a number's")
            require_between("at_once", self.at_once, 1, MOST_AT_ONCE)


class TransferKind(NodeKind[TransferSettings]):
    name = "transfer"
    settings = TransferSettings

    def exits(self, settings: TransferSettings) -> tuple[str, ...]:
        del settings
        return ()

    def enter(self, settings: TransferSettings, here: Here) -> Step:
        del here
        return End(Transfer(settings.kind, settings.target, settings.at_once or 0))
