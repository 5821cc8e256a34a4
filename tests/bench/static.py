"""The yardsticks of calls: the same Asterisk with nothing but a dialplan, or with its own queue.

The product's own generated files, with another extensions.conf (and queues.conf). No AGI, no manager
client, no CEL.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from callcenter.telephony.directory import load_directory
from callcenter.telephony.provisioning.apply import make_folders, write
from callcenter.telephony.provisioning.load import load_model
from callcenter.telephony.provisioning.render import render
from deploy.lab.asterisk import AsteriskProcess
from tests.bench.floor import FIRST_SEAT, NUMBER, Floor, Site, free_tcp_ports, free_udp_port, site

DIALPLAN = """[inbound]
exten => {number},1,Set(SEAT=$[{first} + ${{CUT(UNIQUEID,.,2)}} % {seats}])
 same => n,MixMonitor(,br({files}/${{UNIQUEID}}-customer.wav)t({files}/${{UNIQUEID}}-agent.wav))
 same => n,Dial(PJSIP/e100001-${{SEAT}},20)
 same => n,Hangup()
[agent]
exten => s,1,Hangup()
"""
"""Each call makes two channels, so an odd number of seats is used in rotation."""

QUEUE_DIALPLAN = """[inbound]
exten => {number},1,MixMonitor(,br({files}/${{UNIQUEID}}-customer.wav)t({files}/${{UNIQUEID}}-agent.wav))
 same => n,Queue(bench)
 same => n,Hangup()
[agent]
exten => s,1,Hangup()
"""
QUEUE = """[general]
autofill = yes
[bench]
strategy = leastrecent
ringinuse = no
timeout = 20
retry = 1
wrapuptime = 0
"""
"""As good as app_queue can be: whoever is longest idle, all that can be matched at once."""


@asynccontextmanager
async def static_site(
    floor: Floor, home: Path, *, queue: bool = False, dialplan: str = ""
) -> AsyncIterator[tuple[AsteriskProcess, Site]]:
    """The floor's phones at an Asterisk of its own: in rotation, or as members of a queue.

    dialplan: a whole one instead.
    """
    directory = await asyncio.to_thread(load_directory, floor.database)
    model = load_model(floor.stack.settings, floor.stack.secrets, directory)
    ami, agi, http = free_tcp_ports(3)
    ports = replace(
        model.ports, sip=free_udp_port(), ami=ami, agi=agi, http=http,
        rtp_start=26000, rtp_end=31999,
    )  # fmt: skip
    folders = replace(
        model.folders, etc=home / "etc", home=home, recordings=home / "recordings"
    )  # fmt: skip
    model = replace(model, ports=ports, folders=folders)
    files = home / "recordings"
    dialplan = dialplan or (QUEUE_DIALPLAN if queue else DIALPLAN).format(
        number=NUMBER, first=FIRST_SEAT, seats=len(floor.agents), files=files
    )
    nothing = {"extensions.conf": dialplan, "cel.conf": "[general]\nenable = no\n"}
    if queue:
        members = (f"member => PJSIP/{phone.endpoint}\n" for phone in floor.phones)
        nothing["queues.conf"] = QUEUE + "".join(members)
    write(folders.etc, render(model) | nothing)
    make_folders(home)
    files.mkdir(exist_ok=True)
    (home / "moh").symlink_to(floor.stack.home / "asterisk" / "moh")
    asterisk = AsteriskProcess(floor.stack.settings.asterisk.binary, home, ports.ami)
    async with (
        asterisk,
        site(
            home, (ports.host, ports.sip), floor.phones, "serve" if queue else "answer"
        ) as running,
    ):
        yield asterisk, running
