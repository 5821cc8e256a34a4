"""Calling tasks: made by the administrator, worked through by agents one contact at a time."""

from collections.abc import Collection, Mapping, Sequence
from datetime import time, timedelta
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from callcenter.core.audit import Audit
from callcenter.core.bus import Outbox
from callcenter.core.clock import Clock
from callcenter.core.db import Database
from callcenter.core.directory import Directory
from callcenter.core.errors import Invalid, NotFound, Stale
from callcenter.core.gateway import TelephonyUnavailable
from callcenter.core.http import Page, PageRequest
from callcenter.core.ids import new_id
from callcenter.core.numbers import BadNumber, Number, NumberKind, parse_number
from callcenter.core.permissions import Permission, Role
from callcenter.core.tenant import Actor, Scope
from callcenter.objects.service import Records
from callcenter.schedules.service import SchedulePlan, load_schedules
from dialer import supply
from dialer.errors import (
    AttemptOver,
    DoNotCallListed,
    OutsideSchedule,
    OutsideWindow,
    ScheduleClosed,
    TaskNotRunning,
)
from dialer.models import Attempt, CallingTask, Campaign, Contact, DoNotCall, TaskAgent
from dialer.rules import (
    AttemptState,
    ContactState,
    Outcome,
    Window,
    after,
    clock_time,
    opens_next,
)

_FINISHED = (ContactState.DONE, ContactState.SKIPPED, ContactState.BLOCKED)
_MOST_CHOICES = 500
_EVERY_DAY = [0, 1, 2, 3, 4, 5, 6]
_START, _END, _MIDNIGHT = 9 * 60, 21 * 60, 24 * 60


class Dial(Protocol):
    def __call__(
        self,
        actor: Actor,
        number: str,
        customer_id: UUID | None,
        display_number: str | None,
        *,
        attempt_id: UUID | None = None,
        ring_seconds: int | None = None,
    ) -> Mapping[str, Any]:
        """Call somebody; the attempt's id becomes the channel's. Raises what telephony refuses."""
        ...


class CallingTasks:
    def __init__(
        self,
        database: Database,
        directory: Directory,
        records: Records,
        dial: Dial,
        audit: Audit,
        outbox: Outbox,
        clock: Clock,
    ) -> None:
        self._database = database
        self._directory = directory
        self._records = records
        self._dial = dial
        self._audit = audit
        self._outbox = outbox
        self._clock = clock

    # -- the administrator's side -----------------------------------------------------------

    def create(self, session: Session, body: Mapping[str, Any]) -> dict[str, Any]:
        """A task with its contacts, not yet running; raises Invalid naming every wrong contact."""
        agents = self._agents(session, body["agents"])
        numbers = self._numbers(session, body["contacts"])
        campaign = Campaign(
            id=new_id(),
            name=body["name"],
            display_number=self._display_number(session, body["display_number"]),
            weekdays=_EVERY_DAY,
            window_start=_minutes(body["window_from"], _START),
            window_end=_minutes(body["window_to"], _END) or _MIDNIGHT,
            ring_seconds=body["ring_seconds"],
            made_at=self._clock.now(),
        )
        if campaign.window_start >= campaign.window_end:
            raise Invalid(fields={"window_to": ["validation.window"]})
        session.add(campaign)
        session.flush()
        task = CallingTask(
            id=new_id(),
            campaign_id=campaign.id,
            name=body["name"],
            mode=body["mode"],
            status="draft",
            schedule_id=self._schedule_id(session, body["schedule_id"]),
            made_by=_actor_id(session),
            made_at=self._clock.now(),
        )
        session.add(task)
        session.flush()
        self._set_agents(session, task.id, agents)
        customers = self._records.customer_ids(session, numbers)
        for sort, (number, contact) in enumerate(zip(numbers, body["contacts"], strict=True)):
            session.add(
                Contact(
                    task_id=task.id,
                    number=str(number),
                    name=contact["name"].strip(),
                    customer_id=customers.get(str(number)),
                    state=ContactState.OPEN,
                    sort=sort,
                )
            )
        self._changed(session, task, "create", {"contacts": len(numbers)})
        return self._show(session, [task])[0]

    def change(
        self, session: Session, task_id: UUID, body: Mapping[str, Any], version: int
    ) -> dict[str, Any]:
        """Raises NotFound, Stale, Invalid."""
        task = self._find(session, task_id, lock=True)
        if task.version != version:
            raise Stale
        if "name" in body:
            task.name = body["name"]
        if "schedule_id" in body:
            task.schedule_id = self._schedule_id(session, body["schedule_id"])
        if "agents" in body:
            body = {**body, "agents": self._agents(session, body["agents"])}
            self._set_agents(session, task.id, body["agents"])
        self._changed(session, task, "change", {key: str(value) for key, value in body.items()})
        return self._show(session, [task])[0]

    def set_status(self, session: Session, task_id: UUID, status: str) -> dict[str, Any]:
        """Running or paused; a finished task stays finished. Raises NotFound, TaskNotRunning."""
        task = self._find(session, task_id, lock=True)
        if task.status == "finished":
            raise TaskNotRunning
        task.status = status
        self._changed(session, task, status, {"status": status})
        return self._show(session, [task])[0]

    def page(self, session: Session, request: PageRequest, filters: Mapping[str, Any]) -> Page:
        """All tasks for who manages them; for others those they may take contacts from."""
        query = select(CallingTask)
        actor = _actor(session)
        if not actor.may(Permission.CALLING_TASKS_MANAGE):
            own = select(TaskAgent.task_id).where(TaskAgent.user_id == actor.user_id)
            query = query.where(CallingTask.id.in_(own))
        if status := filters.get("status"):
            query = query.where(CallingTask.status == status)
        if request.q:
            query = query.where(CallingTask.name.contains(request.q, autoescape=True))
        sorts = {"made_at": CallingTask.made_at, "name": CallingTask.name}
        column, descending = request.order(sorts, "-made_at")
        total = session.scalar(query.with_only_columns(func.count(CallingTask.id)))
        query = query.order_by(column.desc() if descending else column, CallingTask.id)
        first = (request.page - 1) * request.page_size
        rows = list(session.scalars(query.offset(first).limit(request.page_size)))
        return Page(self._show(session, rows), total or 0, request.page, request.page_size)

    def read(self, session: Session, task_id: UUID) -> dict[str, Any]:
        task = self._find(session, task_id)
        actor = _actor(session)
        if not actor.may(Permission.CALLING_TASKS_MANAGE):
            self._check_member(session, task_id, actor.user_id)
        return self._show(session, [task])[0]

    def choices(self, session: Session) -> list[dict[str, Any]]:
        """What a trigger can name: those that are not finished first, the newest first."""
        query = select(CallingTask.name, CallingTask.status)
        query = query.order_by(CallingTask.status == "finished", CallingTask.made_at.desc())
        found: dict[str, str] = {}
        for row in session.execute(query.limit(_MOST_CHOICES)):
            found.setdefault(row.name, row.status)
        return [{"name": name, "status": status} for name, status in found.items()]

    def of_agent(self, session: Session, agent_id: UUID) -> Sequence[Mapping[str, Any]]:
        """Running tasks of the agent, for the work list."""
        own = select(TaskAgent.task_id).where(TaskAgent.user_id == agent_id)
        query = select(CallingTask).where(CallingTask.id.in_(own), CallingTask.status == "running")
        tasks = list(session.scalars(query.order_by(CallingTask.made_at)))
        return [{**row, "id": str(row["id"]), "agents": []} for row in self._show(session, tasks)]

    # -- the agent's side -------------------------------------------------------------------

    def next(self, session: Session, task_id: UUID) -> dict[str, Any] | None:
        """The agent's contact: the one held already, else the next; None when none is left.

        Raises NotFound for a task that is not the agent's, TaskNotRunning, OutsideWindow,
        OutsideSchedule, ScheduleClosed.
        """
        actor, now = _actor(session), self._clock.now()
        self._check_member(session, task_id, actor.user_id)
        task = self._find(session, task_id)
        if task.status != "running":
            raise TaskNotRunning
        self._check_open(session, task)
        attempt = supply.current(session, task_id, actor.user_id)
        if attempt is None:
            supply.release_held(session, task_id, now)
            attempt = supply.take(session, task_id, actor.user_id, now)
        if attempt is None:
            return None
        session.flush()
        return self._attempt(session, attempt)

    def dial(self, actor: Actor, attempt_id: UUID) -> Mapping[str, Any]:
        """Dial the attempt; it is marked before, and given back when telephony refuses.

        When telephony does not answer the attempt stays dialled: whether it was, the ledger will
        tell; it is never dialled twice.
        """
        scope = Scope.of(actor)
        with self._database.begin(scope) as session:
            number, customer_id, campaign = self._mark_dialled(session, attempt_id)
            display, rings = campaign.display_number or None, campaign.ring_seconds
        try:
            return self._dial(
                actor, number, customer_id, display, attempt_id=attempt_id, ring_seconds=rings
            )
        except TelephonyUnavailable:
            raise
        except Exception:
            with self._database.begin(scope) as session:
                attempt = self._own_attempt(session, attempt_id, AttemptState.DIALLED)
                attempt.state, attempt.dialled_at = AttemptState.OFFERED, None
            raise

    def skip(self, session: Session, attempt_id: UUID) -> dict[str, Any]:
        """Leave the contact out; raises NotFound, AttemptOver."""
        attempt = self._own_attempt(session, attempt_id, AttemptState.OFFERED)
        attempt.state, attempt.ended_at = AttemptState.SKIPPED, self._clock.now()
        self._contact(session, attempt).state = ContactState.SKIPPED
        finish_if_done(session, attempt.task_id)
        return self._attempt(session, attempt)

    def result(self, session: Session, attempt_id: UUID, disposition_id: UUID) -> dict[str, Any]:
        """The agent's disposition of an attempt; raises NotFound, AttemptOver, Invalid."""
        attempt = self._own_attempt(session, attempt_id, AttemptState.DIALLED, AttemptState.ENDED)
        known = {choice.id for choice in self._directory.dispositions(session) if choice.active}
        if disposition_id not in known:
            raise Invalid(fields={"disposition_id": ["validation.unknown_id"]})
        attempt.disposition_id = disposition_id
        return self._attempt(session, attempt)

    # -- inside -----------------------------------------------------------------------------

    def _mark_dialled(
        self, session: Session, attempt_id: UUID
    ) -> tuple[str, UUID | None, Campaign]:
        attempt = self._own_attempt(session, attempt_id, AttemptState.OFFERED)
        task = self._find(session, attempt.task_id)
        self._check_open(session, task)
        contact = self._contact(session, attempt)
        listed = select(DoNotCall.id).where(DoNotCall.number == contact.number)
        if session.scalar(listed) is not None:
            raise DoNotCallListed
        attempt.state, attempt.dialled_at = AttemptState.DIALLED, self._clock.now()
        number = Number.load(contact.number).national
        return number, contact.customer_id, self._campaign(session, task)

    def _own_attempt(self, session: Session, attempt_id: UUID, *states: AttemptState) -> Attempt:
        query = select(Attempt).where(
            Attempt.id == attempt_id, Attempt.agent_id == _actor(session).user_id
        )
        attempt = session.scalar(query.with_for_update())
        if attempt is None:
            raise NotFound
        if attempt.state not in states:
            raise AttemptOver
        return attempt

    def _check_open(self, session: Session, task: CallingTask) -> None:
        now, zone = self._clock.now(), self._directory.enterprise(session).zone
        window = _window(self._campaign(session, task))
        if not window.open_at(now, zone):
            hours = {"from": clock_time(window.start), "to": clock_time(window.end)}
            raise OutsideWindow(hours)
        if task.schedule_id is None:
            return
        schedule = self._schedules(session, [task]).get(task.schedule_id)
        if schedule is None:
            raise ScheduleClosed({"schedule": task.name})  # deleted: it has no name any more
        if schedule.hours.is_open(now):
            return
        opens = opens_next(window, zone, schedule.hours, now)
        if opens is None:
            raise ScheduleClosed({"schedule": schedule.name})
        local = opens.astimezone(zone)
        raise OutsideSchedule({"schedule": schedule.name, "opens": f"{local:%m-%d %H:%M}"})

    def _schedules(
        self, session: Session, tasks: Sequence[CallingTask]
    ) -> Mapping[UUID, SchedulePlan]:
        """Of the enterprise, where one of the tasks names one."""
        if not any(task.schedule_id for task in tasks):
            return {}
        enterprise = self._directory.enterprise(session)
        return load_schedules(session, {enterprise.id: enterprise.zone})

    def _schedule_id(self, session: Session, wanted: UUID | None) -> UUID | None:
        enterprise = self._directory.enterprise(session)
        known = load_schedules(session, {enterprise.id: enterprise.zone}) if wanted else {}
        if wanted is not None and wanted not in known:
            raise Invalid(fields={"schedule_id": ["validation.unknown_id"]})
        return wanted

    def _numbers(self, session: Session, contacts: Sequence[Mapping[str, Any]]) -> list[Number]:
        area_code = self._directory.enterprise(session).area_code
        faults: dict[str, list[str]] = {}
        numbers: list[Number] = []
        for place, contact in enumerate(contacts):
            try:
                number = parse_number(contact["number"], area_code)
            except BadNumber:
                faults[f"contacts.{place}.number"] = ["validation.phone"]
                continue
            if number.kind is NumberKind.WITHHELD:
                faults[f"contacts.{place}.number"] = ["validation.phone"]
            elif number in numbers:
                faults[f"contacts.{place}.number"] = ["validation.duplicate"]
            numbers.append(number)
        if faults:
            raise Invalid(fields=faults)
        return numbers

    def _display_number(self, session: Session, wanted: str | None) -> str:
        if wanted is not None and wanted not in self._directory.enterprise(session).display_numbers:
            raise Invalid(fields={"display_number": ["validation.unknown_choice"]})
        return wanted or ""

    def _agents(self, session: Session, wanted: Collection[UUID]) -> Collection[UUID]:
        """None named: all who are at work as agents now. Raises Invalid."""
        if not wanted:
            people = self._directory.people(session).values()
            wanted = [one.id for one in people if one.active and one.role == Role.AGENT]
            if not wanted:
                raise Invalid(fields={"agents": ["validation.required"]})
        elif set(wanted) - set(self._directory.people(session, wanted)):
            raise Invalid(fields={"agents": ["validation.unknown_id"]})
        return wanted

    @staticmethod
    def _set_agents(session: Session, task_id: UUID, agents: Collection[UUID]) -> None:
        session.execute(delete(TaskAgent).where(TaskAgent.task_id == task_id))
        session.add_all(TaskAgent(task_id=task_id, user_id=agent) for agent in set(agents))
        session.flush()

    @staticmethod
    def _check_member(session: Session, task_id: UUID, user_id: UUID) -> None:
        query = select(TaskAgent.task_id).where(
            TaskAgent.task_id == task_id, TaskAgent.user_id == user_id
        )
        if session.scalar(query) is None:
            raise NotFound

    @staticmethod
    def _find(session: Session, task_id: UUID, *, lock: bool = False) -> CallingTask:
        query = select(CallingTask).where(CallingTask.id == task_id)
        task = session.scalar(query.with_for_update() if lock else query)
        if task is None:
            raise NotFound
        return task

    @staticmethod
    def _campaign(session: Session, task: CallingTask) -> Campaign:
        return session.scalars(select(Campaign).where(Campaign.id == task.campaign_id)).one()

    @staticmethod
    def _contact(session: Session, attempt: Attempt) -> Contact:
        return session.scalars(select(Contact).where(Contact.id == attempt.contact_id)).one()

    def _changed(
        self, session: Session, task: CallingTask, verb: str, after_: Mapping[str, Any]
    ) -> None:
        session.flush()
        self._outbox.record(session, "calling_task.changed", task.id, sorted(after_))
        self._audit.record(
            session,
            f"calling_task.{verb}",
            "calling_task",
            task.id,
            name=task.name,
            after=after_,
        )

    def _attempt(self, session: Session, attempt: Attempt) -> dict[str, Any]:
        actor = _actor(session)
        contact = self._contact(session, attempt)
        task = self._find(session, attempt.task_id)
        number = Number.load(contact.number)
        unmasked = actor.may(Permission.NUMBERS_UNMASKED)
        return {
            "id": attempt.id,
            "contact": {
                "id": contact.id,
                "name": contact.name,
                "number": number.show() if unmasked else number.mask(),
                "location": number.location(),
                "customer_id": contact.customer_id,
            },
            "task": {"id": task.id, "name": task.name},
            "state": attempt.state,
            "outcome": attempt.outcome,
            "call_id": attempt.call_id,
        }

    def _show(self, session: Session, tasks: Sequence[CallingTask]) -> list[dict[str, Any]]:
        ids = [task.id for task in tasks]
        agents = list(session.scalars(select(TaskAgent).where(TaskAgent.task_id.in_(ids))))
        used = {task.campaign_id for task in tasks}
        campaigns = {
            campaign.id: campaign
            for campaign in session.scalars(select(Campaign).where(Campaign.id.in_(used)))
        }
        states = _counts(session, ids, Contact.state)
        outcomes = _counts(session, ids, Contact.outcome)
        actor_id = _actor_id(session)
        held = session.execute(
            select(Contact.task_id, func.count(Contact.id).label("held"))
            .where(
                Contact.task_id.in_(ids),
                Contact.taken_by == actor_id,
                Contact.state == ContactState.TAKEN,
            )
            .group_by(Contact.task_id)
        )
        mine: dict[UUID, int] = {row.task_id: row.held for row in held}
        now, zone = self._clock.now(), self._directory.enterprise(session).zone
        schedules = self._schedules(session, tasks)

        def standing(task: CallingTask) -> dict[str, Any]:
            schedule = schedules.get(task.schedule_id or task.id)
            hours = schedule.hours if schedule else None
            opens = opens_next(_window(campaigns[task.campaign_id]), zone, hours, now)
            if task.schedule_id and schedule is None:
                opens = None
            return {
                "schedule": {"id": task.schedule_id, "name": schedule.name} if schedule else None,
                "open": opens == now,
                "opens_at": None if opens == now else opens,
            }

        return [
            {
                "id": task.id,
                "name": task.name,
                "mode": task.mode,
                "status": task.status,
                "agents": [row.user_id for row in agents if row.task_id == task.id],
                "total": sum(states[task.id].values()),
                "done": sum(states[task.id].get(state, 0) for state in _FINISHED),
                "connected": outcomes[task.id].get(Outcome.ANSWERED, 0),
                "mine_open": mine.get(task.id, 0),
                "outcomes": outcomes[task.id],
                "ring_seconds": campaigns[task.campaign_id].ring_seconds,
                **standing(task),
                "version": task.version,
            }
            for task in tasks
        ]


def apply_outcome(session: Session, event: Mapping[str, Any], clock: Clock) -> None:
    """What telephony tells of an attempt (`attempt.dialled`, `attempt.ended`); told twice, once.

    event: the envelope of docs/events.md §1. The session's scope is the platform's or the
    enterprise's. An attempt that is not known is somebody else's: ignored.
    """
    data = event["data"]
    query = select(Attempt).where(Attempt.id == UUID(data["attempt_id"])).with_for_update()
    attempt = session.scalar(query)
    if attempt is None or attempt.state in (AttemptState.ENDED, AttemptState.SKIPPED):
        return
    attempt.call_id = UUID(data["call_id"]) if data.get("call_id") else attempt.call_id
    attempt.dialled_at = attempt.dialled_at or clock.now()
    attempt.state = AttemptState.DIALLED
    if event["type"] != "attempt.ended":
        return
    outcome = Outcome(data["outcome"])
    attempt.state, attempt.ended_at = AttemptState.ENDED, clock.now()
    attempt.outcome, attempt.cause = outcome.value, data.get("cause")
    attempt.sip_code = data.get("sip_code")
    contact = session.scalars(
        select(Contact).where(Contact.id == attempt.contact_id).with_for_update()
    ).one()
    task = session.scalars(select(CallingTask).where(CallingTask.id == attempt.task_id)).one()
    campaign = session.scalars(select(Campaign).where(Campaign.id == task.campaign_id)).one()
    pause = timedelta(minutes=campaign.retry_minutes)
    follows = after(outcome, contact.attempts, campaign.max_attempts, pause, clock.now())
    contact.state, contact.next_at = follows.state, follows.at
    contact.outcome, contact.taken_by, contact.taken_at = outcome.value, None, None
    finish_if_done(session, task.id)


def finish_if_done(session: Session, task_id: UUID) -> None:
    """A task without open contacts is finished."""
    session.flush()
    task = supply.locked_task(session, task_id)
    open_ones = select(func.count(Contact.id)).where(
        Contact.task_id == task_id, Contact.state.in_((ContactState.OPEN, ContactState.TAKEN))
    )
    if session.scalar(open_ones) == 0:
        task.status = "finished"


def _counts(session: Session, ids: Collection[UUID], column: Any) -> Mapping[UUID, dict[str, int]]:
    counts: dict[UUID, dict[str, int]] = {task_id: {} for task_id in ids}
    query = (
        select(Contact.task_id, column, func.count(Contact.id))
        .where(Contact.task_id.in_(ids), column.is_not(None))
        .group_by(Contact.task_id, column)
    )
    for task_id, value, count in session.execute(query):
        counts[task_id][value] = count
    return counts


def _window(campaign: Campaign) -> Window:
    return Window(campaign.window_start, campaign.window_end, frozenset(campaign.weekdays))


def _minutes(moment: time | None, otherwise: int) -> int:
    return otherwise if moment is None else moment.hour * 60 + moment.minute


def _actor(session: Session) -> Actor:
    scope: Scope = session.info["scope"]
    return scope.require_actor()


def _actor_id(session: Session) -> UUID | None:
    scope: Scope = session.info["scope"]
    return scope.actor.user_id if scope.actor else None
