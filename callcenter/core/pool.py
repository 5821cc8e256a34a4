"""Connections that wait in the pool: one that its server has left is replaced before it is used.

To ask each of them whether it lives (`pool_pre_ping`) would be a round trip in every transaction.
"""

from select import POLLIN, poll
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.exc import DisconnectionError


def replace_the_left(engine: Engine) -> None:
    event.listen(engine, "checkout", _refuse_the_left)


def _refuse_the_left(connection: Any, _record: Any, _proxy: Any) -> None:
    """A server that goes says so or closes; an idle connection has nothing else to read."""
    if connection.closed or _has_something(connection.fileno()):
        raise DisconnectionError


def _has_something(descriptor: int) -> bool:
    asked = poll()
    asked.register(descriptor, POLLIN)
    return bool(asked.poll(0))
