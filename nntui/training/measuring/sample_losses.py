"""Measures `nntui.training.insights.sample_losses`."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from nntui.training.bins import BINS, counts
from nntui.training.insights.sample_losses import SampleLosses, Spread
from nntui.training.measuring import Context
from nntui.training.measuring.answers import Answered, answers

SMALLEST = 1e-8  # losses below are as good as 0
_KEPT = "ends of the sample losses"

Floats = npt.NDArray[np.float64]


def measure(context: Context) -> SampleLosses:
    """Of every set, on one axis whose ends are powers of ten."""
    found = answers(context)
    sets = [part for part in (found.train, found.test, found.validation) if part is not None]
    parts = [_finite(part) for part in sets]
    low, high = _ends(np.concatenate(parts))
    kept = context.kept.get(_KEPT)
    if kept is not None and kept[0] <= low <= kept[0] + 2 and kept[1] - 2 <= high <= kept[1]:
        low, high = kept  # so that the axis does not tremble
    context.kept[_KEPT] = low, high
    spreads = [_spread(part, losses, low, high) for part, losses in zip(sets, parts, strict=True)]
    return SampleLosses(10.0**low, 10.0**high, *spreads)


def _finite(part: Answered) -> Floats:
    losses: Floats = part.losses[np.isfinite(part.losses)].astype(np.float64)
    return losses


def _ends(losses: Floats) -> tuple[int, int]:
    """Exponents of the powers of ten around them."""
    if not len(losses):
        return -4, 1
    low, high = np.maximum(np.quantile(losses, (0.02, 1.0)), SMALLEST)
    first = math.floor(math.log10(low))
    return first, max(math.ceil(math.log10(high)), first + 2)


def _spread(part: Answered, losses: Floats, low: int, high: int) -> Spread:
    if not len(losses):
        return Spread(part.total, np.zeros(BINS, np.int32), len(part.rows), math.nan, math.nan, math.nan, math.nan)
    ordered = np.sort(losses)
    tenth, whole = ordered[len(ordered) - max(len(ordered) // 10, 1) :].sum(), ordered.sum()
    return Spread(
        part.total,
        counts(np.log10(np.maximum(losses, SMALLEST)), low, high),
        len(part.rows),
        float(losses.mean()),
        float(ordered[len(ordered) // 2] + ordered[(len(ordered) - 1) // 2]) / 2,
        float(ordered[-1]),
        float(tenth / whole) if whole else 0.0,
    )
