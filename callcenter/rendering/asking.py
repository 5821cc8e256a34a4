"""What running templates ask the product, and what they are answered: the parent's side.

The child is not trusted: what it asks is held against the registry, counted and timed.
"""

import time
from collections.abc import Callable, Mapping
from typing import Any

import structlog

from callcenter.core.errors import AppError
from callcenter.core.outbound import OutboundFailed
from callcenter.rendering.errors import Refused, RenderFailed
from callcenter.rendering.instructions import INSTRUCTIONS, Instruction, Reach
from callcenter.rendering.plain import PRETENDED, dump, pretends
from callcenter.rendering.would import Would

MOST = 50
"""Questions of one rendering."""

LONGEST = 20.0
"""Seconds that their answers may take together. What runs when they are over is let finish, for a
service has limits of its own; the next is refused.
"""

LARGEST = 1024 * 1024
"""Bytes of an answer."""

Service = Callable[..., Any]
"""Called with the arguments by their names, which are what the instruction's types say; answers plain
data (`plain.py`). Raises Refused, OutboundFailed or any AppError.
"""

Services = Mapping[str, Service]
"""By the names of instructions. Those that are not there are refused with a reason."""

_FOR_THE_CHILD = "data"
"""What a template within another is rendered with, there: no service looks at it."""

_KNOWN: Mapping[str, Instruction] = {
    each.name: each for each in INSTRUCTIONS if each.reach is not Reach.EVERYWHERE
}

log = structlog.get_logger()


class Answering:
    """For one rendering. would: what a pretence did not carry out."""

    def __init__(self, services: Services, *, pretending: bool = False) -> None:
        self.would = Would()
        self.seconds = 0.0
        self._services = services
        self._pretending = pretending
        self._count = 0

    def __call__(self, question: Mapping[str, Any]) -> bytes:
        """The line that goes back."""
        began = time.monotonic()
        try:
            reply = _line(self._answer(question))
        except Refused as refused:
            reply = dump({"refused": {**refused.told, "may_pass": refused.may_pass}}) + b"\n"
        finally:
            self.seconds += time.monotonic() - began
        return reply

    def _answer(self, question: Mapping[str, Any]) -> Any:
        name = question["ask"]
        self._count += 1
        if self._count > 2 * MOST:
            # A template ends with its first refusal: this is none of its own questions.
            raise RenderFailed("template.too_much")
        if self._count > MOST:
            raise Refused("instruction.too_many", {"most": MOST})
        if self.seconds > LONGEST:
            raise Refused("instruction.too_long_together", {"seconds": int(LONGEST)})
        if (instruction := _KNOWN.get(name)) is None:
            raise Refused("instruction.nobody", {"name": str(name)})
        arguments = instruction.checked(question["arguments"])
        asks = {key: value for key, value in arguments.items() if key != _FOR_THE_CHILD}
        unknown = pretends(asks)
        if unknown and not self._pretending:
            raise Refused("instruction.no_value")
        if self._pretending and instruction.reach is Reach.OUTSIDE:
            self.would.note(question["line"], name, arguments)
            return PRETENDED
        if unknown:
            return PRETENDED
        return self._asked(instruction, arguments)

    def _asked(self, instruction: Instruction, arguments: Mapping[str, Any]) -> Any:
        service = self._services.get(instruction.name)
        if service is None:
            raise Refused(f"instruction.not_{instruction.reach}")
        try:
            return service(**arguments)
        except OutboundFailed as failure:
            passes = failure.may_pass
            raise Refused(failure.key, failure.parameters, may_pass=passes) from failure
        except AppError as error:
            log.info("rendering.refused", instruction=instruction.name, code=error.code)
            key, passes = f"error.{error.code}", error.may_pass
            raise Refused(key, error.details, may_pass=passes) from error


def _line(answer: Any) -> bytes:
    """Raises Refused for one that is too large."""
    line = dump({"answer": answer}) + b"\n"
    if len(line) > LARGEST:
        raise Refused("instruction.answer_too_large", {"most": LARGEST // 1024})
    return line
