"""Carries out what changes have fired: a job a transaction, each action in one of its own.

An action counts in the transaction that did it, so neither a crash nor a second worker does it
again. A call to an address may be repeated after a crash; it carries the same key then. What failed
and may pass is tried again later (`retrying`), and the actions behind it wait for that.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

import structlog
from sqlalchemy import ColumnElement, String, and_, cast, delete, not_, or_, select
from sqlalchemy.orm import Session

from callcenter.core.bus import Outbox
from callcenter.core.clock import Clock
from callcenter.core.db import Database
from callcenter.core.errors import AppError, NotFound
from callcenter.core.jobs import Job, JobState, Progress
from callcenter.core.outbound import OutboundFailed
from callcenter.core.tenant import Scope
from callcenter.objects.errors import BadValue
from callcenter.objects.models import TriggerRun
from callcenter.objects.service.triggers.after import KIND, RunState
from callcenter.objects.service.triggers.deeds import Deeds, Doer
from callcenter.objects.service.triggers.marks import Cause
from callcenter.objects.service.triggers.retrying import go_on, may_pass, put_back
from callcenter.objects.triggers.actions import action_of
from callcenter.objects.triggers.actions.base import AfterAction
from callcenter.objects.triggers.trigger import Trigger

TURN = 60.0
"""Seconds: shorter than of other work, for an action may be a call that takes its time."""

KEPT = timedelta(days=30)
_FORGOTTEN = timedelta(minutes=1)
"""After so long a run that still waits is asked for again."""
_MOST = 5_000

log = structlog.get_logger()


class Running:
    def __init__(self, database: Database, deeds: Deeds, clock: Clock) -> None:
        self._database = database
        self._deeds = deeds
        self._clock = clock

    def work(
        self, session: Session, arguments: Mapping[str, Any], progress: Progress
    ) -> Mapping[str, Any]:
        """The job: arguments {"batch_id"}. What it does, it commits itself."""
        enterprise: Scope = session.info["scope"]
        batch = UUID(arguments["batch_id"])
        waiting = self._waiting(enterprise, batch)
        for place, run_id in enumerate(waiting, 1):
            self._run(enterprise, run_id)
            progress.step(place, len(waiting))
            progress.rest(TURN)
        return {"runs": len(waiting)}

    def _waiting(self, enterprise: Scope, batch: UUID) -> list[UUID]:
        query = select(TriggerRun.id).where(TriggerRun.batch_id == batch, _due(self._clock.now()))
        with self._database.begin(enterprise) as session:
            return list(session.scalars(query.order_by(TriggerRun.number)))

    def _run(self, enterprise: Scope, run_id: UUID) -> None:
        """Until it is over or put back; another worker that has it at this moment is left alone."""
        try:
            while self._step(enterprise, run_id):
                pass
        except Exception as failure:
            log.exception("trigger.failed", run=str(run_id))
            with self._database.begin(enterprise) as session:
                if run := self._locked(session, run_id):
                    put_back(run, failure, _unforeseen(failure), self._clock.now())

    def _step(self, enterprise: Scope, run_id: UUID) -> bool:
        """One action; whether there is another."""
        began = self._clock.monotonic()
        with self._database.begin(enterprise) as session:
            run = self._locked(session, run_id)
            if run is None:
                return False
            identifier = self._deeds.definitions.identifier(session, run.object_id)
            trigger = self._in_force(session, identifier, run)
            if trigger is None or run.place >= len(trigger.actions):
                run.state = (RunState.DONE if trigger else RunState.SKIPPED).value
                run.next_at = None
                return False
            self._carry_out(session, run, trigger, identifier)
            run.took_ms += round((self._clock.monotonic() - began) * 1000)
            if run.state == RunState.WAITING and run.place == len(trigger.actions):
                run.state = RunState.DONE.value
            return run.state == RunState.WAITING and run.next_at is None

    def _locked(self, session: Session, run_id: UUID) -> TriggerRun | None:
        query = select(TriggerRun).where(TriggerRun.id == run_id, _due(self._clock.now()))
        found: TriggerRun | None = session.scalar(query.with_for_update(skip_locked=True))
        return found

    def _in_force(self, session: Session, identifier: str, run: TriggerRun) -> Trigger | None:
        """The trigger as it is by now, None when there is none that would fire."""
        definition = self._deeds.definitions.get(session, identifier)
        known = (one for one in definition.triggers if one.key == run.trigger and one.active)
        trigger = next(known, None)
        return trigger if trigger and trigger.when == run.when else None

    def _carry_out(
        self, session: Session, run: TriggerRun, trigger: Trigger, identifier: str
    ) -> None:
        mark = {"key": trigger.key, "name": dict(trigger.name)}
        session.info["cause"] = Cause(mark, run.depth, run.made_by)
        document = trigger.actions[run.place]
        steps: list[dict[str, Any]] = []
        try:
            definition = self._deeds.definitions.get(session, identifier)
            held = self._deeds.of(session, identifier, _record(run))
            about = self._deeds.about(session, definition, held, run.made_by)
            doer = Doer(session, self._deeds, about, f"{run.id}-{run.place}")
            steps = doer.steps
            with session.begin_nested():
                action = action_of(document)
                if isinstance(action, AfterAction):
                    action.carry_out(document, doer)
            go_on(run)
        except (AppError, BadValue, OutboundFailed) as refusal:
            put_back(run, refusal, reason_of(refusal, document), self._clock.now())
            # What an action wrote before it failed has been taken back; a call that was tried not.
            steps = [step for step in steps if step["do"] == "http"]
        run.steps = [*run.steps, *steps]


def _due(now: datetime) -> ColumnElement[bool]:
    """It waits, and for no later try."""
    due = or_(TriggerRun.next_at.is_(None), TriggerRun.next_at <= now)
    return and_(TriggerRun.state == RunState.WAITING.value, due)


def _record(run: TriggerRun) -> UUID:
    if run.record_id is None:
        raise LookupError("what happens after a change is about a record")
    return run.record_id


def _unforeseen(failure: Exception) -> dict[str, Any]:
    if may_pass(failure):
        return {"key": "trigger.conflict", "parameters": {}}
    return {"key": "trigger.failed", "parameters": {"kind": type(failure).__name__}}


def reason_of(refusal: AppError | BadValue | OutboundFailed, document: Any) -> dict[str, Any]:
    """For the log: a caption's key and its parameters, which have no value of a record."""
    if isinstance(refusal, BadValue | OutboundFailed):
        return {"key": refusal.key, "parameters": refusal.parameters}
    if isinstance(refusal, NotFound):
        return {"key": "trigger.gone", "parameters": {}}
    if refusal.fields:
        said = "; ".join(f"{key}: {' '.join(told)}" for key, told in refusal.fields.items())
        parameters = {"object": document.get("object", ""), "why": said}
        return {"key": "trigger.not_taken", "parameters": parameters}
    return {"key": f"error.{refusal.code}", "parameters": refusal.details}


def keep_house(session: Session, outbox: Outbox, clock: Clock) -> None:
    """Forget what is older than a month, ask for what is due and what nobody has carried out."""
    now = clock.now()
    old = select(TriggerRun.id).where(TriggerRun.made_at < now - KEPT).limit(_MOST)
    session.execute(delete(TriggerRun).where(TriggerRun.id.in_(old.scalar_subquery())))
    under_way = select(Job.id).where(
        Job.kind == KIND,
        Job.arguments["batch_id"].astext == cast(TriggerRun.batch_id, String),
        Job.state.in_((JobState.QUEUED.value, JobState.RUNNING.value)),
    )
    wanted = (
        select(TriggerRun.batch_id)
        .where(
            _due(now),
            or_(TriggerRun.next_at.is_not(None), TriggerRun.made_at < now - _FORGOTTEN),
            not_(under_way.exists()),
        )
        .distinct()
        .limit(100)
    )
    for batch in session.scalars(wanted).all():
        # One that is over is not begun again under its own id.
        again = uuid5(batch, f"{now:%Y-%m-%d %H:%M}")
        outbox.request(session, KIND, {"batch_id": str(batch)}, job_id=again)
