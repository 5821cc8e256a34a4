"""Calls an address outside, as triggers do; the run is the key of the call, also when it is repeated."""

from callcenter.automation.commands.base import Caller, Command, Doing, Parameter, Refused, Values
from callcenter.core.outbound import OutboundFailed, refused
from callcenter.core.permissions import Permission

METHODS = ("POST", "GET", "PUT", "DELETE")


class Http(Command):
    """credential: its secret goes along as the header Authorization, to its own host alone."""

    key = "http"
    needs = Permission.OBJECTS_DEFINE
    callers = frozenset({Caller.TASK, Caller.TEMPLATE})
    parameters = (
        Parameter("method", "choice", default="POST", options=METHODS),
        Parameter("url", "url"),
        Parameter("body", "long_text", required=False),
        Parameter("credential", "credential", required=False),
    )

    def run(self, values: Values, doing: Doing) -> None:
        hand = doing.tools.instruments.of(doing.begin)
        key = {"Idempotency-Key": str(doing.run_id)}
        # What was saved before there were credentials has none.
        credential = values.get("credential")
        try:
            answer = hand.http(
                values["method"], values["url"], None, values["body"] or None, key, credential
            )
            doing.show(answer["text"])
            if not answer["ok"]:
                raise refused(answer["status"])
        except OutboundFailed as failure:
            raise Refused(failure.key, failure.parameters, may_pass=failure.may_pass) from failure
        doing.say("command.answered", status=answer["status"])


COMMAND = Http()
