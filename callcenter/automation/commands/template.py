"""Renders a template; what it notes and makes is the output. Only here may it also reach outside."""

from collections.abc import Mapping, Sequence
from typing import Any

from callcenter.automation.commands.base import Command, Doing, Parameter, Refused, Values
from callcenter.core.errors import NotFound
from callcenter.core.permissions import Permission
from callcenter.rendering.errors import RenderFailed


class Template(Command):
    key = "template"
    needs = Permission.OBJECTS_DEFINE
    parameters = (Parameter("template", "template"),)

    def run(self, values: Values, doing: Doing) -> None:
        try:
            made = doing.tools.texts.carry_out(doing.begin, values["template"])
        except NotFound:
            raise Refused("trigger.template_gone", {"template": values["template"]}) from None
        except RenderFailed as failure:
            _noted(failure.log, doing)
            passes = failure.may_pass
            raise Refused(failure.key, failure.parameters, may_pass=passes) from failure
        _noted(made.log, doing)
        doing.show(made.text)


def _noted(log: Sequence[Mapping[str, Any]], doing: Doing) -> None:
    for each in log:
        doing.say("command.noted", line=each["line"], text=each["text"])


COMMAND = Template()
