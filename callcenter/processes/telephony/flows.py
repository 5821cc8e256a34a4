"""IVR flows for the bridge: `ivr` behind the protocol that `telephony` asks for."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from uuid import UUID

import structlog

from callcenter.core.db import Database
from callcenter.core.i18n import DEFAULT_LOCALE
from callcenter.core.speech import NothingToHear, SpeechFailed
from callcenter.core.tenant import Scope
from callcenter.processes.telephony.beyond import Beyonds
from callcenter.processes.telephony.customers import FlowCustomers
from callcenter.processes.telephony.watching import FlowWatch
from callcenter.routing.service import RoutingPlan
from callcenter.routing.waiting import Message, Offers
from callcenter.telephony.ami import AmiClient, AmiError
from callcenter.telephony.announcing import HUSH
from callcenter.telephony.directory import Directory
from callcenter.telephony.live import LiveCall, Target, TargetKind
from callcenter.telephony.session import Session, SessionGone
from callcenter.telephony.ways import Led
from ivr.expressions import Value
from ivr.model import LANGUAGES, SHARED, Clip, Flow, Form
from ivr.phrases import agent_clip, fixed, phrase
from ivr.prompts import PromptLibrary
from ivr.runner import EndKind, FlowRunner
from ivr.service import load_published
from ivr.speaking import say_value
from ivr.validation import clips_of

log = structlog.get_logger()

_WAITS = {0: "queue.wait_short", 1: "queue.wait_one", 2: "queue.wait_two"}
"""Minutes that are not said with a number's own word."""


class IvrFlows:
    """Published flows, replaced as a whole; a call under way keeps the flow it began with."""

    def __init__(
        self,
        runner: FlowRunner,
        library: PromptLibrary,
        customers: FlowCustomers,
        beyonds: Beyonds,
        watch: FlowWatch,
    ) -> None:
        self._runner = runner
        self._library = library
        self._customers = customers
        self._beyonds = beyonds
        self._watch = watch
        self._flows: Mapping[UUID, Flow] = {}

    def load(self, database: Database, directory: Directory) -> None:
        """directory: its services and voicemail boxes say something too, and agents' numbers."""
        with database.begin(Scope.platform()) as session:
            flows = load_published(session)
        self._flows = flows
        texts: list[tuple[str, Collection[Clip]]]
        texts = [(flow.owner, clips_of(flow)) for flow in flows.values()]
        texts += [*_messages(directory.plan), *_greetings(directory), (SHARED, _agents(directory))]
        self._record(texts)

    def _record(self, texts: Iterable[tuple[str, Collection[Clip]]]) -> None:
        """Before the first caller hears them; only what is missing is spoken. texts: by owner."""
        try:
            self._library.ensure_shared()
            for owner, clips in texts:
                self._record_of(owner, clips)
        except SpeechFailed:
            # The engine: each of the others might take its whole time to fail too.
            log.exception("ivr.prompts_missing")

    def _record_of(self, owner: str, clips: Collection[Clip]) -> None:
        """One enterprise's text without a word keeps no other from being spoken."""
        try:
            self._library.ensure(clips, owner)
        except NothingToHear as fault:
            log.warning("ivr.nothing_to_hear", owner=owner, reason=str(fault))

    def knows(self, service_id: UUID) -> bool:
        return service_id in self._flows

    async def run(self, session: Session, service_id: UUID, call: LiveCall) -> Led:
        flow = self._flows[service_id]
        variables = {
            "caller": call.customer.national,
            "called": call.access_number,
            **_language(call),
            **await self._customers.of(flow, call),
        }
        watcher = self._watch.of(flow, call)
        try:
            beyond = self._beyonds.of(session, call)
            end = await self._runner.run(session, flow, variables, beyond, watcher)
        finally:
            watcher.close()
        call.language = flow.language(end.variables.get("language"))
        call.language_chosen = True
        if end.kind is EndKind.GONE:
            raise SessionGone
        if end.kind is EndKind.FAILED:
            # It cannot go on, and hanging up without a word would leave the caller to guess.
            sorry = fixed("ivr.failed", call.language)
            await session.play(self._library.paths(sorry))
        if end.target is None:
            return Led(None)
        to = end.target
        return Led(Target(TargetKind(to.kind.value), to.target, to.at_once), end.variables)

    def files(self, enterprise_id: UUID, texts: Mapping[str, str]) -> Sequence[str]:
        """One after the other in all languages, without ending; none where one is not made yet."""
        clips = [Clip(language, texts[language]) for language in LANGUAGES if language in texts]
        found = self._library.paths(clips, str(enterprise_id))
        return found if len(found) == len(clips) else ()

    def sounds(self, enterprise_id: UUID, prompts: Sequence[UUID], language: str) -> Sequence[str]:
        """Of those that have any, without ending."""
        clips = [Clip(language, "", upload=str(prompt)) for prompt in prompts]
        return self._library.paths(clips, str(enterprise_id))

    async def say(self, session: Session, call: LiveCall, texts: Mapping[str, str]) -> None:
        await session.answer()
        await session.play(LibraryWording(self._library).text(call, texts))


def _language(call: LiveCall) -> Mapping[str, Value]:
    """What a flow begins in, if it speaks it. A number's default is nobody's choice: its own first, then."""
    wished = call.language_chosen or call.language != DEFAULT_LOCALE
    return {"language": call.language} if wished else {}


def _messages(plan: RoutingPlan | None) -> Iterator[tuple[str, set[Clip]]]:
    """By enterprise, what the targets of its routing services, services and numbers say."""
    for route in plan.routes.values() if plan else ():
        said = (target.say or {} for target in route.rules.targets())
        clips = {Clip(language, text) for texts in said for language, text in texts.items()}
        yield str(route.enterprise_id), clips
    for service in plan.services.values() if plan else ():
        own = (each.items() for each in service.waiting.texts())
        yield str(service.enterprise_id), {Clip(*pair) for pairs in own for pair in pairs}
    for number in plan.numbers.values() if plan else ():
        target, owner = number.ivr_overflow, str(number.enterprise_id or SHARED)
        for texts in (target.say if target else None, number.pause_message):
            yield owner, {Clip(*pair) for pair in (texts or {}).items()}


def _agents(directory: Directory) -> set[Clip]:
    """The numbers of agents whose callers are told them."""
    telling = (one for one in directory.services.values() if one.waiting.agent_number)
    agents = {agent for service in telling for agent in service.members}
    codes = {directory.seats[agent].employee_code for agent in agents & directory.seats.keys()}
    return {agent_clip(language, code) for code in codes for language in LANGUAGES}


def _greetings(directory: Directory) -> Iterator[tuple[str, set[Clip]]]:
    """By enterprise, what voicemail boxes say instead of the product's own words."""
    for target_id, box in directory.boxes.items():
        whose = directory.service(target_id) or directory.seats.get(target_id)
        if whose is not None and box.greeting:
            clips = {Clip(language, text) for language, text in box.greeting.items()}
            yield str(whose.enterprise_id), clips


class LibraryWording:
    """`telephony.voicemail.Wording` over the recorded prompts."""

    def __init__(self, library: PromptLibrary) -> None:
        self._library = library

    def text(self, call: LiveCall, texts: Mapping[str, str]) -> Sequence[str]:
        language = call.language if call.language in texts else LANGUAGES[0]
        clip = Clip(language, texts[language])
        return self._library.paths([clip], str(call.enterprise_id))

    def phrase(self, call: LiveCall, key: str) -> Sequence[str]:
        return self._library.paths(fixed(key, call.language))

    def digits(self, call: LiveCall, number: str) -> Sequence[str]:
        return self._library.paths(say_value(number, Form.DIGITS, call.language))


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

    def text(self, call: LiveCall, message: Message) -> Sequence[str]:
        if isinstance(message, UUID):
            clip = Clip(call.language, "", upload=str(message))
            return self._library.paths([clip], str(call.enterprise_id))
        return LibraryWording(self._library).text(call, message)

    def agent(self, call: LiveCall, employee_code: str) -> str:
        paths = self._library.paths([agent_clip(call.language, employee_code)])
        return paths[0] if paths else ""

    def thanks(self, language: str) -> Sequence[str]:
        return self._library.paths(fixed("survey.thanks", language))

    async def hush(self, channel: str) -> None:
        try:
            await self._ami.call(
                {"Action": "PlayDTMF", "Channel": channel, "Digit": HUSH, "Receive": "true"}
            )
        except AmiError as error:
            log.info("queue.not_hushed", channel=channel, reason=repr(error))
