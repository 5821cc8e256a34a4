"""Puts together scheduled tasks: the API's part, and what carries them out."""

from callcenter.automation import http
from callcenter.automation.calling import Calling
from callcenter.automation.service import Deliveries, Runs, Tasks
from callcenter.automation.tools import Tools
from callcenter.core.db import Database
from callcenter.core.http import Blueprint
from callcenter.core.jobs import JobQueue
from callcenter.core.sealed import Seal
from callcenter.core.settings import Settings
from callcenter.messaging.service import Accepting, Emptying
from callcenter.objects.service import Archiving, Files, Means, Records, RecycleBin, Unarchiving
from callcenter.objects.service.addresses import Addresses
from callcenter.objects.service.transfer import Exports, TransferStore
from callcenter.processes.instruments import instruments, own_files
from callcenter.processes.queries import data_sources, delivering
from callcenter.processes.templates import rendering
from callcenter.queries.replica import Replica
from callcenter.rendering.asking import Services
from callcenter.templates.service import Begin


def blueprints(database: Database, shared: Means) -> list[Blueprint]:
    runs = Runs(shared.directory, shared.audit, shared.clock)
    tasks = Tasks(shared.directory, runs, shared.audit, shared.outbox, shared.clock)
    deliveries = Deliveries(tasks, runs)
    return [
        http.blueprint(database, tasks, runs),
        http.deliveries_blueprint(database, deliveries),
    ]


def tools(
    settings: Settings, database: Database, shared: Means, jobs: JobQueue, seal: Seal,
    replica: Replica | None = None,
) -> Tools:  # fmt: skip
    sources = data_sources(seal)
    out = instruments(settings, seal, shared.clock)
    paths, clock = settings.paths, shared.clock
    store = TransferStore(paths.transfers, settings.transfers.largest)
    # Templates may call commands, and commands render templates.
    calling = Calling(lambda: made, clock)

    def outside(begin: Begin) -> Services:
        return {**out.of(begin).by_name, "command": calling.service(begin)}

    attached = Files(paths.attachments, clock)
    made = Tools(
        recycled=RecycleBin(shared, attached),
        archiving=Archiving(shared, attached, seal),
        unarchiving=Unarchiving(shared, attached, seal),
        files=own_files(settings, clock),
        texts=rendering(shared, outside, sources, replica),
        accepting=Accepting(shared.directory, clock),
        emptying=Emptying(),
        addresses=Addresses(shared),
        exports=Exports(
            shared.directory, shared.definitions, shared.handled, Records(shared), jobs, store,
            clock,
        ),
        deliveries=delivering(database, store, shared, sources, replica),
        instruments=out,
        address=settings.web.public,
    )  # fmt: skip
    return made
