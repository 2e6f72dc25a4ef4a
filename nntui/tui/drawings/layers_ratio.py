"""How far a step moves each layer's weights, against their size."""

from __future__ import annotations

import math

import numpy as np

from nntui.charts.frame import message
from nntui.charts.line import line_chart
from nntui.tui.drawings.curves import epochs_shown
from nntui.tui.drawings.pieces import change_marks, unmeasured
from nntui.tui.drawings.trends import (
    TOGETHER,
    Floats,
    curves,
    end_of,
    epochs_of,
    moment_of,
    over_time,
    trends_of,
    window,
    with_window,
)
from nntui.tui.model import Model
from nntui.tui.widgets.panel import Drawing, Request
from nntui.tui.widgets.text import number

GUIDE = -3
"""The power of ten of the ratio that is about right."""


def draw(request: Request) -> Drawing:
    """The update ratio of every layer on an axis of powers of ten."""
    model, size, look = request.model, request.size, request.look
    trends = over_time(model)
    if trends is None:
        return Drawing(message(unmeasured(model), size, look))
    at = epochs_of(model, trends)
    first, stop, pages = window(request, len(trends.layers), len(TOGETHER))
    ratios = trends.update_ratio.astype(np.float64)
    known = ratios[first:stop][np.isfinite(ratios[first:stop]) & (ratios[first:stop] > 0)]
    end = end_of(model, at)
    rows = line_chart(
        curves(size[0], trends, at, ratios, first, stop), size, look,
        x_range=epochs_shown(request, end), log_x=request.view.log_x, y_range=_y_range(known), log_y=True,
        x_label="epoch", marks=change_marks(model, end), cursor=model.shown_epoch,
        baseline=(10.0**GUIDE, f"1e{GUIDE} about right"), empty="no step has been taken yet",
    )  # fmt: skip
    return Drawing(rows, with_window("Update ÷ weight", first, stop, len(trends.layers), size[0]), pages=pages)


def _y_range(ratios: Floats) -> tuple[float, float]:
    """Whole powers of ten around what there is and the guide line."""
    low, high = np.log10([ratios.min(), ratios.max()]).tolist() if ratios.size else (GUIDE, GUIDE)
    return 10.0 ** math.floor(min(low, GUIDE - 0.5)), 10.0 ** math.ceil(max(high, GUIDE + 0.5))


def facts(model: Model) -> dict[str, str]:
    """The ratio of the last step at the moment shown, by layer."""
    trends = trends_of(model)
    if trends is None:
        return {}
    seen, tick, _ = moment_of(model, trends)
    ratios = seen.update_ratio[:, tick].tolist()
    return {f"update ÷ weight of {name}": number(ratio, 3) for name, ratio in zip(trends.layers, ratios, strict=True)}
