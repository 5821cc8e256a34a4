"""The demonstration's hotline: the ready-made one, taken as any enterprise takes it, and published."""

from collections.abc import Iterable
from pathlib import Path
from uuid import UUID

from sqlalchemy import select, update

from callcenter.core.audit import Audit
from callcenter.core.bus import Outbox
from callcenter.core.clock import Clock
from callcenter.core.db import Database
from callcenter.core.speech import speech_engine
from callcenter.core.tenant import Actor, Scope
from callcenter.objects.service import Callers, Definitions
from callcenter.processes.directory import SqlDirectory
from callcenter.processes.ready import ready_flows
from callcenter.processes.seams import Surroundings
from callcenter.routing.models import RoutingService
from callcenter.tenancy.models import AccessNumber
from ivr.model import SHARED, Clip
from ivr.models import IvrService
from ivr.prompts import PromptLibrary
from ivr.ready import ready
from ivr.service import IvrServices
from ivr.taking import Wanted

KEY = "hotline"


class Later(PromptLibrary):
    """Its prompts are made by whoever starts next: telephony speaks what is missing."""

    def ensure(self, clips: Iterable[Clip], owner: str = SHARED) -> int:
        del clips, owner
        return 0


def load_hotline(
    database: Database, clock: Clock, prompts: Path, admin: Actor, number: str
) -> bool:
    """Lead the access number to it; False where the enterprise has it. Its objects must be there.

    prompts: their folder.
    """
    scope, name = Scope.of(admin), ready(KEY)["name"][admin.locale]
    with database.begin(scope) as session:
        made = session.scalar(select(IvrService).where(IvrService.name == name))
        if made is None:
            made = ready_flows(clock).take(session, name, Wanted(KEY))
        if made.published_version_id is not None:
            return False
        service_id, version = made.id, made.version
        route = session.scalars(select(RoutingService.id).where(RoutingService.name == name)).one()
    _services(database, clock, Later(prompts, speech_engine())).publish(scope, service_id, version)
    _lead(database, number, route)
    return True


def _services(database: Database, clock: Clock, library: PromptLibrary) -> IvrServices:
    directory = SqlDirectory()
    callers = Callers(directory, Definitions())
    return IvrServices(
        database, clock, Audit(clock), Outbox(clock), directory, library, callers, Surroundings()
    )


def _lead(database: Database, number: str, route: UUID) -> None:
    with database.begin(Scope.platform()) as session:
        leads = update(AccessNumber).where(AccessNumber.number == number)
        session.execute(leads.values(strategy_kind="routing_service", strategy_id=route))
