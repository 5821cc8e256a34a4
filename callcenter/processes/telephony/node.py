"""The composition root of telephony: everything that one node is made of, spelled out."""

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import structlog

from callcenter.acd.agent import AgentState, AgentStatus
from callcenter.acd.queue import Matcher
from callcenter.calls.events import Fact, FactType
from callcenter.calls.ledger import facts_since
from callcenter.calls.states import CallState
from callcenter.core.addresses import app_url, redis_url
from callcenter.core.async_redis import async_redis
from callcenter.core.audit import Audit
from callcenter.core.bus import Outbox
from callcenter.core.clock import SystemClock
from callcenter.core.db import Database
from callcenter.core.ids import fact_id
from callcenter.core.metrics import Counter
from callcenter.core.outbound import Outbound
from callcenter.core.sealed import Seal
from callcenter.core.secrets import Secrets
from callcenter.core.settings import Settings
from callcenter.core.speech import speech_engine
from callcenter.core.tenant import Scope
from callcenter.notices.service import Notices
from callcenter.objects.service import Callers, Definitions, FlowRecords, Records
from callcenter.people.service import SeatPlan
from callcenter.processes.directory import SqlDirectory
from callcenter.processes.means import means
from callcenter.processes.seams import Surroundings, standing
from callcenter.processes.status import spoken
from callcenter.processes.telephony.beyond import Beyonds
from callcenter.processes.telephony.customers import (
    CallerReading,
    FlowCustomers,
    QueueClaims,
    RouteCallers,
)
from callcenter.processes.telephony.flows import IvrFlows, LibraryWording, QueueVoice
from callcenter.processes.telephony.meters import Meters, count
from callcenter.processes.telephony.refresh import Refresher
from callcenter.processes.telephony.takes import TakeParts, Takes
from callcenter.processes.telephony.trials import TrialParts, Trials
from callcenter.processes.telephony.trunks import TrunkRoutes
from callcenter.processes.telephony.watching import FlowCounts, FlowWatch
from callcenter.routing.service import CallerFacts
from callcenter.telephony.agents import Agents
from callcenter.telephony.agi import AgiServer
from callcenter.telephony.ami import AmiAddress, AmiClient, AmiError, AmiEvent, AmiRefused
from callcenter.telephony.callbacks import Callbacks
from callcenter.telephony.cel import CelGap
from callcenter.telephony.channels import IvrChannels
from callcenter.telephony.commands import CallbackVerbs, CommandReader, VerbGroup, Verbs
from callcenter.telephony.conferences import Conferences
from callcenter.telephony.control import Control
from callcenter.telephony.delivery import DATABASE, Bookmark
from callcenter.telephony.directory import Directory, load_directory
from callcenter.telephony.distribution import Distribution
from callcenter.telephony.errands import Errands
from callcenter.telephony.expectation import Expectation
from callcenter.telephony.facts import FactHub
from callcenter.telephony.fallback import Fallback
from callcenter.telephony.guesses import Guesses
from callcenter.telephony.journal import Journal
from callcenter.telephony.lines import NailedLines
from callcenter.telephony.live import DeskState, LiveCall
from callcenter.telephony.memory import Memory
from callcenter.telephony.offers import Offers
from callcenter.telephony.outside import Outside
from callcenter.telephony.platform import Platform
from callcenter.telephony.provisioning.apply import write
from callcenter.telephony.provisioning.filters import UnsafeSetting
from callcenter.telephony.provisioning.load import load_model
from callcenter.telephony.provisioning.reload import NotTaken, reload
from callcenter.telephony.provisioning.render import render
from callcenter.telephony.queue_offers import QueueOffers
from callcenter.telephony.reconcile import Drift, Reconciler
from callcenter.telephony.recorder import Recorder
from callcenter.telephony.resume import Resumption
from callcenter.telephony.rooms import RoomWriter
from callcenter.telephony.router import Router
from callcenter.telephony.scripts import Scripts
from callcenter.telephony.surveys import Surveys
from callcenter.telephony.switchboard import Joined, Switchboard
from callcenter.telephony.tracker import TRACKED, Tracker
from callcenter.telephony.voicemail import VoicemailDesk
from callcenter.telephony.wall import Wall
from callcenter.telephony.ways import Ways
from ivr.credentials import OpenedCredentials
from ivr.effects import KeepAnswer, Standing
from ivr.prompts import PromptLibrary
from ivr.runner import FlowRunner
from ivr.uploads import Uploads

log = structlog.get_logger()

ATTEMPT_OUTCOMES = {"cancelled": "agent_gone", "abandoned": "agent_gone"}
"""How the dialer calls an attempt that the agent gave up."""

RESYNC_AGAIN = 1.0
PLATFORM_CODE, NODE = "000000", "telephony"
DRIFT = Counter("callcenter_state_drift_total", "Differences from Asterisk that were repaired")


class Node:
    """Builds everything in its constructor; `run` starts it and returns when it is cancelled."""

    def __init__(self, settings: Settings, secrets: Secrets) -> None:
        self.settings = settings
        self._secrets = secrets
        self.clock = clock = SystemClock()
        self._born = clock.now()
        self.database = Database(app_url(settings, secrets), pool_size=3, max_overflow=2)
        self.redis = async_redis(redis_url(settings, secrets), timeout=4, connect_timeout=2)
        self.rooms = RoomWriter(self.redis, clock)
        self.journal, self.memory, self.facts = self._open_journal(settings.paths.journal)
        self.matcher = Matcher()
        self.tracker = Tracker()
        self.agents = Agents(clock, self.facts, self.rooms, self.matcher)
        self.board = Switchboard(clock, self.facts, self.rooms, self.agents, self.tracker)
        self.platform = Platform(clock, self.rooms, NODE)
        self.meters = Meters()
        self.wall = Wall(clock, self.rooms, self.agents, self.matcher, self.board)
        self.ami = AmiClient(
            AmiAddress("127.0.0.1", settings.asterisk.ami_port, "telephony", secrets.ami_secret),
            on_connected=self._asterisk_is_there,
            on_lost=self._asterisk_is_lost,
            on_overflow=self._resync,
            meter=count,
        )
        self.lines = NailedLines(self.ami, self.agents, self.tracker.nails)
        self.control = Control(clock, self.ami, self.agents, self.board, self.lines)
        library = PromptLibrary(settings.paths.home / "prompts", speech_engine())
        voice = QueueVoice(library, self.ami)
        self.distribution = Distribution(
            clock, self.matcher, self.agents, self.board, self.lines, voice
        )
        self.fallback = Fallback(self.ami, self.agents)
        self.recorder = Recorder(settings.paths.recordings, clock, self.ami, self.board)
        self.callers = CallerReading(self.database)
        known = Callers(SqlDirectory(), Definitions())
        guesses = Guesses(self.redis)
        self.callbacks, voicemail, self.offers, self.conferences = self._desks(library, guesses)
        self.beyonds = self._beyonds(voicemail, self.offers, guesses)
        self.flow_counts = FlowCounts(self.database, self._zone_of)
        self.flows = self._make_flows(library, known)
        told = CallerFacts(known)
        self.distribution.claims = QueueClaims(self.callers, told, known, clock)
        self.router = Router(
            clock, self.agents, self.matcher, RouteCallers(self.callers, told),
            Outside(clock, self.board),
        )  # fmt: skip
        trunks = TrunkRoutes(self.agents)
        self.channels = IvrChannels(self.agents, self.rooms)
        surveys = Surveys(clock, self.agents, self.board, voice)
        self.ways = Ways(
            clock, self.agents, self.board, self.distribution, self.flows, self.router, trunks,
            voicemail, channels=self.channels, surveys=surveys, offers=self.offers,
            conferences=self.conferences,
        )  # fmt: skip
        self.scripts = Scripts(
            clock, self.agents, self.board, self.distribution, self.ways, trunks, surveys,
            self.control.return_customer,
        )  # fmt: skip
        self.errands = Errands(self.ami, self.agents, self.board, self.lines, self._spawn)
        self.agi = AgiServer(
            "127.0.0.1", settings.asterisk.agi_port, secrets.agi_token,
            self.scripts.all() | {"errand": self.errands.script}, meter=count,
        )  # fmt: skip
        self.gap = CelGap(
            settings.paths.cel, settings.paths.journal / "cel.json", self._enterprise_of
        )
        self.reconciler = Reconciler(
            clock, self.ami, self.tracker, self.board, self.agents,
            lambda: self.gap.changes(self.tracker), self.gap.last_proof,
        )  # fmt: skip
        self.resumption = Resumption(self.board, self.control)
        self.refresher = Refresher(self._load, self._use)
        self.reconciled = self._listening = False
        self.drift = 0
        self.verbs = Verbs(
            self.agents, self.control, self.refresher.refresh,
            CallbackVerbs(self.agents, self.callbacks), *self._errand_verbs(library, known),
        )  # fmt: skip
        self.commands = CommandReader(self.redis, clock, self.verbs)
        self._tasks: set[asyncio.Task[Any]] = set()
        self._bind()

    def _make_flows(self, library: PromptLibrary, known: Callers) -> IvrFlows:
        return IvrFlows(
            FlowRunner(library, self.clock, self._stands), library,
            FlowCustomers(self.callers, known), self.beyonds,
            FlowWatch(self.clock, self.rooms, self.flow_counts),
        )  # fmt: skip

    def _errand_verbs(self, library: PromptLibrary, known: Callers) -> tuple[VerbGroup, ...]:
        """What is done with phones of the house that is no call."""
        trials = TrialParts(
            clock=self.clock,
            rooms=self.rooms,
            library=library,
            customers=FlowCustomers(self.callers, known),
            beyonds=self.beyonds,
            directory=lambda: self.agents.directory,
        )
        takes = TakeParts(
            clock=self.clock,
            rooms=self.rooms,
            library=library,
            uploads=Uploads(
                self.database,
                self.clock,
                Audit(self.clock),
                Outbox(self.clock),
                library,
                Surroundings(),
            ),
            database=self.database,
            folder=self.settings.paths.recordings / "takes",
        )
        refresh = self.refresher.refresh
        return (
            Trials(self.database, self.errands, trials, refresh),
            Takes(self.errands, takes),
        )

    def _desks(
        self, library: PromptLibrary, guesses: Guesses
    ) -> tuple[Callbacks, VoicemailDesk, QueueOffers, Conferences]:
        """Who takes callers, or what they leave, in place of an agent."""
        wording = LibraryWording(library)
        callbacks = Callbacks(
            self.clock, self.agents, self.board, self.matcher, self.distribution, self.control,
            self.facts, wording,
        )  # fmt: skip
        recordings = self.settings.paths.recordings
        desk = VoicemailDesk(recordings, self.clock, self.agents, self.board, wording)
        rooms = Conferences(self.clock, self.agents, self.board, wording, guesses)
        return callbacks, desk, QueueOffers(callbacks, desk), rooms

    def _beyonds(self, voicemail: VoicemailDesk, offers: Offers, guesses: Guesses) -> Beyonds:
        """What flows reach beyond their calls."""
        parts = means(self.clock)
        return Beyonds(
            work=CallerReading(self.database, "flow-work"),
            records=FlowRecords(Records(parts)),
            outbound=Outbound(self.clock),
            credentials=OpenedCredentials(Seal(self._secrets.sealing_key)),
            notices=Notices(parts.directory, parts.outbox, self.clock),
            people=parts.directory,
            guesses=guesses,
            directory=lambda: self.agents.directory,
            voicemail=voicemail,
            offers=offers,
            keep_answer=self._keep_answer,
        )

    def _keep_answer(self, call: LiveCall, kept: KeepAnswer) -> None:
        """As those that callers give after the talk."""
        answer = kept.answer
        data = {
            "service_id": str(call.service_id) if call.service_id else None,
            "question": answer.question,
            "text": dict(answer.text),
            "answer": answer.answer,
        }
        self.board.chronicle.call(
            call, FactType.CALL_SURVEYED, self.clock.now(), (answer.question,), data,
            agent_id=call.agent_id,
        )  # fmt: skip

    def _open_journal(self, folder: Path) -> tuple[Journal, Memory, FactHub]:
        journal = Journal(folder, self._checkpoint)
        checkpoint, since = journal.segments.restore()
        memory = Memory(checkpoint)
        hub = FactHub(memory, journal)
        hub.know(since)
        delivered = Bookmark(folder, DATABASE).load(journal.segments)
        self._undelivered = [Fact.load(line) for line in journal.segments.read(delivered)[0]]
        return journal, memory, hub

    def _checkpoint(self) -> dict[str, Any]:
        return self.memory.dump()

    def _bind(self) -> None:
        """Who listens to whom; the only place where it is said."""
        self.ami.subscribe(self._event, *TRACKED)
        self.ami.subscribe(self._contact, "ContactStatus")
        self.facts.followers += [self.wall.fold, self.platform.fold]
        self.matcher.work = self.wall.work_of
        self.agents.changed = self._agent_changed
        self.agents.stirred = self.distribution.dispatch
        self.agents.reached = self.lines.stands
        self.distribution.queues_changed = self.wall.show_service
        self.distribution.minutes = Expectation(
            self.clock, self.matcher, self.agents, self.wall
        ).minutes
        self.wall.callbacks = self.callbacks.waiting_in
        self.callbacks.spawn = self._spawn
        self.errands.lent.changed = self.refresher.ask
        self.board.on_joined = self._joined
        self.board.on_ended = self._ended
        self.board.on_deserted = self._deserted
        self.board.on_bridged = self.conferences.joined
        self.board.on_refused = self.distribution.refused
        self.board.on_supervised_ended = self.errands.gone

    # -- life -------------------------------------------------------------------------------

    async def run(self) -> None:
        """Restore, connect, serve; ends when cancelled or when a part of it fails."""
        self.journal.begin_segment()
        async with asyncio.TaskGroup() as group:
            group.create_task(self.journal.run())
            group.create_task(self.refresher.run())
            await self.refresher.loaded.wait()
            await self._count_today()
            self._restore()
            await self.ami.start()
            for part in (
                self.rooms.run(),
                self.commands.run(),
                self.fallback.run(),
                self.callbacks.run(),
                self.flow_counts.run(),
                self.refresher.follow(self.redis),
            ):
                group.create_task(part)

    async def stop(self) -> None:
        await self.agi.stop()
        await self.ami.stop()
        await self.flow_counts.flush()
        await self.journal.flush()
        self.journal.close()
        await self.redis.aclose()
        self.callers.close()
        self.beyonds.close()
        self.database.dispose()

    async def _count_today(self) -> None:
        """The day's figures from the ledger, and what it had not been given when we began."""
        facts = {fact.id: fact for fact in await asyncio.to_thread(self._ledger_of_today)}
        facts |= {fact.id: fact for fact in self._undelivered}
        self._undelivered = []
        for fact in facts.values():
            self.wall.fold(fact)
            self.platform.fold(fact)

    def _ledger_of_today(self) -> list[Fact]:
        with self.database.begin(Scope.platform()) as session:
            # Each enterprise's figures drop what is not of its own day.
            day = facts_since(session, self._born - timedelta(days=1))
        # What we tell in this life is counted when it is told; the ledger may have it already.
        return [fact for fact in day if fact.at < self._born]

    def _restore(self) -> None:
        """What the journal remembers; reconciliation compares it with Asterisk afterwards."""
        for leg in self.memory.live_legs():
            self.tracker.legs[leg.uniqueid] = leg
        self.tracker.ended.update(self.memory.ended)
        for call in self.memory.live_calls():
            self.board.calls[call.id] = call
        for status in self.memory.statuses():
            self.agents.restore(status)
            contact = self.board.calls.get(status.call_id) if status.call_id else None
            if contact is not None:
                self.board.show(contact, status.agent_id, _desk_state(status))
        self.callbacks.restore(self.memory.open_callbacks())
        self.wall.show_all()

    # -- Asterisk ---------------------------------------------------------------------------

    def _enterprise_of(self, code: str) -> str:
        """The id by which channels name the enterprise that CEL names by its code."""
        plan = self.agents.directory.plan
        known = plan.enterprises.values() if plan else ()
        return next((str(enterprise.id) for enterprise in known if enterprise.code == code), "")

    def _zone_of(self, enterprise_id: UUID) -> ZoneInfo:
        plan = self.agents.directory.plan
        enterprise = plan.enterprises.get(enterprise_id) if plan else None
        return ZoneInfo(enterprise.time_zone if enterprise else "UTC")

    def _stands(self, enterprise: str, schedule_id: UUID) -> Standing:
        hours = self.agents.directory.hours(UUID(enterprise), schedule_id)
        return standing(hours, self.clock.now())

    def _event(self, event: AmiEvent) -> None:
        for change in self.tracker.handle(event):
            self.board.leg_changed(change)
        self.lines.follow(event)

    def _contact(self, event: AmiEvent) -> None:
        gone = event.get("ContactStatus") in ("Removed", "Unreachable")
        self.agents.phone(event.get("AOR"), registered=not gone)
        self.platform.contact(event)

    async def _asterisk_is_there(self) -> None:
        await self._reconcile()
        self.refresher.ask()

    async def _asterisk_is_lost(self) -> None:
        self.reconciled = False
        self.fallback.lost()
        self.platform.lost()

    async def _resync(self) -> None:
        """Events were dropped. Apart from the inbox, which waits for us and must go on."""
        self.reconciled = False
        self._spawn(self._prove_again())

    async def _prove_again(self) -> None:
        while self.ami.connected and not self.reconciled:
            try:
                await self._reconcile()
            except AmiError as error:
                log.warning("resync.failed", reason=repr(error))
                await asyncio.sleep(RESYNC_AGAIN)

    async def _reconcile(self) -> None:
        first, second = await self.reconciler.run()
        self.drift = second.total
        DRIFT.inc(first.total)
        self._tell_drift(first, second)
        await self._ask_trunks()
        await self._listen()
        await self.resumption.run()
        await self.fallback.compare()
        await self.fallback.take_back()
        self.lines.compare()
        self.reconciled = True

    async def _ask_trunks(self) -> None:
        """One by one: the list of contacts has only those that registered."""
        for endpoint in self.platform.endpoints:
            with suppress(AmiRefused):  # Asterisk has not heard of it yet: its event will tell
                action = {"Action": "PJSIPShowEndpoint", "Endpoint": endpoint}
                self.platform.detailed(await self.ami.list(action))

    async def _listen(self) -> None:
        """Calls are taken only from here on: a session must find a picture that is proven."""
        if not self._listening:
            await self.fallback.wake()
            await self.agi.start()
            self._listening = True

    def _tell_drift(self, *passes: Drift) -> None:
        """Each pass is a fact of the platform's own enterprise: a node serves all the others."""
        platform = self._enterprise_of(PLATFORM_CODE)
        if not platform:
            return
        now = self.clock.now()
        for number, drift in enumerate(passes, 1):
            fact = Fact(
                id=fact_id("reconciled", NODE, now, number),
                type=FactType.RECONCILED,
                at=now,
                enterprise_id=UUID(platform),
                call_id=None,
                agent_id=None,
                data={"node": NODE, "pass": number, "differed": drift.counts,
                      "repaired": drift.total},
                source="reconcile",
            )  # fmt: skip
            self.facts.emit(fact)

    @property
    def ready(self) -> bool:
        """Whether calls are served and the picture is proven."""
        return self.ami.connected and self.reconciled and self.refresher.loaded.is_set()

    @property
    def calls_now(self) -> int:
        """Those that are over stay in the picture until their agents have wrapped up."""
        return sum(call.state is not CallState.ENDED for call in self.board.calls.values())

    def status(self) -> str:
        """What `/readyz` reads of this node, as JSON."""
        return spoken(
            self.clock, ready=self.ready, ami=self.ami.connected, rooms=self.rooms.connected,
            drift=self.drift, calls=self.calls_now,
        )  # fmt: skip

    def beat(self) -> None:
        """Every 500 ms: what was read of Asterisk's events up to here is handled."""
        if self.ready and not self.ami.backlog:
            self.gap.mark(self.clock.now())
        self.platform.show(
            ready=self.ready, ami=self.ami.connected, drift=self.drift, calls=self.calls_now
        )
        self.meters.read(self)

    # -- what follows from what -------------------------------------------------------------

    def _agent_changed(self, seat: SeatPlan, before: AgentStatus, after: AgentStatus) -> None:
        self.wall.show_seat(seat, before, after)
        self.fallback.changed(seat.user_id)
        self.lines.changed(seat, after)
        if after.state is AgentState.OFFLINE and before.state is not AgentState.OFFLINE:
            self.distribution.desert(seat.user_id)
        left = before.state is AgentState.WRAP_UP and after.state is not AgentState.WRAP_UP
        if left and before.call_id is not None:
            self.board.wrapped_up(seat.user_id, before.call_id)

    def _joined(self, joined: Joined) -> None:
        self.callbacks.joined(joined.call)
        self._spawn(self.recorder.joined(joined))

    def _ended(self, call: LiveCall) -> None:
        self.recorder.stopped(call)
        self.callbacks.over(call)
        if call.attempt_id is not None:
            data = {
                "attempt_id": str(call.attempt_id),
                "outcome": ATTEMPT_OUTCOMES.get(call.result, call.result),
                "cause": call.cause,
            }
            self.board.chronicle.call(
                call, FactType.ATTEMPT_ENDED, call.ended_at or self.clock.now(), (), data,
                agent_id=call.agent_id, source="ami",
            )  # fmt: skip

    def _deserted(self, call: LiveCall) -> None:
        self._spawn(self.control.serve_again(call))

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # -- configuration ----------------------------------------------------------------------

    def _load(self) -> Directory:
        directory = load_directory(self.database)
        self.flows.load(self.database, directory)
        return directory

    async def _use(self, directory: Directory) -> None:
        self.agents.use(directory)
        self.distribution.let_go(directory.services.values())
        self.platform.use(directory.plan)
        self.wall.show_all()
        self.channels.show_all()
        self.fallback.changed()
        self.lines.compare()
        await self._provision(directory)

    async def _provision(self, directory: Directory) -> None:
        """Asterisk's files follow; what it did not take is written again at the next change."""
        model = load_model(
            self.settings, self._secrets, directory, self.errands.lent.all(), self.flows.files,
            self.flows.sounds,
        )  # fmt: skip
        try:
            changed = await asyncio.to_thread(write, model.folders.etc, render(model))
            if changed and self.ami.connected:
                await reload(self.ami, model, changed)
        except (UnsafeSetting, NotTaken, AmiError) as error:
            log.warning("provisioning.failed", reason=repr(error))


def _desk_state(status: AgentStatus) -> DeskState:
    """How a restored contact stands on the desk."""
    return {
        AgentState.RESERVED: DeskState.OFFERED,
        AgentState.RINGING: DeskState.OFFERED,
        AgentState.HOLD: DeskState.HELD,
        AgentState.CONSULTING: DeskState.CONSULTING,
        AgentState.WRAP_UP: DeskState.ENDED,
    }.get(status.state, DeskState.CONNECTED)
