"""The ready-made hotline, told as a story by real calls: taken, published, and called in two languages.

One centre for all of them: they call side by side, and each leaves everybody signed out.
"""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import numpy as np
import pytest
import pytest_asyncio
from redis import Redis
from sqlalchemy import delete, select, update

from callcenter.acd.agent import AgentEvent, AgentState
from callcenter.calls.models import CallSurvey
from callcenter.configuration.schemas import STANDARD
from callcenter.core.audit import Audit
from callcenter.core.bus import Outbox
from callcenter.core.clock import SystemClock
from callcenter.core.numbers import parse_number
from callcenter.core.speech import EspeakSpeech
from callcenter.core.tenant import Scope
from callcenter.objects.service import Installer, NewRow, Records, Versions
from callcenter.objects.tasks import Publisher, owner_engine
from callcenter.processes.configuring import set_installer
from callcenter.processes.directory import SqlDirectory
from callcenter.processes.means import means
from callcenter.processes.ready import ready_flows
from callcenter.processes.seams import Surroundings
from callcenter.routing.models import AgentService, CallerList, ListedCaller, RoutingService
from callcenter.schedules.models import OwnHoliday, Schedule
from callcenter.schedules.service import Holidays, Schedules
from callcenter.telephony.live import LiveCall
from callcenter.tenancy.models import AccessNumber
from callcenter.voicemail.models import VoicemailBox
from callcenter.voicemail.states import TargetKind
from deploy.lab.call import LabCall
from ivr.model import Clip
from ivr.models import IvrFlowVersion
from ivr.phrases import fixed
from ivr.prompts import PromptLibrary
from ivr.ready import ready
from ivr.taking import Wanted
from tests.integration.ivr.conftest import actor
from tests.integration.objects.shaping import a_field, label
from tests.integration.telephony.node.flows import prompts, publish
from tests.integration.telephony.node.test_callbacks import the_service_calls_back, told
from tests.integration.telephony.node.test_flows import exits, node_of
from tests.integration.telephony.node.test_voicemail import GREETING, kept
from tests.support.callers import listens, recording
from tests.support.centre import CODE, NUMBER, Centre, running_centre, until
from tests.support.databases import DataServices, fresh_database
from tests.support.sound import RATE, SPOKEN, level, likeness, read_channels

pytestmark = [pytest.mark.integration, pytest.mark.asyncio(loop_scope="module")]

VIP, PLAIN, OTHER = "13800000001", "13800000002", "13800000003"
SECOND, THIRD = "13800000004", "13800000005"
ANSWERS, ALSO_ANSWERS = "13911110000", "13911120000"
"""They are picked up, as their last two digits have it."""
LANGUAGES = {"zh-CN": "1", "en": "2"}
SAID, WORDS_DIFFER = 0.85, 0.6
"""Likeness of what was heard to a prompt: above the one it was said, below the other it was not."""

STRETCH = int(0.8 * RATE)
"""Of a prompt that is compared, in samples."""

STATUS = [
    {"value": "paid", "label": label("已付款", "Paid")},
    {"value": "sent", "label": label("已发货", "On its way")},
]
PURCHASE = {
    "identifier": "purchase", "kind": "base", "name": label("订单", "Order"),
    "key_field": "number", "title_field": "number",
    "groups": [{"key": "main", "label": label("订单", "Order"), "fields": [
        a_field("number", required=True, unique=True),
        a_field("status", "choice", settings={"options": STATUS}),
        {"key": "delivery_date", "type": "date", "label": label("送达日期", "Delivery date")},
        {"key": "total", "type": "money", "label": label("订单金额", "Amount")},
    ]}],
    "list": {"columns": ["number"], "sort": "-created_at"},
    "permissions": {"read": {"agent": "all", "admin": "all"}},
    "links": {},
}  # fmt: skip
BOUGHT = {"number": "26001177", "status": "sent", "delivery_date": "2026-12-05", "total": "128.50"}


@dataclass
class Hotline:
    """The centre with the hotline taken by its enterprise."""

    centre: Centre
    flow: UUID
    schedule: UUID
    definition: Mapping[str, Any]
    redis: Redis

    def nodes(self) -> Mapping[str, Any]:
        return {node["id"]: node for node in self.definition["nodes"]}

    def words(self, node: str, language: str) -> np.ndarray:
        """The sound of the first thing that the node says."""
        return read_channels(self.file(node, language).read_bytes())[0]

    def file(self, node: str, language: str) -> Path:
        text = self.nodes()[node]["settings"]["prompts"][0]["text"][language]
        return self._file(Clip(language, text))

    def question(self, language: str) -> np.ndarray:
        """Of the survey."""
        (texts,) = ready("hotline")["service"]["waiting"]["survey"]["questions"]
        return read_channels(self._file(Clip(language, texts[language])).read_bytes())[0]

    def phrase(self, key: str, language: str) -> np.ndarray:
        """One of the product's own."""
        (clip,) = fixed(key, language)
        return read_channels(self._file(clip).read_bytes())[0]

    def _file(self, clip: Clip) -> Path:
        return prompts(self.centre).file(clip, str(self.centre.enterprise))

    async def stands(self, open_: bool | None) -> None:
        """By the emergency switch; None: as its week and the holidays have it."""
        values = {"open": open_, "until": None, "reason": "story"}
        with self.centre.database.begin(Scope.of(actor(self.centre.enterprise))) as session:
            a_scheduler().switch(session, self.schedule, values)
        await self.centre.node.refresher.refresh()

    async def serves(self, **values: Any) -> None:
        """Settings of the service from now on."""
        with self.centre.database.begin(Scope(self.centre.enterprise)) as session:
            named = AgentService.id == self.centre.service
            session.execute(update(AgentService).where(named).values(**values))
        await self.centre.node.refresher.refresh()

    def at(self, number: str) -> str:
        """The node where the caller with the number is now, empty for none."""
        return node_of(self.centre, self.flow, number)

    async def reaches(self, number: str, node: str) -> None:
        await until(lambda: self.at(number) == node, f"{number} at {node}", lambda: self.at(number))

    async def led(self, number: str, *way: tuple[str, str], tones: bool = False) -> LabCall:
        """Calls, and presses at each node what is said with it."""
        call = await self.centre.network.call(NUMBER, number, tones=tones)
        for node, keys in way:
            await self.reaches(number, node)
            await call.press(keys)
        return call

    async def heard(self, call: LabCall, *nodes: str, language: str, but: str = "") -> None:
        """The beginnings of all these words, and not that of `but`."""
        said = [self.words(node, language) for node in nodes]
        other = [self.words(but, language)[:STRETCH]] if but else []
        await self.heard_words(call, *(words[:STRETCH] for words in said), but=other)

    async def heard_words(
        self, call: LabCall, *said: np.ndarray, but: Sequence[np.ndarray] = ()
    ) -> None:
        """Stretches of words."""
        sound = await self.sound(call)
        heard, others = ([likeness(sound, words) for words in part] for part in (said, but))
        assert min(heard) > SAID, heard
        assert max(others, default=0.0) < WORDS_DIFFER, others

    async def heard_the_end(self, call: LabCall, node: str, language: str, but: str) -> None:
        """Of what begins alike."""
        sound = await self.sound(call)
        assert likeness(sound, self.words(node, language)[-STRETCH:]) > SAID, node
        assert likeness(sound, self.words(but, language)[-STRETCH:]) < WORDS_DIFFER, but

    @staticmethod
    async def sound(call: LabCall) -> np.ndarray:
        await call.ended.wait()
        (heard,) = read_channels(await call.sound())
        return heard

    async def is_seated(self, seat: str) -> None:
        """Signed in, and not ready."""
        node = self.centre.node
        plan = node.agents.seat(self.centre.agents[seat])
        assert plan is not None
        await until(lambda: node.agents.is_registered(plan), "registered")
        node.agents.fire(self.centre.agents[seat], AgentEvent.SIGN_IN)

    def is_ready(self, seat: str) -> None:
        self.centre.node.agents.fire(self.centre.agents[seat], AgentEvent.SET_READY)

    def is_not_ready(self, seat: str) -> None:
        self.centre.node.agents.fire(self.centre.agents[seat], AgentEvent.SET_NOT_READY)


def a_scheduler() -> Schedules:
    clock = SystemClock()
    return Schedules(SqlDirectory(), Surroundings(), Audit(clock), Outbox(clock), clock)


def keep_purchases(centre: Centre, owner_url: str) -> None:
    """The standard set, and an object of orders with one of them."""
    clock = SystemClock()
    publisher = Publisher(owner_engine(owner_url), clock)
    with centre.database.begin(Scope(centre.enterprise)) as session:
        set_installer(publisher, clock).install(session, centre.enterprise, CODE, STANDARD)
    with centre.database.begin(Scope.platform()) as session:
        versions = Versions(Audit(clock), clock)
        Installer(publisher, versions, clock).publish(session, centre.enterprise, CODE, PURCHASE)
    with centre.database.begin(Scope(centre.enterprise)) as session:
        Records(means(clock)).load(session, "purchase", [NewRow(BOUGHT, clock.now())])


def take(centre: Centre, redis: Redis) -> Hotline:
    """As an administrator does: taken, published, and the access number led there."""
    with centre.database.begin(Scope.of(actor(centre.enterprise))) as session:
        made = ready_flows(SystemClock()).take(session, "客服热线", Wanted("hotline"))
        flow = made.id
        route = session.scalars(select(RoutingService.id)).one()
        schedule = session.scalars(select(Schedule.id)).one()
        service = session.scalars(select(AgentService).filter_by(name="客服热线")).one()
        service.wrap_up_seconds = 0
        centre.service = service.id
        important = session.scalars(select(CallerList.id)).one()
        number = str(parse_number(VIP))
        session.add(ListedCaller(list_id=important, number=number, added_at=SystemClock().now()))
        session.add(
            VoicemailBox(
                target_id=service.id, target_kind=TargetKind.SERVICE, greeting=GREETING,
                longest_seconds=30, silence_seconds=2,
            )
        )  # fmt: skip
    publish(centre, flow)
    with centre.database.begin(Scope.platform()) as session:
        leads = update(AccessNumber).where(AccessNumber.number == NUMBER)
        session.execute(leads.values(strategy_kind="routing_service", strategy_id=route))
    with centre.database.begin(Scope.of(actor(centre.enterprise))) as session:
        version = session.scalars(select(IvrFlowVersion).filter_by(service_id=flow)).one()
        return Hotline(centre, flow, schedule, version.definition, redis)


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def taken(migrated: DataServices, sounds: Path) -> AsyncIterator[Hotline]:
    with (
        fresh_database(migrated) as postgres,
        tempfile.TemporaryDirectory(prefix="cc-", ignore_cleanup_errors=True) as folder,
    ):
        # What every node speaks at its first start, which is given no more than seconds.
        spoken = PromptLibrary(sounds / "spoken", EspeakSpeech())
        await asyncio.to_thread(spoken.ensure_shared)
        redis = Redis.from_url(migrated.redis_url)
        redis.flushall()
        async with running_centre(Path(folder), migrated, postgres, sounds) as centre:
            keep_purchases(centre, postgres.owner_url)
            hotline = await asyncio.to_thread(take, centre, redis)
            await the_service_calls_back(centre)
            await hotline.stands(True)
            yield hotline
        redis.close()


@pytest_asyncio.fixture(loop_scope="module")
async def hotline(taken: Hotline) -> AsyncIterator[Hotline]:
    """Open. What a story sets otherwise is put back after it, however it ends."""
    yield taken
    with taken.centre.database.begin(Scope(taken.centre.enterprise)) as session:
        session.execute(delete(OwnHoliday))
    await taken.serves(max_wait_seconds=180)
    await taken.stands(True)


@asynccontextmanager
async def seated(hotline: Hotline, seat: str = "8001") -> AsyncIterator[None]:
    """An agent at work for a while; not ready yet."""
    await hotline.is_seated(seat)
    centre = hotline.centre
    try:
        yield
    finally:
        centre.node.agents.fire(centre.agents[seat], AgentEvent.SIGN_OUT)
        await centre.has_state(seat, AgentState.OFFLINE)


async def test_after_hours_callers_hear_so_and_leave_a_message(hotline: Hotline) -> None:
    await hotline.stands(False)
    chinese, english = await asyncio.gather(
        hotline.led(PLAIN, ("language", "1")), hotline.led(OTHER, ("language", "2"))
    )
    await asyncio.gather(hotline.reaches(PLAIN, "closed"), hotline.reaches(OTHER, "closed"))
    await asyncio.gather(listens(chinese, 3), listens(english, 3))
    await english.hang_up()
    async with recording(hotline.centre.settings.paths.recordings):
        await chinese.press("4")
    await chinese.speak("您好，请给我回电话，谢谢。")
    await chinese.press("#")
    await hotline.heard(chinese, "closed", language="zh-CN", but="holiday")
    await hotline.heard(english, "closed", language="en", but="holiday")
    await until(lambda: bool(messages_of(hotline, PLAIN)), "the ledger has it")
    messages = await asyncio.to_thread(kept, hotline.centre, hotline.redis)
    (message,) = [one for one in messages if one.number == str(parse_number(PLAIN))]
    sound = (hotline.centre.settings.paths.recordings / message.path).read_bytes()
    assert message.target_id == hotline.centre.service
    assert level(read_channels(sound)[0]) > SPOKEN


async def test_on_a_holiday_callers_are_told_of_that(hotline: Hotline) -> None:
    """Today is one by the enterprise's own word; the hours are as the schedule has them.

    So is tomorrow: in Shanghai it may begin meanwhile.
    """
    centre, holidays = hotline.centre, Holidays(Audit(SystemClock()), Outbox(SystemClock()))
    today = SystemClock().now().astimezone(ZoneInfo("Asia/Shanghai")).date()
    with centre.database.begin(Scope.of(actor(centre.enterprise))) as session:
        for day in (today, today + timedelta(days=1)):
            holidays.put(session, day, {"kind": "holiday", "name": "公司周年"})
    await hotline.stands(None)
    calls = {
        language: await hotline.led(number, ("language", key))
        for number, (language, key) in zip((PLAIN, OTHER), LANGUAGES.items(), strict=True)
    }
    await asyncio.gather(hotline.reaches(PLAIN, "holiday"), hotline.reaches(OTHER, "holiday"))
    await asyncio.gather(*(listens(call, 3) for call in calls.values()))
    for language, call in calls.items():
        await call.hang_up()
        await hotline.heard(call, "holiday", language=language, but="closed")


async def test_orders_are_told_while_who_is_not_taken_in_time_overflows(hotline: Hotline) -> None:
    """Two stories side by side."""
    await asyncio.gather(an_order_is_told(hotline), who_is_not_taken_leaves_a_message(hotline))


async def an_order_is_told(hotline: Hotline) -> None:
    """To who enters its number: in Chinese by RFC 4733, in English by tones in the sound."""
    before = ways(hotline)
    number = BOUGHT["number"] + "#"
    chinese, english, wrong = await asyncio.gather(
        hotline.led(PLAIN, ("language", "1"), ("menu", "1"), ("order", number)),
        hotline.led(SECOND, ("language", "2"), ("menu", "1"), ("order", number), tones=True),
        hotline.led(THIRD, ("language", "1"), ("menu", "1"), ("order", "404#")),
    )
    await hotline.reaches(THIRD, "not_found")
    await listens(wrong, 2)
    await asyncio.gather(hotline.reaches(PLAIN, "more"), hotline.reaches(SECOND, "more"))
    for call in (chinese, english, wrong):
        await call.hang_up()
    for call, language in ((chinese, "zh-CN"), (english, "en")):
        await hotline.heard(call, "status_1", "date", "amount", language=language)
        await hotline.heard_the_end(call, "status_1", language, but="status_0")
    await hotline.heard(wrong, "not_found", language="zh-CN")
    await hotline.centre.node.flow_counts.flush()
    after = ways(hotline)
    new = {way: times - before.get(way, 0) for way, times in after.items()}
    assert (new["find", "one"], new["find", "none"]) == (2, 1)
    assert (new["which", "status_1"], new["date", "next"], new["amount", "next"]) == (2, 2, 2)


async def test_an_important_customer_is_served_before_who_waits_and_both_rate_the_talk(
    hotline: Hotline,
) -> None:
    """The list's customer hears no menu and chooses no language; who waited longer comes after, and
    goes on in English.
    """
    async with seated(hotline):
        plain = await hotline.led(PLAIN, ("language", "2"), ("menu", "2"))
        await hotline.centre.waits(PLAIN)
        important = await hotline.led(VIP)
        await hotline.centre.waits(VIP)
        first = await talks_and_rates(hotline, important, "5")
        assert hotline.centre.is_waiting(PLAIN)
        second = await talks_and_rates(hotline, plain, "4")
    assert [call.customer.national for call in (first, second)] == [VIP, PLAIN]
    assert [answers_of(hotline.centre, call.id) for call in (first, second)] == [[5], [4]]
    chinese, english = (hotline.question(language)[:STRETCH] for language in LANGUAGES)
    await hotline.heard_words(important, chinese, but=[english])
    thanks = middle(hotline.phrase("survey.thanks", "en"))
    connecting = hotline.words("connecting", "en")[:STRETCH]
    await hotline.heard_words(plain, connecting, english, thanks, but=[chinese])


async def talks_and_rates(hotline: Hotline, caller: LabCall, key: str) -> LiveCall:
    """Whoever is first has the agent, who leaves first, and answers the survey."""
    centre = hotline.centre
    hotline.is_ready("8001")
    phone = await centre.network.rings(centre.phone("8001"))
    await phone.answer()
    await centre.has_state("8001", AgentState.TALKING)
    served = in_talk(centre, "8001")
    hotline.is_not_ready("8001")
    await phone.hang_up()
    await listens(caller, 2)
    await caller.press(key)
    await caller.ended.wait()
    await until(lambda: bool(answers_of(centre, served.id)), "the rating is stored")
    return served


def middle(words: np.ndarray) -> np.ndarray:
    """Of what begins while a key is pressed and ends with the call, and may lose something of both."""
    begins = (len(words) - STRETCH) // 2
    return words[begins : begins + STRETCH]


def in_talk(centre: Centre, seat: str) -> LiveCall:
    agent = centre.agents[seat]
    (call,) = [one for one in centre.node.board.calls.values() if one.agent_id == agent]
    return call


async def who_is_not_taken_leaves_a_message(hotline: Hotline) -> None:
    """By way of a prompt whose file is missing: the caller does not hear it, and goes on."""
    hotline.file("connecting", "en").unlink()
    await hotline.serves(max_wait_seconds=1)
    async with seated(hotline):
        async with recording(hotline.centre.settings.paths.recordings):
            caller = await hotline.led(OTHER, ("language", "2"), ("menu", "2"))
            await hotline.centre.waits(OTHER)
        await caller.speak("您好，请给我回电话，谢谢。")
        await caller.press("#")
        await caller.ended.wait()
    await until(lambda: bool(messages_of(hotline, OTHER)), "the ledger has it")
    assert reasons(hotline, OTHER)[-1] == "overflow"


async def test_who_would_rather_not_wait_is_called_back_by_who_is_free(hotline: Hotline) -> None:
    """One in each language, by two agents side by side."""
    centre = hotline.centre
    callers = await asyncio.gather(
        asks_for_a_callback(hotline, ANSWERS, "1"), asks_for_a_callback(hotline, ALSO_ANSWERS, "2")
    )
    assert centre.node.callbacks.waiting_in(centre.service) == 2
    async with seated(hotline, "8001"), seated(hotline, "8002"):
        hotline.is_ready("8001")
        hotline.is_ready("8002")
        await asyncio.gather(calls_back(hotline, "8001"), calls_back(hotline, "8002"))
        await until(lambda: len(told(centre, "ended")) == 2, "the ledger has both ends")
    assert [one["reason"] for one in told(centre, "ended")] == ["done", "done"]
    assert sorted(one["language"] for one in told(centre, "asked")) == ["en", "zh-CN"]
    assert centre.node.board.illegal_edges == 0
    for call, language in zip(callers, LANGUAGES, strict=True):
        number = hotline.phrase("callback.number", language)[:STRETCH]
        await hotline.heard_words(call, number, middle(hotline.phrase("callback.taken", language)))


async def asks_for_a_callback(hotline: Hotline, number: str, language_key: str) -> LabCall:
    caller = await hotline.led(number, ("language", language_key), ("menu", "3"))
    await hotline.reaches(number, "callback")
    await listens(caller, 2)
    await caller.press("1")
    await asyncio.wait_for(caller.ended.wait(), 15)
    return caller


async def calls_back(hotline: Hotline, seat: str) -> None:
    """Takes the callback that comes, and ends the talk."""
    centre = hotline.centre
    phone = await centre.network.rings(centre.phone(seat))
    await phone.answer()
    await centre.has_state(seat, AgentState.TALKING)
    hotline.is_not_ready(seat)
    await centre.node.control.hang_up(centre.agents[seat], in_talk(centre, seat).id)


def ways(hotline: Hotline) -> dict[tuple[str, str], int]:
    return exits(hotline.centre, hotline.flow)


def facts_of(hotline: Hotline, number: str, kind: str) -> list[Mapping[str, Any]]:
    wanted = str(parse_number(number))
    ids = {call.id for call in hotline.centre.calls() if call.customer_number == wanted}
    facts = hotline.centre.facts()
    return [fact.data for fact in facts if fact.type == kind and fact.call_id in ids]


def messages_of(hotline: Hotline, number: str) -> list[Mapping[str, Any]]:
    return facts_of(hotline, number, "voicemail.left")


def reasons(hotline: Hotline, number: str) -> list[str]:
    return [data["reason"] for data in facts_of(hotline, number, "call.dequeued")]


def answers_of(centre: Centre, call_id: UUID) -> list[int]:
    with centre.database.begin(Scope(centre.enterprise)) as session:
        query = select(CallSurvey.answer).where(CallSurvey.call_id == call_id)
        return list(session.scalars(query))
