"""What becomes of a message, as people work on it. Pure."""

from collections.abc import Mapping
from enum import StrEnum


class MessageState(StrEnum):
    NEW = "new"
    TAKEN = "taken"
    DONE = "done"


class MessageEvent(StrEnum):
    TAKE = "take"
    RELEASE = "release"
    FINISH = "finish"
    REOPEN = "reopen"


MESSAGE_EDGES: Mapping[tuple[MessageState, MessageEvent], MessageState] = {
    (MessageState.NEW, MessageEvent.TAKE): MessageState.TAKEN,
    (MessageState.TAKEN, MessageEvent.RELEASE): MessageState.NEW,
    (MessageState.TAKEN, MessageEvent.FINISH): MessageState.DONE,
    (MessageState.DONE, MessageEvent.REOPEN): MessageState.NEW,
}


class TargetKind(StrEnum):
    """Whose message it is; the id is a service's or a user's."""

    SERVICE = "service"
    SEAT = "seat"


class Sound(StrEnum):
    """RECORDED: its raw file waits for the worker. REMOVED: the message was deleted."""

    RECORDED = "recorded"
    READY = "ready"
    MISSING = "missing"
    REMOVED = "removed"
