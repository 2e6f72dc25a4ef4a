"""The curve of a run that is watched from outside, in little memory however long it gets."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from nntui.runs.comparing import settled
from nntui.training.scalars import COLUMNS, INDEX, Rows, deciding_set

MOST = 2048  # rows that are kept; of a longer run every second, every fourth …


class Course:
    """Rows as they come: of a long run some, and of any run the last and the best."""

    def __init__(self) -> None:
        self._rows: list[tuple[float, ...]] = []
        self._ended: Rows | None = None
        self._stride = 1
        self._count = 0
        self.last: tuple[float, ...] | None = None
        self._lowest: tuple[float, ...] | None = None

    def add(self, row: tuple[float, ...]) -> None:
        """The next epoch's, as `COLUMNS` has it."""
        self.last = row
        decided_by = deciding_set(np.array([row]))
        loss = INDEX[f"{decided_by}_loss"]
        if row[loss] < (math.inf if self._lowest is None else self._lowest[loss]):
            self._lowest = row
        if self._count % self._stride == 0:
            self._rows.append(row)
        self._count += 1
        if len(self._rows) == MOST:
            del self._rows[1::2]
            self._stride *= 2

    def end(self) -> None:
        """There will be no more; what is kept takes less room."""
        self._ended = self.rows()
        self._rows = []

    def rows(self) -> Rows:
        """Those that are kept, rising, each epoch once."""
        if self._ended is not None:
            return self._ended
        extra = [row for row in (self._lowest, self.last) if row is not None]
        kept = settled(np.array(self._rows).reshape(-1, len(COLUMNS)))
        found = np.concatenate([kept, np.array(extra).reshape(-1, len(COLUMNS))])
        _, first = np.unique(found[:, INDEX["epoch"]], return_index=True)
        return found[first]


def row_of(event: Mapping[str, Any]) -> tuple[float, ...]:
    """The row of an ``epoch_ended`` event in its JSON form; not-a-number where it has none."""
    score = "accuracy" if event.get("test_accuracy") is not None else "r2"
    values = (event.get(name.replace("score", score)) for name in COLUMNS)
    return tuple(math.nan if value is None else float(value) for value in values)
