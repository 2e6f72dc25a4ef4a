"""What a key does to a number: the next value up or down, always the same way back."""

from __future__ import annotations

import math

FACTORS = (1.0, 1.25, 1.6, 2.0, 2.5, 3.2, 4.0, 5.0, 6.4, 8.0)
"""Ten values a decade, each about 1.25 times the one before, all short to write."""

PACES: tuple[float, ...] = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200)
"""Epochs a second, slowest first; beyond the last there is no limit."""


def next_factor(value: float, direction: int) -> float:
    """The neighbour of ``value`` among the preferred numbers, so that up and down again leads back.

    Args:
        value: above 0.
        direction: +1 for the next one up, -1 for the next one down.

    Raises:
        ValueError: the value is not a positive finite number.
    """
    if not (math.isfinite(value) and value > 0):
        raise ValueError(f"{value} has no neighbour: it must be above 0")
    decade = math.floor(math.log10(value))
    candidates = [
        float(f"{factor * 10.0**power:.3g}") for power in range(decade - 1, decade + 2) for factor in FACTORS
    ]
    slack = 1e-6 * value
    if direction > 0:
        return min(item for item in candidates if item > value + slack)
    return max(item for item in candidates if item < value - slack)


def next_batch_size(size: int, direction: int, samples: int) -> int:
    """Half or twice the batch size, from 1 to all the training samples; a larger one is in force as all of them."""
    in_force = min(size, max(samples, 1))
    return min(in_force * 2, max(samples, 1)) if direction > 0 else max(in_force // 2, 1)


def next_pace(pace: float | None, direction: int) -> float | None:
    """The next slower or faster pace in epochs a second; None is unlimited."""
    if direction > 0:
        return None if pace is None else next((step for step in PACES if step > pace), None)
    if pace is None:
        return PACES[-1]
    return next((step for step in reversed(PACES) if step < pace), PACES[0])
