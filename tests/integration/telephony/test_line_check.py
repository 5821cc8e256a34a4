"""The operators' line test, run by a real Asterisk for a real call."""

import asyncio
import os
import sys
from pathlib import Path

import pytest

from callcenter.telephony.agi import AgiSession
from deploy.lab.publicnet import PublicNetwork
from deploy.lab.script import Keys, Wait
from tests.integration.telephony.conftest import NUMBER, Product
from tests.integration.telephony.sound import loudness

pytestmark = pytest.mark.integration


@pytest.fixture(autouse=True)
def our_python(monkeypatch: pytest.MonkeyPatch) -> None:
    """The script's `python3` is the one that has pyst2."""
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}:{os.environ['PATH']}")


async def test_a_caller_hears_number_and_keys(product: Product, network: PublicNetwork) -> None:
    statuses: asyncio.Queue[str] = asyncio.Queue()

    async def inbound(session: AgiSession) -> None:
        await session.execute("AGI", "line-check")
        statuses.put_nowait(await session.get_variable("AGISTATUS"))
        await session.leave("hangup")

    product.scripts["inbound"] = inbound
    call = await network.call(NUMBER, "138", script=[Wait(3), Keys("5"), Wait(1.5), Keys("#")])
    assert await asyncio.wait_for(statuses.get(), 15) == "SUCCESS"
    await asyncio.wait_for(call.ended.wait(), 5)
    assert loudness(await call.sound()) > 200
