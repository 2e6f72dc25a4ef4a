"""Histograms that are cheap and do not tremble: equal bins, whose ends move in steps."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from nntui.nn.arrays import Array, IntArray
from nntui.training.snapshot import Counts

BINS = 40
MOST = 50_000  # of more values a fixed random sample is counted
SAMPLE = 8_192

_STEPS = (1.0, 1.5, 2.0, 3.0, 5.0, 7.0, 10.0)
_SHRINK = 4.0  # ends come nearer when this many times nearer would do


class Range:
    """The ends of a histogram: round numbers that cover what was seen, and stay where they are as long as that will do.

    An end is 0 where all values lie on one side of it.
    """

    def __init__(self) -> None:
        self.low = self.high = 0.0

    def cover(self, low: float, high: float) -> tuple[float, float]:
        """Ends that cover these values, and differ."""
        self.high = _end(self.high, max(high, 0.0))
        self.low = -_end(-self.low, max(-low, 0.0))
        if self.low == self.high:
            return -1.0, 1.0
        return self.low, self.high


def _end(now: float, needed: float) -> float:
    if needed == 0.0:
        return 0.0
    return now if needed <= now <= _SHRINK * _rounded_up(needed) else _rounded_up(needed)


def _rounded_up(value: float) -> float:
    """The next round number; value > 0."""
    power = 10.0 ** math.floor(math.log10(value)) or value
    return next((step * power for step in _STEPS if step * power >= value), value)


def sample_of(size: int) -> IntArray | None:
    """Which of so many values are counted, the same at every call; None for all of them."""
    if size <= MOST:
        return None
    chosen: IntArray = np.sort(np.random.default_rng(size).choice(size, SAMPLE, replace=False))
    return chosen


def finite(values: Array) -> Array:
    """The values, flat, without those that are not finite."""
    flat: Array = values.ravel()
    if math.isfinite(float(flat.dot(flat))):
        return flat
    kept: Array = flat[np.isfinite(flat)]
    return kept


def extent(values: Array) -> tuple[float, float]:
    """Lowest and highest of finite values; (0, 0) where there are none."""
    return (float(values.min()), float(values.max())) if values.size else (0.0, 0.0)


def counts(values: Array, low: float, high: float) -> Counts:
    """How many of the values lie in each of the equal bins from low to high, (BINS,); what lies outside is counted at
    its end. values: flat, finite."""
    if not values.size:
        return np.zeros(BINS, np.int32)
    width = (high - low) / BINS if high - low < math.inf else high / BINS - low / BINS
    position: npt.NDArray[np.float64] = np.multiply(values, 1.0 / width, dtype=np.float64)
    position -= low / width
    np.maximum(position, 0.0, out=position)
    np.minimum(position, BINS - 1.0, out=position)
    return np.bincount(position.astype(np.intp), minlength=BINS).astype(np.int32)
