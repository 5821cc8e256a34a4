"""Whose it is that stands in the log."""

from collections.abc import Iterator
from contextlib import contextmanager

from structlog.contextvars import merge_contextvars
from structlog.testing import capture_logs


@contextmanager
def enterprises_of(event: str) -> Iterator[set[str | None]]:
    """When this is over: of which enterprises the log has a line of this event."""
    found: set[str | None] = set()
    with capture_logs(processors=[merge_contextvars]) as logs:
        yield found
    found |= {each.get("enterprise") for each in logs if each["event"] == event}
