"""What telephony and this slice agree on: the fact that a message was left, and where its file is."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from callcenter.voicemail.states import TargetKind

LEFT = "voicemail.left"

INCOMING = "voicemail"
"""Below the recordings' folder: raw files by enterprise and by `<service|seat>-<id>`."""


def message_name(call_id: UUID, at: datetime) -> str:
    """A call may leave more than one message."""
    return f"{call_id}_{int(at.timestamp() * 1000)}"


def left_at(name: str) -> datetime:
    """When a message with this name began. Raises ValueError."""
    return datetime.fromtimestamp(int(name.rpartition("_")[2]) / 1000, UTC)


def raw_place(enterprise_id: UUID, kind: TargetKind, target_id: UUID, name: str) -> Path:
    """Relative to the recordings' folder. It tells what the fact tells, should that be lost."""
    return Path(INCOMING) / str(enterprise_id) / f"{kind}-{target_id}" / f"{name}.wav"


@dataclass(frozen=True, slots=True)
class Left:
    """number: `kind:value`. name: of the raw file, without its ending."""

    name: str
    call_id: UUID
    target_kind: TargetKind
    target_id: UUID
    number: str
    caller_name: str
    seconds: float
    at: datetime

    @classmethod
    def read(cls, data: Mapping[str, Any], at: datetime) -> "Left":
        """data: of the fact. Raises KeyError, ValueError."""
        return cls(
            data["name"],
            UUID(data["call_id"]),
            TargetKind(data["target_kind"]),
            UUID(data["target_id"]),
            data["number"],
            data["caller_name"],
            float(data["seconds"]),
            at,
        )
