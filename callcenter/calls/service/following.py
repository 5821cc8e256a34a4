"""The ledger follows a call by a moment, and whoever is on the telephone may be faster."""

from contextlib import suppress
from threading import Event
from uuid import UUID

from callcenter.calls.service.reading import Calls
from callcenter.core.db import Database
from callcenter.core.errors import NotFound
from callcenter.core.gateway import Rooms
from callcenter.core.tenant import Actor, Scope

LAG = 5.0
"""Seconds; on a busy machine the ledger is written after everything that calls need themselves."""
_FIRST_PAUSE, _LONGEST_PAUSE = 0.02, 0.25


class Following:
    def __init__(self, database: Database, calls: Calls, rooms: Rooms) -> None:
        self._database = database
        self._calls = calls
        self._rooms = rooms

    def wait(self, actor: Actor, call_id: UUID) -> None:
        """Until the ledger has a call that is on the actor's desk.

        Raises NotFound for a call that is not the actor's to see, TelephonyUnavailable where the
        ledger does not know a call and nobody can say whether it is on the desk.
        """
        # Nearly always it is there, and then Redis need not be.
        with suppress(NotFound):
            return self._find(actor, call_id)
        on_desk = f"call:{call_id}" in self._rooms.read(f"agent:{actor.user_id}")
        left, pause, nobody = LAG if on_desk else 0.0, _FIRST_PAUSE, Event()
        while left > 0:
            nobody.wait(pause)
            with suppress(NotFound):
                return self._find(actor, call_id)
            left -= pause
            pause = min(pause * 1.5, _LONGEST_PAUSE)
        raise NotFound

    def _find(self, actor: Actor, call_id: UUID) -> None:
        with self._database.begin(Scope.of(actor)) as session:
            self._calls.find(session, call_id)
