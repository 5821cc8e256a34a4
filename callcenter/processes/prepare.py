"""What must stand before the processes start: schema, first rows, Asterisk's files."""

import os
import signal
from collections.abc import Sequence
from functools import partial

from callcenter.core.secrets import Secrets
from callcenter.core.settings import Settings, SettingsError
from callcenter.processes.copies import Copy, load, loaded
from callcenter.processes.parent import die_with_parent
from callcenter.processes.services import postgres

SCHEMA = "callcenter.migrations"
FIRST = "callcenter.processes.first"
DEMO = "callcenter.processes.demo"
PROVISIONING = "callcenter.telephony.provisioning"


def prepare(settings: Settings, secrets: Secrets) -> None:
    """Each step may run again at any time and then finds its work done."""
    postgres.prepare_roles(settings, secrets)
    _run((SCHEMA, DEMO if settings.demo.enabled else FIRST, PROVISIONING), settings)


def _run(steps: Sequence[str], settings: Settings) -> None:
    """In a process of its own, which takes along what it has opened, and ends when we are told to."""
    with (settings.paths.log / "prepare.log").open("a+b") as log:
        begin = log.tell()
        dying = partial(die_with_parent, signal.SIGTERM)
        child = Copy(partial(_take, steps), begin=dying, output=log.fileno())
        try:
            code = child.wait()
        finally:
            child.kill()
        if code != 0:
            log.seek(begin)
            said = log.read().decode(errors="replace")
            raise SettingsError(f"Preparation failed:\n{said[-4000:]}")


def _take(steps: Sequence[str]) -> None:
    os.environ["CALLCENTER_PROCESS"] = "prepare"
    for step in steps:
        print(f"preparing: {step}")
        command = ("python", "-m", step)
        load(command)
        if program := loaded(command):
            program()
