"""What a flow does beyond its call, by a real one: addresses, another flow, a PIN, a record, a notice."""

import json
import socket
import threading
from typing import Any
from uuid import UUID

import pytest
from redis import Redis
from sqlalchemy import Column, Engine, MetaData, Table, Uuid, select

from callcenter.core.db import TenantTables
from callcenter.core.tenant import Scope
from callcenter.notices.models import NoticeRow
from tests.integration.objects.firm import jobs
from tests.integration.objects.shaping import a_field
from tests.integration.objects.triggering import allow_calls
from tests.integration.telephony.node.flows import keep_flow, lead_through
from tests.integration.telephony.node.test_flows import BYE, exits, node, node_of, room_of
from tests.integration.telephony.node.test_known_callers import PIN, VIP, keep_customers
from tests.support.callers import enters, listens
from tests.support.centre import CODE, NUMBER, Centre, until
from tests.support.raw_server import a_raw_server, hangs

pytestmark = pytest.mark.integration

ORDER, WRONG_PIN = "42", "1357"
SAYS_ORDER = [{"text": {"zh-CN": "请输入您的订单号码，然后请稍等。"}}]
SAYS_PIN = [{"text": {"zh-CN": "请输入您的四位服务密码，谢谢。"}}]


def shop(connection: socket.socket, _over: threading.Event) -> None:
    """What the order costs."""
    connection.recv(65536)
    body = json.dumps({"order": {"price": 12.5}}).encode()
    head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    connection.sendall(head.encode() + body)


def which_order() -> dict[str, Any]:
    entry = {"prompts": SAYS_ORDER, "variable": "order", "maximum": 2}
    ways = {"collected": "back", "timeout": "back", "invalid": "back"}
    nodes = [node("which", "collect", entry, **ways), node("back", "return", {})]
    return {"start": "which", "languages": ["zh-CN"], "nodes": nodes}


def work_order(slow: str, quick: str, asking: UUID, told: UUID) -> dict[str, Any]:
    """Whoever does not answer in time is asked no more; then who does, and the caller."""

    def ask(place: str, **more: Any) -> dict[str, Any]:
        return {"method": "GET", "url": f"http://{place}/orders", "timeout": 1, **more}

    priced = {"answer": "json", "reads": {"price": "/order/price"}}
    pin = {"prompts": SAYS_PIN, "field": "pin", "minimum": 4, "maximum": 4}
    written = [
        {"field": "name", "variable": "title"},
        {"field": "code", "variable": "order"},
        {"field": "price", "variable": "price"},
    ]
    text = "{title}：{caller}"
    return {
        "start": "slow",
        "languages": ["zh-CN"],
        "nodes": [
            node("slow", "http", ask(slow), ok="bye", failed="bye", timeout="shop"),
            node("shop", "http", ask(quick, **priced), ok="order", failed="bye", timeout="bye"),
            node("order", "flow", {"service": str(asking)}, next="pin", failed="bye"),
            node("pin", "verify", pin, verified="title", refused="bye", unknown="bye"),
            node("title", "set_variable", {"name": "title", "template": "订单{order}"}, next="write"),
            node("write", "write", {"object": "job", "act": "create", "values": written},
                 written="tell", failed="bye"),
            node("tell", "message", {"to": "seat", "target": str(told), "text": text}, next="bye"),
            BYE,
        ],
    }  # fmt: skip


def path_of(centre: Centre, service_id: UUID) -> list[str]:
    """The way so far of the only caller in the flow."""
    (shown,) = room_of(centre, service_id).values()
    return [f"{step['node']}:{step['exit']}" for step in json.loads(shown)["path"]]


async def test_a_caller_is_led_past_a_slow_address_through_a_flow_and_a_pin_to_a_work_order(
    centre: Centre, owner: Engine, redis: Redis
) -> None:
    keep_customers(centre, owner, jobs(a_field("code", indexed=True), a_field("price")))
    asking = keep_flow(centre, "which order", which_order())
    with a_raw_server(hangs) as slow, a_raw_server(shop) as quick:
        with centre.database.begin(Scope.platform()) as session:
            allow_calls(session, centre.enterprise, f"{slow.place} {quick.place}")
        flow = work_order(slow.place, quick.place, asking, centre.agents["8003"])
        service_id = lead_through(centre, flow)
        await centre.node.refresher.refresh()
        caller = await centre.network.call(NUMBER, VIP)
        await until(lambda: node_of(centre, service_id, VIP) == "which", "asked for the order")
        assert (slow.came, quick.came) == (1, 1)
    await enters(caller, ORDER)
    await until(lambda: node_of(centre, service_id, VIP) == "pin", "asked for the PIN")
    so_far = ["slow:timeout", "shop:ok", "which:collected", "back:return", "order:next"]
    assert path_of(centre, service_id) == so_far

    await enters(caller, WRONG_PIN)
    await until(lambda: bool(redis.keys("ivr:wrong:*")), "the wrong PIN counts")
    await listens(caller, 1)
    await caller.press(PIN)
    await caller.ended.wait()
    assert redis.keys("ivr:wrong:*") == []

    call = await centre.ended_call()
    orders = Table("job", MetaData(), Column("call_id", Uuid()), schema=f"e{CODE}")
    with centre.database.begin(Scope(centre.enterprise)) as session:
        asked, shown = {"code": ORDER}, frozenset({"name", "price"})
        kept = centre.node.beyonds.records.find(session, "job", asked, shown, "")
        assert [*TenantTables(session).execute(select(orders)).scalars()] == [call.id]
        (notice,) = session.scalars(select(NoticeRow)).all()
    assert (kept.records, kept.values) == (1, {"name": f"订单{ORDER}", "price": "12.5"})
    assert notice.user_id == centre.agents["8003"]
    assert notice.text.startswith(f"订单{ORDER}：")
    assert VIP not in notice.text
    await centre.node.flow_counts.flush()
    assert exits(centre, asking) == {("which", "collected"): 1, ("back", "return"): 1}
    once = [
        ("slow", "timeout"), ("shop", "ok"), ("order", "next"), ("pin", "verified"),
        ("title", "next"), ("write", "written"), ("tell", "next"), ("bye", "hang_up"),
    ]  # fmt: skip
    assert exits(centre, service_id) == dict.fromkeys(once, 1)
