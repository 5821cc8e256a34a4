"""Names of what a configuration may point at, read from all slices' tables."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session

from callcenter.configuration.service import Names, Reference
from callcenter.people.models import Extension, Skill, User, UserStatus
from callcenter.routing.models import (
    AgentService,
    CallerList,
    Conference,
    RoutingService,
    ServiceStatus,
)
from callcenter.schedules.models import Schedule
from ivr.models import IvrPrompt, IvrService

_NAMED: Sequence[tuple[str, InstrumentedAttribute[Any], Any]] = (
    ("agent_service", AgentService.name, AgentService.status == ServiceStatus.ACTIVE),
    ("ivr_service", IvrService.name, None),
    ("routing_service", RoutingService.name, None),
    ("schedule", Schedule.name, None),
    ("caller_list", CallerList.name, None),
    ("conference", Conference.name, None),
    ("prompt", IvrPrompt.name, None),
    ("skill", Skill.name, None),
    ("seat", User.employee_code, User.status == UserStatus.ACTIVE),
    ("extension", Extension.number, None),
)
"""Kind → by what it is called there, and which of them count."""


class SqlNames:
    """`callcenter.configuration.service.Naming`, in the scope's enterprise."""

    def all(self, session: Session) -> Names:
        found = {}
        for kind, called, condition in _NAMED:
            query = select(called.class_.id, called)
            for key, name in session.execute(
                query if condition is None else query.where(condition)
            ):
                found[key] = Reference(kind, name)
        return found
