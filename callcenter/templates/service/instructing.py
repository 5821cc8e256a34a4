"""What templates are answered by the product: as whoever acts may ask it, in this transaction or, where
none is open, each question in one of its own.
"""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from callcenter.core.errors import NotFound
from callcenter.rendering.asking import Services
from callcenter.rendering.errors import Refused
from callcenter.templates.models import Output
from callcenter.templates.service.keeping import Templates

Begin = Callable[[], AbstractContextManager[Session]]
"""A transaction of its own, in the name of whoever acts."""

Outside = Callable[[Begin], Services]
"""What leaves the product: services that begin a transaction only for as long as they look things up."""

Answer = Callable[..., Any]
"""Called with the session, and the instruction's arguments by their names."""


class Instructing:
    """Services by the names of instructions; more: those of other slices."""

    def __init__(
        self,
        templates: Templates,
        more: Mapping[str, Answer] | None = None,
        outside: Outside | None = None,
    ) -> None:
        self._answers: Mapping[str, Answer] = {"template": self._template, **(more or {})}
        self._templates = templates
        self._outside = outside

    def within(self, session: Session) -> Services:
        """In an open transaction: nothing that leaves the product. What a question did is undone when
        it is answered, also what it set for its own time; so one that fails spoils nothing.
        """
        return {name: partial(_undone, session, answer) for name, answer in self._answers.items()}

    def apart(self, begin: Begin) -> Services:
        """Where no transaction is open."""
        own = {name: partial(_begun, begin, answer) for name, answer in self._answers.items()}
        return {**own, **(self._outside(begin) if self._outside else {})}

    def _template(self, session: Session, key: str, **_: Any) -> dict[str, Any]:
        """Its text, which is rendered where it was asked for; with what data is no matter here."""
        try:
            found = self._templates.in_use(session, key)
        except NotFound:
            raise Refused("instruction.no_template", {"key": key}) from None
        return {"text": found.text, "html": found.output == Output.HTML}


def _undone(session: Session, answer: Answer, **arguments: Any) -> Any:
    place = session.begin_nested()
    try:
        return answer(session, **arguments)
    finally:
        place.rollback()


def _begun(begin: Begin, answer: Answer, **arguments: Any) -> Any:
    with begin() as session:
        return answer(session, **arguments)
