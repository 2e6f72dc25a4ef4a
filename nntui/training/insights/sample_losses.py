"""How the loss is spread over the samples."""

from __future__ import annotations

from dataclasses import dataclass

from nntui.training.snapshot import Counts


@dataclass(frozen=True, slots=True)
class Spread:
    """One part of the data; of very many rows a sample spread evenly over them.

    Attributes:
        total: how many rows the part has.
        counts: rows in each of the bins; what lies beyond is counted at its end, what is not a number nowhere.
        rows: how many were looked at.
        mean, median, worst: of their losses.
        share_of_worst_tenth: how much of the whole loss the tenth of the rows with the highest losses makes up.
    """

    total: int
    counts: Counts
    rows: int
    mean: float
    median: float
    worst: float
    share_of_worst_tenth: float


@dataclass(frozen=True, slots=True)
class SampleLosses:
    """Bins of equal width on a logarithmic axis from ``low`` to ``high``, alike for every set.

    ``validation``: None without a validation set.
    """

    low: float
    high: float
    train: Spread
    test: Spread
    validation: Spread | None = None
