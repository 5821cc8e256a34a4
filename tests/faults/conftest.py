"""A shift at work on a running product, one a worker: whoever a drill needs is there already."""

import os
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from callcenter.processes.ports import is_free
from deploy.lab.publicnet import PublicNetwork
from tests.faults.shift import DESKS, Shift
from tests.faults.truth import Truth
from tests.support.stack import Stack


@pytest_asyncio.fixture(loop_scope="session", scope="session")
async def shift(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Shift]:
    """Agents with desk phones, and the public network that callers come from."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    first = 25038 + 100 * worker
    ami_port = next(port for port in range(first, first + 100) if is_free(port))
    agents, phones = await Shift.hire(stack, DESKS)
    settings, rtp = stack.settings, 29200 + 400 * worker
    network = PublicNetwork(
        tmp_path_factory.mktemp("network"),
        settings.demo.trunk_port,
        ami_port,
        (rtp, rtp + 399),
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
