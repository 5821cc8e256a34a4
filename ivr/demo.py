"""The demonstration flow: a bilingual hotline for repairs, as data in config/flows/demo.json."""

import json
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.core.clock import Clock
from ivr.models import IvrFlowVersion, IvrService, VersionState
from ivr.validation import read

NAME = "报修热线"
_FILE = Path(__file__).resolve().parents[1] / "config" / "flows" / "demo.json"
_AGENT_SERVICE = "{agent_service}"


def demo_definition(agent_service_id: UUID) -> dict[str, Any]:
    """The flow's JSON with its transfers leading to this agent service."""
    text = _FILE.read_text("utf-8").replace(_AGENT_SERVICE, str(agent_service_id))
    definition: dict[str, Any] = json.loads(text)
    return definition


def load_demo(session: Session, enterprise_id: UUID, agent_service_id: UUID, clock: Clock) -> UUID:
    """The demo IVR service's id, made and published when it is not there yet.

    session: in the enterprise's scope or the platform's. The prompts are made by whoever starts
    next (PromptLibrary.ensure), not here.
    """
    known = session.scalar(
        select(IvrService).where(IvrService.enterprise_id == enterprise_id, IvrService.name == NAME)
    )
    if known is not None:
        return known.id
    definition = demo_definition(agent_service_id)
    read(definition)
    now = clock.now()
    service = IvrService(enterprise_id=enterprise_id, name=NAME, changed_at=now)
    session.add(service)
    session.flush()
    version = IvrFlowVersion(
        enterprise_id=enterprise_id,
        service_id=service.id,
        number=1,
        definition=definition,
        state=VersionState.PUBLISHED,
        made_at=now,
        published_at=now,
    )
    session.add(version)
    session.flush()
    service.published_version_id = version.id
    session.flush()
    return service.id
