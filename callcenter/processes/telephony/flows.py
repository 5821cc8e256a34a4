"""IVR flows for the bridge: `ivr` behind the protocol that `telephony` asks for."""

from collections.abc import Iterator, Mapping, Sequence
from uuid import UUID

import structlog

from callcenter.core.db import Database
from callcenter.core.tenant import Scope
from callcenter.processes.telephony.customers import FlowCustomers
from callcenter.routing.service import RoutingPlan
from callcenter.routing.waiting import Offers, Texts
from callcenter.telephony.ami import AmiClient, AmiError
from callcenter.telephony.announcing import HUSH
from callcenter.telephony.live import LiveCall, Target, TargetKind
from callcenter.telephony.session import Session, SessionGone
from callcenter.telephony.ways import Led
from ivr.model import LANGUAGES, Clip, Flow
from ivr.phrases import agent_clip, phrase
from ivr.prompts import PromptLibrary
from ivr.runner import EndKind, FlowRunner
from ivr.service import load_published, record_prompts
from ivr.speech import SpeechFailed

log = structlog.get_logger()

_WAITS = {0: "queue.wait_short", 1: "queue.wait_one", 2: "queue.wait_two"}
"""Minutes that are not said with a number's own word."""


class IvrFlows:
    """Published flows, replaced as a whole; a call under way keeps the flow it began with."""

    def __init__(
        self, runner: FlowRunner, library: PromptLibrary, customers: FlowCustomers
    ) -> None:
        self._runner = runner
        self._library = library
        self._customers = customers
        self._flows: Mapping[UUID, Flow] = {}

    def load(self, database: Database, plan: RoutingPlan | None, codes: Mapping[UUID, str]) -> None:
        """plan: its services say something too; codes: of agents, whose numbers are said."""
        with database.begin(Scope.platform()) as session:
            flows = load_published(session)
        self._flows = flows
        try:
            # Before the first caller hears them; only what is missing is spoken.
            record_prompts(self._library, flows.values())
            for owner, clips in _messages(plan):
                self._library.ensure(clips, owner)
            self._library.ensure(_agents(plan, codes))
        except SpeechFailed:
            log.exception("ivr.prompts_missing")

    async def run(self, session: Session, service_id: UUID, call: LiveCall) -> Led:
        flow = self._flows.get(service_id)
        if flow is None:
            log.error("ivr.no_flow", service_id=str(service_id), call_id=str(call.id))
            return Led(None)
        variables = {
            "caller": call.customer.national,
            "called": call.access_number,
            **await self._customers.of(flow, call),
        }
        end = await self._runner.run(session, flow, variables)
        call.language = flow.language(end.variables.get("language"))
        if end.kind is EndKind.GONE:
            raise SessionGone
        if end.target is None:
            return Led(None)
        kind, value = end.target
        return Led(Target(TargetKind(kind.value), value), end.variables)

    async def say(self, session: Session, call: LiveCall, texts: Mapping[str, str]) -> None:
        await session.answer()
        await session.play(self._library.paths([_clip(call, texts)], str(call.enterprise_id)))


def _clip(call: LiveCall, texts: Mapping[str, str]) -> Clip:
    """In the caller's language."""
    language = call.language if call.language in texts else LANGUAGES[0]
    return Clip(language, texts[language])


def _messages(plan: RoutingPlan | None) -> Iterator[tuple[str, set[Clip]]]:
    """By enterprise, what the targets of its routing services say."""
    for route in plan.routes.values() if plan else ():
        said = (target.say or {} for target in route.rules.targets())
        clips = {Clip(language, text) for texts in said for language, text in texts.items()}
        yield str(route.enterprise_id), clips
    for service in plan.services.values() if plan else ():
        own = (each.items() for each in service.waiting.texts())
        yield str(service.enterprise_id), {Clip(*pair) for pairs in own for pair in pairs}


def _agents(plan: RoutingPlan | None, codes: Mapping[UUID, str]) -> set[Clip]:
    """The numbers of agents whose callers are told them."""
    telling = (one for one in plan.services.values() if one.waiting.agent_number) if plan else ()
    agents = {agent for service in telling for agent in service.members if agent in codes}
    return {agent_clip(language, codes[agent]) for agent in agents for language in LANGUAGES}


class QueueVoice:
    """The waiting hear recorded words, made at start like those of flows."""

    def __init__(self, library: PromptLibrary, ami: AmiClient) -> None:
        self._library = library
        self._ami = ami

    def position(self, language: str, place: int) -> Sequence[str]:
        return self._library.paths(phrase("queue.position", language, place)) if place else ()

    def wait(self, language: str, minutes: int) -> Sequence[str]:
        key = _WAITS.get(minutes, "queue.wait_minutes")
        return self._library.paths(phrase(key, language, minutes))

    def offers(self, language: str, offers: Offers) -> Sequence[str]:
        offered = {
            "queue.offer_callback": offers.callback,
            "queue.offer_voicemail": offers.voicemail,
            "queue.offer_number": offers.number_key,
        }
        clips = [
            clip
            for name, key in offered.items()
            if key
            for clip in phrase(name, language, int(key))
        ]
        return self._library.paths(clips)

    def text(self, call: LiveCall, texts: Texts) -> Sequence[str]:
        return self._library.paths([_clip(call, texts)], str(call.enterprise_id))

    def agent(self, call: LiveCall, employee_code: str) -> str:
        paths = self._library.paths([agent_clip(call.language, employee_code)])
        return paths[0] if paths else ""

    def thanks(self, language: str) -> Sequence[str]:
        return self._library.paths(phrase("survey.thanks", language))

    async def hush(self, channel: str) -> None:
        try:
            await self._ami.call(
                {"Action": "PlayDTMF", "Channel": channel, "Digit": HUSH, "Receive": "true"}
            )
        except AmiError as error:
            log.info("queue.not_hushed", channel=channel, reason=repr(error))
