"""Predicted numbers against the true ones, and what is left over."""

from __future__ import annotations

import numpy as np

from nntui.charts.scatter import Dots, scatter
from nntui.charts.ticks import finite_range
from nntui.training.insights.fit import Fit, Fitted
from nntui.tui.drawings.pieces import said_with_room
from nntui.tui.drawings.predictions import labels, nothing, record, sampled, sets
from nntui.tui.model import Model
from nntui.tui.suited import is_regression
from nntui.tui.widgets.panel import Drawing, Request
from nntui.tui.widgets.text import number

MARKERS = {"train": "•", "valid": "+", "test": "◦"}


def draw(request: Request) -> Drawing:
    """A page a target; its variants: predicted against true, and the residuals."""
    found: Fit | None = record(request.model, "fit")
    if found is None:
        return nothing(request, "" if is_regression(request.model) else "classes are predicted, not numbers")
    pages = len(found.targets)
    at = min(request.page, pages - 1)
    residuals = request.variant == 1
    shown = sets(found)
    groups = [_dots(label, role, part, at, residuals) for label, role, part in shown]
    name = found.targets[at]
    true = finite_range(*(np.asarray(part.true[:, at], np.float64) for _, _, part in shown))
    note = f"RMSE {' / '.join(number(part.rms[at], 3) for _, _, part in shown)}"
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
    few = sampled(sum(len(part.true) for _, _, part in shown), sum(part.total for _, _, part in shown))
    score = f"R² {' / '.join(number(part.r_squared[at], 3) for _, _, part in shown)}"
    longest = f"{score} · {few}" if few else f"{score} {labels(found)}"
    return Drawing(rows, title, said_with_room(request.size[0], title, longest, score), pages, variants=2)


def _dots(label: str, role: str, part: Fitted, at: int, residuals: bool) -> Dots:
    marker = MARKERS[label]
    true, predicted = (np.asarray(values[:, at], np.float64) for values in (part.true, part.predicted))
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
        for label, _, part in sets(found)
    }
