"""Ports for what a test starts beside the product.

Each worker has a range of its own, below what the product takes (from 4573) and the kernel gives to
outgoing connections: a port that the kernel names as free may be another worker's a moment later.
`TEST_WORKERS_BEFORE` says how many workers of another run beside this one have theirs before ours.
"""

import os
from itertools import cycle

from callcenter.processes.ports import is_free

_BEFORE = int(os.environ.get("TEST_WORKERS_BEFORE", "0"))
WORKER = _BEFORE + int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
_OURS = cycle(range(2000 + 500 * WORKER, 2500 + 500 * WORKER))
_RTP = cycle((28400 + 800 * WORKER, 28800 + 800 * WORKER))


def free_port() -> int:
    """Free for TCP and UDP, and not given again for a long while."""
    return next(port for port in _OURS if is_free(port) and is_free(port, udp=True))


def free_ports(how_many: int) -> list[int]:
    return [free_port() for _ in range(how_many)]


def rtp_range() -> tuple[int, int]:
    """For a hundred calls; two exchanges of one test get different ones."""
    first = next(_RTP)
    return first, first + 399
