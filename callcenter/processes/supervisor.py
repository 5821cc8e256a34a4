"""honcho's manager, made safe against a Ctrl-C in the moment of starting."""

import signal

from honcho.manager import Manager
from honcho.process import Process

from callcenter.processes.output import Output
from callcenter.processes.parent import die_with_parent

ENDINGS = {signal.SIGINT, signal.SIGTERM}


class _Tied(Process):  # type: ignore[misc] # untyped
    """honcho's go-between for one process: deaf to endings, and gone when we are."""

    def run(self, events: object = None, ignore_signals: bool = False) -> None:
        die_with_parent(signal.SIGKILL)
        for number in ENDINGS:
            signal.signal(number, signal.SIG_IGN)
        super().run(events, ignore_signals)


class Supervisor(Manager):  # type: ignore[misc] # untyped
    """Ends what it has started, whenever it is told to.

    A Ctrl-C reaches the go-betweens as well, and one that dies while it holds the queue's lock
    silences all others; and honcho cannot end a process that has not told its id yet.
    """

    def __init__(self, output: Output) -> None:
        super().__init__(output)
        self._process_ctor = _Tied

    def _start(self) -> None:
        noted: list[int] = []
        handlers = {
            number: signal.signal(number, lambda n, _frame: noted.append(n)) for number in ENDINGS
        }
        super()._start()
        self._learn_ids()
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
