"""A chart in one line of words, for screen readers and notes."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from nntui.charts.bars import usable_counts
from nntui.charts.ticks import format_number
from nntui.charts.units import DEAD, SATURATED


def describe_series(label: str, x: npt.ArrayLike, y: npt.ArrayLike, x_label: str = "") -> str:
    """``train 0.031 at epoch 40, from 0.69; lowest 0.03 at epoch 38, highest 0.69 at epoch 1; 2 not finite``."""
    xs, ys = np.atleast_1d(np.asarray(x, dtype=np.float64)), np.atleast_1d(np.asarray(y, dtype=np.float64))
    finite = np.isfinite(ys)
    wrong = int((~finite).sum())
    if not finite.any():
        return f"{label}: no finite values" if wrong else f"{label}: no data yet"
    xs, ys = xs[finite], ys[finite]
    lowest, highest = int(np.argmin(ys)), int(np.argmax(ys))

    def at(index: int) -> str:
        return " ".join(filter(None, ("at", x_label, format_number(float(xs[index]), 6))))

    text = f"{label} {format_number(float(ys[-1]))} {at(-1)}"
    if len(ys) > 1:
        text += (
            f", from {format_number(float(ys[0]))}; lowest {format_number(float(ys[lowest]))} {at(lowest)}, "
            f"highest {format_number(float(ys[highest]))} {at(highest)}"
        )
    return text + (f"; {wrong} not finite" if wrong else "")


def describe_histogram(label: str, counts: npt.ArrayLike, low: float, high: float) -> str:
    """``hidden 1: 512 values from -0.5 to 0.5, half of them between -0.1 and 0.12, most near 0.01``."""
    numbers = usable_counts(counts)
    total = float(numbers.sum())
    if not total > 0:
        return f"{label}: no values"
    ends = f"{label}: {format_number(total)} values from {format_number(low)} to {format_number(high)}"
    if not (np.isfinite(low) and np.isfinite(high)):
        return ends
    edges = np.linspace(low / 4, high / 4, len(numbers) + 1) * 4  # a quarter, as the whole range may overflow
    below = np.concatenate(([0.0], np.cumsum(numbers))) / total
    quarter, three = np.interp([0.25, 0.75], below, edges)
    peak = int(np.argmax(numbers))
    middle = edges[peak] / 2 + edges[peak + 1] / 2
    return (
        f"{ends}, half of them between {format_number(float(quarter))} and {format_number(float(three))}, "
        f"most near {format_number(float(middle))}"
    )


def describe_units(label: str, states: npt.ArrayLike) -> str:
    """``hidden 1: 16 units, 2 saturated, 1 dead``."""
    kinds = np.atleast_1d(np.asarray(states, dtype=np.int64))
    saturated, dead = int((kinds == SATURATED).sum()), int((kinds == DEAD).sum())
    return f"{label}: {len(kinds)} unit{'' if len(kinds) == 1 else 's'}, {saturated} saturated, {dead} dead"
