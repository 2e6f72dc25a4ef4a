"""When to draw: live frames at a steady rate, what the user asked for before everything else."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextvars import Context, copy_context
from time import monotonic
from typing import Protocol

PROMPT = 0.15
"""Seconds after a key in which what arrives is drawn as it arrives: it may be the answer."""

HOLD = 0.025
"""Seconds after a key in which no live drawing is begun, so that the answer need not wait for it to end."""

LONGEST_HOLD = 0.12
"""Seconds for which keys held down can keep live frames from being drawn."""

RETRY, LONGEST_RETRY = 0.005, 0.25
"""Seconds until a busy terminal is asked again, at first and at most; a tenth of what it has taken so far, between."""

REST = 2.0
"""A slow terminal stays free for this many times as long as a frame kept it busy, so that keys find it free."""

LONGEST_REST = 1.0
"""Seconds between two frames on a slow terminal, at most, beyond the time a frame takes."""


class Stage(Protocol):
    """What is drawn, a little at a time."""

    def busy(self) -> bool:
        """Whether the terminal has not taken all that was written."""

    def awaits(self) -> bool:
        """Whether something that the user asked for has not arrived yet."""

    def begin_frame(self) -> bool:
        """Take in what is new; the return value says whether it answers something that the user did."""

    def draw_next(self) -> bool:
        """Draw one more thing; the return value says whether there was one."""

    def end_frame(self) -> None:
        """Show what was drawn."""

    def answer(self) -> None:
        """Draw and show what a key changed here; nothing new is taken in."""

    def failed(self, error: Exception) -> None:
        """Drawing raised this."""


class Frames:
    """Draws a stage's frames piece by piece, and lets keys be handled between two pieces.

    It does not tick: `wake` is called when there is something new, and a frame is drawn immediately or when the last
    one is old enough. Nothing new, nothing done. What a frame shows was all taken in together, and half a frame is
    never shown. No live frame is drawn while the terminal is busy with the last one, and a slow terminal gets a rest
    between two, so that an answer finds it free.

    Args:
        frames_per_second: at most, apart from answers.
    """

    def __init__(self, stage: Stage, frames_per_second: float) -> None:
        self.period = 1.0 / frames_per_second
        self._stage = stage
        self._context: Context | None = None
        self._taking = 0.0  # seconds for which the last frame kept a slow terminal busy
        self._was_busy = False
        self._last = 0.0
        self._prompt_until = 0.0
        self._hold_until = 0.0
        self._last_end = 0.0
        self._shown_at = monotonic()
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

    @property
    def is_slow(self) -> bool:
        """Whether the terminal takes longer for a frame than there is between two."""
        return self._taking > 0

    def struck(self) -> None:
        """A key or a button was pressed."""
        now = monotonic()
        self._prompt_until, self._hold_until = now + PROMPT, now + HOLD

    def wake(self, *, at_once: bool = False) -> None:
        """There is something to draw. Called in the event loop.

        Args:
            at_once: it is the user's doing, and known here: draw it now.
        """
        if self._context is None:
            return
        now = monotonic()
        if at_once:
            self._answer()
        elif now < self._prompt_until or self._stage.awaits():
            self._begin_frame()
        elif self._timer is None:
            self._call_in(self._last + self.period - now)

    def _call_in(self, seconds: float) -> None:
        self._timer = asyncio.get_running_loop().call_later(max(seconds, 0.0), self._begin_in_time)

    def _begin_in_time(self) -> None:
        """A frame for which nobody waits, unless the terminal is busy, or has been for long."""
        self._timer = None
        taking = monotonic() - self._shown_at
        if self._stage.busy():
            self._was_busy = True
            self._call_in(min(max(RETRY, taking / 10), LONGEST_RETRY))
        elif self._was_busy:
            self._was_busy, self._taking = False, taking
            self._call_in(min(REST * taking, LONGEST_REST))
        else:
            if taking < self.period * 2:
                self._taking = 0.0
            self._begin_frame()

    def _begin_frame(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._last = monotonic()
        if self._guarded(self._stage.begin_frame):
            self._hold_until = 0.0
            if self._piece is not None:
                self._piece.cancel()
                self._piece = None
        if self._piece is None:
            self._piece = asyncio.get_running_loop().call_soon(self._draw_piece)

    def _answer(self) -> None:
        """What a key changed is drawn from what is on the screen; so a frame that is half drawn is completed first."""
        if self._piece is not None:
            self._piece.cancel()
            self._piece = None
            while self._guarded(self._draw_or_end):
                pass
        self._shown_at = monotonic()
        self._guarded(self._stage.answer)

    def _draw_piece(self) -> None:
        self._piece = None
        wait = min(self._hold_until, self._last_end + LONGEST_HOLD) - monotonic()
        if wait > 0:
            self._piece = asyncio.get_running_loop().call_later(wait, self._draw_piece)
        elif self._guarded(self._draw_or_end) and self._context is not None:
            self._piece = asyncio.get_running_loop().call_soon(self._draw_piece)

    def _draw_or_end(self) -> bool:
        """Draw a piece; False where there was none left, and the frame was shown."""
        if self._stage.draw_next():
            return True
        self._last_end = self._shown_at = monotonic()
        self._stage.end_frame()
        return False

    def _guarded(self, do: Callable[[], bool | None]) -> bool:
        """Within the app's context, which a callback from another thread has not, and with its care for errors."""
        if self._context is None:
            return False
        try:
            return bool(self._context.copy().run(do))
        except Exception as error:
            self._stage.failed(error)
            return False
