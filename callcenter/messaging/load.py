"""How much is under way of each channel and each enterprise, and for what there is room. Pure."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID


@dataclass(slots=True)
class Load:
    """What hangs holds up its own alone: of one channel, and of one enterprise, so many at most."""

    of_a_channel: int
    of_an_enterprise: int
    _channels: Counter[UUID] = field(default_factory=Counter)
    _enterprises: Counter[UUID] = field(default_factory=Counter)

    @property
    def full_channels(self) -> Sequence[UUID]:
        return [each for each, count in self._channels.items() if count >= self.of_a_channel]

    @property
    def full_enterprises(self) -> Sequence[UUID]:
        return [each for each, count in self._enterprises.items() if count >= self.of_an_enterprise]

    def take(self, enterprise_id: UUID, channel_id: UUID) -> bool:
        """Whether there is room for one more, which is counted then."""
        if (
            self._channels[channel_id] >= self.of_a_channel
            or self._enterprises[enterprise_id] >= self.of_an_enterprise
        ):
            return False
        self._channels[channel_id] += 1
        self._enterprises[enterprise_id] += 1
        return True
