"""Plots and tables as text, for the terminal that a command writes to."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from nntui.commandline.arguments import shown

if TYPE_CHECKING:
    from nntui.charts import Look, Series

WIDEST = 100  # characters of a cell of a table
_GAP = "  "  # between columns
_ASCII = str.maketrans({"└": "`", "→": ">", "…": "~", "²": "2"})  # for an output that has nothing else
HEIGHT = 16  # rows of a plot
_WIDE = 10  # times as large as the smallest is the largest loss from which on its axis is logarithmic


def width() -> int:
    """Cells of a line."""
    return max(40, min(shutil.get_terminal_size((100, 24)).columns, 120))


def look() -> Look:
    """The finest characters that standard output takes, without colors."""
    from nntui.charts import Look

    return Look("ascii" if os.environ.get("TERM") in ("linux", "dumb") or not _writes("⣿") else "braille", {})


def plot(series: Sequence[Series], **options: Any) -> str:
    """Curves over a common x; ``options``: of `nntui.charts.line_chart`."""
    from nntui.charts import line_chart

    strips = line_chart(series, (width(), HEIGHT), look(), **options)
    return "\n".join(strip.text.rstrip() for strip in strips)


def loss_axis(series: Sequence[Series], name: str = "test loss") -> dict[str, Any]:
    """Options of `plot` for losses: a logarithmic axis where they are positive and far apart."""
    import numpy as np

    parts = [part for one in series for part in (one.y, one.low, one.high) if part is not None]
    values = np.concatenate([np.empty(0), *(np.asarray(part, dtype=np.float64) for part in parts)])
    values = values[np.isfinite(values)]
    log = bool(len(values)) and values.min() > 0 and values.max() / _WIDE > values.min()
    return {"log_y": log, "y_unit": f"{name} (log)" if log else name}


def table(rows: Sequence[Sequence[str]], *, right: Sequence[int] = (), spare: Sequence[int] = ()) -> str:
    """Cells in columns, the first row being the headings.

    Args:
        right: columns of numbers, which end below one another.
        spare: columns that are left out, one after the other, where a terminal is too narrow for all.
    """
    rows = [[shown(cell, WIDEST) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    kept = list(range(len(widths)))
    for column in spare:
        if sum(widths[index] + len(_GAP) for index in kept) - len(_GAP) <= _room():
            break
        kept.remove(column)
    lines = (
        _GAP.join(
            row[index].rjust(widths[index]) if index in right else row[index].ljust(widths[index]) for index in kept
        )
        for row in rows
    )
    text = "\n".join(line.rstrip() for line in lines)
    return text if _writes(text) else text.translate(_ASCII)


def _room() -> int:
    """Cells of a line of the terminal; where standard output is none, nothing is too wide."""
    terminal = sys.stdout is not None and sys.stdout.isatty()
    return shutil.get_terminal_size().columns if terminal else 1 << 20


def figure(value: float | None) -> str:
    """A number in a cell."""
    return "-" if value is None else f"{value:.4g}"


def score(value: float | None, task: str) -> str:
    """An accuracy or an R² in a cell."""
    if value is None:
        return "-"
    if task == "classification":
        return f"{value:.1%}"
    return f"{value:.4f}" if abs(value) < 100 else f"{value:.4g}"


def _writes(text: str) -> bool:
    """Whether standard output takes these characters."""
    try:
        text.encode(getattr(sys.stdout, "encoding", None) or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True
