"""A flow is tried as a text dialogue before it is published: nothing is said, written or called."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy.orm import Session

from callcenter.core.clock import Clock
from callcenter.core.directory import Directory
from callcenter.core.errors import AppError, Invalid
from callcenter.core.numbers import WITHHELD, BadNumber, Number, parse_number
from callcenter.objects.service import Callers, FlowRecords
from ivr import queries
from ivr.around import whole
from ivr.customers import asks, fields_in
from ivr.customers import variables as customer_variables
from ivr.dialogue import Dialogue, Entry, Misfit
from ivr.effects import AskSchedule, Effect, Event, KeepAnswer, Outcome, Query, Standing
from ivr.errors import FlowInvalid
from ivr.expressions import Value
from ivr.model import Flow, Problem
from ivr.playing import play_out
from ivr.service import load_published
from ivr.validation import FlowRefused, read_to_try


class Hours(Protocol):
    def stands(self, session: Session, schedule_id: UUID, at: datetime) -> Standing: ...


@dataclass(frozen=True)
class Tried:
    """problems: what would keep the flow from being published, and not from being tried."""

    dialogue: Dialogue
    problems: tuple[Problem, ...]


@dataclass(frozen=True)
class Trial:
    """
    definition  None: the draft, or else the published version
    caller      as somebody dials it; empty: withheld
    variables   what is supposed to be known from the start, before what is looked up
    live        whether queries are really asked; all else is the tester's to say
    """

    definition: Mapping[str, Any] | None = None
    caller: str = ""
    called: str = ""
    at: datetime | None = None
    variables: Mapping[str, Value] = field(default_factory=dict)
    entries: tuple[Entry, ...] = ()
    live: bool = False


class Trying:
    def __init__(
        self,
        clock: Clock,
        directory: Directory,
        callers: Callers,
        records: FlowRecords,
        hours: Hours,
    ) -> None:
        self._clock = clock
        self._directory = directory
        self._callers = callers
        self._records = records
        self._hours = hours

    def attempt(self, session: Session, service_id: UUID, trial: Trial) -> Tried:
        """In the caller's scope. Raises NotFound, FlowInvalid and Invalid for what it cannot go on."""
        flow, problems = drafted(session, service_id, trial.definition)
        caller = self.number(session, trial.caller)
        known: dict[str, Value] = {"caller": caller.national, "called": trial.called}
        if trial.live and asks(flow):
            found = self._callers.known(session, caller, fields_in(flow))
            known |= customer_variables(found)
        at = trial.at or self._clock.now()

        def answers(effect: Effect) -> Event | None:
            if isinstance(effect, AskSchedule):
                return self._hours.stands(session, UUID(effect.schedule), at)
            if isinstance(effect, Query) and trial.live:
                return self._found(session, effect)
            # Nothing is kept, and to keep it could hardly fail.
            return Outcome("answered") if isinstance(effect, KeepAnswer) else None

        try:
            dialogue = play_out(flow, known | dict(trial.variables), trial.entries, at, answers)
        except Misfit as misfit:
            path = f"entries.{misfit.index}"
            raise Invalid(fields={path: ["validation.not_expected"]}) from misfit
        return Tried(dialogue, problems)

    def number(self, session: Session, text: str) -> Number:
        """Who calls, as somebody dials it. Raises Invalid."""
        if not text:
            return WITHHELD
        try:
            return parse_number(text, self._directory.enterprise(session).area_code)
        except BadNumber:
            raise Invalid(fields={"caller": ["validation.phone"]}) from None

    def _found(self, session: Session, query: Query) -> Outcome:
        keys = frozenset(query.reads.values())
        try:
            found = self._records.find(session, query.object, query.where, keys, query.order)
        except AppError:
            return Outcome(query.failed)
        return query.outcome(found.records, found.id, found.values)


def drafted(
    session: Session, service_id: UUID, definition: Mapping[str, Any] | None = None
) -> tuple[Flow, tuple[Problem, ...]]:
    """The flow as it is to be tried, with those that it leads into. Raises NotFound, FlowInvalid.

    definition: none for the draft, or else the published version.
    """
    service = queries.service(session, service_id)
    if definition is None:
        kept = queries.newest(session, service_id)
        definition = kept.definition if kept else {}
    owner = str(service.enterprise_id)
    try:
        flow, problems = read_to_try(definition, owner=owner, service=str(service_id))
    except FlowRefused as refused:
        raise FlowInvalid(refused.problems) from refused
    return whole(flow, load_published(session)), problems
