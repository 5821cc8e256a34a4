"""How long a caller may wait, with the callers of other services whom the same agents take first."""

from types import SimpleNamespace
from uuid import UUID

import pytest

from callcenter.acd.estimate import Handling
from callcenter.acd.queue import Waiting
from callcenter.routing.matching import Matching
from callcenter.telephony.expectation import Expectation
from tests.fakes.switchboard import ANNA, SERVICE, World, service

OTHER = UUID(int=13)
FIVE_MINUTES = SimpleNamespace(handling=Handling(calls=10, seconds=3000.0))


class Wall:
    """Every call of today took five minutes."""

    def figures(self, _enterprise: UUID) -> SimpleNamespace:
        return SimpleNamespace(services={SERVICE: FIVE_MINUTES, OTHER: FIVE_MINUTES})


@pytest.mark.parametrize(
    ("ageing", "minutes"), [(0, 5), (60, 10)], ids=["as they came", "as they have aged"]
)
async def test_callers_of_other_services_go_before_by_what_they_may_claim_now(
    ageing: int, minutes: int
) -> None:
    """One came with priority 4 five minutes before the caller with 6, and both have the same agent."""
    only = {"members": frozenset({ANNA})}
    world = World(
        service(**only), service(id=OTHER, matching=Matching(ageing_seconds=ageing), **only)
    )
    world.ready(ANNA)
    call = world.inbound()
    world.matcher.add(Waiting(UUID(int=500), OTHER, 4, world.clock.now()))
    world.clock.advance(300)
    world.matcher.add(Waiting(call.id, SERVICE, 6, world.clock.now()))
    expectation = Expectation(world.clock, world.matcher, world.agents, Wall())
    assert expectation.minutes(call, world.agents.directory.services[SERVICE]) == minutes
