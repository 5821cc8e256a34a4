"""What those who read and write records work with."""

from dataclasses import dataclass

from callcenter.core.audit import Audit
from callcenter.core.bus import Outbox
from callcenter.core.clock import Clock
from callcenter.core.directory import Directory
from callcenter.objects.service.caching import CachedRows
from callcenter.objects.service.definitions import Definitions
from callcenter.objects.service.reaching import Handled


@dataclass(frozen=True, slots=True)
class Means:
    """Made once a process: what one has read of definitions, all know.

    rows: of a process that reads more than it writes.
    """

    directory: Directory
    definitions: Definitions
    handled: Handled
    audit: Audit
    outbox: Outbox
    clock: Clock
    rows: CachedRows | None = None
