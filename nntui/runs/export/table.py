"""The numbers of every epoch as comma-separated values."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Literal

from nntui.training.scalars import INDEX, Rows, known_columns

_ROWS = 1000  # rows in a piece of text


def csv(rows: Rows, task: Literal["classification", "regression"]) -> Iterator[str]:
    """A line of names and a line for every epoch, in pieces; what is no number is left empty.

    Every number reads back as the same float64. Where a run diverged and went back, the epochs that were trained again
    come a second time.
    """
    score = "accuracy" if task == "classification" else "r2"
    names = known_columns(rows)
    yield ",".join(name.replace("score", score) for name in names) + "\n"
    columns = [INDEX[name] for name in names]
    for begin in range(0, len(rows), _ROWS):
        yield "".join(map(_line, rows[begin : begin + _ROWS, columns].tolist()))


def _line(row: list[float]) -> str:
    epoch, step, *values = row
    cells = (repr(value) if math.isfinite(value) else "" for value in values)
    return f"{int(epoch)},{int(step)},{','.join(cells)}\n"
