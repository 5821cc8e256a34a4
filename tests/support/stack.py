"""The whole product, started as a user starts it, with a data folder and ports of its own."""

import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from honcho.environ import parse_procfile

from callcenter.core.secrets import Secrets, load_secrets
from callcenter.core.settings import Settings, load_settings
from callcenter.processes.announce import missing_components
from callcenter.processes.parent import die_with_parent
from ivr.model import SHARED
from tests.support.ports import free_port
from tests.support.waiting import wait_until

PROJECT = Path(__file__).resolve().parents[2]
SPOKEN = PROJECT / "tests" / "output" / "spoken"
"""What all enterprises hear, which every stack would speak anew: named by its content, kept for the next."""

PROGRAMS = (*parse_procfile((PROJECT / "Procfile").read_text()).processes, "postgres", "redis")
"""Of a running product, by name."""


@dataclass(frozen=True)
class RunningProcess:
    """A process of the stack by its name in the Procfile, `postgres` or `redis`."""

    name: str
    pid_file: Path

    @property
    def pid(self) -> int:
        """Of the program itself, not of its keeper; 0 while it is being restarted."""
        try:
            return int(self.pid_file.read_text())
        except (FileNotFoundError, ValueError):
            return 0

    def kill9(self) -> None:
        os.kill(self.pid, signal.SIGKILL)

    def stop(self) -> None:
        """Freeze it and all its children: it accepts connections and answers nothing."""
        self._signal_all(signal.SIGSTOP)

    def cont(self) -> None:
        self._signal_all(signal.SIGCONT)

    def tree(self) -> list[int]:
        """Its own id and those of all its children's children."""
        found = [self.pid]
        for pid in found:
            for children in Path(f"/proc/{pid}/task").glob("*/children"):
                found += map(int, children.read_text().split())
        return found

    def _signal_all(self, number: signal.Signals) -> None:
        for pid in self.tree():
            os.kill(pid, number)


class Stack:
    """Used as a context manager; `environment` overrides settings."""

    def __init__(self, **environment: str) -> None:
        # Short: unix sockets take 107 bytes.
        self.home = Path(tempfile.mkdtemp(prefix="cc-"))
        SPOKEN.mkdir(parents=True, exist_ok=True)
        (self.home / "prompts").mkdir()
        (self.home / "prompts" / SHARED).symlink_to(SPOKEN)
        self.password = secrets.token_urlsafe(12)
        self._environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith("CALLCENTER_")},
            "CALLCENTER_HOME": str(self.home),
            "CALLCENTER_DEMO_PASSWORD": self.password,
            "CALLCENTER_DEMO_TRUNK_PORT": str(free_port()),
            **environment,
        }
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        if self.is_running:
            self.end()
        shutil.rmtree(self.home, ignore_errors=True)

    def start(self) -> None:
        with (self.home / "run.out").open("ab") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "callcenter.processes.run"],
                cwd=PROJECT,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                # A test run that is killed leaves nothing behind.
                preexec_fn=die_with_parent,  # noqa: PLW1509 - it starts no thread in between
            )

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Ask it to end; its exit status. A stack that takes longer than a minute is an error."""
        os.kill(self.pid, number)
        return self.wait_end()

    def wait_end(self) -> int:
        assert self._process, "not started"
        return self._process.wait(60)

    @property
    def pid(self) -> int:
        """Of the supervisor, which leads a process group of its own."""
        assert self._process, "not started"
        return self._process.pid

    def kill9(self) -> None:
        """The supervisor itself dies, with no chance to tidy up."""
        os.kill(self.pid, signal.SIGKILL)
        self.wait_end()

    def wait_ready(self, deadline: float = 180.0) -> None:
        """Until /readyz says so; names what is missing otherwise."""
        missing: list[str] = []

        def ready() -> bool:
            assert self._process
            assert self._process.poll() is None, f"it ended:\n{self.output()}"
            if (self.home / "ports.json").exists():
                missing[:] = missing_components(self.settings)
                return not missing
            return False

        try:
            wait_until(ready, deadline, "ready")
        except AssertionError as error:
            raise AssertionError(f"{error}: {'; '.join(missing)}\n{self.output()}") from None

    @property
    def settings(self) -> Settings:
        own = {k: v for k, v in self._environment.items() if k.startswith("CALLCENTER_")}
        return load_settings(own)

    @property
    def secrets(self) -> Secrets:
        return load_secrets(self.home)

    @property
    def url(self) -> str:
        return self.settings.web.url

    @property
    def environment(self) -> dict[str, str]:
        """For programs that are to speak to this stack."""
        return dict(self._environment)

    def process(self, name: str) -> RunningProcess:
        return RunningProcess(name, self.home / "run" / f"{name}.pid")

    def output(self) -> str:
        return (self.home / "run.out").read_text(errors="replace")[-8000:]

    def left_processes(self) -> list[str]:
        """Command lines of everything on this machine that carries this data folder."""
        mark = f"CALLCENTER_HOME={self.home}\0".encode()
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                if mark in (folder / "environ").read_bytes() + b"\0":
                    line = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                    found += [line] if line else []
            except OSError:
                continue
        return found

    def keep_logs(self, into: Path) -> None:
        into.mkdir(parents=True, exist_ok=True)
        for name in ("log", "asterisk/log"):
            if (self.home / name).exists():
                shutil.copytree(self.home / name, into / self.home.name / name, dirs_exist_ok=True)
        shutil.copy(self.home / "run.out", into)
