"""Raw samples: one file for each benchmark and run, and what the machine was."""

import json
import os
import platform
import subprocess
import sys
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from callcenter.core.places import PROJECT

FOLDER = PROJECT / "docs" / "bench"

Samples = dict[str, list[float]]
"""Figure's source → what was measured, in the unit of the figure."""


@dataclass(frozen=True)
class Raw:
    """samples: as measured. notes: what a reader needs to know of the run, as plain JSON."""

    benchmark: str
    run: int
    commit: str
    at: str
    machine: dict[str, Any]
    samples: Samples
    notes: dict[str, Any] = field(default_factory=dict)

    @property
    def file(self) -> Path:
        return FOLDER / f"{self.benchmark}-{self.run}.json"

    def write(self) -> None:
        FOLDER.mkdir(parents=True, exist_ok=True)
        rounded = {name: [round(one, 2) for one in values] for name, values in self.samples.items()}
        text = json.dumps(asdict(self) | {"samples": rounded}, separators=(",", ":"))
        self.file.write_text(text + "\n")


def read_all(folder: Path = FOLDER) -> list[Raw]:
    return [Raw(**json.loads(file.read_text())) for file in sorted(folder.glob("*-[0-9]*.json"))]


def made(benchmark: str, run: int, samples: Samples, notes: dict[str, Any]) -> Raw:
    at = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    return Raw(benchmark, run, _commit(), at, _machine(), samples, notes)


def _commit() -> str:
    command = ["git", "-C", str(PROJECT), "rev-parse", "--short", "HEAD"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def _machine() -> dict[str, Any]:
    asterisk = [str(PROJECT / ".tools" / "bin" / "asterisk"), "-V"]
    version = subprocess.run(asterisk, capture_output=True, text=True, check=False).stdout.strip()
    return {
        "cores": os.cpu_count(),
        "processor": _processor(),
        "python": platform.python_version(),
        "asterisk": version.removeprefix("Asterisk "),
        "kernel": platform.release(),
        "load_before": round(os.getloadavg()[0], 2),
        "platform": sys.platform,
    }


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()
