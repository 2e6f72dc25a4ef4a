"""Each layer's gradient: its length over the epochs, and where its components lie now."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from textual.strip import Strip

from nntui.charts.bars import histogram
from nntui.charts.frame import message
from nntui.charts.line import line_chart
from nntui.training.insights.trends import Trends
from nntui.tui.drawings.curves import epochs_shown
from nntui.tui.drawings.pieces import beside, change_marks, text_row, unmeasured
from nntui.tui.drawings.trends import (
    TOGETHER,
    Floats,
    curves,
    end_of,
    epochs_of,
    moment_of,
    over_time,
    tiled,
    trends_of,
    window,
    with_window,
)
from nntui.tui.model import Model
from nntui.tui.widgets.panel import Drawing, Request
from nntui.tui.widgets.text import number

ROOM_FOR_BOTH = 64, 9
NARROWEST, LOWEST = 18, 4


def draw(request: Request) -> Drawing:
    """The gradients: curves, with histograms beside them where there is room; or histograms alone."""
    trends = over_time(request.model)
    if trends is None:
        return Drawing(message(unmeasured(request.model), request.size, request.look))
    if request.variant:
        shown, title = _counted(request.model, trends)

        def one(index: int, width: int, height: int) -> Sequence[Strip]:
            return _histogram(request, shown, index, width, height)

        return tiled(request, trends.layers, one, [title], narrowest=NARROWEST, lowest=LOWEST, variants=2)
    return _curves(request, trends, epochs_of(request.model, trends))


def _counted(model: Model, newest: Trends) -> tuple[Trends, str]:
    """The log with the histograms of the selected epoch, or until it was measured those of now, and their title."""
    moment = moment_of(model, newest)
    is_now = moment.epoch is None or moment.trends is newest
    return moment.trends, "Gradients · now" if is_now else moment.dated("Gradients")


def _curves(request: Request, trends: Trends, at: Floats) -> Drawing:
    model, (width, height), look = request.model, request.size, request.look
    first, stop, pages = window(request, len(trends.layers), len(TOGETHER))
    both = width >= ROOM_FOR_BOTH[0] and height >= ROOM_FOR_BOTH[1]
    left = width * 3 // 5 if both else width
    end = end_of(model, at)
    rows: Sequence[Strip] = line_chart(
        curves(left, trends, at, trends.gradient_norm.astype(np.float64), first, stop), (left, height), look,
        x_range=epochs_shown(request, end), log_x=request.view.log_x, log_y=True, x_label="epoch",
        marks=change_marks(model, end), cursor=model.shown_epoch, empty="no step has been taken yet",
    )  # fmt: skip
    if both:
        right = width - left - 1
        fitting = min(stop - first, height // LOWEST)
        shown, now = _counted(model, trends)
        block: list[Strip] = []
        for place in range(fitting):
            top, bottom = height * place // fitting, height * (place + 1) // fitting
            block += _histogram(request, shown, first + place, right, bottom - top)
        rows = beside([rows, block], [left, right], height, look)
    title = "Gradient norm" if not both or model.cursor is None else f"Gradient norm, {now[0].lower()}{now[1:]}"
    title = with_window(title, first, stop, len(trends.layers), width)
    return Drawing(rows, title, pages=pages, variants=2)


def _histogram(request: Request, trends: Trends, index: int, width: int, height: int) -> list[Strip]:
    parts = [(trends.layers[index], "title")]
    norm = f"  norm {number(float(trends.gradient_norm[index, -1]), 2)}"
    if len(trends.layers[index]) + len(norm) <= width:
        parts.append((norm, "muted"))
    return [
        text_row(parts, width, request.look),
        *histogram(
            trends.gradient_counts[index], float(trends.gradient_low[index]), float(trends.gradient_high[index]),
            (width, height - 1), request.look, role="weights", log_counts=True,
        ),
    ]  # fmt: skip


def facts(model: Model) -> dict[str, str]:
    """The norm of each layer's gradient at the moment shown."""
    trends = trends_of(model)
    if trends is None:
        return {}
    seen, tick, _ = moment_of(model, trends)
    norms = seen.gradient_norm[:, tick].tolist()
    return {f"norm of {name}": number(norm) for name, norm in zip(trends.layers, norms, strict=True)}
