"""The loss of a network that ignores its inputs: what learning has to beat."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from nntui.nn.losses import Hinge, Loss

Array = npt.NDArray[Any]
Cost = Callable[[Array], Array]
"""From one output per column, (outputs,), to the mean loss of each column, (outputs,)."""

_ROUNDS = 60
_GOLDEN = (np.sqrt(5) - 1) / 2


def guessing_loss(loss: Loss, targets: Array) -> float:
    """Smallest mean loss that one and the same output for every row can reach.

    The output is one that the output activation can have, or come as near to as one likes: any numbers of the identity,
    numbers from 0 to 1 of the sigmoid, such numbers with the sum 1 of softmax.

    Args:
        loss: with the output it is used on.
        targets: (n, outputs) as encoded for it.
    """
    y = np.asarray(targets, dtype=np.float64)
    if isinstance(loss, Hinge):
        return _hinge(loss, y)
    each = getattr(loss, "each", None)
    if each is None:
        return _cross_entropy(loss, y)
    values, weights = _by_column(y)

    def cost(outputs: Array) -> Array:
        found: Array = (weights * each(outputs - values)).sum(axis=0)
        return found

    low, high = values.min(axis=0), values.max(axis=0)
    if loss.output != "identity":
        low, high = np.clip(low, 0.0, 1.0), np.clip(high, 0.0, 1.0)
    best = _on_simplex(cost, y.shape[1]) if loss.output == "softmax" else _lowest(cost, low, high)
    return float(cost(best).mean())


def _by_column(y: Array) -> tuple[Array, Array]:
    """Values that occur in the columns and their shares: (k, outputs) each; of one-hot targets two rows."""
    if np.isin(y, (0.0, 1.0)).all():
        share = y.mean(axis=0)
        return np.stack([np.zeros_like(share), np.ones_like(share)]), np.stack([1.0 - share, share])
    return y, np.full((len(y), 1), 1.0 / len(y))


def _cross_entropy(loss: Loss, y: Array) -> float:
    """Its best output is the mean of the targets, Σ -p ln p the loss; with label smoothing, of the smoothed targets."""
    smoothing = float(getattr(loss, "label_smoothing", 0.0))
    mean = (1.0 - smoothing) * y.mean(axis=0) + smoothing / y.shape[1]
    shares = np.stack([mean, 1.0 - mean]) if loss.output == "sigmoid" else mean[None]
    parts = np.where(shares > 0, -shares * np.log(np.where(shares > 0, shares, 1.0)), 0.0).sum(axis=0)
    return float(parts.mean() if loss.output == "sigmoid" else parts.sum())


def _hinge(loss: Hinge, y: Array) -> float:
    """It is linear between saying nothing (all z equal) and saying the most frequent class by a margin of 1."""
    mean = y.mean(axis=0)
    most = 2.0 * np.round(mean) - 1.0 if y.shape[1] == 1 else (np.arange(y.shape[1]) == mean.argmax()).astype(float)
    return min(loss.value(np.broadcast_to(z, y.shape), y) for z in (most, np.zeros_like(most)))


def _lowest(cost: Cost, low: Array, high: Array) -> Array:
    """(outputs,) where a convex cost of each column is lowest between these ends, by golden-section search."""
    ends, low, high = (low, high), low.copy(), high.copy()
    for _ in range(_ROUNDS):
        left, right = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
        lower = cost(left) <= cost(right)
        low, high = np.where(lower, low, left), np.where(lower, right, high)
    candidates = np.stack([*ends, (low + high) / 2])
    best = np.stack([cost(each) for each in candidates]).argmin(axis=0)
    found: Array = candidates[best, np.arange(len(best))]
    return found


def _on_simplex(cost: Cost, outputs: int) -> Array:
    """(outputs,) numbers from 0 to 1, their sum 1, of the lowest total cost, by the price that makes the sum 1.

    At a price λ of each unit of output every column takes what makes cost - λ·output lowest; the sum grows with λ.
    Where it jumps past 1, columns are indifferent between two amounts, and so is any mixture of the two.
    """
    zeros, ones = np.zeros(outputs), np.ones(outputs)

    def taken(price: float) -> Array:
        return _lowest(lambda a: cost(a) - price * a, zeros, ones)

    low, high = -10.0, 10.0  # no slope of a loss of errors up to 1 is as steep
    for _ in range(_ROUNDS):
        middle = (low + high) / 2
        low, high = (middle, high) if taken(middle).sum() < 1.0 else (low, middle)
    few, many = taken(low - 1e-9), taken(high + 1e-9)
    if not many.sum() > few.sum():
        few, many = np.zeros(outputs), many / many.sum()
    share = (1.0 - few.sum()) / (many.sum() - few.sum())
    found: Array = few + share * (many - few)
    return found
