"""Histograms of different ends brought to common ones."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def common(low: Floats, high: Floats, counts: npt.NDArray[Any]) -> tuple[Floats, Floats, Floats]:
    """The same histograms over ends that cover all ticks, a layer.

    A bin's values count as spread evenly over it; the sum of each histogram stays.

    Args:
        low, high: (T, L) ends of the equal bins of each.
        counts: (T, L, bins).

    Returns:
        low (L,), high (L,), counts (T, L, bins).
    """
    ends = low.min(axis=0), high.max(axis=0)
    result = counts.astype(np.float64)
    other = (low != ends[0]) | (high != ends[1])
    if other.any():
        layer = np.nonzero(other)[1]
        result[other] = _rebinned(low[other], high[other], result[other], ends[0][layer], ends[1][layer])
    return *ends, result


def _rebinned(low: Floats, high: Floats, counts: Floats, new_low: Floats, new_high: Floats) -> Floats:
    """(n, bins) → (n, bins); low, high, new_low, new_high: (n,)."""
    bins = counts.shape[1]
    edges = np.linspace(0.0, 1.0, bins + 1)
    old, new = (high / 2 - low / 2)[:, None], (new_high / 2 - new_low / 2)[:, None]  # halved: the widest overflow
    places = ((new_low / 2 - low / 2)[:, None] + new * edges) / old * bins
    below = np.concatenate([np.zeros((len(counts), 1)), np.cumsum(counts, axis=1)], axis=1)
    places = np.clip(places, 0.0, bins)
    first = np.minimum(places.astype(np.intp), bins - 1)
    share = places - first
    reached = np.take_along_axis(below, first, 1)
    reached += share * (np.take_along_axis(below, first + 1, 1) - reached)
    return np.diff(reached, axis=1)


def density(counts: Floats) -> npt.NDArray[np.uint8]:
    """255 in the fullest bin of each histogram, at least 1 in one that is not empty; counts: (..., bins)."""
    most = counts.max(axis=-1, keepdims=True)
    shares = np.ceil(counts / np.where(most > 0, most, 1.0) * 255 - 1e-6)
    return np.clip(shares, 0, 255).astype(np.uint8)
