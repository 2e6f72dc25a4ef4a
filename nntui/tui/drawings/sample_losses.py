"""How the loss is spread over the samples of every set."""

from __future__ import annotations

import math

import numpy as np

from nntui.charts.frame import message
from nntui.charts.scatter import Dots, scatter
from nntui.training.insights.sample_losses import SampleLosses, Spread
from nntui.tui.drawings.pieces import said_with_room
from nntui.tui.drawings.predictions import axis_name, nothing, record, sampled, sets
from nntui.tui.model import Model
from nntui.tui.widgets.panel import Drawing, Request
from nntui.tui.widgets.text import number


def draw(request: Request) -> Drawing:
    """Shares of the samples by their loss, as steps."""
    found: SampleLosses | None = record(request.model, "sample_losses")
    if found is None:
        return nothing(request)
    if not 0 < found.low < found.high < math.inf or not any(part.counts.any() for _, _, part in sets(found)):
        return Drawing(message("the losses are not finite", request.size, request.look))
    shown = sets(found)
    series = [_steps(label, role, part, found) for label, role, part in shown]
    rows = scatter(
        [one for one in series if one is not None], request.size, request.look,
        x_range=(found.low, found.high), log_x=True, x_label="loss",
        y_label=axis_name("% of samples", "%", found, request.size[0]),
    )  # fmt: skip
    few = sampled(sum(part.rows for _, _, part in shown), sum(part.total for _, _, part in shown))
    worst, rounded = (f"worst {' / '.join(number(part.worst, digits) for _, _, part in shown)}" for digits in (3, 2))
    title = "Loss by sample"
    said = said_with_room(request.size[0], title, f"{worst} · {few}" if few else worst, worst, rounded)
    return Drawing(rows, title, said)


def _steps(label: str, role: str, part: Spread, found: SampleLosses) -> Dots | None:
    total = part.counts.sum()
    if not total:
        return None
    shares = part.counts.reshape(-1, 2).sum(axis=1) / total * 100.0
    edges = np.repeat(np.geomspace(found.low, found.high, len(shares) + 1), 2)[1:-1]
    return Dots(label, role, edges, np.repeat(shares, 2), line=True)


def facts(model: Model) -> dict[str, str]:
    """The figures of every set."""
    found: SampleLosses | None = record(model, "sample_losses")
    if found is None:
        return {}
    return {label: _figures(part) for label, _, part in sets(found)}


def _figures(part: Spread) -> str:
    figures = f"mean {number(part.mean, 3)}, median {number(part.median, 3)}, worst {number(part.worst, 3)}"
    return f"{figures}; the worst tenth makes up {part.share_of_worst_tenth:.0%} of the loss"
