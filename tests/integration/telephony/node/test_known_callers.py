"""Where a call goes may depend on the caller's record: a flow asks, a real call is led."""

import time
from typing import Any

import pytest
from sqlalchemy import Engine

from callcenter.acd.agent import AgentState
from callcenter.core.audit import Audit
from callcenter.core.clock import SystemClock
from callcenter.core.tenant import Scope
from callcenter.objects.service import (
    Installer,
    NewRow,
    Records,
    Versions,
)
from callcenter.objects.tasks import Publisher, owner_engine
from callcenter.processes.means import means
from callcenter.processes.telephony.customers import WITHIN
from tests.integration.objects.firm import clients
from tests.integration.objects.shaping import a_field, label
from tests.integration.telephony.node.flows import lead_through
from tests.support.centre import CODE, NUMBER, Centre
from tests.support.databases import FreshDatabase

pytestmark = pytest.mark.integration

VIP, PLAIN, STRANGER = "13800000001", "13800000002", "13800000003"
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


def keep_customers(centre: Centre, owner: Engine) -> None:
    clock = SystemClock()
    installer = Installer(Publisher(owner, clock), Versions(Audit(clock), clock), clock)
    document = clients(a_field("level", "choice", settings={"options": LEVELS}))
    with centre.database.begin(Scope.platform()) as session:
        installer.publish(session, centre.enterprise, CODE, document)
    rows = [
        NewRow({"name": name, "phone": number, "level": level}, clock.now())
        for name, number, level in (("王芳", VIP, "gold"), ("李伟", PLAIN, "plain"))
    ]
    with centre.database.begin(Scope(centre.enterprise)) as session:
        Records(means(clock)).load(session, "client", rows)


@pytest.fixture
def owner(postgres: FreshDatabase) -> Engine:
    return owner_engine(postgres.owner_url)


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
