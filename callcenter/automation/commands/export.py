"""Asks for a file of a list, as its maker would in the page; it stands among his jobs for a day."""

from callcenter.automation.commands.base import Caller, Command, Doing, Parameter, Values
from callcenter.core.permissions import Permission
from callcenter.objects.service.transfer.exports import Wanted


class Export(Command):
    key = "export"
    needs = Permission.RECORDS_EXPORT
    callers = frozenset({Caller.TASK, Caller.TEMPLATE})
    parameters = (
        Parameter("object", "object"),
        Parameter("list", "list", required=False),
        Parameter("format", "choice", default="xlsx", options=("xlsx", "csv")),
    )

    def run(self, values: Values, doing: Doing) -> None:
        with doing.begin() as session:
            columns, filters, sort = doing.tools.listed(session, values["object"], values["list"])
            wanted = Wanted(values["format"], columns, sort=sort, filters=filters)
            made = doing.tools.exports.request(session, values["object"], wanted)
        doing.say("command.exported", name=made["name"])


COMMAND = Export()
