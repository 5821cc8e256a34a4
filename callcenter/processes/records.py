"""Puts together what the records' part of the API is made of; `web` registers the blueprints."""

from dataclasses import dataclass
from pathlib import Path

from redis import Redis

from callcenter.callbacks import http as callbacks_http
from callcenter.callbacks.service import (
    CallbackDesk,
    CallbackList,
    CallbackRulebook,
    ProgramCallbacks,
)
from callcenter.calls import http as calls_http
from callcenter.calls.service import Calls, Following, Recordings, SoundLinks
from callcenter.configuration import http as configuration_http
from callcenter.configuration.service import Moving
from callcenter.console import http as console_http
from callcenter.console.service import Appointments, Desk, Drafts, Pop, Softphones, Verbs
from callcenter.core.clock import Clock
from callcenter.core.db import Database
from callcenter.core.gateway import Rooms, TelephonyGateway
from callcenter.core.http import Blueprint
from callcenter.core.idempotency import Idempotency
from callcenter.core.jobs import JobQueue
from callcenter.core.limits import Limiter
from callcenter.core.sealed import Seal
from callcenter.notices import http as notices_http
from callcenter.notices.service import Notices
from callcenter.objects.http import acts as acts_http
from callcenter.objects.http import attachments as attachments_http
from callcenter.objects.http import codes as codes_http
from callcenter.objects.http import design as design_http
from callcenter.objects.http import jobs as jobs_http
from callcenter.objects.http import library as library_http
from callcenter.objects.http import life as life_http
from callcenter.objects.http import records as objects_http
from callcenter.objects.http import regions as regions_http
from callcenter.objects.http import transfer as transfer_http
from callcenter.objects.http import triggers as triggers_http
from callcenter.objects.http import views as views_http
from callcenter.objects.service import (
    Attachments,
    BulkActs,
    CachedRows,
    Codes,
    Comments,
    Designs,
    Documents,
    Duplicates,
    Files,
    Hidden,
    Library,
    Means,
    Merging,
    OwnJobs,
    PublicationJobs,
    Publications,
    Records,
    RecycleBin,
    Several,
    Versions,
    Views,
)
from callcenter.objects.service.transfer import Exports, Imports, TransferStore
from callcenter.objects.service.triggers.log import TriggerLog
from callcenter.objects.service.triggers.refusals import Refusals
from callcenter.objects.service.triggers.retrying import Retrying
from callcenter.objects.service.triggers.trying import Trying
from callcenter.objects.tasks import Publisher
from callcenter.processes import automation, configuring, messages, queries, templates, triggers
from callcenter.processes.means import means
from callcenter.processes.seams import Followers, Surroundings
from callcenter.quality import http as quality_http
from callcenter.quality.service import Forms, Quality
from callcenter.queries import http as queries_http
from callcenter.queries.expert import http as expert_http
from callcenter.queries.replica import Replica
from callcenter.reports import http as reports_http
from callcenter.reports.satisfaction import Satisfaction
from callcenter.reports.service import Figures
from callcenter.routing.http import conferences as conferences_http
from callcenter.routing.service import ConferenceDoor
from callcenter.supervision import http as supervision_http
from callcenter.supervision.service import Supervision
from callcenter.templates import http as templates_http
from callcenter.voicemail import http as voicemail_http
from callcenter.voicemail.service import Boxes, Messages
from dialer import http as dialer_http
from dialer.adding import Adding
from dialer.filling import Filling
from dialer.service import CallingTasks


@dataclass(frozen=True, slots=True)
class Parts:
    """What the process has made already. redis decodes answers to text.

    attachments: the folder of files at records, and how many bytes one may have.
    """

    database: Database
    redis: Redis
    clock: Clock
    publisher: Publisher
    softphones: Softphones
    recording_link_key: str
    attachments: Path
    largest_attachment: int
    jobs: JobQueue
    transfers: TransferStore
    rows: CachedRows
    seal: Seal
    replica: Replica | None = None


def blueprints(parts: Parts) -> list[Blueprint]:
    """Blueprints of objects, calls, desk, quality, supervision, reports and calling tasks."""
    database, clock = parts.database, parts.clock
    shared = means(clock, parts.jobs, parts.rows)
    directory, definitions, handled = shared.directory, shared.definitions, shared.handled
    audit, outbox, idempotency = shared.audit, shared.outbox, Idempotency(database, clock)
    gateway, rooms = TelephonyGateway(parts.redis, clock), Rooms(parts.redis)
    versions = Versions(audit, clock)
    records = Records(shared)
    sources = queries.data_sources(parts.seal)
    kept = templates.templates(audit, clock)
    rendered = templates.rendering(shared, None, sources, parts.replica)
    designs = Designs(directory, versions, kept, audit, clock)
    publications = Publications(
        database, directory, definitions, designs, versions, parts.publisher, clock
    )
    files = Files(parts.attachments, clock)
    life = life_http.Services(
        comments=Comments(shared),
        bin=RecycleBin(shared, files),
        duplicates=Duplicates(directory, definitions, handled, clock),
        merging=Merging(shared, Followers()),
    )
    attachments = Attachments(shared, files)
    moving = Moving(
        database,
        directory,
        Documents(designs, versions, audit, clock),
        publications,
        [
            *configuring.parts(audit, clock),
            *configuring.where_calls_go(audit, outbox, clock),
        ],
        audit,
    )
    calls = Calls(directory, records, audit, clock)
    following = Following(database, calls, rooms)
    recordings = Recordings(calls, audit, clock, parts.recording_link_key)
    figures = Figures(directory, clock)
    verbs = Verbs(database, gateway, directory, records, audit)
    links = SoundLinks(parts.recording_link_key, "voicemail-link", clock)
    voicemails = Messages(database, directory, records, verbs.dial, links, audit, outbox, clock)
    tasks = CallingTasks(database, directory, records, verbs.dial, audit, outbox, clock)
    appointments = Appointments(records, calls, directory, audit, outbox, clock)
    drafts = Drafts(clock)
    forms = Forms(audit, clock)
    quality = Quality(forms, calls, recordings, records, directory, audit, outbox, clock)
    supervision = Supervision(database, directory, figures, rooms, gateway, audit, clock)
    work = (parts.jobs, parts.transfers, clock)
    several = Several(shared, files)
    acts = BulkActs(
        directory, definitions, handled, several, audit, parts.jobs, parts.transfers, clock
    )
    transfers = transfer_http.Services(
        Imports(database, directory, definitions, handled, *work),
        Exports(directory, definitions, handled, records, *work),
    )
    asked = queries.services(shared, parts.jobs, parts.transfers, sources, parts.replica)
    desk = console_http.Services(
        desk=Desk(directory, records, appointments, tasks, parts.softphones, rooms, clock),
        pop=Pop(database, records, calls, following, appointments, drafts, directory, rooms),
        verbs=verbs,
        appointments=appointments,
        drafts=drafts,
        figures=figures,
    )
    return [
        notices_http.blueprint(database, Notices(directory, outbox, clock)),
        objects_http.blueprint(database, records, calls, following, idempotency),
        views_http.blueprint(database, Views(shared)),
        jobs_http.blueprint(database, OwnJobs(parts.jobs, clock)),
        acts_http.blueprint(database, acts, idempotency),
        life_http.blueprint(database, life, idempotency),
        attachments_http.blueprint(
            database, attachments, attachments_http.Limits(parts.largest_attachment)
        ),
        attachments_http.field_routes(
            database, attachments, attachments_http.Limits(parts.largest_attachment)
        ),
        regions_http.blueprint(),
        transfer_http.blueprint(database, transfers, idempotency),
        design_http.blueprint(
            database,
            designs,
            publications,
            PublicationJobs(database, publications, parts.jobs),
            Hidden(directory, designs, versions, parts.jobs, audit),
        ),
        triggers_http.blueprint(
            database,
            triggers_http.Services(
                TriggerLog(directory, definitions, handled),
                Trying(triggers.deeds(shared, rendered), designs, clock),
                Retrying(shared),
                Refusals(database, definitions, clock),
            ),
        ),
        templates_http.blueprint(database, kept, rendered),
        *automation.blueprints(database, shared),
        *messages.blueprints(
            database, shared, rendered, idempotency, parts.seal, Limiter(parts.redis, clock)
        ),
        queries_http.blueprint(database, asked),
        expert_http.blueprint(database, asked.queries, asked.running, sources),
        queries.sources_blueprint(
            database, shared, sources, parts.seal, replica=parts.replica is not None
        ),
        configuration_http.blueprint(database, moving),
        library_http.blueprint(database, Library(audit, clock)),
        codes_http.blueprint(database, Codes(directory, audit, clock)),
        calls_http.blueprint(database, calls, recordings),
        callbacks_http.blueprint(database, _callbacks(parts, shared, gateway), idempotency),
        voicemail_http.blueprint(database, voicemails, Boxes(directory, audit, outbox)),
        console_http.blueprint(database, desk, idempotency),
        conferences_http.door_blueprint(
            database, ConferenceDoor(database, gateway, audit), idempotency
        ),
        quality_http.blueprint(database, forms, quality, idempotency),
        supervision_http.blueprint(database, supervision),
        reports_http.blueprint(database, figures, Satisfaction(directory)),
        dialer_http.blueprint(
            database,
            tasks,
            Filling(queries.selecting(shared, sources), Adding(audit, outbox)),
            idempotency,
        ),
    ]


def _callbacks(parts: Parts, shared: Means, gateway: TelephonyGateway) -> callbacks_http.Services:
    database, clock, audit = parts.database, parts.clock, shared.audit
    desk = CallbackDesk(database, shared.directory, gateway, audit, clock)
    limiter = Limiter(parts.redis, clock)
    return callbacks_http.Services(
        CallbackList(shared.directory),
        desk,
        ProgramCallbacks(database, desk, gateway, limiter, audit, clock),
        CallbackRulebook(shared.directory, Surroundings(), audit, shared.outbox),
    )
