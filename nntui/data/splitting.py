"""Training and test part of a data set, scaled by what the training part says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from nntui.data.dataset import Dataset, Floats, Labels
from nntui.data.errors import DataError


@dataclass(frozen=True, eq=False, slots=True)
class Split:
    """A data set in two parts.

    Attributes:
        dataset: whole and unscaled; its names hold for both parts.
        train_inputs, test_inputs: (n_train, d), (n_test, d), scaled where that was asked for.
        train_labels, test_labels: class indices; None for regression.
        train_targets, test_targets: (n, k) numbers, scaled likewise; None for classification.
        mean, std: (d,) with ``scaled = (input - mean) / std``; 0 and 1 where nothing is scaled.
        target_mean, target_std: (k,) the same for the targets.
        train_index, test_index: rows of the data set.
    """

    dataset: Dataset
    train_inputs: Floats
    test_inputs: Floats
    train_labels: Labels | None
    test_labels: Labels | None
    train_targets: Floats | None
    test_targets: Floats | None
    mean: Floats
    std: Floats
    target_mean: Floats
    target_std: Floats
    train_index: Labels
    test_index: Labels

    @property
    def task(self) -> Literal["classification", "regression"]:
        """What is predicted."""
        return self.dataset.task


def split(dataset: Dataset, rng: np.random.Generator, test_share: float, standardize: bool = True) -> Split:
    """Deal the rows into a training and a test part, of every class the same share (as near as whole rows allow).

    Both parts keep at least one row, and the training part at least one of every class.
    Inputs, and the targets of a regression, are scaled by mean and deviation of the training part; a column that is
    constant there is moved to 0 and not stretched.

    Raises:
        DataError: fewer than two rows, one class only, or a class with one row only.
    """
    _check(dataset)
    train, test = _deal(dataset, rng, test_share)
    mean, std = _scale(dataset.inputs[train], standardize)
    inputs = (dataset.inputs - mean) / std
    targets = dataset.targets
    target_mean, target_std = np.zeros(0), np.ones(0)
    if targets is not None:
        target_mean, target_std = _scale(targets[train], standardize)
        targets = (targets - target_mean) / target_std
    labels = dataset.labels
    return Split(
        dataset,
        inputs[train],
        inputs[test],
        None if labels is None else labels[train],
        None if labels is None else labels[test],
        None if targets is None else targets[train],
        None if targets is None else targets[test],
        mean,
        std,
        target_mean,
        target_std,
        train,
        test,
    )


def _check(dataset: Dataset) -> None:
    if len(dataset) < 2:
        raise DataError(f"{dataset.name}: {len(dataset)} row of data; at least 2 are needed")
    if dataset.labels is None:
        return
    counts = np.bincount(dataset.labels, minlength=len(dataset.class_names))
    if np.count_nonzero(counts) < 2:
        only = dataset.class_names[int(counts.argmax())]
        raise DataError(f"{dataset.name}: every row is of class {only!r}; at least two classes are needed")
    single = [dataset.class_names[index] for index in np.flatnonzero(counts == 1)]
    if single:
        names = ", ".join(map(repr, single[:5])) + (" …" if len(single) > 5 else "")
        raise DataError(
            f"{dataset.name}: only one row of class {names}; at least 2 rows a class are needed, "
            "one to train on and one to test"
        )


def _deal(dataset: Dataset, rng: np.random.Generator, test_share: float) -> tuple[Labels, Labels]:
    """Row numbers of both parts, shuffled; groups (classes) are dealt one by one."""
    order = rng.permutation(len(dataset)).astype(np.int64)
    if dataset.labels is None:
        count = min(max(round(test_share * len(order)), 1), len(order) - 1)
        return order[count:], order[:count]
    test = np.zeros(len(order), dtype=bool)
    carried = 0.0
    for label in range(len(dataset.class_names)):
        rows = np.flatnonzero(dataset.labels[order] == label)
        wanted = test_share * len(rows) + carried
        count = min(max(round(wanted), 0), max(len(rows) - 1, 0))
        carried = wanted - count
        test[rows[:count]] = True
    if not test.any():
        test[0] = True
    return order[~test], order[test]


def _scale(columns: Floats, standardize: bool) -> tuple[Floats, Floats]:
    """Mean and deviation of each column; 1 for the deviation of a constant one.

    Raises:
        DataError: the numbers are so large that their squares are not finite.
    """
    width = columns.shape[1]
    if not standardize:
        return np.zeros(width), np.ones(width)
    with np.errstate(over="ignore", invalid="ignore"):
        mean: Floats = columns.mean(axis=0)
        std: Floats = columns.std(axis=0)
    if not (np.isfinite(mean).all() and np.isfinite(std).all()):
        raise DataError("the numbers in the data are too large to be scaled")
    rounding = 1e-12 * np.maximum(np.abs(columns).max(axis=0), np.finfo(float).tiny)
    return mean, np.where(std > rounding, std, 1.0)
