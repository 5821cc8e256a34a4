"""Real callers leave messages: their voices are kept, also of one who hangs up while speaking."""

import asyncio
from typing import Any

import pytest
from redis import Redis
from sqlalchemy import select, update

from callcenter.core.bus import Outbox
from callcenter.core.clock import SystemClock
from callcenter.core.ids import new_id
from callcenter.core.jobs import JobQueue
from callcenter.core.tenant import Scope
from callcenter.notices.service import Notices
from callcenter.processes.directory import SqlDirectory
from callcenter.routing.models import RoutingService
from callcenter.tenancy.models import AccessNumber
from callcenter.voicemail.events import Left
from callcenter.voicemail.models import Voicemail, VoicemailBox
from callcenter.voicemail.service import Keeping
from callcenter.voicemail.states import TargetKind
from callcenter.voicemail.tasks import VoicemailStore
from tests.integration.telephony.sound import loudness
from tests.support.callers import recording
from tests.support.centre import NUMBER, Centre
from tests.support.sound import NoProgress

pytestmark = pytest.mark.integration

SPOKEN = "您好，请给我回电话，谢谢。"
GREETING = {"zh-CN": "请留言。", "en": "Please leave a message."}


async def led_to_voicemail(centre: Centre) -> None:
    """The access number leads to the service's voicemail, with a short greeting."""
    target = {"kind": "voicemail", "id": str(centre.service)}
    route = RoutingService(
        id=new_id(), name="out of hours", document={"rules": [], "otherwise": target},
        created_at=SystemClock().now(),
    )  # fmt: skip
    with centre.database.begin(Scope(centre.enterprise)) as session:
        session.add_all([route, short_greeting(centre)])
    with centre.database.begin(Scope.platform()) as session:
        leads = update(AccessNumber).where(AccessNumber.number == NUMBER)
        session.execute(leads.values(strategy_kind="routing_service", strategy_id=route.id))
    await centre.node.refresher.refresh()


def short_greeting(centre: Centre) -> VoicemailBox:
    return VoicemailBox(
        target_id=centre.service, target_kind=TargetKind.SERVICE, greeting=GREETING,
        longest_seconds=30, silence_seconds=2,
    )  # fmt: skip


def kept(centre: Centre, redis: Redis) -> list[Voicemail]:
    """What the facts process and the worker make of it."""
    clock, directory = SystemClock(), SqlDirectory()
    store = VoicemailStore(centre.settings.paths.recordings, clock)
    notices = Notices(directory, Outbox(clock), clock)
    keeping = Keeping(directory, notices, store, JobQueue(redis, clock))
    told: list[Any] = [fact for fact in centre.facts() if fact.type == "voicemail.left"]
    with centre.database.begin(Scope(centre.enterprise)) as session:
        for fact in told:
            data = {**fact.data, "call_id": str(fact.call_id)}
            keeping.keep(session, Left.read(data, fact.at))
        messages = list(session.scalars(select(Voicemail).order_by(Voicemail.number)))
        for message in messages:
            store.process(session, {"voicemail_id": str(message.id)}, NoProgress())
    return messages


async def test_messages_are_left_by_a_key_and_by_hanging_up(centre: Centre, redis: Redis) -> None:
    await led_to_voicemail(centre)
    for number in ("13800000001", "13800000002"):
        async with recording(centre.settings.paths.recordings):
            caller = await centre.network.call(NUMBER, number)
        await caller.speak(SPOKEN)
        await (caller.press("#") if number == "13800000001" else caller.hang_up())
        await asyncio.wait_for(caller.ended.wait(), 20)
    await centre.ended_call(2)
    assert {call.result for call in centre.calls()} == {"ivr_only"}
    messages = await asyncio.to_thread(kept, centre, redis)
    assert [message.number for message in messages] == [
        "e164:+8613800000001",
        "e164:+8613800000002",
    ]
    for message in messages:
        sound = (centre.settings.paths.recordings / message.path).read_bytes()
        assert loudness(sound) > 100
        assert 1.5 < message.seconds < 8
    assert centre.node.board.illegal_edges == 0
