"""Where a call goes may depend on the caller's record: a flow asks, a real call is led."""

import time
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Engine

from callcenter.acd.agent import AgentState
from callcenter.core.audit import Audit
from callcenter.core.clock import SystemClock
from callcenter.core.ids import new_id
from callcenter.core.numbers import WITHHELD, parse_number
from callcenter.core.tenant import Scope
from callcenter.objects.service import (
    Installer,
    NewRow,
    Records,
    Versions,
)
from callcenter.objects.tasks import Publisher
from callcenter.processes.means import means
from callcenter.processes.telephony.customers import WITHIN
from callcenter.routing.matching import Matching
from callcenter.routing.models import CallerList, ListedCaller
from callcenter.telephony.claiming import Claim
from callcenter.telephony.live import Direction, LiveCall
from tests.integration.objects.firm import clients
from tests.integration.objects.shaping import a_field, label
from tests.integration.telephony.node.flows import lead_through
from tests.integration.telephony.node.test_matching import the_service_has
from tests.support.centre import CODE, NUMBER, Centre

pytestmark = pytest.mark.integration

VIP, PLAIN, STRANGER = "13800000001", "13800000002", "13800000003"
PIN = "2468"
LEVELS = [{"value": "gold", "label": label("gold")}, {"value": "plain", "label": label("plain")}]


def flow(service: object) -> dict[str, Any]:
    """Gold customers to the agents; all others are sent away."""
    case = {"when": "customers == 1 and customer_level == 'gold'", "exit": "gold"}
    agents = {"kind": "service", "target": str(service)}
    return {
        "start": "who",
        "languages": ["zh-CN"],
        "nodes": [
            {"id": "who", "kind": "condition", "settings": {"cases": [case]},
             "exits": {"gold": "agents", "otherwise": "bye"}},
            {"id": "agents", "kind": "transfer", "settings": agents, "exits": {}},
            {"id": "bye", "kind": "hang_up", "settings": {}, "exits": {}},
        ],
    }  # fmt: skip


def keep_customers(centre: Centre, owner: Engine, *others: dict[str, Any]) -> None:
    """others: documents of objects that are kept beside them."""
    clock = SystemClock()
    installer = Installer(Publisher(owner, clock), Versions(Audit(clock), clock), clock)
    own = clients(a_field("level", "choice", settings={"options": LEVELS}), a_field("pin"))
    with centre.database.begin(Scope.platform()) as session:
        for document in (own, *others):
            installer.publish(session, centre.enterprise, CODE, document)
    named = (
        ("王芳", VIP, "gold", str(centre.agents["8002"]), PIN),
        ("李伟", PLAIN, "plain", None, None),
    )
    keys = ("name", "phone", "level", "owner", "pin")
    rows = [NewRow(dict(zip(keys, each, strict=True)), clock.now()) for each in named]
    with centre.database.begin(Scope(centre.enterprise)) as session:
        Records(means(clock)).load(session, "client", rows)


@pytest.fixture
async def led(centre: Centre, owner: Engine) -> Centre:
    keep_customers(centre, owner)
    lead_through(centre, flow(centre.service))
    await centre.node.refresher.refresh()
    await centre.sign_in("8001")
    return centre


async def test_a_customer_of_the_level_reaches_an_agent_and_others_do_not(led: Centre) -> None:
    for number in (PLAIN, STRANGER):
        turned_away = await led.network.call(NUMBER, number)
        await turned_away.ended.wait()
    assert led.state("8001") is AgentState.READY

    caller = await led.network.call(NUMBER, VIP)
    ringing = await led.network.rings(led.phone("8001"))
    await ringing.answer()
    await led.has_state("8001", AgentState.TALKING)
    await caller.hang_up()
    served = await led.ended_call(3)
    assert (served.customer_number, served.offers) == (f"e164:+86{VIP}", 1)
    turned = [call for call in led.calls() if call.id != served.id]
    assert [(call.agent_id, call.offers) for call in turned] == [(None, 0), (None, 0)]


async def test_a_database_that_does_not_answer_keeps_no_caller_waiting(
    led: Centre, owner: Engine
) -> None:
    """As somebody unknown they are led on; meanwhile the records lie locked."""
    with owner.begin() as connection:
        connection.exec_driver_sql(f"LOCK TABLE e{CODE}.client IN ACCESS EXCLUSIVE MODE")
        began = time.monotonic()
        caller = await led.network.call(NUMBER, VIP)
        await caller.ended.wait()
        assert WITHIN <= time.monotonic() - began < WITHIN + 5


async def test_what_a_caller_claims_is_read_from_lists_and_the_record_whose_owner_is_rung_first(
    led: Centre,
) -> None:
    with led.database.begin(Scope(led.enterprise)) as session:
        important = CallerList(id=new_id(), name="重要客户", created_at=SystemClock().now())
        session.add(important)
        session.flush()
        number = f"e164:+86{VIP}"
        session.add(ListedCaller(list_id=important.id, number=number, added_at=SystemClock().now()))
    matching = Matching(
        numbers={NUMBER: 1}, lists={important.id: 1}, customer_field="level",
        values={"gold": 1}, owner_field="owner",
    )  # fmt: skip
    plan = led.node.agents.directory.services[led.service]
    service = replace(plan, priority=4, matching=matching)

    async def claims(number: str) -> Claim:
        call = LiveCall(
            new_id(), led.enterprise, Direction.INBOUND, SystemClock().now(),
            parse_number(number) if number else WITHHELD, NUMBER,
        )  # fmt: skip
        return await led.node.distribution.claims.of(call, service)

    assert await claims(VIP) == Claim(7, (led.agents["8002"],))
    assert await claims(PLAIN) == Claim(5)
    assert await claims(STRANGER) == Claim(5)
    assert await claims("") == Claim(5)
    # Who does not serve the service is nobody's to wait for.
    service = replace(service, members=frozenset({led.agents["8001"]}))
    assert await claims(VIP) == Claim(7)

    # A real call: the owner is rung, though somebody else has been idle for longer.
    await the_service_has(led, matching={"owner_field": "owner"})
    await led.sign_in("8002")
    caller = await led.network.call(NUMBER, VIP)
    await led.network.rings(led.phone("8002"))
    assert led.state("8001") is AgentState.READY
    await caller.hang_up()
