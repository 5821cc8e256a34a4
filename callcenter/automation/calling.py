"""Script commands as templates call them: those that say they are for templates, with the rights of whoever
acts, and no further than their parameters go.
"""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import Any
from uuid import UUID

from marshmallow import ValidationError
from sqlalchemy.orm import Session

from callcenter.automation.commands import COMMANDS
from callcenter.automation.commands.base import Caller, Command
from callcenter.automation.commands.base import Refused as CommandRefused
from callcenter.automation.tools import Tools
from callcenter.core.clock import Clock
from callcenter.core.errors import Forbidden
from callcenter.core.i18n import DEFAULT_LOCALE, caption
from callcenter.core.ids import new_id
from callcenter.objects.service.presenting import locale_of, viewer
from callcenter.rendering.errors import Refused

Begin = Callable[[], AbstractContextManager[Session]]


class Calling:
    """`rendering.asking.Service` of the instruction `command`. tools: made later than this."""

    def __init__(self, tools: Callable[[], Tools], clock: Clock) -> None:
        self._tools = tools
        self._clock = clock

    def service(self, begin: Begin) -> Callable[..., str]:
        return lambda key, parameters: self._call(begin, key, parameters)

    def _call(self, begin: Begin, key: str, parameters: Mapping[str, Any]) -> str:
        """What it said. Raises Refused, Forbidden."""
        command = COMMANDS.get(key)
        if command is None or Caller.TEMPLATE not in command.callers:
            raise Refused("instruction.no_command", {"key": key})
        with begin() as session:
            actor, locale = viewer(session), locale_of(session)
        if actor is None or not actor.may(command.needs):
            raise Forbidden
        call = _Call(begin, self._tools(), self._clock, locale)
        try:
            command.run(_read(command, parameters), call)
        except CommandRefused as refusal:
            raise Refused(refusal.key, refusal.parameters) from refusal
        return "\n".join(call.lines)


def _read(command: Command, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    try:
        found: Mapping[str, Any] = command.schema.load(parameters)
    except ValidationError as fault:
        names = fault.messages if isinstance(fault.messages, dict) else {}
        raise Refused("instruction.parameter", {"parameter": min(names, default="")}) from fault
    return found


class _Call:
    """`commands.base.Doing` of a call that no task has made: what stands for its task is the call."""

    def __init__(self, begin: Begin, tools: Tools, clock: Clock, locale: str) -> None:
        self.task_id: UUID = new_id()
        self.run_id = self.task_id
        self.clock = clock
        self.tools = tools
        self.begin = begin
        self.lines: list[str] = []
        self._locale = locale or DEFAULT_LOCALE

    def say(self, key: str, **parameters: Any) -> None:
        self.lines.append(caption(key, self._locale, parameters))

    def show(self, text: str) -> None:
        self.lines.append(text)
