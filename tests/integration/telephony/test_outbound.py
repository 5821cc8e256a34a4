"""Calls out: the agent's phone first, then the customer, whose channel can be moved like a caller's."""

import asyncio

import pytest

from callcenter.telephony.agi import AgiSession
from callcenter.telephony.session import DialOutcome
from deploy.lab.publicnet import PublicNetwork
from tests.integration.telephony.conftest import AGENTS, ENTERPRISE, Product

pytestmark = pytest.mark.integration

# PreDialGoSub is accepted and not carried out by 22.10.1; the function in a variable is.
AUTO_ANSWER = "PJSIP_HEADER(add,Call-Info)=<sip:callcenter>;answer-after=0"
CALL_ID = "0192dddd-0000-7000-8000-000000000001"


def originate() -> dict[str, str | list[str]]:
    return {
        "Action": "Originate",
        "Channel": f"PJSIP/{AGENTS[0]}",
        "ChannelId": CALL_ID,
        "Context": "agent-out",
        "Exten": "s",
        "Priority": "1",
        "Timeout": "15000",
        "CallerID": '"13900000099" <13900000099>',
        "Async": "true",
        "Variable": [f"__CC_CALL_ID={CALL_ID}", f"__CC_ENT={ENTERPRISE}", AUTO_ANSWER],
    }


class Dialling:
    """The script of an agent's phone that dials `number`."""

    def __init__(self, product: Product, number: str) -> None:
        self.outcomes: asyncio.Queue[DialOutcome] = asyncio.Queue()
        self.sessions: asyncio.Queue[AgiSession] = asyncio.Queue()
        self._number = number
        product.scripts["outbound"] = self._outbound

    async def _outbound(self, session: AgiSession) -> None:
        self.sessions.put_nowait(session)
        self.outcomes.put_nowait(await session.dial(f"PJSIP/{self._number}@demo", 20))
        await session.leave("hangup")


async def test_the_agents_phone_is_told_to_answer_by_itself(
    product: Product, network: PublicNetwork
) -> None:
    Dialling(product, "13900000001")
    await product.ami.call(originate())
    phone = await network.rings(AGENTS[0])
    assert "answer-after=0" in await phone.header("Call-Info")


async def test_agent_and_customer_talk_and_the_ids_are_ours(
    product: Product, network: PublicNetwork
) -> None:
    dialling = Dialling(product, "13900000099")
    await product.ami.call(originate())
    phone = await network.rings(AGENTS[0])
    await phone.answer()
    session = await asyncio.wait_for(dialling.sessions.get(), 5)
    assert (session.uniqueid, session.call_id) == (CALL_ID, CALL_ID)
    joined = await product.event("BridgeEnter", BridgeNumChannels="2")
    assert joined.variables()["CC_CALL_ID"] == CALL_ID
    await phone.hang_up()
    await asyncio.wait_for(phone.ended.wait(), 5)


async def test_the_same_id_is_not_dialled_twice(product: Product, network: PublicNetwork) -> None:
    Dialling(product, "13900000003")
    await product.ami.call(originate())
    await network.rings(AGENTS[0])
    refused = await product.ami.follow(originate(), "OriginateResponse", 5)
    assert refused.get("Response") == "Failure"
    assert len([e for e in product.events if e.name == "Newchannel"]) == 1


async def test_a_called_customer_is_held_and_joined_with_a_colleague(
    product: Product, network: PublicNetwork
) -> None:
    Dialling(product, "13900000099")

    async def consult(session: AgiSession) -> None:
        await session.set_variable("CC_NEXT", "hangup")
        await session.dial(f"PJSIP/{AGENTS[1]}", 20)

    product.scripts["consult"] = consult
    await product.ami.call(originate())
    phone = await network.rings(AGENTS[0])
    await phone.answer()
    dial = await product.event("DialBegin", DialString="13900000099@demo")
    await product.event("BridgeEnter", BridgeNumChannels="2")
    await product.ami.call(
        {
            "Action": "Redirect",
            "Channel": dial.get("DestChannel"),
            "Context": "held",
            "Exten": "s",
            "Priority": "1",
            "ExtraChannel": dial.get("Channel"),
            "ExtraContext": "consult",
            "ExtraExten": "s",
            "ExtraPriority": "1",
        }
    )
    colleague = await network.rings(AGENTS[1])
    await colleague.answer()
    second = await product.event("DialBegin", DestChannel=f"PJSIP/{AGENTS[1]}-00000002")
    await product.event("BridgeEnter", Channel=second.get("DestChannel"))
    listed = await product.ami.list({"Action": "CoreShowChannels"})
    customer = next(e for e in listed if e.get("Uniqueid") == dial.get("DestUniqueid"))
    assert customer.get("Channel") == dial.get("DestChannel")
    assert customer.get("Context") == "held"
    await product.ami.call(
        {
            "Action": "Bridge",
            "Channel1": customer.get("Channel"),
            "Channel2": second.get("DestChannel"),
            "Tone": "no",
        }
    )
    await asyncio.wait_for(phone.ended.wait(), 5)
    assert not colleague.ended.is_set()
