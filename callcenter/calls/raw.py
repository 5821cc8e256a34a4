"""Files that Asterisk writes: when they are finished, which it tells nobody."""

from collections.abc import Sequence
from pathlib import Path
from time import sleep

from callcenter.core.clock import Clock

_SETTLED = 0.5
"""Seconds without a write after which a file is closed: an open one is written 4 times a second."""
_LONGEST_WAIT = 10.0


def settle(files: Sequence[Path], clock: Clock) -> bool:
    """Wait until Asterisk has closed the files; False when there is none.

    Its recording thread ends a moment after the channel. What waited in the queue is old enough, so
    a worker that is behind loses no time here.
    """
    end = clock.monotonic() + _LONGEST_WAIT
    while (left := _unsettled(files, clock)) > 0 and clock.monotonic() < end:
        sleep(min(left, _SETTLED))
    return any(file.exists() and file.stat().st_size > 0 for file in files)


def _unsettled(files: Sequence[Path], clock: Clock) -> float:
    """Seconds until the file that was written last has been still for long enough."""
    written = [file.stat().st_mtime for file in files if file.exists()]
    return max(written, default=0.0) + _SETTLED - clock.now().timestamp()
