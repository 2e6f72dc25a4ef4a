"""What the network says everywhere on the plane of its two inputs (or along its only one), and the data on it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from nntui.training.snapshot import Floats

Labels = npt.NDArray[np.int16]
Rows = npt.NDArray[np.int32]
Marks = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Points:
    """Rows of one part of the data, of very many a sample spread evenly over them.

    Attributes:
        total: how many rows the part has.
        x, y: (n,) inputs in the units of the data; ``y`` is empty where there is only one input.
        label: (n,) class of each; empty for regression.
        value: (n,) target in the units of the data; empty for classes.
        wrong: (n,) whether the network says another class; all false for regression.
        rows: (n,) of the part.
    """

    total: int
    x: Floats
    y: Floats
    label: Labels
    value: Floats
    wrong: Marks
    rows: Rows


@dataclass(frozen=True, slots=True)
class DecisionMap:
    """The outputs over a grid of inputs, computed the way training computes its inputs: derived, then scaled.

    Attributes:
        names: of the one or two inputs, in the units of the data.
        low, high: ends of the grid, one number an input.
        classes: their names; empty for regression.
        target: name of what is predicted; empty for classes.
        probabilities: whether the outputs are probabilities.
        middle: the value between the two classes of a single output; 0.5 for probabilities.
        values: two inputs: (rows, columns), the highest ``x2`` on top. Of two classes how much the network is for the
            second; of more how sure it is of the class it says; for regression what it predicts.
            One input: (classes, columns), the output for each class; (1, columns) for regression.
        labels: (rows, columns) which class it says; empty for regression and for one input.
        train, test: the data.
        sample: the row of the training part that is looked at closely, and ``sample_at``: where it is, as ``low``.
    """

    names: tuple[str, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    classes: tuple[str, ...]
    target: str
    probabilities: bool
    middle: float
    values: Floats
    labels: Labels
    train: Points
    test: Points
    sample: int
    sample_at: tuple[float, ...]
