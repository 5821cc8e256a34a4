"""Puts together scheduled tasks: the API's part, and what carries them out."""

from callcenter.automation import http
from callcenter.automation.service import Runs, Tasks
from callcenter.automation.tools import Tools
from callcenter.core.db import Database
from callcenter.core.http import Blueprint
from callcenter.core.jobs import JobQueue
from callcenter.core.outbound import Outbound
from callcenter.core.settings import Settings
from callcenter.messaging.service import Accepting, Emptying
from callcenter.objects.service import Files, Means, Records, RecycleBin
from callcenter.objects.service.addresses import Addresses
from callcenter.objects.service.transfer import Exports, TransferStore
from callcenter.processes.hosts import allowed_hosts
from callcenter.processes.templates import rendering


def blueprint(database: Database, shared: Means) -> Blueprint:
    runs = Runs(shared.directory, shared.audit, shared.clock)
    tasks = Tasks(shared.directory, runs, shared.audit, shared.outbox, shared.clock)
    return http.blueprint(database, tasks, runs)


def tools(settings: Settings, shared: Means, jobs: JobQueue) -> Tools:
    paths, clock = settings.paths, shared.clock
    store = TransferStore(paths.transfers, settings.transfers.largest)
    return Tools(
        recycled=RecycleBin(shared, Files(paths.attachments, clock)),
        texts=rendering(shared),
        accepting=Accepting(shared.directory, clock),
        emptying=Emptying(),
        addresses=Addresses(shared),
        exports=Exports(
            shared.directory, shared.definitions, shared.handled, Records(shared), jobs, store,
            clock,
        ),
        outbound=Outbound(clock),
        hosts=allowed_hosts,
    )  # fmt: skip
