"""Which presses of a key count as one change."""

from __future__ import annotations

import time
from collections.abc import Callable

BURST = 1.0
"""Seconds: presses of one key that are closer together are one burst."""


class Bursts:
    """Numbers the groups of changes that are sent; the presses of one burst have the same number."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._number = 0
        self._key = ""
        self._pressed_at = 0.0

    def number(self, key: str, newest: int) -> int:
        """The group of a change that this key asks for now.

        Args:
            key: what was pressed; empty: something that is never repeated.
            newest: the highest number that the run has.
        """
        now = self._clock()
        goes_on = bool(key) and key == self._key and now - self._pressed_at < BURST
        if not goes_on:
            self._number = max(self._number, newest) + 1
        self._key, self._pressed_at = key, now
        return self._number

    def end(self) -> None:
        """Something else was done: the next press is another change."""
        self._key = ""
