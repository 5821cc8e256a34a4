"""Puts together what configurations are made of; `administration` and `records` share it."""

from callcenter.callbacks.service import CallbackRulebook
from callcenter.configuration.service import (
    CodesPart,
    FormsPart,
    Leading,
    LibraryPart,
    Part,
    QueriesPart,
    SetInstaller,
    TemplatesPart,
    leading_parts,
    words_parts,
)
from callcenter.core.audit import Audit
from callcenter.core.bus import Outbox
from callcenter.core.clock import Clock
from callcenter.objects.service import (
    Callers,
    Codes,
    Definitions,
    Installer,
    Library,
    Versions,
)
from callcenter.objects.tasks import Publisher
from callcenter.people.service import Skills, dispositions, reasons
from callcenter.processes.directory import SqlDirectory
from callcenter.processes.means import means
from callcenter.processes.names import SqlNames
from callcenter.processes.queries import queries
from callcenter.processes.seams import Surroundings, Targets, Traffic
from callcenter.processes.templates import templates
from callcenter.quality.service import Forms
from callcenter.routing.service import AgentServices, CallerLists, Conferences, RoutingServices
from callcenter.schedules.service import Holidays, Schedules
from callcenter.tenancy.service import AccessNumbers
from callcenter.voicemail.service import Boxes


def parts(audit: Audit, clock: Clock) -> list[Part]:
    """What a configuration consists of beside its objects."""
    history = Surroundings()
    return [
        CodesPart(Codes(SqlDirectory(), audit, clock)),
        TemplatesPart(templates(audit, clock)),
        *words_parts(dispositions(history, audit), reasons(history, audit)),
        FormsPart(Forms(audit, clock)),
        LibraryPart(Library(audit, clock)),
        QueriesPart(queries(means(clock))),
    ]


def where_calls_go(audit: Audit, outbox: Outbox, clock: Clock) -> list[Part]:
    """The parts that say where calls go; no ready set has them."""
    directory, seams = SqlDirectory(), Surroundings()
    callers = Callers(directory, Definitions())
    return leading_parts(
        Leading(
            naming=SqlNames(),
            skills=Skills(seams, audit),
            lists=CallerLists(directory, seams, audit, clock),
            schedules=Schedules(directory, seams, audit, outbox, clock),
            holidays=Holidays(audit, outbox),
            conferences=Conferences(seams, audit, outbox, clock),
            services=AgentServices(directory, seams, callers, audit, outbox, clock),
            routes=RoutingServices(directory, seams, callers, audit, outbox, clock),
            boxes=Boxes(directory, audit, outbox),
            callbacks=CallbackRulebook(directory, seams, audit, outbox),
            numbers=AccessNumbers(Targets(), Traffic(clock), audit, outbox, clock),
        )
    )


def set_installer(publisher: Publisher, clock: Clock) -> SetInstaller:
    audit = Audit(clock)
    installer = Installer(publisher, Versions(audit, clock), clock)
    return SetInstaller(installer, parts(audit, clock))
