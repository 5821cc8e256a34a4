"""Reading the ledger for people: who may see which call, and what of it.

Own, team or all is decided by permission; what lies outside answers as if it did not exist.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from callcenter.calls import queries
from callcenter.calls.models import Call, CallSummary
from callcenter.calls.service.seeing import actor_of, number_sought, people_seen
from callcenter.calls.service.showing import (
    Names,
    call_row,
    event_row,
    leg_row,
    number_of,
    summary_row,
    survey_row,
)
from callcenter.core.audit import Audit, difference
from callcenter.core.clock import Clock
from callcenter.core.directory import Directory
from callcenter.core.errors import Invalid, NotFound
from callcenter.core.http import Page, PageRequest
from callcenter.core.numbers import Number
from callcenter.core.permissions import Permission
from callcenter.objects.service import Records


class Calls:
    def __init__(self, directory: Directory, records: Records, audit: Audit, clock: Clock) -> None:
        self._directory = directory
        self._records = records
        self._audit = audit
        self._clock = clock

    def page(self, session: Session, request: PageRequest, filters: Mapping[str, Any]) -> Page:
        """Calls the actor may see; raises Invalid for a filter that is no number."""
        wanted = dict(filters)
        if number := wanted.pop("number", None):
            wanted["number"] = str(number_sought(session, self._directory, number))
        query = queries.filtered(self._visible(session), wanted)
        total = session.scalar(query.with_only_columns(func.count(Call.id)))
        rows = session.scalars(queries.ordered(query, request)).all()
        return Page(self.show(session, rows), total or 0, request.page, request.page_size)

    def recorded(
        self, session: Session, request: PageRequest, filters: Mapping[str, Any], condition: Any
    ) -> tuple[Sequence[Mapping[str, Any]], int]:
        """Calls with a playable recording under a further condition, and how many there are."""
        query = queries.recorded(queries.filtered(self._visible(session), filters))
        query = query.where(condition(Call.id))
        total = session.scalar(query.with_only_columns(func.count(Call.id)))
        rows = session.scalars(queries.ordered(query, request)).all()
        return self.show(session, rows), total or 0

    def detail(self, session: Session, call_id: UUID) -> dict[str, Any]:
        """The call with legs and facts; raises NotFound for what the actor may not see."""
        call = self.find(session, call_id)
        legs = list(session.scalars(queries.legs(call_id)))
        facts = list(session.scalars(queries.facts(call_id)))
        answers = list(session.scalars(queries.surveys([call_id])))
        ids = {leg.agent_id for leg in legs} | {fact.agent_id for fact in facts}
        ids |= {answer.agent_id for answer in answers}
        people = self._directory.people(session, {each for each in ids if each})
        actor = actor_of(session)
        unmasked = actor.may(Permission.NUMBERS_UNMASKED)
        return {
            **self.show(session, [call])[0],
            "legs": [leg_row(leg, people, unmasked=unmasked) for leg in legs],
            "events": [event_row(fact, people) for fact in facts],
            "survey": [survey_row(row, people, actor.locale) for row in answers],
        }

    def find(self, session: Session, call_id: UUID) -> Call:
        """A call the actor may see; raises NotFound."""
        call = session.scalar(self._visible(session).where(Call.id == call_id))
        return call or self._offered(session, call_id)

    def check_handled(self, session: Session, call_id: UUID) -> None:
        """Raises NotFound unless the actor may see the call."""
        self.find(session, call_id)

    def number_of(self, session: Session, call_id: UUID) -> Number:
        """The customer's number, whole: for looking up, never for showing."""
        return number_of(self.find(session, call_id))

    def history(
        self, session: Session, number: Number, customer_id: UUID | None, limit: int
    ) -> Sequence[Mapping[str, Any]]:
        """The last calls with the number or the customer; a withheld number has no history."""
        found: dict[UUID, Call] = {}
        if number.value:
            for call in session.scalars(queries.with_number(str(number), limit)):
                found[call.id] = call
        if customer_id:
            for call in session.scalars(queries.of_customer(customer_id, limit)):
                found[call.id] = call
        newest = sorted(found.values(), key=lambda call: call.started_at, reverse=True)
        return self.show(session, newest[:limit])

    def summarise(
        self, session: Session, call_id: UUID, disposition_id: UUID | None, note: str
    ) -> CallSummary:
        """The agent's disposition and note; raises NotFound, Invalid for an unknown one."""
        self.find(session, call_id)
        known = {choice.id for choice in self._directory.dispositions(session) if choice.active}
        if disposition_id is not None and disposition_id not in known:
            raise Invalid(fields={"disposition_id": ["validation.unknown_id"]})
        summary = self._summary(session, call_id)
        before = {"disposition_id": summary.disposition_id, "note": summary.note}
        summary.disposition_id, summary.note = disposition_id, note.strip()
        after = {"disposition_id": summary.disposition_id, "note": summary.note}
        old, new = difference(before, after)
        self._audit.record(session, "call.summarise", "call", call_id, before=old, after=new)
        return summary

    def link_customer(self, session: Session, call_id: UUID, customer_id: UUID) -> None:
        """Say who it was; the caller has checked that the customer exists."""
        self.find(session, call_id)
        summary = self._summary(session, call_id)
        if summary.customer_id == customer_id:
            return
        summary.customer_id = customer_id
        after = {"customer_id": customer_id}
        self._audit.record(session, "call.link_customer", "call", call_id, after=after)

    def link_work_order(
        self, session: Session, call_id: UUID, identifier: str, record_id: UUID
    ) -> None:
        summary = self._summary(session, call_id)
        summary.work_order_object, summary.work_order_id = identifier, record_id

    def customer_of(self, session: Session, call_id: UUID) -> UUID | None:
        """Whom the agent linked it with, else who was dialled."""
        query = (
            select(func.coalesce(CallSummary.customer_id, Call.customer_id))
            .select_from(Call)
            .outerjoin(CallSummary, CallSummary.call_id == Call.id)
            .where(Call.id == call_id)
        )
        return session.scalar(query)

    def show(self, session: Session, calls: Sequence[Call]) -> list[dict[str, Any]]:
        """Answers of the API's shape `Call`, for the scope's actor."""
        ids = [call.id for call in calls]
        summaries = {row.call_id: row for row in session.scalars(queries.summaries(ids))}
        recorded = {
            row.call_id for row in session.scalars(queries.recordings(ids)) if row.state == "ready"
        }
        answers: dict[UUID, list[int]] = defaultdict(list)
        for row in session.scalars(queries.surveys(ids)):
            answers[row.call_id].append(row.answer)
        names = self._names(session, calls, summaries)
        actor = actor_of(session)
        return [
            {
                **call_row(call, actor, names),
                **summary_row(call, summaries.get(call.id), actor, names),
                "has_recording": call.id in recorded,
                "satisfaction": _mean(answers.get(call.id, ())),
            }
            for call in calls
        ]

    def _names(
        self, session: Session, calls: Sequence[Call], summaries: Mapping[UUID, CallSummary]
    ) -> Names:
        customers = {call.customer_id for call in calls if call.customer_id}
        customers |= {row.customer_id for row in summaries.values() if row.customer_id}
        agents = {call.agent_id for call in calls if call.agent_id}
        return Names(
            people=self._directory.people(session, agents),
            services=self._directory.services(session),
            dispositions={c.id: c for c in self._directory.dispositions(session)},
            customers=self._records.customer_titles(session, customers),
        )

    def _visible(self, session: Session) -> Select[Call]:
        actor = actor_of(session)
        query = queries.listed()
        if actor.may(Permission.CALLS_READ_ALL):
            return query
        return queries.of_agents(query, people_seen(session, self._directory))

    def _offered(self, session: Session, call_id: UUID) -> Call:
        actor = actor_of(session)
        if session.scalar(queries.offered_to(call_id, actor.user_id).limit(1)) is None:
            raise NotFound
        call = session.scalar(queries.one(call_id))
        if call is None:
            raise NotFound
        return call

    def _summary(self, session: Session, call_id: UUID) -> CallSummary:
        summary = session.scalar(
            select(CallSummary).where(CallSummary.call_id == call_id).with_for_update()
        )
        if summary is None:
            summary = CallSummary(call_id=call_id, note="", disposition_id=None)
            session.add(summary)
        summary.changed_by, summary.changed_at = actor_of(session).user_id, self._clock.now()
        return summary


def _mean(answers: Sequence[int]) -> float | None:
    return round(sum(answers) / len(answers), 2) if answers else None
