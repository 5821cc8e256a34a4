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

        Whether the actor may see it is asked by whoever uses it then. Raises TelephonyUnavailable
        where the ledger does not know a call and nobody can say whether it is on the desk.
        """
        # Nearly always it is there, and then Redis need not be.
        if self._is_known(actor, call_id) or not self._is_on_desk(actor, call_id):
            return
        left, pause, nobody = LAG, _FIRST_PAUSE, Event()
        while left > 0:
            nobody.wait(pause)
            if self._is_known(actor, call_id):
                return
            left -= pause
            pause = min(pause * 1.5, _LONGEST_PAUSE)

    def _is_known(self, actor: Actor, call_id: UUID) -> bool:
        with self._database.begin(Scope.of(actor)) as session, suppress(NotFound):
            self._calls.find(session, call_id)
            return True
        return False

    def _is_on_desk(self, actor: Actor, call_id: UUID) -> bool:
        return f"call:{call_id}" in self._rooms.read(f"agent:{actor.user_id}")
