"""What arrives from the dashboard, in order; while something long is under way it is looked at, and left to wait."""

from __future__ import annotations

from collections.abc import Callable
from queue import Empty, SimpleQueue

from nntui.worker.frames import Message

Inbox = SimpleQueue[Message | None]
"""What arrived: messages; ``{"kind": "ping"}`` for a sign of life that was asked for; None for the end of input."""


class AbandonedError(Exception):
    """Loading was overtaken: another run was asked for, or the dashboard is gone."""


class Arrivals:
    """What arrived and was not obeyed yet."""

    def __init__(self, inbox: Inbox) -> None:
        self._inbox = inbox
        self._waiting: list[Message | None] = []  # looked at, to be obeyed before the inbox

    @property
    def waits(self) -> bool:
        """Whether something that was looked at is still to be obeyed."""
        return bool(self._waiting)

    def obeyed(self, obey: Callable[[Message], None], seconds: float | None) -> bool:
        """Have all of it obeyed; wait so long for the first thing (None: for ever). False where the input ended."""
        while True:
            try:
                message = self._waiting.pop(0) if self._waiting else self._inbox.get(timeout=seconds)
            except Empty:
                return True
            if message is None:
                return False
            obey(message)
            if not self._waiting and self._inbox.empty():
                return True
            seconds = 0.0

    def glance(self, obey: Callable[[Message], None]) -> None:
        """Have only signs of life and credit obeyed, at once; all else waits.

        Raises:
            AbandonedError: what is under way is not wanted any more.
        """
        while not self._inbox.empty():
            message = self._inbox.get()
            if message is not None and message["kind"] in ("ping", "credit"):
                obey(message)
            else:
                self._waiting.append(message)
        if any(message is None or message["kind"] == "start" for message in self._waiting):
            raise AbandonedError
