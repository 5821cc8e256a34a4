"""A server of one's own that does with a connection what it is told: also what no good one does."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

Talk = Callable[[socket.socket, threading.Event], None]


@dataclass
class RawServer:
    """place: host:port. came: how many connections."""

    place: str
    came: int = 0
    over: threading.Event = field(default_factory=threading.Event)

    @property
    def port(self) -> int:
        return int(self.place.partition(":")[2])


@contextmanager
def a_raw_server(talk: Talk) -> Iterator[RawServer]:
    """talk: with each connection, in a thread of its own, until `over`."""

    def serve() -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            made.came += 1
            threading.Thread(target=spoken, args=[connection], daemon=True).start()

    def spoken(connection: socket.socket) -> None:
        with connection, suppress(OSError):
            talk(connection, made.over)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        made = RawServer(f"127.0.0.1:{listening.getsockname()[1]}")
        threading.Thread(target=serve, daemon=True).start()
        yield made
        made.over.set()
        listening.shutdown(socket.SHUT_RDWR)


def hangs(connection: socket.socket, over: threading.Event) -> None:
    """Takes what comes, and says nothing."""
    over.wait()
    connection.close()


def drips(beginning: bytes, drop: bytes = b"x", pause: float = 0.05) -> Talk:
    """Something comes again and again, long before anybody gives up waiting for it."""

    def talk(connection: socket.socket, over: threading.Event) -> None:
        connection.sendall(beginning)
        while not over.wait(pause):
            connection.sendall(drop)

    return talk


def floods(beginning: bytes, chunk: bytes = b"x" * 65536) -> Talk:
    """Never ends, as fast as it can."""

    def talk(connection: socket.socket, over: threading.Event) -> None:
        connection.sendall(beginning)
        while not over.is_set():
            connection.sendall(chunk)

    return talk


def breaks_off(beginning: bytes, *, asked: bool = False) -> Talk:
    """Goes in the middle of a word. asked: not before it was spoken to."""

    def talk(connection: socket.socket, _over: threading.Event) -> None:
        if asked:
            connection.recv(65536)
        connection.sendall(beginning)
        connection.shutdown(socket.SHUT_RDWR)

    return talk
