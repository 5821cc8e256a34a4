"""The public network: a second Asterisk with callers that speak and press keys, called parties that

behave by their number's last two digits (2x busy, 3x unallocated, 4x never answers, 5x a machine,
7x rejects, 8x answers after 5 s, others answer and speak), and desk phones that register.
"""

import asyncio
import secrets
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Self

from callcenter.core.places import PROJECT
from callcenter.telephony.agi import AgiServer, AgiSession
from callcenter.telephony.ami import AmiAddress, AmiClient, AmiError, AmiEvent
from deploy.lab.asterisk import AsteriskProcess
from deploy.lab.call import LabCall
from deploy.lab.network_files import NetworkPlan, Phone, network_files
from deploy.lab.script import Step
from deploy.lab.speech import speech, write_silence

TOOLS = PROJECT / ".tools"
MACHINE = "您好，我现在不方便接听电话，请在提示音后留言。"
ANSWERS = "喂，您好，请问是哪一位？"
READY_WITHIN = 15.0
FOLDERS = ("etc", "heard", "speech", "silence", "lib/keys", "spool", "run", "log")


class PublicNetwork:
    """home: a folder of its own. target: where the product's SIP is. phones: that it registers."""

    def __init__(
        self,
        home: Path,
        sip_port: int,
        ami_port: int,
        rtp: tuple[int, int],
        target: tuple[str, int],
        phones: Sequence[Phone] = (),
    ) -> None:
        self.home = home
        self._token, self._secret = secrets.token_urlsafe(24), secrets.token_urlsafe(24)
        self._plan = (sip_port, ami_port, rtp, target, phones)
        self._calls: dict[str, LabCall] = {}
        self._rung: defaultdict[str, asyncio.Queue[LabCall]] = defaultdict(asyncio.Queue)
        self._connected = asyncio.Event()
        self._agi = AgiServer(
            "127.0.0.1", 0, self._token, {"talk": self._talk, "phone": self._phone}
        )
        self.ami = AmiClient(
            AmiAddress("127.0.0.1", ami_port, "lab", self._secret), on_connected=self._up
        )
        self.ami.subscribe(self._hung_up, "Hangup")
        self.ami.subscribe(self._named, "Newchannel")
        self.asterisk = AsteriskProcess(TOOLS / "bin" / "asterisk", home, ami_port)

    async def __aenter__(self) -> Self:
        for name in FOLDERS:
            (self.home / name).mkdir(parents=True, exist_ok=True)
        await asyncio.to_thread(self._record_voices)
        await self._agi.start()
        for name, text in network_files(self._make_plan()).items():
            (self.home / "etc" / name).write_text(text)
        await self.asterisk.start()
        await self.ami.start()
        await asyncio.wait_for(self._connected.wait(), READY_WITHIN)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.ami.stop()
        await self.asterisk.kill()
        await self._agi.stop()

    async def call(
        self,
        to: str,
        caller: str,
        caller_name: str = "",
        script: Sequence[Step] = (),
        *,
        tones: bool = False,
    ) -> LabCall:
        """Dial `to`; the script runs after the answer, then the caller stays on the line.

        tones: by a trunk that knows nothing of RFC 4733: keys are tones in the sound.
        """
        call = LabCall(secrets.token_hex(8), self.home, self.ami, script, tones=tones)
        self._calls[call.id] = call
        try:
            await self.ami.call(
                {
                    "Action": "Originate",
                    "Channel": f"PJSIP/{to}@{'product-tones' if tones else 'product'}",
                    "ChannelId": call.id,
                    "Context": "talk",
                    "Exten": "s",
                    "Priority": "1",
                    "Timeout": "120000",
                    "CallerID": f'"{caller_name}" <{caller}>',
                    "Variable": f"LAB_ID={call.id}",
                    "Async": "true",
                }
            )
        except AmiError:
            del self._calls[call.id]
            raise
        return call

    async def rings(self, endpoint: str, within: float = 10.0) -> LabCall:
        """The next call that rings this phone; `answer` picks it up, `hang_up(17)` is busy."""
        return await asyncio.wait_for(self._rung[endpoint].get(), within)

    async def _talk(self, session: AgiSession) -> None:
        call = self._calls.get(session.variables["agi_arg_1"])
        if call is not None:
            await call.attend(session)

    async def _phone(self, session: AgiSession) -> None:
        call = LabCall(session.uniqueid, self.home, self.ami)
        self._calls[call.id] = call
        call.channel = session.channel
        attending = asyncio.create_task(call.attend(session))
        await asyncio.sleep(0)  # attend has taken the session before anybody picks up
        self._rung[session.variables["agi_arg_2"]].put_nowait(call)
        await attending

    def _hung_up(self, event: AmiEvent) -> None:
        call = self._calls.pop(event.get("Uniqueid"), None)
        if call is not None:
            call.end(int(event.get("Cause") or 0))

    def _named(self, event: AmiEvent) -> None:
        call = self._calls.get(event.get("Uniqueid"))
        if call is not None:
            call.channel = event.get("Channel")

    async def _up(self) -> None:
        self._connected.set()

    def _record_voices(self) -> None:
        folder = self.home / "speech"
        for name, text in (("machine", MACHINE), ("answers", ANSWERS)):
            (folder / f"{name}.wav").write_bytes(speech(folder, text).read_bytes())
        write_silence(self.home / "silence" / "silence.wav")

    def _make_plan(self) -> NetworkPlan:
        sip_port, ami_port, rtp, target, phones = self._plan
        return NetworkPlan(
            self.home, TOOLS / "asterisk-modules", TOOLS / "asterisk-data", sip_port, ami_port,
            self._secret, self._agi.port, self._token, rtp, target, phones,
        )  # fmt: skip
