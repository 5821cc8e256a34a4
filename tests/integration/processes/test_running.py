"""Services say themselves that they serve; one that does not is told of, with its log."""

import os
import sys
from pathlib import Path

import pytest

from callcenter.core.settings import SettingsError, places_of
from callcenter.processes.services import running
from callcenter.processes.services.running import Service, started

pytestmark = pytest.mark.integration

SAYING = """
import os, signal, socket, sys
with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as voice:
    voice.connect("\\0" + os.environ["NOTIFY_SOCKET"][1:])
    for word in sys.argv[1:]:
        voice.send(word.encode())
print("what it had to say is said", flush=True)
signal.pause()
"""


def start(folder: Path, *words: str) -> None:
    """Start a service that says these words, and end it."""
    environment = os.environ | {
        "CALLCENTER_HOME": str(folder), "PYTHONPATH": os.pathsep.join(sys.path),
    }  # fmt: skip
    service = Service("thing", [sys.executable, "-c", SAYING, *words])
    with started([service], environment, places_of(environment)):
        pass


def test_a_service_is_there_once_it_says_so(tmp_path: Path) -> None:
    start(tmp_path, "STATUS=loading", "READY=1\nSTATUS=serving")


def test_one_that_does_not_say_so_is_told_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "START", 3.0)
    with pytest.raises(SettingsError) as told:
        start(tmp_path, "STATUS=loading", "READY=0")
    assert "thing does not serve after 3 s" in str(told.value)
    assert "what it had to say is said" in str(told.value)
