"""A restarted process goes on counting, and so does the next child of its name."""

import os
import subprocess
import sys
from pathlib import Path

COUNT = """
import os
from callcenter.core import metrics
seen = metrics.Counter("seen_total", "Things seen")
seen.inc(2)
if os.environ.get("WITH_CHILD"):
    child = os.fork()
    if child == 0:
        metrics.identify("-1")
        seen.inc(10)
        os._exit(0)
    os.waitpid(child, 0)
print(metrics.exposition()[0].decode())
"""


def count(folder: Path, **environment: str) -> str:
    return subprocess.run(
        [sys.executable, "-c", COUNT],
        env={
            "PYTHONPATH": os.pathsep.join(sys.path),
            "PROMETHEUS_MULTIPROC_DIR": str(folder),
            **environment,
        },
        capture_output=True,
        text=True,
        check=True,
    ).stdout


def test_a_restart_loses_no_count(tmp_path: Path) -> None:
    assert "seen_total 2.0" in count(tmp_path, CALLCENTER_PROCESS="telephony")
    assert "seen_total 4.0" in count(tmp_path, CALLCENTER_PROCESS="telephony")


def test_processes_are_added_up(tmp_path: Path) -> None:
    count(tmp_path, CALLCENTER_PROCESS="telephony")
    assert "seen_total 4.0" in count(tmp_path, CALLCENTER_PROCESS="web")


def test_children_of_one_name_share_one_file(tmp_path: Path) -> None:
    count(tmp_path, CALLCENTER_PROCESS="web", WITH_CHILD="1")
    told = count(tmp_path, CALLCENTER_PROCESS="web", WITH_CHILD="1")
    assert "seen_total 24.0" in told
    assert sorted(file.name for file in tmp_path.iterdir()) == [
        "counter_web-1.db",
        "counter_web.db",
    ]
