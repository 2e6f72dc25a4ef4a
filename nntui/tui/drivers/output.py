"""Bytes to a terminal that may read slowly, read nothing, or be gone."""

from __future__ import annotations

import os
import select
import threading
from collections.abc import Callable
from queue import SimpleQueue

MOST_WAITING = 1 << 20
"""Bytes that wait for a terminal that reads nothing; pictures beyond that are dropped, and the last is drawn again."""
SHORT = 64
"""Bytes up to which something written is never dropped: it sets a mode, or moves the cursor."""
DRAINING = 1.0
"""Seconds that a terminal gets to read the rest when the program ends."""


class Output:
    """Writes to a file descriptor in a thread; never makes the caller wait.

    Args:
        gone: called once, from the thread, if nobody can read any more.
        caught_up: called from the thread when all is written after something had to be dropped.
    """

    def __init__(self, fileno: int, gone: Callable[[], None], caught_up: Callable[[], None]) -> None:
        self._fileno, self._gone, self._caught_up = fileno, gone, caught_up
        self._queue: SimpleQueue[bytes | None] = SimpleQueue()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._waiting = 0  # bytes
        self._dropped = self._broken = False

    @property
    def backlog(self) -> int:
        """How many bytes the terminal has not taken."""
        return self._waiting

    def write(self, data: bytes) -> None:
        """Have it written; a picture is dropped while more than `MOST_WAITING` bytes wait."""
        with self._lock:
            if self._waiting > MOST_WAITING and len(data) > SHORT:
                self._dropped = True
                return
            self._waiting += len(data)
            self._queue.put(data)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="terminal-output", daemon=True)
                self._thread.start()

    def close(self) -> None:
        """Wait until all is written, but not longer than `DRAINING` seconds. A later write begins again."""
        thread, self._thread = self._thread, None
        if thread is not None:
            self._queue.put(None)
            thread.join(DRAINING)

    def _run(self) -> None:
        while (data := self._queue.get()) is not None:
            if not self._broken:
                self._write(data)
            with self._lock:
                self._waiting -= len(data)
                caught_up = self._dropped and not self._waiting
                self._dropped = self._dropped and not caught_up
            if caught_up:
                self._caught_up()

    def _write(self, data: bytes) -> None:
        rest = memoryview(data)
        try:
            while rest:
                try:
                    rest = rest[os.write(self._fileno, rest) :]
                except BlockingIOError:  # another program that has the terminal open asked for this
                    select.select([], [self._fileno], [], 0.1)
        except OSError:
            self._broken = True
            self._gone()
