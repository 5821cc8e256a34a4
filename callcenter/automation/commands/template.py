"""Renders a template; what it makes is the output."""

from callcenter.automation.commands.base import Command, Doing, Parameter, Refused, Values
from callcenter.core.errors import NotFound
from callcenter.core.permissions import Permission
from callcenter.rendering.errors import RenderFailed


class Template(Command):
    key = "template"
    needs = Permission.OBJECTS_DEFINE
    parameters = (Parameter("template", "template"),)

    def run(self, values: Values, doing: Doing) -> None:
        texts = doing.tools.texts
        try:
            with doing.begin() as session:
                found = texts.render(session, values["template"], texts.data(session, None, None))
        except NotFound:
            raise Refused("trigger.template_gone", {"template": values["template"]}) from None
        except RenderFailed as failure:
            raise Refused(failure.key, failure.parameters) from failure
        doing.show(found.text)


COMMAND = Template()
