"""No process outlives who started it, however that one ended."""

import ctypes
import os
import signal

PR_SET_PDEATHSIG = 1

_libc = ctypes.CDLL(None, use_errno=True)


def die_with_parent(number: int = signal.SIGTERM) -> None:
    """Ask Linux to send us this signal when our parent ends.

    Holds for the calling process over exec, unless that changes the user.
    """
    parent = os.getppid()
    if _libc.prctl(PR_SET_PDEATHSIG, number) != 0:
        raise OSError(ctypes.get_errno(), "prctl")
    if os.getppid() != parent:  # it ended while we asked
        os.kill(os.getpid(), number)
