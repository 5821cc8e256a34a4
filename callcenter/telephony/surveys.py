"""The satisfaction survey: questions after the talk, in the session of the caller who stayed.

Who hangs up in the middle has answered what was answered; that is no error.
"""

from collections.abc import Sequence

import structlog

from callcenter.calls.events import FactType
from callcenter.core.clock import Clock
from callcenter.routing.service import ServicePlan
from callcenter.routing.waiting import Survey, SurveyWhen, Texts
from callcenter.telephony.agents import Agents
from callcenter.telephony.announcing import Voice
from callcenter.telephony.live import LiveCall, Party
from callcenter.telephony.session import Session
from callcenter.telephony.switchboard import Switchboard

log = structlog.get_logger()

ANSWERS = "12345"
ANSWER_SECONDS = 6.0
TRIES = 2
"""That a question is asked, until it has an answer."""


class Surveys:
    def __init__(self, clock: Clock, agents: Agents, board: Switchboard, voice: Voice) -> None:
        self._clock = clock
        self._agents = agents
        self._board = board
        self._voice = voice

    def of(self, call: LiveCall) -> Survey | None:
        """What this call's caller may be asked; None: nothing, or it was asked before."""
        service = self._agents.directory.service(call.service_id)
        asks = service is not None and service.waiting.survey.asks
        return service.waiting.survey if service and asks and not call.surveyed else None

    async def after_talk(self, session: Session, call: LiveCall) -> None:
        """The agent has left first. Raises SessionGone."""
        survey = self.of(call)
        if survey is not None and survey.when is SurveyWhen.AFTER and call.agent_id is not None:
            await self.ask(session, call)

    async def ask(self, session: Session, call: LiveCall) -> None:
        """Raises SessionGone."""
        survey = self.of(call)
        if survey is None:
            return
        call.surveyed = True
        call.talk_ended_at = call.talk_ended_at or self._clock.now()
        call.first_left = call.first_left or Party.AGENT
        for number, texts in enumerate(survey.questions, 1):
            answer = await self._answer(session, call, texts)
            if answer is None:
                return
            self._tell(call, number, texts, answer)
        await session.play(self._voice.thanks(call.language))

    async def _answer(self, session: Session, call: LiveCall, texts: Texts) -> int | None:
        question: Sequence[str] = self._voice.text(call, texts)
        for _ in range(TRIES):
            key = await session.collect(question, 1, ANSWER_SECONDS, ANSWER_SECONDS, "")
            if key and key in ANSWERS:
                return int(key)
        return None

    def _tell(self, call: LiveCall, number: int, texts: Texts, answer: int) -> None:
        log.info("call.surveyed", call_id=str(call.id), question=number, answer=answer)
        data = {
            "service_id": str(call.service_id) if call.service_id else None,
            "question": number,
            "text": dict(texts),
            "answer": answer,
        }
        self._board.chronicle.call(
            call, FactType.CALL_SURVEYED, self._clock.now(), (number,), data,
            agent_id=call.agent_id,
        )  # fmt: skip


def asks_after(service: ServicePlan) -> bool:
    survey = service.waiting.survey
    return survey.asks and survey.when is SurveyWhen.AFTER
