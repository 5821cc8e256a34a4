"""What operators see, out of a real Asterisk: trunks that answer or not, the node, its calls."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from callcenter.core.tenant import Scope
from callcenter.telephony.ami import AmiEvent
from callcenter.tenancy.models import Trunk
from tests.integration.telephony.node.test_away import with_platform
from tests.support.centre import CODE, NUMBER, Centre

pytestmark = pytest.mark.integration


async def shown(centre: Centre, key: str, holds: Callable[[Any], bool]) -> dict[str, Any]:
    """What stands under a key of the room in Redis, as soon as it is as it should be."""
    value: Any = None
    try:
        async with asyncio.timeout(20):
            while True:
                centre.node.beat()
                text = await centre.node.redis.hget("room:platform", key)
                if text is not None and holds(value := json.loads(text)):
                    return dict(value)
                await centre.node.redis.xread({"rooms": "$"}, block=200)
    except TimeoutError:
        raise AssertionError(f"{key} is {value}") from None


def of_the_trunk(centre: Centre) -> str:
    with centre.database.begin(Scope.platform()) as session:
        return f"trunk:{session.scalar(select(Trunk.id))}"


def is_up(trunk: dict[str, Any]) -> bool:
    return bool(trunk["state"] == "up")


async def test_a_trunk_is_up_while_its_other_side_answers(centre: Centre) -> None:
    key = of_the_trunk(centre)
    up = await shown(centre, key, is_up)
    await centre.network.asterisk.stop()
    down = await shown(centre, key, lambda trunk: trunk["state"] == "down")
    assert down["since"] > up["since"]


async def test_a_node_that_comes_anew_knows_a_trunk_that_has_not_changed_since(
    centre: Centre,
) -> None:
    key = of_the_trunk(centre)
    before = await shown(centre, key, is_up)
    await centre.replace_node()
    anew = await shown(centre, key, lambda trunk: is_up(trunk) and trunk != before)
    assert anew["since"] > before["since"]  # it cannot know since when


async def test_the_node_tells_its_calls_and_what_it_had_to_repair(centre: Centre) -> None:
    with_platform(centre)
    await centre.node.refresher.refresh()
    await centre.node._reconcile()
    caller = await centre.network.call(NUMBER, "13800000001")
    await shown(centre, "calls", lambda calls: calls == {"now": 1})
    before = await shown(centre, "node:telephony", lambda node: node["calls"] == 1)
    assert (before["ready"], before["ami"], before["drift"]) == (True, True, 0)
    assert before["reconciled_at"]
    await caller.hang_up()
    await shown(centre, "calls", lambda calls: calls == {"now": 0})
    # A channel that is not there: what reconciliation has to repair is the day's drift.
    nobody = {"event": "Newchannel", "uniqueid": "9.9", "timestamp": "1795480000"}
    centre.node.tracker.handle(AmiEvent(nobody | {"channel": f"PJSIP/e{CODE}-8001-1"}))
    await centre.node._reconcile()
    wanted = before["drift_24h"] + 1
    await shown(centre, "node:telephony", lambda node: node["drift_24h"] == wanted)
