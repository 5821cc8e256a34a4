"""Puts together what messages are made of: the API's part, and what sends them."""

from pathlib import Path

from callcenter.core.clock import Clock
from callcenter.core.db import Database
from callcenter.core.http import Blueprint
from callcenter.core.idempotency import Idempotency
from callcenter.core.limits import Limiter
from callcenter.core.outbound import Outbound
from callcenter.core.sealed import Seal
from callcenter.messaging import http
from callcenter.messaging.mail import Mailer
from callcenter.messaging.service import Accepting, Channels, MessageLog, Reporting, Writing
from callcenter.messaging.tasks import Courier
from callcenter.objects.service import Means
from callcenter.objects.service.addresses import Addresses
from callcenter.processes.hosts import allowed_hosts
from callcenter.templates.service import Rendering


def blueprints(
    database: Database, shared: Means, rendering: Rendering, idempotency: Idempotency, seal: Seal,
    limiter: Limiter,
) -> list[Blueprint]:  # fmt: skip
    directory, audit, clock = shared.directory, shared.audit, shared.clock
    writing = Writing(Accepting(directory, clock), Addresses(shared), rendering, audit)
    channels = Channels(directory, seal, audit, shared.outbox, clock)
    return [
        http.channels_blueprint(database, channels, writing),
        http.messages_blueprint(
            database, writing, MessageLog(directory, audit, clock), idempotency
        ),
        http.reports_blueprint(Reporting(database, limiter, clock)),
    ]


def courier(database: Database, seal: Seal, clock: Clock, files: Path = Path()) -> Courier:
    """files: where attachments lie."""
    outbound = Outbound(clock)
    return Courier(database, Mailer(outbound), outbound, seal, allowed_hosts, clock, files)
