"""Puts together what takes a ready-made flow into an enterprise."""

from callcenter.core.audit import Audit
from callcenter.core.bus import Outbox
from callcenter.core.clock import Clock
from callcenter.objects.service import Callers, Definitions
from callcenter.processes.directory import SqlDirectory
from callcenter.processes.seams import Surroundings
from callcenter.routing.service import AgentServices, CallerLists, RoutingServices
from callcenter.schedules.service import Schedules
from ivr.keeping import Keeping
from ivr.taking import Around, ReadyFlows


def ready_flows(clock: Clock) -> ReadyFlows:
    audit, outbox, directory, seams = Audit(clock), Outbox(clock), SqlDirectory(), Surroundings()
    definitions = Definitions()
    callers = Callers(directory, definitions)
    around = Around(
        schedules=Schedules(directory, seams, audit, outbox, clock),
        lists=CallerLists(directory, seams, audit, clock),
        services=AgentServices(directory, seams, callers, audit, outbox, clock),
        routes=RoutingServices(directory, seams, callers, audit, outbox, clock),
        definitions=definitions,
        callers=callers,
        directory=directory,
    )
    return ReadyFlows(Keeping(clock, audit, outbox, seams), around)
