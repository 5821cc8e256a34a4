"""What happened while the node was away is found out at its return, and told."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from callcenter.acd.agent import AgentState
from callcenter.calls.models import TelephonyFact
from callcenter.core.ids import new_id
from callcenter.core.tenant import Scope
from callcenter.tenancy.models import PLATFORM_CODE, Enterprise
from tests.support.centre import NUMBER, Centre, until

pytestmark = pytest.mark.integration


async def test_a_talk_that_ended_meanwhile_is_wrapped_up_and_the_passes_are_told(
    centre: Centre,
) -> None:
    with_platform(centre)
    await centre.sign_in("8001")
    caller = await centre.network.call(NUMBER, "13800000001")
    agent = await centre.network.rings(centre.phone("8001"))
    await agent.answer()
    await centre.has_state("8001", AgentState.TALKING)
    await centre.stop_node()
    await caller.hang_up()
    await agent.ended.wait()
    await centre.begin_anew()
    await centre.has_state("8001", AgentState.WRAP_UP)
    assert (await centre.ended_call()).result == "answered"
    await until(lambda: len(passes(centre)) == 2, "both passes are told", lambda: passes(centre))
    first, second = passes(centre)
    assert (first["pass"], second["pass"]) == (1, 2)
    assert set(second["differed"].values()) == {0}


def with_platform(centre: Centre) -> None:
    platform = Enterprise(
        id=new_id(), code=PLATFORM_CODE, name="platform", area_code="021",
        created_at=datetime.now(UTC),
    )  # fmt: skip
    with centre.database.begin(Scope.platform()) as session:
        session.add(platform)


def passes(centre: Centre) -> list[dict[str, object]]:
    with centre.database.begin(Scope.platform()) as session:
        query = select(TelephonyFact).where(TelephonyFact.type == "reconciled")
        return [fact.data for fact in session.scalars(query.order_by(TelephonyFact.position))]
