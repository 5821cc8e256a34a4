"""Calls an address outside, as triggers do; the run is the key of the call, also when it is repeated."""

import json

from callcenter.automation.commands.base import Caller, Command, Doing, Parameter, Refused, Values
from callcenter.core.outbound import OutboundFailed, refused
from callcenter.core.permissions import Permission

METHODS = ("POST", "GET", "PUT", "DELETE")


class Http(Command):
    key = "http"
    needs = Permission.OBJECTS_DEFINE
    callers = frozenset({Caller.TASK, Caller.TEMPLATE})
    parameters = (
        Parameter("method", "choice", default="POST", options=METHODS),
        Parameter("url", "url"),
        Parameter("body", "long_text", required=False),
    )

    def run(self, values: Values, doing: Doing) -> None:
        tools = doing.tools
        with doing.begin() as session:
            hosts = tools.hosts(session)
        body = values["body"].encode() if values["body"] else None
        headers = {"Idempotency-Key": str(doing.run_id)}
        if body is not None:
            headers["Content-Type"] = "application/json" if _is_json(body) else "text/plain"
        try:
            answer = tools.outbound.ask(values["method"], values["url"], hosts, headers, body)
            doing.show(answer.content.decode("utf-8", "replace"))
            if not 200 <= answer.status < 300:
                raise refused(answer.status)
        except OutboundFailed as failure:
            raise Refused(failure.key, failure.parameters, may_pass=failure.may_pass) from failure
        doing.say("command.answered", status=answer.status)


def _is_json(body: bytes) -> bool:
    try:
        json.loads(body)
    except ValueError:
        return False
    return True


COMMAND = Http()
