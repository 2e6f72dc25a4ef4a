"""Predicted numbers beside the true ones."""

from __future__ import annotations

from dataclasses import dataclass

from nntui.training.snapshot import Floats


@dataclass(frozen=True, slots=True)
class Fitted:
    """One part of the data; of very many rows a sample spread evenly over them.

    Attributes:
        total: how many rows the part has.
        true, predicted: (n, targets) in the units of the data.
        r_squared: of these rows, one number a target; NaN where the targets are all equal.
        rms: root of the mean squared error, in the units of the data, one number a target.
    """

    total: int
    true: Floats
    predicted: Floats
    r_squared: tuple[float, ...]
    rms: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Fit:
    """What a network that predicts numbers makes of every set; ``targets``: their names.

    ``validation``: None without a validation set.
    """

    targets: tuple[str, ...]
    train: Fitted
    test: Fitted
    validation: Fitted | None = None
