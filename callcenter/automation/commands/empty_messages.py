"""Takes out of old messages what was written and to whom; that they were sent stays in the log."""

from datetime import timedelta

from callcenter.automation.commands.base import Command, Doing, Parameter, Values
from callcenter.core.permissions import Permission


class EmptyMessages(Command):
    """A batch is a transaction: what is broken off goes on with the next run."""

    key = "empty_messages"
    needs = Permission.RECORDS_DELETE
    parameters = (Parameter("older_than", "number", default=365, least=7, most=3650),)

    def run(self, values: Values, doing: Doing) -> None:
        before = doing.clock.now() - timedelta(days=values["older_than"])
        total, emptied, since = 0, 1, None
        while emptied:
            with doing.begin() as session:
                emptied, since = doing.tools.emptying.before(session, before, since)
            total += emptied
        doing.say("command.emptied", count=total)


COMMAND = EmptyMessages()
