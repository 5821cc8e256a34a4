"""A flow of its own for the access number of a test."""

from typing import Any
from uuid import UUID

from sqlalchemy import update

from callcenter.core.audit import Audit
from callcenter.core.bus import Outbox
from callcenter.core.clock import SystemClock
from callcenter.core.speech import EspeakSpeech
from callcenter.core.tenant import Scope
from callcenter.objects.service import Callers, Definitions
from callcenter.processes.directory import SqlDirectory
from callcenter.processes.seams import Surroundings
from callcenter.tenancy.models import AccessNumber
from ivr.models import IvrService
from ivr.prompts import PromptLibrary
from ivr.service import IvrServices
from tests.integration.ivr.conftest import actor
from tests.support.centre import NUMBER, Centre


def lead_through(centre: Centre, definition: dict[str, Any]) -> UUID:
    service_id = keep_flow(centre, "flow", definition)
    with centre.database.begin(Scope(centre.enterprise)) as session:
        leads = update(AccessNumber).where(AccessNumber.number == NUMBER)
        session.execute(leads.values(strategy_kind="ivr_service", strategy_id=service_id))
    return service_id


def keep_flow(centre: Centre, name: str, definition: dict[str, Any]) -> UUID:
    """Its author publishes it, so what it names has been held against what there is."""
    with centre.database.begin(Scope(centre.enterprise)) as session:
        now = SystemClock().now()
        service = IvrService(enterprise_id=centre.enterprise, name=name, changed_at=now)
        session.add(service)
        session.flush()
        service_id = service.id
    publish_again(centre, service_id, definition)
    return service_id


def publish_again(centre: Centre, service_id: UUID, definition: dict[str, Any]) -> None:
    """What new calls go through from now on."""
    flows = ivr_services(centre)
    with centre.database.begin(Scope.of(actor(centre.enterprise))) as session:
        version = flows.view(session, service_id).service.version
        flows.save_draft(session, service_id, version, definition)
    publish(centre, service_id)


def publish(centre: Centre, service_id: UUID) -> None:
    """Its draft."""
    flows, scope = ivr_services(centre), Scope.of(actor(centre.enterprise))
    with centre.database.begin(scope) as session:
        version = flows.view(session, service_id).service.version
    flows.publish(scope, service_id, version)


def ivr_services(centre: Centre) -> IvrServices:
    clock, directory = SystemClock(), SqlDirectory()
    return IvrServices(
        centre.database, clock, Audit(clock), Outbox(clock), directory, prompts(centre),
        Callers(directory, Definitions()), Surroundings(),
    )  # fmt: skip


def prompts(centre: Centre) -> PromptLibrary:
    return PromptLibrary(centre.settings.paths.home / "prompts", EspeakSpeech())
