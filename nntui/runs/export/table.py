"""The numbers of every epoch as comma-separated values."""

from __future__ import annotations

import math
from typing import Literal

from nntui.training.scalars import INDEX, Rows, known_columns


def csv(rows: Rows, task: Literal["classification", "regression"]) -> str:
    """A line of names and a line for every epoch; what is no number is left empty.

    Every number reads back as the same float64. Where a run diverged and went back, the epochs that were trained again
    come a second time.
    """
    score = "accuracy" if task == "classification" else "r2"
    names = known_columns(rows)
    lines = [",".join(name.replace("score", score) for name in names)]
    for epoch, step, *values in rows[:, [INDEX[name] for name in names]].tolist():
        cells = (repr(value) if math.isfinite(value) else "" for value in values)
        lines.append(f"{int(epoch)},{int(step)},{','.join(cells)}")
    return "\n".join(lines) + "\n"
