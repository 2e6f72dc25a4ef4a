"""Sees to it that the program ends when it is to, whatever the event loop is doing.

A signal, a terminal that is gone, a key or an error asks for the end. The event loop then ends in order, which restores
the terminal. If that takes too long, because the loop hangs or a thread does not return, this ends the process: the
terminal is restored, the training processes are killed, and the exit status is the one asked for.
"""

from __future__ import annotations

import contextlib
import faulthandler
import math
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from types import FrameType, TracebackType
from typing import IO, Any, NoReturn, Self

PATIENCE = 5.0
"""Seconds that an orderly end may take; usually it takes half a second."""
AFTERWARDS = 1.0
"""Seconds that threads get when the app has ended: what they import or read is of no use any more."""
RESTORING = 0.5
"""Seconds that restoring the terminal may take; one that reads nothing would take forever."""
SIGNALS = {"SIGINT": 130, "SIGTERM": 143, "SIGHUP": 129}
"""Signals that end the program, and the exit status of each."""


@dataclass(frozen=True)
class _Wish:
    """The program is to end with this exit status, within so many seconds."""

    status: int
    patience: float


class ExitGuard:
    """Used in a ``with`` statement around the event loop, in the main thread.

    Args:
        kill: ends the training processes without waiting; may be called from any thread.

    Attributes:
        leave: asks the event loop to end with an exit status; may be called from any thread. None: there is none yet.
        restore: puts the terminal back; may be called from any thread, and may never return.
    """

    def __init__(self, kill: Callable[[], None]) -> None:
        self.leave: Callable[[int], None] | None = None
        self.restore: Callable[[], None] = lambda: None
        self._kill = kill
        self._said: SimpleQueue[_Wish | None] = SimpleQueue()  # its put may interrupt itself, as in a signal handler
        self._before: dict[int, Any] = {}
        self._nowhere: IO[str] | None = None

    def ask(self, status: int) -> None:
        """The program is to end with this exit status; the first call counts. From any thread, or a signal handler."""
        self._said.put(_Wish(status, PATIENCE))
        if self._nowhere is not None:  # in C, without the interpreter: it may be held by one long call
            faulthandler.dump_traceback_later(2 * PATIENCE, exit=True, file=self._nowhere)

    def app_ended(self, status: int) -> None:
        """The terminal is restored, and the training process is gone; only threads may be left."""
        self._said.put(_Wish(status, AFTERWARDS))

    def __enter__(self) -> Self:
        self._nowhere = open(os.devnull, "w")
        threading.Thread(target=self._watch, name="exit-guard", daemon=True).start()
        for name in SIGNALS:
            if (number := getattr(signal, name, None)) is not None:
                self._before[number] = signal.signal(number, self._on_signal)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._said.put(None)
        for number, handler in self._before.items():
            signal.signal(number, signal.SIG_DFL if handler is None else handler)
        nowhere, self._nowhere = self._nowhere, None
        faulthandler.cancel_dump_traceback_later()
        if nowhere is not None:
            nowhere.close()

    def _on_signal(self, number: int, _: FrameType | None) -> None:
        status = SIGNALS[signal.Signals(number).name]
        self.ask(status)
        if self.leave is None:
            sys.exit(status)

    def _watch(self) -> None:
        status: int | None = None
        deadline = math.inf
        while True:
            try:
                said = self._said.get(timeout=None if status is None else max(0.0, deadline - time.monotonic()))
            except Empty:
                self._end(status or 0)
            if said is None:
                return
            deadline = min(deadline, time.monotonic() + said.patience)
            if status is None:
                status = said.status
                if self.leave is not None:
                    with contextlib.suppress(RuntimeError):  # the loop is closed already
                        self.leave(status)

    def _end(self, status: int) -> NoReturn:
        try:
            self._kill()
            restoring = threading.Thread(target=self.restore, daemon=True)
            restoring.start()
            restoring.join(RESTORING)
        finally:
            os._exit(status)
