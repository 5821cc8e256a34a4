"""How a caller reaches an agent's phone, in two forms: rung, and nailed up."""

from dataclasses import dataclass
from typing import Protocol

from callcenter.people.service import LegForm, SeatPlan
from callcenter.telephony.ami import AmiClient, AmiError
from callcenter.telephony.nails import Nail
from callcenter.telephony.session import DialOutcome, Session

ANSWER_BY_ITSELF = "PJSIP_HEADER(add,Call-Info)=<sip:callcenter>;answer-after=0"
"""Makes our softphones answer at once. Originate takes PreDialGoSub and does nothing with it."""

RING_ONLY = "b(call-id^s^1)"
"""Dial's option that tells a phone which call it is; it rings and waits for its agent."""

NO_LINE = DialOutcome("CHANUNAVAIL", 0)
JOINED = DialOutcome("ANSWER", 16)


@dataclass(frozen=True, slots=True)
class Manner:
    """How a service reaches an agent.

    words        a file that is heard before the talk: by both when the phone is rung, on a nailed
                 line by the caller alone
    auto_answer  None: as the seat has it
    then         where the caller's dialplan goes on behind the talk on a nailed line
    """

    words: str = ""
    auto_answer: bool | None = None
    then: str = "hangup"


PLAIN = Manner()


class AgentLeg(Protocol):
    """form: as `call.offered` tells it; rings: whether the agent has to pick up."""

    form: LegForm
    rings: bool

    async def reach(
        self, session: Session, seat: SeatPlan, seconds: float, manner: Manner
    ) -> DialOutcome:
        """Join the caller of this session and the agent. Raises SessionGone.

        An answer means, when it rings, that the talk is over; nailed up, that it has begun.
        """
        ...


class AgentLegs(Protocol):
    def of(self, seat: SeatPlan) -> AgentLeg:
        """The form that this seat's phone can be reached in now."""
        ...

    async def free(self, seat: SeatPlan) -> None:
        """Make the phone one that can be rung: a nailed line that waits is let go."""
        ...


def ring_options(seat: SeatPlan, manner: Manner = PLAIN) -> str:
    """Dial's options that tell the phone which call it is, and whether to answer by itself."""
    by_itself = seat.auto_answer if manner.auto_answer is None else manner.auto_answer
    words = f"A({manner.words}:{manner.words})" if manner.words else ""
    return f"b({'auto-answer' if by_itself else 'call-id'}^s^1)" + words


class RungLeg:
    """`EXEC Dial` from the caller's session, which lasts as long as the talk."""

    form = LegForm.RUNG
    rings = True

    async def reach(
        self, session: Session, seat: SeatPlan, seconds: float, manner: Manner
    ) -> DialOutcome:
        options = ring_options(seat, manner)
        return await session.dial(f"PJSIP/{seat.endpoint}", seconds, options)


class NailedLeg:
    """AMI's `Bridge` with a line that waits; the caller's session ends with it, the call goes on."""

    form = LegForm.NAILED_UP
    rings = False

    def __init__(self, ami: AmiClient, line: Nail) -> None:
        self._ami = ami
        self._line = line

    async def reach(
        self,
        session: Session,
        seat: SeatPlan,  # noqa: ARG002 (the line is the seat's)
        seconds: float,  # noqa: ARG002 (nobody has to pick up)
        manner: Manner,
    ) -> DialOutcome:
        # Who was matched at once is not answered yet; a Bridge, unlike Dial, does not see to it.
        await session.answer()
        # Where the caller's dialplan goes when the talk is over; this session cannot say it then.
        await session.set_variable("CC_NEXT", manner.then)
        await session.music(False)
        if manner.words:
            await session.play([manner.words])
        try:
            # The line first: when it has died, the caller has not been touched and waits on.
            await self._ami.call(
                {
                    "Action": "Bridge",
                    "Channel1": self._line.channel,
                    "Channel2": session.channel,
                    "Tone": "no",
                }
            )
        except AmiError:
            await session.set_variable("CC_NEXT", "")
            return NO_LINE
        return JOINED


class RungLegs:
    """Every phone is rung."""

    def of(self, seat: SeatPlan) -> AgentLeg:  # noqa: ARG002 (whoever it is)
        return RungLeg()

    async def free(self, seat: SeatPlan) -> None:
        """No phone is on a line of ours."""
