"""Programs that begin as copies of the process that starts them, with all that it has loaded.

The product is nine Python programs over the same libraries. Loaded once, in the supervisor, they
are there at once: when the product starts, and when a program that ended begins again.
"""

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from io import TextIOWrapper

Program = Callable[[], object]

_GUNICORN = "gunicorn.app.wsgiapp"


class Copy:
    """A running copy that carries out `program`; to who started it, what a `Popen` is.

    begin: called in the copy before the program. output: where its words go, else where ours go.
    It leads a session of its own, and of our signal handlers it has none. Who is copied has one
    thread: what others hold locked would stay so in the copy.
    """

    def __init__(
        self,
        program: Program,
        *,
        begin: Callable[[], None] | None = None,
        output: int | None = None,
    ) -> None:
        assert threading.active_count() == 1, "threads are not copied, but their locks are"
        context = multiprocessing.get_context("fork")
        self._process = context.Process(target=_live, args=(program, begin, output))
        # What arrives before the copy has let go of our handlers would be answered by them.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
        try:
            self._process.start()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)

    @property
    def pid(self) -> int:
        assert self._process.pid, "started by its maker"
        return self._process.pid

    @property
    def returncode(self) -> int | None:
        """None while it runs; -9 when signal 9 ended it."""
        return self._process.exitcode

    def poll(self) -> int | None:
        return self.returncode

    def wait(self) -> int:
        self._process.join()
        return self.returncode or 0

    def send_signal(self, number: int) -> None:
        if self.returncode is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


def _live(program: Program, begin: Callable[[], None] | None, output: int | None) -> None:
    os.setsid()
    for number in signal.valid_signals():
        if callable(signal.getsignal(number)):
            signal.signal(number, signal.SIG_DFL)
    if signal.getsignal(signal.SIGINT) is signal.SIG_DFL:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    if output is not None:
        os.dup2(output, sys.stdout.fileno())
        os.dup2(output, sys.stderr.fileno())
    assert isinstance(sys.stdout, TextIOWrapper), "ours is the program's own"
    # Who reads our words reads them as they are said, also where the supervisor writes to a file.
    sys.stdout.reconfigure(line_buffering=True)
    if begin:
        begin()
    program()


def load(command: Sequence[str]) -> None:
    """Load what `command` runs, if it is a Python program; `loaded` finds it then."""
    match command:
        case ["python", "-m", name, *_]:
            spec = find_spec(name)
            is_package = spec is not None and spec.submodule_search_locations is not None
            import_module(f"{name}.__main__" if is_package else name)
        case ["gunicorn", *_, application]:
            import_module(_GUNICORN)
            import_module(application.partition(":")[0])


def loaded(command: Sequence[str]) -> Program | None:
    """What `command` would run, if it is loaded here."""
    match command:
        case ["python", "-m", name, *_]:
            module = sys.modules.get(f"{name}.__main__") or sys.modules.get(name)
            main = getattr(module, "main", None)
        case ["gunicorn", *_]:
            main = getattr(sys.modules.get(_GUNICORN), "run", None)
        case _:
            main = None
    return partial(_run, command, main) if main else None


def _run(command: Sequence[str], main: Program) -> None:
    sys.argv = list(command[2:] if command[0] == "python" else command)
    main()
