"""Where Asterisk is, and how long we wait for it."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class AmiAddress:
    host: str
    port: int
    username: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class AmiTiming:
    """Seconds. A mute peer is noticed within ping_interval + ping_deadline."""

    connect: float = 2.0
    login: float = 2.0
    ping_interval: float = 1.0
    ping_deadline: float = 1.0
    backoff_first: float = 0.5
    backoff_last: float = 5.0
