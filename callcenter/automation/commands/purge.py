"""Empties recycle bins of what was deleted long ago."""

from callcenter.automation.commands.base import Command, Doing, Parameter, Values
from callcenter.core.permissions import Permission


class Purge(Command):
    key = "purge"
    needs = Permission.RECORDS_DELETE
    parameters = (
        Parameter("days", "number", default=30, least=1, most=3650),
        Parameter("object", "object", required=False),
    )

    def run(self, values: Values, doing: Doing) -> None:
        recycled = doing.tools.recycled
        before = recycled.kept_until(values["days"])
        with doing.begin() as session:
            known = [each.identifier for each in recycled.definitions.all(session)]
        total = 0
        for identifier in [values["object"]] if values["object"] else known:
            gone = 0
            while True:
                with doing.begin() as session:
                    if not (purged := recycled.purge_before(session, identifier, before)):
                        break
                gone += purged
            total += gone
            if gone:
                doing.say("command.purged", object=identifier, count=gone)
        if not total:
            doing.say("command.nothing_to_purge", days=values["days"])


COMMAND = Purge()
