"""The loss of a network that ignores its inputs: what learning has to beat."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from nntui.nn.losses import Loss

Array = npt.NDArray[Any]

_ROUNDS = 60
_MOST_REFINED = 4096
_GOLDEN = (np.sqrt(5) - 1) / 2


def guessing_loss(loss: Loss, targets: Array) -> float:
    """Smallest mean loss that one and the same output for every row can reach.

    For cross-entropy that is the entropy of the targets, Σ -p ln p; for squared error their variance. In general it is
    found among a few guesses that are best for one loss or another, then refined one output at a time.

    Args:
        loss: with the output it is used on.
        targets: (n, outputs) as encoded for it.
    """
    rows, weights = _distinct(np.asarray(targets, dtype=np.float64))
    guesses = _guesses(loss, rows, weights)
    values = [_mean(loss, guess, rows, weights) for guess in guesses]
    best = guesses[int(np.argmin(values))]
    if loss.output == "identity" and len(rows) * rows.shape[1] <= _MOST_REFINED:
        best = _refined(loss, best, rows, weights)
    return min(*values, _mean(loss, best, rows, weights))


def _distinct(targets: Array) -> tuple[Array, Array]:
    """Different rows and their shares."""
    rows, counts = np.unique(targets, axis=0, return_counts=True)
    return rows, counts / counts.sum()


def _mean(loss: Loss, z: Array, rows: Array, weights: Array) -> float:
    return float(weights @ loss.per_sample(np.broadcast_to(z, rows.shape), rows))


def _guesses(loss: Loss, rows: Array, weights: Array) -> list[Array]:
    """Weighted sums z, one (outputs,) each, that a constant network may choose."""
    mean = weights @ rows
    if loss.output == "identity":
        return [mean, _median(rows, weights), 2 * np.round(mean) - 1, np.zeros_like(mean)]
    shares = [np.clip(mean, 1e-12, 1 - 1e-12), np.clip(_median(rows, weights), 1e-12, 1 - 1e-12)]
    smoothing = float(getattr(loss, "label_smoothing", 0.0))
    shares.append((1 - smoothing) * shares[0] + smoothing / rows.shape[1])
    if loss.output == "softmax":
        return [np.log(share) for share in shares]
    return [np.log(share) - np.log1p(-share) for share in shares]


def _median(rows: Array, weights: Array) -> Array:
    order = np.argsort(rows, axis=0)
    below = np.cumsum(weights[order], axis=0)
    position = (below >= 0.5).argmax(axis=0)
    columns = np.arange(rows.shape[1])
    median: Array = rows[order[position, columns], columns]
    return median


def _refined(loss: Loss, start: Array, rows: Array, weights: Array) -> Array:
    """Golden-section search, one output after the other, between the smallest and the largest target (or -1 … 1)."""
    best = start.copy()
    for column in range(rows.shape[1]):
        low, high = min(float(rows[:, column].min()), -1.0), max(float(rows[:, column].max()), 1.0)
        for _ in range(_ROUNDS):
            inner = (high - _GOLDEN * (high - low), low + _GOLDEN * (high - low))
            costs = []
            for point in inner:
                best[column] = point
                costs.append(_mean(loss, best, rows, weights))
            low, high = (low, inner[1]) if costs[0] <= costs[1] else (inner[0], high)
        best[column] = (low + high) / 2
    return best
