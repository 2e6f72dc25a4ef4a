"""Loss over the epochs, training and test, with what was changed when and what guessing would cost."""

from __future__ import annotations

import math

import numpy as np

from nntui.charts.frame import message
from nntui.charts.line import Series, line_chart
from nntui.tui.drawings.curves import curve, epochs_shown
from nntui.tui.drawings.pieces import best, change_marks, ghosts, waiting
from nntui.tui.widgets.panel import Drawing, Request

SLOW = 2.0
"""Below so many epochs a second the epoch under way is drawn too, by its mean loss so far."""


def draw(request: Request) -> Drawing:
    """The loss panel."""
    model, size, look, view = request.model, request.size, request.look, request.view
    if model.history is None or model.started is None:
        return Drawing(message(waiting(model), size, look))
    shown = epochs_shown(request)
    train = _with_epoch_under_way(request, curve(request, "train_loss", "train", "train", shown))
    test = curve(request, "test_loss", "test", "test", shown, best=True)
    guessing = model.started.guessing_loss
    rows = line_chart(
        [train, test], size, look,
        x_range=shown, log_y=view.log, log_x=view.log_x, x_label="epoch",
        marks=change_marks(model, shown[1] - shown[0]),
        baseline=(guessing, "guessing") if math.isfinite(guessing) else None, cursor=model.cursor,
        ghosts=[*ghosts(model, "train_loss", "train"), *ghosts(model, "test_loss", "test")],
    )  # fmt: skip
    return Drawing(rows, _title(request), best(request, "test_loss"))


def _title(request: Request) -> str:
    view = request.view
    words = ["Loss"]
    if view.log or view.log_x:
        words.append("log-log" if view.log and view.log_x else "log" if view.log else "log epochs")
    if view.zoom.span is not None:
        words.append("zoom")
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
        high=None if series.high is None else np.append(series.high, new), at_cursor=series.at_cursor,
    )  # fmt: skip
