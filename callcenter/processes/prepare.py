"""What must stand before the processes start: schema, first rows, Asterisk's files."""

import subprocess
import sys
from collections.abc import Mapping, Sequence
from runpy import run_module

from callcenter.core.places import PROJECT
from callcenter.core.secrets import Secrets
from callcenter.core.settings import Settings, SettingsError
from callcenter.processes.services import postgres

SCHEMA = "callcenter.migrations"
FIRST = "callcenter.processes.first"
DEMO = "callcenter.processes.demo"
PROVISIONING = "callcenter.telephony.provisioning"


def prepare(settings: Settings, secrets: Secrets, environment: Mapping[str, str]) -> None:
    """Each step may run again at any time and then finds its work done."""
    postgres.prepare_roles(settings, secrets)
    _run((SCHEMA, DEMO if settings.demo.enabled else FIRST, PROVISIONING), settings, environment)


def _run(steps: Sequence[str], settings: Settings, environment: Mapping[str, str]) -> None:
    log = settings.paths.log / "prepare.log"
    done = subprocess.run(
        [sys.executable, "-m", __name__, *steps],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        env=dict(environment) | {"CALLCENTER_PROCESS": "prepare"},
        cwd=PROJECT,
    )
    with log.open("a") as stream:
        stream.write(done.stdout)
    if done.returncode != 0:
        raise SettingsError(f"Preparation failed:\n{done.stdout[-4000:]}")


def main() -> None:
    """The steps named, one after the other in one process: they load the same libraries."""
    for step in sys.argv[1:]:
        print(f"preparing: {step}", flush=True)
        run_module(step, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
