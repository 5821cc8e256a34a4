"""Ports: what is set by hand must be free; the rest is picked, and told in ports.json.

Copies that start at the same moment do not pick the same: a claim stands from the picking until
its process is gone, in a file that all copies of one user share.
"""

import fcntl
import json
import os
import socket
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from itertools import chain
from pathlib import Path

from callcenter.core.settings import (
    VARIABLES,
    Settings,
    SettingsError,
    explicit,
    load_settings,
    places_of,
)

OURS = (
    ("web", "port"),
    ("redis", "port"),
    ("asterisk", "ami_port"),
    ("asterisk", "agi_port"),
    ("asterisk", "http_port"),
    ("asterisk", "sip_port"),
)
UDP = {("asterisk", "sip_port")}
EPHEMERAL = 32768
"""From here the kernel gives ports to outgoing connections: never picked by us."""

Claims = dict[int, int]


def settle_ports(environ: Mapping[str, str]) -> Settings:
    """Check the ports that are set, pick the others, write ports.json; returns the settings.

    Raises SettingsError naming a port that is set and taken.
    """
    settings = load_settings(environ)
    fixed = dict(_fixed(environ))
    wanted = (*OURS, *(() if settings.database.url else (("database", "port"),)))
    picked: dict[str, dict[str, int]] = {}
    with _claims() as claims:
        for place in wanted:
            port = _settle_one(settings, place, fixed.get(place), claims)
            claims[port] = os.getpid()
            picked.setdefault(place[0], {})[place[1]] = port
        start, end = _settle_range(settings, fixed.get(("asterisk", "rtp_start")), claims)
        claims.update(dict.fromkeys(range(start, end + 1), os.getpid()))
        picked["asterisk"] |= {"rtp_start": start, "rtp_end": end}
    _write(places_of(environ).ports_file, picked)
    return load_settings(environ)


def _fixed(environ: Mapping[str, str]) -> Iterator[tuple[tuple[str, str], str]]:
    names = {place: variable for variable, place in VARIABLES.items()}
    for source, raw in explicit(environ).items():
        for section, entries in raw.items():
            for name in entries:
                from_environment = source == "the environment"
                place = (section, name)
                yield place, names[place] if from_environment else f"{section}.{name} in {source}"


def _settle_one(
    settings: Settings, place: tuple[str, str], source: str | None, claims: Claims
) -> int:
    wished: int = getattr(getattr(settings, place[0]), place[1])
    udp = place in UDP
    if source is not None:
        if not is_free(wished, udp=udp):
            raise SettingsError(
                f"{source} is {wished}, but that port is taken;"
                f" stop what listens there, or set another one."
            )
        return wished
    for port in chain(range(wished, EPHEMERAL), range(1024, wished)):
        if port not in claims and is_free(port, udp=udp):
            return port
    raise SettingsError(f"No free port is left for {place[0]}.{place[1]}.")


def _settle_range(settings: Settings, source: str | None, claims: Claims) -> tuple[int, int]:
    start, end = settings.asterisk.rtp_start, settings.asterisk.rtp_end
    if source is not None:
        taken = [port for port in range(start, end + 1) if not is_free(port, udp=True)]
        if taken:
            raise SettingsError(
                f"The RTP range {start}-{end} ({source}) is set, but port {taken[0]} is taken."
            )
        return start, end
    wished = end - start + 1
    # Beside other copies a smaller range is better than none: four ports carry a call.
    for size in (wished, wished // 2, wished // 4, wished // 8):
        for first in chain(range(start, EPHEMERAL - size, size), range(2000, start - size, size)):
            block = range(first, first + size)
            if claims.keys().isdisjoint(block) and all(is_free(port, udp=True) for port in block):
                return first, first + size - 1
    raise SettingsError(
        f"No {wished // 8} free UDP ports in a row are left for RTP; set a range of your own."
    )


def is_free(port: int, *, udp: bool = False) -> bool:
    """Could a server listen on this port, on every address?"""
    kind = socket.SOCK_DGRAM if udp else socket.SOCK_STREAM
    with closing(socket.socket(socket.AF_INET, kind)) as probe:
        if not udp:
            # Connections of an ended server that linger must not count.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("0.0.0.0", port))  # noqa: S104 - a test, nothing is served
        except OSError:
            return False
    return True


@contextmanager
def _claims() -> Iterator[Claims]:
    file = Path(tempfile.gettempdir()) / f"callcenter-ports-{os.getuid()}.json"
    flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
    with os.fdopen(os.open(file, flags, 0o600), "r+") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        kept: dict[str, list[list[int]]] = json.loads(stream.read() or "{}")
        alive = {pid: ranges for pid, ranges in kept.items() if Path("/proc", pid).exists()}
        alive.pop(str(os.getpid()), None)
        claims = {
            port: int(pid)
            for pid, ranges in alive.items()
            for first, last in ranges
            for port in range(first, last + 1)
        }
        yield claims
        mine = sorted(port for port, pid in claims.items() if pid == os.getpid())
        stream.seek(0)
        stream.truncate()
        json.dump(alive | {str(os.getpid()): _ranges(mine)}, stream)


def _ranges(ports: list[int]) -> list[list[int]]:
    ranges: list[list[int]] = []
    for port in ports:
        if ranges and ranges[-1][1] == port - 1:
            ranges[-1][1] = port
        else:
            ranges.append([port, port])
    return ranges


def _write(file: Path, picked: Mapping[str, Mapping[str, int]]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f"{file.name}.{os.getpid()}")
    draft.write_text(json.dumps(picked, indent=2) + "\n")
    draft.replace(file)
