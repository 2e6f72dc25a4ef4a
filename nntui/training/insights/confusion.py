"""Which class is taken for which."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Table = npt.NDArray[np.int32]
Shares = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Counted:
    """One part of the data; of very many rows a sample spread evenly over them.

    Attributes:
        total: how many rows the part has.
        counts: (classes, classes): rows that are of class ``row`` and are said to be of class ``column``.
    """

    total: int
    counts: Table

    @property
    def rows(self) -> int:
        """How many rows were looked at."""
        return int(self.counts.sum())

    @property
    def accuracy(self) -> float:
        """Share of the rows that are said right; NaN without rows."""
        return float(np.trace(self.counts) / self.rows) if self.rows else float("nan")

    @property
    def precision(self) -> Shares:
        """(classes,): of the rows said to be of a class, the share that are; NaN where none is said to be."""
        return _ratio(np.diag(self.counts), self.counts.sum(axis=0))

    @property
    def recall(self) -> Shares:
        """(classes,): of the rows of a class, the share that are said to be; NaN where there are none."""
        return _ratio(np.diag(self.counts), self.counts.sum(axis=1))


@dataclass(frozen=True, slots=True)
class Confusion:
    """The confusion matrices of every set; ``classes``: their names; ``validation``: None without a validation set."""

    classes: tuple[str, ...]
    train: Counted
    test: Counted
    validation: Counted | None = None


def _ratio(part: Table, whole: Table) -> Shares:
    return np.where(whole > 0, part / np.maximum(whole, 1), np.nan)
