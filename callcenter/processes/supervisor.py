"""honcho's manager, made safe against a Ctrl-C in the moment of starting."""

import os
import shlex
import signal
from collections.abc import Callable
from functools import partial

from honcho import manager
from honcho.manager import Manager
from honcho.process import Process

from callcenter.processes.copies import Copy, Program, loaded
from callcenter.processes.output import Output
from callcenter.processes.parent import die_with_parent

ENDINGS = {signal.SIGINT, signal.SIGTERM}
PATIENCE = 15
"""Seconds after which honcho kills what has not ended: longer than any process's grace (Procfile)."""


class _Tied(Process):  # type: ignore[misc] # untyped
    """honcho's go-between for one process: deaf to endings, and gone when we are."""

    def run(self, events: object = None, ignore_signals: bool = False) -> None:
        die_with_parent(signal.SIGKILL)
        for number in ENDINGS:
            signal.signal(number, signal.SIG_IGN)
        if program := loaded(words(self.cmd)):
            self._child_ctor = partial(_Heard, program)
        super().run(events, ignore_signals)


class _Heard(Copy):
    """A copy whose words honcho reads."""

    def __init__(self, program: Program, _command: str, **_options: object) -> None:
        reading, writing = os.pipe()
        super().__init__(program, begin=partial(os.close, reading), output=writing)
        os.close(writing)
        self.stdout = os.fdopen(reading, "rb")


def words(command: str) -> list[str]:
    """A line of the Procfile without its `exec`, as a shell would read it here."""
    return [os.path.expandvars(word) for word in shlex.split(command.removeprefix("exec "))]


class Supervisor(Manager):  # type: ignore[misc] # untyped
    """Ends what it has started, whenever it is told to.

    A Ctrl-C reaches the go-betweens as well, and one that dies while it holds the queue's lock
    silences all others; and honcho cannot end a process that has not told its id yet.

    What is loaded here is not loaded again: programs and those who keep them begin as copies.
    """

    def __init__(self, output: Output, once_started: Callable[[], None]) -> None:
        manager.KILL_WAIT = PATIENCE
        super().__init__(output)
        self._process_ctor = _Tied
        self._once_started = once_started

    def _start(self) -> None:
        noted: list[int] = []
        handlers = {
            number: signal.signal(number, lambda n, _frame: noted.append(n)) for number in ENDINGS
        }
        super()._start()
        self._learn_ids()
        self._once_started()
        for number, handler in handlers.items():
            signal.signal(number, handler)
        if noted:
            signal.raise_signal(noted[0])

    def _learn_ids(self) -> None:
        early = []
        while not self._all_started():
            message = self.events.get()
            if message.type == "start":
                self._processes[message.name]["pid"] = message.data["pid"]
            else:
                early.append(message)
        for message in early:
            self.events.put(message)
