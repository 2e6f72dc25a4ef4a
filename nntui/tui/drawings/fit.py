"""Predicted numbers against the true ones, and what is left over."""

from __future__ import annotations

import numpy as np

from nntui.charts.scatter import Dots, scatter
from nntui.charts.ticks import finite_range
from nntui.training.insights.fit import Fit, Fitted
from nntui.tui.drawings.pieces import said_with_room
from nntui.tui.drawings.predictions import nothing, record, sampled
from nntui.tui.model import Model
from nntui.tui.suited import is_regression
from nntui.tui.widgets.panel import Drawing, Request
from nntui.tui.widgets.text import number

TRAIN, TEST = "•", "◦"


def draw(request: Request) -> Drawing:
    """A page a target; its variants: predicted against true, and the residuals."""
    found: Fit | None = record(request.model, "fit")
    if found is None:
        return nothing(request, "" if is_regression(request.model) else "classes are predicted, not numbers")
    pages = len(found.targets)
    at = min(request.page, pages - 1)
    residuals = request.variant == 1
    groups = [
        _dots("train", found.train, at, TRAIN, residuals),
        _dots("test", found.test, at, TEST, residuals),
    ]
    name = found.targets[at]
    true = finite_range(*(np.asarray(part.true[:, at], np.float64) for part in (found.train, found.test)))
    note = f"RMSE {number(found.train.rms[at], 3)} / {number(found.test.rms[at], 3)}"
    rows = scatter(
        groups, request.size, request.look,
        x_label="predicted" if residuals else f"true {name}",
        y_label="true − predicted" if residuals else "predicted",
        y_range=None if residuals else _room(true, groups),
        diagonal=not residuals, level=0.0 if residuals else None, note=note,
    )  # fmt: skip
    title = "Residuals" if residuals else "Predicted against true"
    if pages > 1:
        title += f" {at + 1}/{pages} ↑↓"
    rows_shown = len(found.train.true) + len(found.test.true)
    few = sampled(rows_shown, found.train.total + found.test.total)
    score = f"R² {number(found.train.r_squared[at], 3)} / {number(found.test.r_squared[at], 3)}"
    longest = f"{score} · {few}" if few else f"{score} train / test"
    return Drawing(rows, title, said_with_room(request.size[0], title, longest, score), pages, variants=2)


def _dots(label: str, part: Fitted, at: int, marker: str, residuals: bool) -> Dots:
    true, predicted = (np.asarray(values[:, at], np.float64) for values in (part.true, part.predicted))
    role = "train" if label == "train" else "test"
    if residuals:
        return Dots(label, role, predicted, true - predicted, marker=marker)
    return Dots(label, role, true, predicted, marker=marker)


def _room(true: tuple[float, float] | None, groups: list[Dots]) -> tuple[float, float] | None:
    """The range of the true numbers, widened to the predicted ones as long as these are not worlds away."""
    found = finite_range(*(np.asarray(group.y, np.float64) for group in groups))
    if true is None or found is None:
        return None
    reach = true[1] - true[0]
    low, high = min(true[0], max(found[0], true[0] - reach)), max(true[1], min(found[1], true[1] + reach))
    room = (high - low) * 0.05
    return (low - room, high + room) if high > low else None


def facts(model: Model) -> dict[str, str]:
    """The figures of every target."""
    found: Fit | None = record(model, "fit")
    if found is None:
        return {}
    return {
        f"{name}, {label}": f"R² {number(part.r_squared[at], 4)}, RMSE {number(part.rms[at], 4)}"
        for at, name in enumerate(found.targets)
        for label, part in (("train", found.train), ("test", found.test))
    }
