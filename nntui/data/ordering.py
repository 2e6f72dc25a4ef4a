"""The order in which an epoch goes through the training part."""

from __future__ import annotations

import numpy as np

from nntui.data.dataset import Labels


def epoch_order(rng: np.random.Generator, samples: int, shuffle: bool) -> Labels:
    """(samples,) every row once: shuffled, or as they are."""
    if shuffle:
        return rng.permutation(samples).astype(np.int64)
    return np.arange(samples, dtype=np.int64)


def balanced_order(rng: np.random.Generator, labels: Labels) -> Labels:
    """(n,) rows such that every batch has all classes equally often, as near as whole rows allow.

    Round after round takes one row of each class, in random class order; each class goes through its own rows,
    shuffled, and begins again when they are used up. So rows of a rare class come several times an epoch, some of a
    frequent one not at all.
    """
    classes = np.unique(labels)
    rounds = -(-len(labels) // len(classes))
    columns = [_repeated(rng, np.flatnonzero(labels == label), rounds) for label in classes]
    table = rng.permuted(np.column_stack(columns), axis=1)
    return table.ravel()[: len(labels)]


def _repeated(rng: np.random.Generator, rows: Labels, count: int) -> Labels:
    """(count,) rows in random order, again and again, each pass over them in a new order."""
    passes = -(-count // len(rows))
    return rng.permuted(np.tile(rows, (passes, 1)), axis=1).ravel()[:count].astype(np.int64)
