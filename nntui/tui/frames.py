"""When what is drawn: frames at a steady rate, a key's answer before everything else."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextvars import Context, copy_context
from time import monotonic
from typing import Protocol

PROMPT = 0.15
"""Seconds after a key in which what comes is drawn as soon as it comes: it may be the answer."""

HOLD = 0.025
"""Seconds after a key in which nothing else is begun, so that the answer need not wait for it to end."""

LONGEST_HOLD = 0.12
"""Seconds for which keys held down can keep the rest from being drawn."""


SLOWEST = 32.0
"""So many times as long as asked for lies between two frames at most, where the terminal is slow."""


class Stage(Protocol):
    """What is drawn, a little at a time."""

    def backlog(self) -> int:
        """How many writes the terminal has still to take."""

    def begin_frame(self) -> None:
        """Take in what is new, and draw what somebody waits for."""

    def draw_next(self) -> bool:
        """Draw one thing more; the answer says whether there was one."""

    def end_frame(self) -> None:
        """Show what was drawn."""

    def failed(self, error: Exception) -> None:
        """Drawing raised this."""


class Frames:
    """Draws a stage's frames piece by piece, and hears keys between two pieces.

    It does not tick: `wake` is called when there is something new, and a frame is drawn at once or when the last one is
    old enough. Nothing new, nothing done. While the terminal has not taken the last frame, there is no other, and those
    after it come at longer intervals.

    Args:
        frames_per_second: at most, but for answers.
    """

    def __init__(self, stage: Stage, frames_per_second: float) -> None:
        self.period = 1.0 / frames_per_second
        self._stage = stage
        self._context: Context | None = None
        self._slow = 1.0
        self._last = 0.0
        self._prompt_until = 0.0
        self._hold_until = 0.0
        self._last_end = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._piece: asyncio.Handle | None = None

    def begin(self) -> None:
        """Frames can be drawn from now on, in the context of the caller."""
        self._context = copy_context()

    def end(self) -> None:
        """No frame is drawn any more."""
        self._context = None
        for handle in (self._timer, self._piece):
            if handle is not None:
                handle.cancel()
        self._timer = self._piece = None

    @property
    def under_way(self) -> bool:
        """Whether a frame is due or not drawn to its end."""
        return self._timer is not None or self._piece is not None

    def struck(self) -> None:
        """A key or a button was pressed."""
        now = monotonic()
        self._prompt_until, self._hold_until = now + PROMPT, now + HOLD

    def wake(self, *, at_once: bool = False) -> None:
        """There is something to draw. Called in the event loop."""
        if self._context is None:
            return
        now = monotonic()
        wait = self._last + self.period * self._slow - now
        if at_once or now < self._prompt_until:
            self._begin_frame()
        elif self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(max(wait, 0.0), self._begin_in_time)

    def _begin_in_time(self) -> None:
        """A frame for which nobody waits, unless the terminal is still busy with the one before."""
        self._timer = None
        if self._stage.backlog():
            self._slow = min(self._slow * 2.0, SLOWEST)
            self._timer = asyncio.get_running_loop().call_later(self.period, self._begin_in_time)
        else:
            self._slow = max(self._slow * 0.9, 1.0)
            self._begin_frame()

    def _begin_frame(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._last = monotonic()
        self._guarded(self._stage.begin_frame)
        if self._piece is None:
            self._piece = asyncio.get_running_loop().call_soon(self._draw_piece)

    def _draw_piece(self) -> None:
        self._piece = None
        now = monotonic()
        wait = min(self._hold_until, self._last_end + LONGEST_HOLD) - now
        if wait > 0:
            self._piece = asyncio.get_running_loop().call_later(wait, self._draw_piece)
            return
        self._guarded(self._draw_or_end)

    def _draw_or_end(self) -> None:
        if self._stage.draw_next():
            self._piece = asyncio.get_running_loop().call_soon(self._draw_piece)
        else:
            self._last_end = monotonic()
            self._stage.end_frame()

    def _guarded(self, do: Callable[[], None]) -> None:
        """Within the app's context, which a callback from another thread has not, and with its care for errors."""
        if self._context is None:
            return
        try:
            self._context.copy().run(do)
        except Exception as error:
            self._stage.failed(error)
