"""IVR flows for the bridge: `ivr` behind the protocol that `telephony` asks for."""

from collections.abc import Mapping, Sequence
from uuid import UUID

import structlog

from callcenter.core.db import Database
from callcenter.core.tenant import Scope
from callcenter.processes.telephony.customers import FlowCustomers
from callcenter.telephony.ami import AmiClient, AmiError
from callcenter.telephony.announcing import HUSH
from callcenter.telephony.live import LiveCall, Target, TargetKind
from callcenter.telephony.session import Session, SessionGone
from ivr.model import Flow
from ivr.phrases import phrase
from ivr.prompts import PromptLibrary
from ivr.runner import EndKind, FlowRunner
from ivr.service import load_published, record_prompts
from ivr.speech import SpeechFailed

log = structlog.get_logger()


class IvrFlows:
    """Published flows, replaced as a whole; a call under way keeps the flow it began with."""

    def __init__(
        self, runner: FlowRunner, library: PromptLibrary, customers: FlowCustomers
    ) -> None:
        self._runner = runner
        self._library = library
        self._customers = customers
        self._flows: Mapping[UUID, Flow] = {}

    def load(self, database: Database) -> None:
        with database.begin(Scope.platform()) as session:
            flows = load_published(session)
        self._flows = flows
        try:
            # Before the first caller hears them; only what is missing is spoken.
            record_prompts(self._library, flows.values())
        except SpeechFailed:
            log.exception("ivr.prompts_missing")

    async def run(self, session: Session, service_id: UUID, call: LiveCall) -> Target | None:
        flow = self._flows.get(service_id)
        if flow is None:
            log.error("ivr.no_flow", service_id=str(service_id), call_id=str(call.id))
            return None
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
            return None
        kind, value = end.target
        return Target(TargetKind(kind.value), value)


class QueueVoice:
    """The waiting hear their place in recorded words, made at start like those of flows."""

    def __init__(self, library: PromptLibrary, ami: AmiClient) -> None:
        self._library = library
        self._ami = ami

    def position(self, language: str, place: int) -> Sequence[str]:
        return self._library.paths(phrase("queue.position", language, place)) if place else ()

    async def hush(self, channel: str) -> None:
        try:
            await self._ami.call(
                {"Action": "PlayDTMF", "Channel": channel, "Digit": HUSH, "Receive": "true"}
            )
        except AmiError as error:
            log.info("queue.not_hushed", channel=channel, reason=repr(error))
