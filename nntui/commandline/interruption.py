"""Ctrl+C, SIGTERM and a terminal that closes as a request, so that a run ends in order and says where it was."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Iterator
from types import FrameType


class Interruption:
    """Whether the person has asked to stop."""

    def __init__(self) -> None:
        self.asked = False

    def __call__(self, number: int, frame: FrameType | None) -> None:
        """The signal's handler: the first time it is a request, the second time it ends the program as usual."""
        self.asked = True
        if signal.getsignal(signal.SIGINT) == self:
            signal.signal(signal.SIGINT, signal.default_int_handler)

    def check(self) -> None:
        """Where there is nothing to be put in order.

        Raises:
            KeyboardInterrupt: it was asked for.
        """
        if self.asked:
            raise KeyboardInterrupt


@contextlib.contextmanager
def interruption() -> Iterator[Interruption]:
    """Signals are requests within; those that the program was started to ignore, as under nohup, stay ignored."""
    asked = Interruption()
    numbers = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
    handlers = {number: signal.getsignal(number) for number in numbers}
    before = {number: handler for number, handler in handlers.items() if handler not in (signal.SIG_IGN, None)}
    for number in before:
        signal.signal(number, asked)
    try:
        yield asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
