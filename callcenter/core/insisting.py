"""Writing down what must not be lost with the database for a moment, as when it is restarted."""

import threading
from collections.abc import Callable

from sqlalchemy import exc

PAUSES = (0.5, 2.0, 10.0)
"""Seconds between the tries."""


def insist(write: Callable[[], None]) -> None:
    """write: may be carried out twice, since a commit whose answer is lost may stand."""
    for pause in PAUSES:
        try:
            return write()
        except (exc.OperationalError, exc.InterfaceError, exc.TimeoutError):
            threading.Event().wait(pause)
    return write()
