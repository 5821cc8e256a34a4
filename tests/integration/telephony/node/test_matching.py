"""Who gets the call, on a real Asterisk: the last agent, a ring that opens, phones that ring together."""

from datetime import timedelta
from typing import Any

import pytest

from callcenter.acd.agent import AgentState
from callcenter.acd.strategies import Strategy
from callcenter.calls.events import FactType
from callcenter.calls.models import Call
from callcenter.core.clock import SystemClock
from callcenter.core.ids import new_id
from callcenter.core.tenant import Scope
from callcenter.people.models import Skill, UserSkill
from callcenter.routing.models import AgentService
from tests.support.centre import NUMBER, Centre, until

pytestmark = pytest.mark.integration
CALLER, OTHER = "13800000001", "13800000002"


async def match_by(
    centre: Centre, matching: dict[str, Any], strategy: Strategy = Strategy.LONGEST_IDLE
) -> None:
    await the_service_has(centre, matching=matching, strategy=strategy)


async def the_service_has(centre: Centre, **settings: Any) -> None:
    with centre.database.begin(Scope(centre.enterprise)) as session:
        service = session.get_one(AgentService, centre.service)
        for name, value in settings.items():
            setattr(service, name, value)
    await centre.node.refresher.refresh()


def talked_before(centre: Centre, seat: str, number: str) -> None:
    yesterday = SystemClock().now() - timedelta(days=1)
    with centre.database.begin(Scope(centre.enterprise)) as session:
        session.add(
            Call(
                id=new_id(), direction="inbound", state="ended", result="answered",
                customer_number=f"e164:+86{number}", agent_id=centre.agents[seat],
                started_at=yesterday, connected_at=yesterday, ended_at=yesterday,
            )
        )  # fmt: skip


async def test_the_last_agent_is_rung_first_and_anybody_after_a_while(centre: Centre) -> None:
    talked_before(centre, "8002", CALLER)
    await match_by(centre, {"last_agent_days": 7, "prefer_seconds": 1})
    await centre.sign_in("8001", "8002")
    await centre.network.call(NUMBER, CALLER)
    ringing = await centre.network.rings(centre.phone("8002"))
    await ringing.answer()
    await centre.has_state("8002", AgentState.TALKING)
    assert centre.state("8001") is AgentState.READY
    # The one is talking now: the next call of this number waits a second for that agent alone.
    await centre.network.call(NUMBER, CALLER)
    await until(lambda: len(centre.node.matcher.waiting_in(centre.service)) == 1, "one waits")
    assert centre.state("8001") is AgentState.READY
    await centre.network.rings(centre.phone("8001"))


async def test_a_ring_opens_when_nobody_able_was_found(centre: Centre) -> None:
    skill = new_id()
    with centre.database.begin(Scope(centre.enterprise)) as session:
        session.add(Skill(id=skill, name="英语"))
        session.flush()
        session.add(UserSkill(user_id=centre.agents["8001"], skill_id=skill, level=4))
    needs = [{"skill": str(skill), "level": 7}]
    weaker = [{"skill": str(skill), "level": 3}]
    rings = [{"after_seconds": 0, "needs": needs}, {"after_seconds": 2, "needs": weaker}]
    await match_by(centre, {"rings": rings})
    await centre.sign_in("8002", "8001")
    caller = await centre.network.call(NUMBER, CALLER)
    await until(lambda: len(centre.node.matcher.waiting_in(centre.service)) == 1, "one waits")
    ringing = await centre.network.rings(centre.phone("8001"))
    await ringing.answer()
    await centre.has_state("8001", AgentState.TALKING)
    await caller.hang_up()
    call = await centre.ended_call()
    assert call.waited_seconds is not None
    assert call.waited_seconds >= 2
    assert call.offers == 1


async def test_all_phones_ring_and_the_slower_ones_are_free_again_at_once(centre: Centre) -> None:
    await match_by(centre, {}, Strategy.RING_ALL)
    await centre.nail_up("8003")
    await centre.sign_in("8001", "8002", "8003")
    line = await centre.network.rings(centre.phone("8003"))
    await line.answer()
    await until(lambda: centre.node.matcher.ready_in(centre.service) == 3, "the line stands")

    caller = await centre.network.call(NUMBER, CALLER)
    phones = {seat: await centre.network.rings(centre.phone(seat)) for seat in centre.agents}
    await phones["8002"].answer()
    await centre.has_state("8002", AgentState.TALKING)
    await centre.has_state("8001", AgentState.READY)
    await centre.has_state("8003", AgentState.READY)
    # Free means free: another caller rings those who were slower, while the first still talks.
    other = await centre.network.call(NUMBER, OTHER)
    await centre.network.rings(centre.phone("8001"))
    await centre.has_state("8001", AgentState.RINGING)
    assert centre.state("8002") is AgentState.TALKING
    await other.hang_up()
    await centre.has_state("8001", AgentState.READY)
    await caller.hang_up()
    await centre.ended_call(2)
    first = centre.calls()[0]
    assert (first.result, first.agent_id, first.offers) == ("answered", centre.agents["8002"], 3)
    facts = [fact for fact in centre.facts() if fact.call_id == first.id]
    offered = [fact.agent_id for fact in facts if fact.type == FactType.CALL_OFFERED]
    assert set(offered) == set(centre.agents.values())
    assert not [fact for fact in facts if fact.type == FactType.CALL_MISSED]


async def refuses(centre: Centre, seat: str) -> None:
    ringing = await centre.network.rings(centre.phone(seat))
    await centre.has_state(seat, AgentState.RINGING)
    await ringing.hang_up(17)


async def test_who_refuses_a_call_goes_where_the_service_says(centre: Centre) -> None:
    await the_service_has(centre, missed_policy="ready")
    await centre.sign_in("8001")
    caller = await centre.network.call(NUMBER, CALLER)
    await refuses(centre, "8001")
    # Ready again at once, and the only one there is: the same call rings again.
    again = await centre.network.rings(centre.phone("8001"))
    await caller.hang_up()
    await again.ended.wait()
    await centre.has_state("8001", AgentState.READY)

    await the_service_has(centre, missed_policy="not_ready")
    waits = await centre.network.call(NUMBER, CALLER)
    await refuses(centre, "8001")
    await centre.has_state("8001", AgentState.NOT_READY)
    assert len(centre.node.matcher.waiting_in(centre.service)) == 1
    await waits.hang_up()
    await centre.ended_call(2)
    missed = [fact for fact in centre.facts() if fact.type == FactType.CALL_MISSED]
    assert [fact.data["reason"] for fact in missed] == ["rejected", "rejected"]
