"""A shift at work on a running product, one a worker: whoever a drill needs is there already."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from deploy.lab.publicnet import PublicNetwork
from tests.faults.shift import DESKS, Shift
from tests.faults.truth import Truth
from tests.support.ports import free_port, rtp_range
from tests.support.stack import Stack


@pytest_asyncio.fixture(loop_scope="session", scope="session")
async def shift(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Shift]:
    """Agents with desk phones, and the public network that callers come from."""
    agents, phones = await Shift.hire(stack, DESKS)
    settings = stack.settings
    network = PublicNetwork(
        tmp_path_factory.mktemp("network"),
        settings.demo.trunk_port,
        free_port(),
        rtp_range(),
        (settings.asterisk.host, settings.asterisk.sip_port),
        phones,
    )
    async with network:
        working = Shift(stack, network, agents)
        yield working
        await working.close()


@pytest_asyncio.fixture(loop_scope="session")
async def at_work(shift: Shift) -> AsyncIterator[Shift]:
    """Nobody is on the telephone before a drill, and nobody after it."""
    await shift.begin()
    yield shift
    await shift.finish()


@pytest.fixture
def truth(stack: Stack) -> Truth:
    return Truth(stack)
