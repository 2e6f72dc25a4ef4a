"""The share of right answers over the epochs; R² where numbers are predicted."""

from __future__ import annotations

import numpy as np

from nntui.charts.frame import message
from nntui.charts.line import line_chart
from nntui.tui.drawings.curves import curve, epochs_shown, held_out
from nntui.tui.drawings.pieces import best, change_marks, ghosts, waiting
from nntui.tui.widgets.panel import Drawing, Request

WORST_R2 = -1.0
"""R² has no lower end; below this it says nothing more."""


def draw(request: Request) -> Drawing:
    """The accuracy panel."""
    model, size, look = request.model, request.size, request.look
    if model.history is None or model.started is None:
        return Drawing(message(waiting(model), size, look))
    classes = model.started.task == "classification"
    factor = 100.0 if classes else 1.0
    shown = epochs_shown(request)
    series = [
        curve(request, "train_score", "train", "train", shown, factor),
        *held_out(request, "score", shown, factor),
    ]
    lowest = min((float(np.nanmin(item.y)) for item in series if np.isfinite(item.y).any()), default=0.0)
    rows = line_chart(
        series, size, look,
        x_range=shown, y_range=None if classes or lowest > WORST_R2 else (WORST_R2, 1.0), log_x=request.view.log_x,
        x_label="epoch", y_unit="%" if classes else "", marks=change_marks(model, shown[1] - shown[0]),
        baseline=None if classes else (0.0, "the mean"), cursor=model.shown_epoch,
        ghosts=[*ghosts(model, "train_score", "train", factor), *ghosts(model, "test_score", "test", factor)],
    )  # fmt: skip
    subtitle = best(request, f"{model.decided_by}_score", factor, "%" if classes else "")
    return Drawing(rows, "Accuracy" if classes else "R²", subtitle)
