"""A data set in memory."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Labels = npt.NDArray[np.int64]
Progress = Callable[[str, float | None], None]


@dataclass(frozen=True, eq=False, slots=True)
class Dataset:
    """Rows of inputs with what is to be predicted from them.

    Attributes:
        name: of the set.
        inputs: (n, d).
        labels: (n,) index into ``class_names``; None for regression.
        targets: (n, k) numbers to predict; None for classification.
        feature_names: d names.
        class_names: C names; empty for regression.
        target_names: k names; empty for classification.
        image_shape: (height, width) where a row of inputs is an image.
        plane: (n, 2) the two inputs that ``inputs`` were derived from, where they were.
        plane_names: their names.
        lines: (n,) the line of the user's file in which each row stands; None where rows have no lines.
    """

    name: str
    inputs: Floats
    labels: Labels | None
    targets: Floats | None
    feature_names: tuple[str, ...]
    class_names: tuple[str, ...] = ()
    target_names: tuple[str, ...] = ()
    image_shape: tuple[int, int] | None = None
    plane: Floats | None = None
    plane_names: tuple[str, ...] = ()
    lines: Labels | None = None

    @property
    def numbered_by(self) -> Literal["row", "line"]:
        """What a row is found by: its number in the data set, or its line in the file."""
        return "row" if self.lines is None else "line"

    def number_of(self, row: int) -> int:
        """The number by which a person finds a row (0-based): its line, or else its place counted from 1."""
        return row + 1 if self.lines is None else int(self.lines[row])

    @property
    def task(self) -> Literal["classification", "regression"]:
        """What is predicted."""
        return "regression" if self.labels is None else "classification"

    def __len__(self) -> int:
        return len(self.inputs)


def classified(name: str, inputs: Floats, labels: Labels, class_names: tuple[str, ...] | None = None) -> Dataset:
    """A data set of points (n, 2) in the plane with class labels (n,)."""
    names = class_names or tuple(f"class {index + 1}" for index in range(int(labels.max()) + 1))
    return Dataset(name, inputs, labels, None, numbered(inputs), names)


def measured(name: str, inputs: Floats, targets: Floats) -> Dataset:
    """A data set of points (n, 2) in the plane with one number (n,) each."""
    return Dataset(name, inputs, None, targets[:, None], numbered(inputs), (), ("y",))


def numbered(inputs: Floats) -> tuple[str, ...]:
    """x1, x2, …"""
    return tuple(f"x{index + 1}" for index in range(inputs.shape[1]))
