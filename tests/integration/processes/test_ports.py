"""Ports that nobody set are picked free; one that is set and taken is an error that names it."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest

from callcenter.core.settings import SettingsError, load_settings
from callcenter.processes import ports
from callcenter.processes.ports import settle_ports

pytestmark = pytest.mark.integration


@pytest.fixture(autouse=True)
def own_claims(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What other copies on this machine claim must not matter here."""
    monkeypatch.setattr(ports.tempfile, "gettempdir", lambda: str(tmp_path))


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    home = tmp_path / "home"
    home.mkdir()
    return {"CALLCENTER_HOME": str(home)}


@pytest.fixture
def taken() -> Iterator[int]:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        yield server.getsockname()[1]


def test_a_taken_default_is_replaced_by_a_free_port(environ: dict[str, str]) -> None:
    default = load_settings(environ).web.port
    # Where it cannot be had, another copy on this machine was quicker: then it is taken as well.
    with closing(socket.socket()) as server:
        with suppress(OSError):
            server.bind(("127.0.0.1", default))
            server.listen()
        settled = settle_ports(environ)
    assert settled.web.port != default


def test_what_was_picked_is_told_in_a_file_that_others_read(environ: dict[str, str]) -> None:
    settled = settle_ports(environ)
    told = json.loads((Path(environ["CALLCENTER_HOME"]) / "ports.json").read_text())
    assert told["web"]["port"] == settled.web.port
    assert load_settings(environ) == settled


def test_a_second_start_keeps_its_ports(environ: dict[str, str]) -> None:
    # Somebody else on this machine may take a port in between, but not five times in a row.
    assert any(settle_ports(environ) == settle_ports(environ) for _ in range(5))


def test_a_port_that_is_set_and_taken_is_named(environ: dict[str, str], taken: int) -> None:
    with pytest.raises(SettingsError, match=f"CALLCENTER_WEB_PORT is {taken}, but that port"):
        settle_ports(environ | {"CALLCENTER_WEB_PORT": str(taken)})


def test_a_taken_port_of_the_settings_file_is_named(environ: dict[str, str], taken: int) -> None:
    file = Path(environ["CALLCENTER_HOME"]) / "settings.toml"
    file.write_text(f"[redis]\nport = {taken}\n")
    with pytest.raises(SettingsError, match=r"redis\.port in .*settings\.toml is"):
        settle_ports(environ)


def test_sip_is_looked_for_over_udp(environ: dict[str, str]) -> None:
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as server:
        server.bind(("127.0.0.1", 0))
        port = server.getsockname()[1]
        with pytest.raises(SettingsError, match="CALLCENTER_SIP_PORT"):
            settle_ports(environ | {"CALLCENTER_SIP_PORT": str(port)})


def test_a_set_rtp_range_with_a_taken_port_is_named(environ: dict[str, str]) -> None:
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as server:
        server.bind(("127.0.0.1", 0))
        port = server.getsockname()[1]
        rtp = {"CALLCENTER_RTP_START": str(port - 2), "CALLCENTER_RTP_END": str(port + 2)}
        with pytest.raises(SettingsError, match="RTP range"):
            settle_ports(environ | rtp)


def test_copies_that_have_picked_but_not_yet_bound_do_not_meet(environ, tmp_path: Path) -> None:
    other = tmp_path / "other"
    code = (
        "import os, sys, tempfile; tempfile.tempdir = sys.argv[1]\n"
        "from callcenter.processes.ports import settle_ports\n"
        "print(settle_ports(os.environ).web.port, flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    with subprocess.Popen(
        command,
        env=os.environ | {"CALLCENTER_HOME": str(other), "PYTHONPATH": os.pathsep.join(sys.path)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        assert process.stdin
        theirs = int(process.stdout.readline())
        ours = settle_ports(environ)
        process.stdin.close()
    later = load_settings({"CALLCENTER_HOME": str(other)})
    assert ours.web.port != theirs
    assert ours.asterisk.rtp_start > later.asterisk.rtp_end or (
        ours.asterisk.rtp_end < later.asterisk.rtp_start
    )
