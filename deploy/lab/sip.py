"""Call load by sipp: callers with sound, and agents that register and answer.

sipp's own default scenario offers PCMU and sends no audio; these send a recording as RTP.
"""

import asyncio
import csv
import shutil
import signal
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Self

from callcenter.processes.parent import die_with_parent
from deploy.lab.network_files import Phone

SCENARIOS = Path(__file__).with_name("scenarios")


class LoadFailed(Exception):
    """sipp could not do what was asked; carries the end of its errors."""


@dataclass(frozen=True, slots=True)
class Told:
    """One line that a scenario wrote down. at: seconds of the epoch."""

    what: str
    number: str
    at: float


@dataclass(frozen=True, slots=True)
class Arrival:
    """A caller, after so many seconds. `serve` reads from the number how long it is talked with."""

    number: str
    after: float


@dataclass(frozen=True, slots=True)
class LoadResult:
    """Counts of a finished run of callers; retransmissions are of either side."""

    calls: int
    successful: int
    failed: int
    retransmissions: int
    response_times_ms: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Load:
    """rate: new calls a second; calls: in all; hold: seconds from the answer to the BYE.

    speech: raw A-law at 8 kHz (`raw_alaw`), sent in a loop.
    """

    number: str
    rate: float
    calls: int
    hold: float
    speech: Path
    caller: str = "13800000001"


async def register(phones: Sequence[Phone], port: int, target: tuple[str, int], home: Path) -> None:
    """Register the phones' contacts, all of them at 127.0.0.1:port. Raises LoadFailed."""
    _write_rows(home / "register.csv", map(_credentials, phones))
    command = [
        *_sipp("register", port, target, home), "-inf", str(home / "register.csv"),
        "-m", str(len(phones)), "-r", "200", "-timeout", "60",
    ]  # fmt: skip
    process = await _start(command, home)
    if await process.wait() != 0:
        raise LoadFailed(f"{len(phones)} phones were not registered: {_tail(home)}")


def _credentials(phone: Phone) -> tuple[str, str]:
    return phone.endpoint, f"[authentication username={phone.endpoint} password={phone.secret}]"


class AnsweringAgent:
    """Phones that answer every call after `ring` seconds.

    scenario: `answer`, whose phones stay until the other side leaves, or `serve`, whose phones leave
    when the caller's number says and write down when each was offered and answered (`told`).
    """

    def __init__(
        self,
        port: int,
        target: tuple[str, int],
        home: Path,
        ring: float = 0.2,
        scenario: str = "answer",
    ) -> None:
        self._port, self._target, self._home = port, target, home
        self._ring, self._scenario = ring, scenario
        self._process: asyncio.subprocess.Process | None = None

    async def __aenter__(self) -> Self:
        command = [
            *_sipp(self._scenario, self._port, self._target, self._home),
            "-d", str(int(self._ring * 1000)), "-rtp_echo",
            "-trace_stat", "-stf", str(self._home / "stat.csv"), "-fd", "1",
            "-trace_logs", "-log_file", str(self._home / "told.log"),
        ]  # fmt: skip
        self._process = await _start(command, self._home)
        return self

    async def renew(self, phones: Sequence[Phone]) -> None:
        """Register them anew (that holds ten minutes) and start afresh. There must be no call."""
        await self.__aexit__()
        self._home = self._home.with_name(f"{self._home.name}-again")
        await register(phones, self._port, self._target, self._home)
        await self.__aenter__()

    @property
    def retransmissions(self) -> int:
        """Of either side, up to about a second ago."""
        row = _last_row(self._home / "stat.csv")
        return int(row["Retransmissions(C)"]) if row else 0

    def told(self, since: int = 0) -> list[Told]:
        """What `serve` wrote down, without the first `since` lines."""
        return read_told(self._home / "told.log")[since:]

    async def __aexit__(self, *_: object) -> None:
        if self._process is not None and self._process.returncode is None:
            self._process.send_signal(signal.SIGKILL)
            await self._process.wait()


def raw_alaw(wav: Path) -> Path:
    """The sound as sipp sends it: raw A-law, beside the WAV."""
    raw = wav.with_suffix(".al")
    subprocess.run(["sox", str(wav), "-t", "al", "-r", "8000", "-c", "1", str(raw)], check=True)
    return raw


async def callers(load: Load, port: int, target: tuple[str, int], home: Path) -> LoadResult:
    """Place the calls and wait for the last; the figures that sipp kept."""
    _put(home / "speech.al", load.speech)
    command = [
        *_sipp("call", port, target, home),
        "-s", load.number, "-r", str(load.rate), "-m", str(load.calls),
        "-d", str(int(load.hold * 1000)), "-key", "caller", load.caller,
        "-trace_stat", "-stf", str(home / "stat.csv"), "-fd", "1",
        "-trace_rtt", "-rtt_freq", "1",
    ]  # fmt: skip
    process = await _start(command, home)
    await process.wait()
    return await asyncio.to_thread(_result, home, process.pid)


async def arrive(
    arrivals: Sequence[Arrival],
    service: str,
    speech: Path,
    port: int,
    target: tuple[str, int],
    home: Path,
) -> list[Told]:
    """Each calls when it is due and speaks until served; when each one did. Raises LoadFailed.

    Who sends no sound is answered half a second late: Asterisk waits for it.
    """
    _put(home / "speech.al", speech)
    rows = ((one.number, str(int(one.after * 1000))) for one in arrivals)
    _write_rows(home / "arrivals.csv", rows)
    count = str(len(arrivals))
    command = [
        *_sipp("arrive", port, target, home), "-inf", str(home / "arrivals.csv"),
        "-s", service, "-m", count, "-l", count, "-r", "1000",
        "-trace_logs", "-log_file", str(home / "told.log"),
    ]  # fmt: skip
    process = await _start(command, home)
    if await process.wait() != 0:
        raise LoadFailed(f"not all of {count} callers were served: {_tail(home)}")
    return await asyncio.to_thread(read_told, home / "told.log")


def read_told(file: Path) -> list[Told]:
    """Sipp's timestamp: day, time and seconds of the epoch."""
    lines = file.read_text().splitlines() if file.exists() else []
    parts = (line.split() for line in lines)
    return [Told(part[0], part[1], float(part[-1])) for part in parts if len(part) >= 3]


def _result(home: Path, pid: int) -> LoadResult:
    last = _last_row(home / "stat.csv")
    times = home / f"call_{pid}_rtt.csv"
    lines = times.read_text().splitlines()[1:] if times.exists() else []
    return LoadResult(
        calls=int(last["TotalCallCreated"]),
        successful=int(last["SuccessfulCall(C)"]),
        failed=int(last["FailedCall(C)"]),
        retransmissions=int(last["Retransmissions(C)"]),
        response_times_ms=tuple(float(line.split(";")[1]) for line in lines),
    )


def _last_row(file: Path) -> dict[str, str]:
    """Of sipp's statistics; empty before the first second is over."""
    if not file.exists():
        return {}
    with file.open() as stream:
        rows = list(csv.DictReader(stream, delimiter=";"))
    return rows[-1] if rows else {}


def _sipp(scenario: str, port: int, target: tuple[str, int], home: Path) -> list[str]:
    host, target_port = target
    return [
        "sipp", f"{host}:{target_port}", "-sf", str(SCENARIOS / f"{scenario}.xml"),
        "-i", "127.0.0.1", "-p", str(port), "-nostdin", "-trace_err", "-error_file",
        str(home / "errors.log"),
    ]  # fmt: skip


async def _start(command: list[str], home: Path) -> asyncio.subprocess.Process:
    with _output(home) as output:
        return await asyncio.create_subprocess_exec(
            *command, cwd=home, stdin=asyncio.subprocess.DEVNULL, stdout=output, stderr=output,
            preexec_fn=lambda: die_with_parent(signal.SIGKILL),
        )  # fmt: skip


def _output(home: Path) -> BinaryIO:
    home.mkdir(parents=True, exist_ok=True)
    return (home / "output.log").open("ab")


def _put(file: Path, source: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, file)


def _write_rows(file: Path, rows: Iterable[tuple[str, ...]]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("\n".join(["SEQUENTIAL", *(";".join(row) for row in rows)]) + "\n")


def _tail(home: Path) -> str:
    errors = home / "errors.log"
    return errors.read_text()[-1000:] if errors.exists() else ""
