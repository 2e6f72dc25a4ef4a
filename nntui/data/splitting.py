"""Training, validation and test set of a data set, scaled by what the training set says."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Literal

import numpy as np
import numpy.typing as npt

from nntui.data.dataset import Dataset, Floats, Labels
from nntui.data.errors import DataError


class _Part(IntEnum):
    TRAINING = 0
    VALIDATION = 1
    TEST = 2



@dataclass(frozen=True, eq=False, slots=True)
class Split:
    """A data set in parts: to train on, to decide by (it may be empty), and to test on.

    Attributes:
        dataset: whole and unscaled; its names hold for all parts.
        train_inputs, validation_inputs, test_inputs: (n, d) of each part, scaled where that was asked for.
        train_labels, validation_labels, test_labels: class indices; None for regression.
        train_targets, validation_targets, test_targets: (n, k) numbers, scaled likewise; None for classification.
        mean, std: (d,) with ``scaled = (input - mean) / std``; 0 and 1 where nothing is scaled.
        target_mean, target_std: (k,) the same for the targets.
        train_index, validation_index, test_index: rows of the data set.
    """

    dataset: Dataset
    train_inputs: Floats
    validation_inputs: Floats
    test_inputs: Floats
    train_labels: Labels | None
    validation_labels: Labels | None
    test_labels: Labels | None
    train_targets: Floats | None
    validation_targets: Floats | None
    test_targets: Floats | None
    mean: Floats
    std: Floats
    target_mean: Floats
    target_std: Floats
    train_index: Labels
    validation_index: Labels
    test_index: Labels

    @property
    def task(self) -> Literal["classification", "regression"]:
        """What is predicted."""
        return self.dataset.task


def split(
    dataset: Dataset,
    rng: np.random.Generator,
    test_share: float,
    standardize: bool = True,
    *,
    validation_share: float = 0.0,
) -> Split:
    """Split the rows into a training, a validation and a test set, of every class the same share (as near as whole
    rows allow).

    Every set keeps at least one row (the validation set: unless its share is 0), and the training set at least one of
    every class. The test set is the same whatever the validation share is.
    Inputs, and the targets of a regression, are scaled by mean and standard deviation of the training set; a column
    that is constant there is moved to 0 and not stretched.

    Raises:
        DataError: too few rows, one class only, or a class with one row only.
    """
    _check(dataset)
    train, validation, test = _split_rows(dataset, rng, test_share, validation_share)
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
        inputs[validation],
        inputs[test],
        None if labels is None else labels[train],
        None if labels is None else labels[validation],
        None if labels is None else labels[test],
        None if targets is None else targets[train],
        None if targets is None else targets[validation],
        None if targets is None else targets[test],
        mean,
        std,
        target_mean,
        target_std,
        train,
        validation,
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


def _split_rows(
    dataset: Dataset, rng: np.random.Generator, test_share: float, validation_share: float
) -> tuple[Labels, Labels, Labels]:
    """Row numbers of training, validation and test set, shuffled."""
    order = rng.permutation(len(dataset)).astype(np.int64)
    labels = np.zeros(len(order), np.int64) if dataset.labels is None else dataset.labels[order]
    groups = [np.flatnonzero(labels == label) for label in range(max(len(dataset.class_names), 1))]
    part = np.full(len(order), _Part.TRAINING, np.int8)
    for kind, share in ((_Part.TEST, test_share), (_Part.VALIDATION, validation_share)):
        _set_apart(part, groups, share, kind)
        if share and not (part == kind).any():
            what = kind.name.lower()
            raise DataError(f"{dataset.name}: {len(order)} rows are too few to keep one for the {what} set")
    return order[part == _Part.TRAINING], order[part == _Part.VALIDATION], order[part == _Part.TEST]


def _set_apart(part: npt.NDArray[np.int8], groups: list[Labels], share: float, kind: _Part) -> None:
    """Mark this share of every group (one row at least, if any), and leave at least one row of each to train on."""
    carried = 0.0
    for rows in groups:
        free = rows[part[rows] == _Part.TRAINING]
        wanted = share * len(rows) + carried
        count = min(max(round(wanted), 0), max(len(free) - 1, 0))
        carried = wanted - count
        part[free[:count]] = kind
    if share and not (part == kind).any():
        spare = [rows[part[rows] == _Part.TRAINING] for rows in groups]
        first = [int(rows[0]) for rows in spare if len(rows) > 1]
        part[sorted(first)[:1]] = kind


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
