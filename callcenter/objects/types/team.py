"""One of the enterprise's teams."""

from typing import Any

from callcenter.objects.errors import BadValue
from callcenter.objects.types.base import Field, Named, Reading, Showing, read_uuid
from callcenter.objects.types.user import User, the_one


class Team(User):
    key = "team"

    def read(self, definition: Field, given: Any, reading: Reading) -> Any:
        chosen = read_uuid(given)
        if chosen is not None and not reading.team_exists(chosen):
            raise BadValue("validation.unknown_id")
        return chosen

    def take(self, definition: Field, cell: Any, named: Named) -> Any:
        return the_one(named.teams, cell)

    def display(self, definition: Field, held: Any, showing: Showing) -> str | None:
        return showing.teams.get(held)


TYPE = Team()
