"""Runs the whole product in the foreground: `make run`.

Order: ports and secrets, PostgreSQL and Redis, preparation (schema, demo data, Asterisk's files),
then everything in the Procfile at once. At the end the other way round: the data services outlive
those who write to them. Every program is kept running by `keep`. While the data services start, this
process loads what all programs need; they begin as copies of it (ADR 30).
"""

import fcntl
import gc
import os
import resource
import shutil
import signal
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path

from honcho.environ import parse_procfile
from sqlalchemy.orm import configure_mappers

from callcenter.core.places import PROJECT, Places
from callcenter.core.secrets import Secrets, load_secrets
from callcenter.core.settings import Settings, SettingsError, places_of
from callcenter.processes.announce import announce_when_ready
from callcenter.processes.copies import load
from callcenter.processes.keep import kept
from callcenter.processes.output import Output
from callcenter.processes.ports import settle_ports
from callcenter.processes.prepare import prepare
from callcenter.processes.services import nginx, postgres, redis
from callcenter.processes.services.programs import SBIN, require
from callcenter.processes.services.running import Service, started
from callcenter.processes.supervisor import Supervisor, words

SEARCHES = (700, 5, 2)
"""For garbage: after so many new objects, every so many of those through older ones, then through all."""

PROGRAMS = ("redis-server", "nginx", "espeak-ng", "sox")
"""Of others; PostgreSQL's are looked for where Debian keeps them."""


def main() -> int:
    signal.signal(signal.SIGTERM, _stop)
    # A shell starts what it puts into the background with this one ignored.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    # Recordings, the journal and logs tell of customers: they are for our user only.
    os.umask(0o077)
    places = places_of(os.environ)
    try:
        with _alone(places):
            return _run(places)
    except SettingsError as error:
        print(f"callcenter: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _run(places: Places) -> int:
    settings = settle_ports(os.environ)
    secrets = load_secrets(places.home)
    _make_folders(places)
    _raise_file_limit()
    os.chdir(PROJECT)
    os.environ.update(_environment(settings))
    require(str(settings.asterisk.binary), *PROGRAMS)
    nginx.configure(settings)
    commands = parse_procfile((PROJECT / "Procfile").read_text()).processes
    services = _data_services(settings, secrets)
    with started(services, os.environ, places, meanwhile=partial(_load, commands.values())):
        prepare(settings, secrets)
        with closing(Output(places.log)) as output:
            return _supervise(commands, settings, output)


def _data_services(settings: Settings, secrets: Secrets) -> list[Service]:
    services = [
        Service(
            "redis",
            redis.command(settings, secrets),
            grace=10,
        )
    ]
    if not settings.database.url:
        postgres.make_cluster(settings, secrets)
        services.append(
            Service(
                "postgres",
                postgres.command(settings),
                stop_signal="INT",
                # Its last checkpoint: killed before that, it replays its log at the next start.
                grace=30,
            )
        )
    return services


def _load(commands: Iterable[str]) -> None:
    """Once for all programs. What stands then stands for ever: no search for garbage touches it.

    None comes before, as Python's documentation of `gc.freeze` has it: the holes it leaves would be
    filled by the copies, and pages they write to are no longer shared. The one behind finds nothing:
    so many old objects Python takes each program to have, and searches them all when a quarter has
    come to them. They are few, so it may search them often.
    """
    gc.disable()
    for command in map(words, commands):
        load(command)
        load(kept(command))
    configure_mappers()
    gc.freeze()
    gc.collect()
    gc.set_threshold(*SEARCHES)
    gc.enable()


def _supervise(commands: Mapping[str, str], settings: Settings, output: Output) -> int:
    # Its thread comes after the copies: who is copied has one thread.
    manager = Supervisor(output, partial(announce_when_ready, settings))
    for name, command in commands.items():
        manager.add_process(name, command)
    manager.loop()
    # From here a second Ctrl-C must not leave the data services behind.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    return int(manager.returncode or 0)


def _stop(_number: int, _frame: object) -> None:
    raise SystemExit(143)


@contextmanager
def _alone(places: Places) -> Iterator[None]:
    places.home.mkdir(parents=True, exist_ok=True)
    with (places.home / "lock").open("a+") as lock:
        try:
            # Of this process alone: copies of it do not hold it.
            fcntl.lockf(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SettingsError(
                f"Another copy runs in {places.home}; stop it, or set CALLCENTER_HOME."
            ) from None
        yield


def _make_folders(places: Places) -> None:
    shutil.rmtree(places.run / "metrics", ignore_errors=True)
    for stale in (*places.run.glob("*.pid"), *places.sockets.glob("*.sock")):
        stale.unlink()
    for folder in (places.run / "metrics", places.log, places.journal, places.recordings):
        folder.mkdir(parents=True, exist_ok=True)
    sockets = places.sockets
    sockets.mkdir(exist_ok=True)
    if sockets.stat().st_uid != os.getuid():
        raise SettingsError(f"{sockets} belongs to somebody else; set CALLCENTER_HOME elsewhere.")
    for passage in (places.home, sockets):
        # PostgreSQL's own user must get through to its folders, and sees nothing else.
        passage.chmod(0o711)


def _raise_file_limit() -> None:
    """Debian's soft limit of 1,024 files ends near 190 calls."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 65536 if hard == resource.RLIM_INFINITY else min(hard, 65536)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _environment(settings: Settings) -> dict[str, str]:
    return {
        "CALLCENTER_HOME": str(settings.paths.home),
        "CALLCENTER_SUPERVISOR": str(os.getpid()),
        "CALLCENTER_ASTERISK_BINARY": str(settings.asterisk.binary),
        "PATH": f"{Path(sys.executable).parent}:{os.environ.get('PATH', os.defpath)}{SBIN}",
        "PYTHONUNBUFFERED": "1",
        # What turns recordings into figures needs no threads of its own.
        "OPENBLAS_NUM_THREADS": "1",
        # A process that names itself keeps its environment readable.
        "SPT_NOENV": "1",
        # Asterisk has a thread for each call. More cannot run at once; glibc would make eight a core.
        "MALLOC_ARENA_MAX": str(len(os.sched_getaffinity(0))),
        "PROMETHEUS_MULTIPROC_DIR": str(settings.paths.run / "metrics"),
    }


if __name__ == "__main__":
    sys.exit(main())
