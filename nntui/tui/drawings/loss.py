"""Loss over the epochs, training and test, with what was changed when and what guessing would cost."""

from __future__ import annotations

import math

import numpy as np

from nntui.charts.frame import message
from nntui.charts.line import Series, line_chart
from nntui.tui.drawings.pieces import best, change_marks, curve, curves_end, ghosts, waiting
from nntui.tui.widgets.panel import Drawing, Request

SLOW = 2.0
"""Below so many epochs a second the epoch under way is drawn too, by its mean loss so far."""


def draw(request: Request) -> Drawing:
    """The loss panel."""
    model, size, look, view = request.model, request.size, request.look, request.view
    if model.history is None or model.started is None:
        return Drawing(message(waiting(model), size, look))
    end = curves_end(model)
    train = _with_epoch_under_way(request, curve(request, "train_loss", "train", "train", end))
    test = curve(request, "test_loss", "test", "test", end)
    guessing = model.started.guessing_loss
    rows = line_chart(
        [train, test], size, look,
        x_range=(0.0, end), log_y=view.log, x_label="epoch", marks=change_marks(model, end),
        baseline=(guessing, "guessing") if math.isfinite(guessing) else None, cursor=model.cursor,
        ghosts=[*ghosts(model, "train_loss", "train"), *ghosts(model, "test_loss", "test")],
    )  # fmt: skip
    return Drawing(rows, _title(request), best(request, "test_loss"))


def _title(request: Request) -> str:
    view = request.view
    words = ["Loss"]
    if view.log:
        words.append("log")
    if view.smoothing:
        words.append(f"smoothed {view.smoothing:g}")
    return " · ".join(words)


def _with_epoch_under_way(request: Request, series: Series) -> Series:
    status = request.model.status
    if status is None or not math.isfinite(status.running_loss) or request.view.smoothing:
        return series
    slow = status.epoch < 1 or 0 < status.epochs_per_second < SLOW or status.state == "paused"
    at = request.model.epochs_done
    x, y = np.asarray(series.x, dtype=np.float64), np.asarray(series.y, dtype=np.float64)
    if not slow or (x.size and at <= x[-1]):
        return series
    new = [status.running_loss]
    return Series(
        series.label, series.role, np.append(x, at), np.append(y, new),
        low=None if series.low is None else np.append(series.low, new),
        high=None if series.high is None else np.append(series.high, new),
    )  # fmt: skip
