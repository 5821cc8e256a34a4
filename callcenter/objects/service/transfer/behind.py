"""One batch is written while the next is read: the database and we have work at the same time."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from types import TracebackType
from typing import Self


class WriteBehind:
    """A thread that writes, one batch at a time and in order. Used as a context manager.

    However the block ends, what is being written comes to its end first; if that fails, this is
    what is raised.
    """

    def __init__(self) -> None:
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="write-behind")
        self._under_way: Future[None] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _failure: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        try:
            self.settle()
        finally:
            self._writer.shutdown()

    def give(self, write: Callable[[], None]) -> None:
        """Begin to write it. Whoever gives the next has settled this one."""
        self._under_way = self._writer.submit(copy_context().run, write)

    def settle(self) -> bool:
        """Wait for what is being written, and whether anything was; raises what it raised."""
        under_way, self._under_way = self._under_way, None
        if under_way is not None:
            under_way.result()
        return under_way is not None
