"""Which epochs the curves show: the whole run, or a window that follows the newest epoch or the time cursor."""

from __future__ import annotations

import math
from dataclasses import dataclass

STEPS = 8
"""A window that follows the newest epoch moves on by so many parts of its width, so that the picture mostly stands."""

MARGIN = 0.1
"""Nearer to an edge than this share of the width the cursor pushes the window along."""

LEAST = 2.0
"""Epochs; nothing is closer than that."""


@dataclass
class Zoom:
    """One window for all curves.

    Attributes:
        span: its width in epochs; None: the whole run.
        start: its first epoch; None: it follows the newest.
    """

    span: float | None = None
    start: float | None = None
    _held: bool = False  # by the cursor alone

    def window(self, newest: float, end: float, cursor: float | None = None) -> tuple[float, float]:
        """The first and the last epoch to show.

        Args:
            newest: epochs done.
            end: where the axis of the whole run ends.
            cursor: the epoch looked at.
        """
        if self.span is None or self.span >= end:
            return 0.0, end
        span = self.span
        if cursor is None and self._held:
            self.start, self._held = None, False
        left = self.start
        if left is None:
            step = span / STEPS
            left = math.ceil(newest / step + 1e-9) * step - span
        if cursor is not None:
            held = min(max(left, cursor - span * (1 - MARGIN)), cursor - span * MARGIN)
            if self.start is None:
                self._held = True
            self.start = left = held
        left = min(max(left, 0.0), max(end - span, 0.0))
        return left, left + span

    def closer(self, newest: float, end: float, cursor: float | None = None, at: float | None = None) -> None:
        """Show half as many epochs or so, about ``at``, or the cursor, or up to the newest."""
        left, right = self.window(newest, end, cursor)
        self._take(_below(right - left), left, right, newest, cursor if at is None else at)

    def wider(self, newest: float, end: float, cursor: float | None = None, at: float | None = None) -> None:
        """Show about twice as many epochs, at most the whole run."""
        left, right = self.window(newest, end, cursor)
        if right - left >= end:
            return
        span = _above(right - left)
        if span >= end:
            self.whole()
        else:
            self._take(span, left, right, newest, cursor if at is None else at)

    def whole(self) -> None:
        """Show the whole run."""
        self.span = self.start = None
        self._held = False

    def _take(self, span: float, left: float, right: float, newest: float, about: float | None) -> None:
        self.span = span
        if about is None or (self.start is None and about >= newest):
            return
        share = (about - left) / (right - left)
        self.start = about - span * min(max(share, 0.0), 1.0)


def _below(span: float) -> float:
    """The next of 1, 2, 5, 10 … below."""
    decade = 10.0 ** math.floor(math.log10(span))
    found = next(step * decade for step in (5, 2, 1, 0.5) if step * decade < span * 0.999)
    return max(found, LEAST)


def _above(span: float) -> float:
    decade = 10.0 ** math.floor(math.log10(span))
    return next(step * decade for step in (1, 2, 5, 10, 20) if step * decade > span * 1.001)
