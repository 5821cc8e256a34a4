"""The web process: the API under /api/v1, its description, health.

Everything a view needs is made here and handed in; no view finds it by itself.
"""

import os
from typing import Any

import phonenumbers.geocoder  # noqa: F401 - else the first pop loads where numbers are at home
import pypinyin  # noqa: F401 - else the first record that is saved loads it
import redis
from apispec.ext.marshmallow import MarshmallowPlugin, resolver
from flask import Flask
from flask_smorest import Api as SmorestApi

import callcenter.migrations.schema  # noqa: F401 - every table: foreign keys go by name
from callcenter.api_keys.service import KeyGate
from callcenter.automation.service import names_credential
from callcenter.core import health, logging
from callcenter.core.addresses import app_url, owner_url, redis_url
from callcenter.core.audit import Audit
from callcenter.core.bus import Outbox
from callcenter.core.clock import SystemClock
from callcenter.core.db import Database
from callcenter.core.gateway import Rooms, TelephonyGateway
from callcenter.core.http import (
    SECURITY,
    SESSION,
    Blueprint,
    ErrorAnswer,
    install_errors,
    install_gate,
    public,
)
from callcenter.core.jobs import JobQueue
from callcenter.core.limits import Limiter
from callcenter.core.sealed import Seal
from callcenter.core.secrets import Secrets, load_secrets
from callcenter.core.settings import Settings, load_settings
from callcenter.core.speech import speech_engine
from callcenter.objects.http.attachments import MEGABYTE
from callcenter.objects.service import CachedRows, Callers, Definitions, FlowRecords, Records
from callcenter.objects.service.transfer import TransferStore
from callcenter.objects.tasks import Publisher, owner_engine
from callcenter.people.service import SessionGate, Softphones
from callcenter.processes import administration, description, instruments, queries, records
from callcenter.processes.directory import SqlDirectory
from callcenter.processes.means import means
from callcenter.processes.ready import ready_flows
from callcenter.processes.seams import Surroundings
from callcenter.telephony.outlet import flow_room, takes_room
from ivr import http as ivr_http
from ivr.calling import Calling
from ivr.credentials import Credentials
from ivr.documents import Documents
from ivr.keeping import Keeping
from ivr.prompts import PromptLibrary
from ivr.service import IvrServices
from ivr.trying import Trying
from ivr.uploads import Uploads
from ivr.watching import Watching

PREFIX = "/api/v1"

LARGEST_BODY = 1024 * 1024

API: dict[str, Any] = {
    "API_TITLE": "Call centre",
    "API_VERSION": "v1",
    "OPENAPI_VERSION": "3.1.0",
    "OPENAPI_URL_PREFIX": "/api",
    "OPENAPI_JSON_PATH": "openapi.json",
    "MAX_CONTENT_LENGTH": LARGEST_BODY,
}


class Api(SmorestApi):  # type: ignore[misc] # untyped
    ERROR_SCHEMA = ErrorAnswer


def create_app(settings: Settings | None = None, secrets: Secrets | None = None) -> Flask:
    settings = settings or load_settings(os.environ)
    secrets = secrets or load_secrets(settings.paths.home)
    logging.configure(settings.log.level)
    clock = SystemClock()
    limits = settings.database
    database = Database(
        app_url(settings, secrets), pool_size=limits.pool_size, max_overflow=limits.max_overflow
    )
    app = Flask(__name__, static_folder=None)
    app.config.update(API)
    # For whoever ends the application and not the process: tests, tools.
    app.extensions["database"] = database
    plugin = MarshmallowPlugin(schema_name_resolver=_schema_name)
    own = {"security": [{SESSION: []}], "components": {"securitySchemes": SECURITY}}
    api = Api(app, spec_kwargs={"marshmallow_plugin": plugin, **own})
    store = redis.Redis.from_url(
        redis_url(settings, secrets), decode_responses=True, socket_timeout=10,
        socket_connect_timeout=2, health_check_interval=15,
    )  # fmt: skip
    for pages in _blueprints(settings, secrets, database, store, clock):
        api.register_blueprint(pages, url_prefix=PREFIX + (pages.url_prefix or ""))
    app.register_blueprint(health.blueprint(health.standard_checks(settings, secrets, clock)))
    app.register_blueprint(description.blueprint())
    _open_description(app)
    keys = KeyGate(database, Limiter(store, clock), clock)
    install_gate(app, SessionGate(database, clock), keys)
    install_errors(app)
    return app


def _schema_name(schema: Any) -> str:
    """In the description: a body of which every field may be left out is a patch."""
    name = resolver(schema)
    return f"{name}Patch" if getattr(schema, "partial", False) else name


def _blueprints(
    settings: Settings,
    secrets: Secrets,
    database: Database,
    store: redis.Redis,
    clock: SystemClock,
) -> list[Blueprint]:
    """store: decodes answers to text."""
    audit, outbox, directory = Audit(clock), Outbox(clock), SqlDirectory()
    # RQ keeps what it writes as bytes.
    queue = redis.Redis.from_url(
        redis_url(settings, secrets), socket_timeout=5, socket_connect_timeout=2
    )
    library = PromptLibrary(settings.paths.home / "prompts", speech_engine())
    callers = Callers(directory, Definitions())
    flows = IvrServices(database, clock, audit, outbox, directory, library, callers, Surroundings())
    found = FlowRecords(Records(means(clock)))
    keeping = Keeping(clock, audit, outbox, Surroundings())
    trying = Trying(clock, directory, callers, found, Surroundings())
    uploads = Uploads(database, clock, audit, outbox, library, Surroundings())
    watching = Watching(clock, directory, Rooms(store), flow_room, takes_room)
    calling = Calling(
        database, TelephonyGateway(store, clock), trying, uploads, library, audit, flow_room,
        takes_room,
    )  # fmt: skip
    # Tables of objects are made by the owner; the application may make none.
    publisher = Publisher(owner_engine(owner_url(settings, secrets)), clock)
    return [
        *administration.blueprints(
            administration.Parts(
                database,
                store,
                clock,
                publisher,
                secure=settings.web.tls,
                journal=settings.paths.journal,
            )
        ),
        ivr_http.services_blueprint(database, flows, keeping, ready_flows(clock), trying, watching),
        ivr_http.prompts_blueprint(database, uploads),
        ivr_http.documents_blueprint(database, Documents(clock, audit)),
        ivr_http.calling_blueprint(database, calling, watching),
        ivr_http.credentials_blueprint(
            database,
            Credentials(clock, audit, Seal(secrets.sealing_key), names_credential),
        ),
        *instruments.blueprints(settings, database, Seal(secrets.sealing_key), clock),
        *records.blueprints(
            records.Parts(
                database,
                store,
                clock,
                publisher,
                Softphones(directory, outbox),
                secrets.recording_link_key,
                settings.paths.attachments,
                settings.attachments.largest_megabytes * MEGABYTE,
                JobQueue(queue, clock),
                TransferStore(settings.paths.transfers, settings.transfers.largest),
                CachedRows.at(redis_url(settings, secrets), clock),
                Seal(secrets.sealing_key),
                queries.replica(settings, secrets),
            )
        ),
    ]


def _open_description(app: Flask) -> None:
    """What the API is may be read by everyone; what it holds may not."""
    views: dict[str, Any] = app.view_functions
    description = views["api-docs.openapi_json"]

    @public  # A bound method takes no mark; a function does.
    def described() -> Any:
        return description()

    views["api-docs.openapi_json"] = described
