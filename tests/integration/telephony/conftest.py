"""A product's Asterisk with generated files, and the public network around it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from callcenter.core.places import PROJECT
from callcenter.core.speech import EspeakSpeech
from callcenter.telephony.agi import AgiServer, AgiSession
from callcenter.telephony.ami import AmiAddress, AmiClient, AmiEvent
from callcenter.telephony.provisioning.apply import make_folders, write
from callcenter.telephony.provisioning.model import (
    AccessNumber,
    Extension,
    Folders,
    Keys,
    Ports,
    ProvisioningModel,
    Service,
    Trunk,
)
from callcenter.telephony.provisioning.render import render
from callcenter.telephony.provisioning.sounds import make_sounds
from deploy.lab.asterisk import AsteriskProcess
from deploy.lab.network_files import Phone
from deploy.lab.publicnet import PublicNetwork
from tests.support.ports import free_port, free_ports, rtp_range

TOOLS = PROJECT / ".tools"
ENTERPRISE = "0192aaaa-0000-7000-8000-000000000001"
NUMBER, PAUSED = "02160000001", "02160000009"
AGENTS = ("e100001-8001", "e100001-8002")
SECRET = "s" * 24

Script = Callable[[AgiSession], Awaitable[None]]


@dataclass
class Product:
    """The product's Asterisk with an AGI server whose scripts the test writes."""

    model: ProvisioningModel
    asterisk: AsteriskProcess
    ami: AmiClient
    scripts: dict[str, Script]
    events: list[AmiEvent] = field(default_factory=list)
    agi: AgiServer | None = None

    def __post_init__(self) -> None:
        self._changed = asyncio.Condition()
        self.ami.subscribe(self._note)

    async def _note(self, event: AmiEvent) -> None:
        async with self._changed:
            self.events.append(event)
            self._changed.notify_all()

    async def event(self, name: str, within: float = 10.0, **headers: str) -> AmiEvent:
        """The first event, past or to come, with this name and these headers."""

        def fitting() -> list[AmiEvent]:
            return [
                e
                for e in self.events
                if e.name == name and all(e.get(key) == value for key, value in headers.items())
            ]

        async with self._changed, asyncio.timeout(within):
            await self._changed.wait_for(fitting)
        return fitting()[0]

    async def start_agi(self) -> None:
        handlers = {
            name: self._handler(name)
            for name in ("inbound", "transfer", "consult", "outbound", "after")
        }
        self.agi = AgiServer("127.0.0.1", self.model.ports.agi, self.model.keys.agi_token, handlers)
        await self.agi.start()

    async def stop_agi(self) -> None:
        if self.agi is not None:
            await self.agi.stop()

    def _handler(self, name: str) -> Script:
        async def run(session: AgiSession) -> None:
            await self.scripts[name](session)

        return run

    def log(self) -> str:
        return (self.model.folders.home / "log" / "messages.log").read_text()


def product_model(home: Path, demo_trunk: int) -> ProvisioningModel:
    sip, ami, agi, http = free_ports(4)
    return ProvisioningModel(
        Folders(
            home / "etc", TOOLS / "asterisk-modules", TOOLS / "asterisk-data",
            PROJECT / "deploy" / "agi-bin", home, home / "recordings",
        ),
        Ports("127.0.0.1", sip, ami, agi, http, *rtp_range()),
        Keys("ami-secret-0123456789", "agi-token-0123456789"),
        max_files=4096,
        trunks=(Trunk("demo", "127.0.0.1", demo_trunk, ("127.0.0.1",)),),
        access_numbers=(
            AccessNumber(NUMBER, "100001", ENTERPRISE, spellings=("+862160000001",), queue="s-1"),
            AccessNumber(PAUSED, "100001", ENTERPRISE, enabled=False),
        ),
        extensions=tuple(
            Extension(name, SECRET, name[-4:], f"坐席{name[-4:]}", "100001", ENTERPRISE, webrtc=False)
            for name in AGENTS
        ),
        services=(Service("s-1", "售后"), Service("s-2", "售前")),
    )  # fmt: skip


@asynccontextmanager
async def running_product(model: ProvisioningModel, sounds: Path) -> AsyncIterator[Product]:
    home = model.folders.home
    write(model.folders.etc, render(model))
    make_folders(home)
    for name in ("prompts", "moh"):
        (home / name).symlink_to(sounds / name)
    connected = asyncio.Event()

    async def up() -> None:
        connected.set()

    ports = model.ports
    asterisk = AsteriskProcess(TOOLS / "bin" / "asterisk", home, ports.ami)
    address = AmiAddress("127.0.0.1", ports.ami, "telephony", model.keys.ami_secret)
    product = Product(model, asterisk, AmiClient(address, on_connected=up), {})
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(asterisk)
        stack.push_async_callback(product.stop_agi)
        await product.start_agi()
        stack.push_async_callback(product.ami.stop)
        await product.ami.start()
        async with asyncio.timeout(10):
            await connected.wait()
        yield product


@pytest.fixture(scope="session")
def sounds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Prompts, music, spoken words: the same for every test, and slow to speak."""
    folder = tmp_path_factory.mktemp("sounds")
    make_sounds(folder, EspeakSpeech())
    for name in ("speech", "spoken"):
        (folder / name).mkdir()
    return folder


@pytest.fixture
async def product(tmp_path: Path, sounds: Path) -> AsyncIterator[Product]:
    model = product_model(tmp_path / "product", free_port())
    async with running_product(model, sounds) as running:
        yield running


@pytest.fixture
async def network(product: Product, tmp_path: Path, sounds: Path) -> AsyncIterator[PublicNetwork]:
    (tmp_path / "network").mkdir()
    (tmp_path / "network" / "speech").symlink_to(sounds / "speech")
    ports = product.model.ports
    network = PublicNetwork(
        tmp_path / "network",
        product.model.trunks[0].port,
        free_port(),
        rtp_range(),
        (ports.host, ports.sip),
        [Phone(name, SECRET) for name in AGENTS],
    )
    async with network:
        for name in AGENTS:
            await product.event("ContactStatus", EndpointName=name)
        yield network
