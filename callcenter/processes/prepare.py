"""What must stand before the processes start: schema, first rows, Asterisk's files."""

import subprocess
import sys
from collections.abc import Mapping

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
    steps = (SCHEMA, DEMO if settings.demo.enabled else FIRST, PROVISIONING)
    for module in steps:
        _run(module, settings, environment)


def _run(module: str, settings: Settings, environment: Mapping[str, str]) -> None:
    log = settings.paths.log / "prepare.log"
    done = subprocess.run(
        [sys.executable, "-m", module],
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
        raise SettingsError(f"Preparation failed ({module}):\n{done.stdout[-4000:]}")
