"""Which trunk carries a call out, and how the number is written there."""

import re
from uuid import UUID

from callcenter.core.errors import NotFound
from callcenter.core.numbers import parse_number
from callcenter.telephony.agents import Agents

_DIALLED = re.compile(r"[0-9]{2,20}\Z")


class TrunkRoutes:
    """The trunk of the enterprise's display number, else the first it has a number on."""

    def __init__(self, agents: Agents) -> None:
        self._agents = agents

    def dial_string(self, enterprise_id: UUID, number: str, display: str) -> str:
        """Raises BadNumber for what cannot be dialled, NotFound without a trunk."""
        plan = self._agents.directory.plan
        trunk = plan.trunk_for(enterprise_id, display) if plan else None
        if plan is None or trunk is None:
            raise NotFound
        digits = parse_number(number, plan.enterprises[enterprise_id].area_code).national
        if not _DIALLED.match(digits):
            raise NotFound
        # By address: whether OPTIONS are answered is shown to operators, and decides on no call.
        address = f"{trunk.host}:{trunk.port}"
        return f"PJSIP/{trunk.endpoint}/sip:{trunk.national_prefix}{digits}@{address}"
