"""A column of the history as a curve over the epochs that are shown: thinned, smoothed, its best point marked."""

from __future__ import annotations

import math

import numpy as np

from nntui.charts.curves import smooth
from nntui.charts.line import Series
from nntui.training.history import History, Mask
from nntui.tui.drawings.pieces import STEERS, Floats, curves_end
from nntui.tui.widgets.panel import Request

FORGOTTEN = 1e-3
"""An epoch that weighs less than this in a smoothed value is left out of it."""

MOST = 4096
"""Parts that are smoothed at most."""

OCTAVES = 24
"""On a logarithmic axis of epochs each doubling is thinned by itself, at most so many of them."""


def epochs_shown(request: Request, end: float | None = None, *, linear: bool = False) -> tuple[float, float]:
    """The first and the last epoch that all curves show now.

    Args:
        end: where the axis of the whole run ends.
        linear: for a picture that cannot stand on a logarithmic axis.
    """
    model, view = request.model, request.view
    first, last = view.zoom.window(model.epochs_done, curves_end(model) if end is None else end, model.cursor)
    return (max(first, 1.0), max(last, 2.0)) if view.log_x and not linear else (first, last)


def held_out(request: Request, what: str, shown: tuple[float, float], factor: float = 1.0) -> list[Series]:
    """The curves of the samples that are not trained on, the best point marked on those that decide.

    Without a validation set, the test set's name says what it decides: its figures are then too good for a test.

    Args:
        what: ``loss`` or ``score``.
    """
    model = request.model
    if model.decided_by == "validation":
        return [
            curve(request, f"validation_{what}", "valid", "ok", shown, factor, best=True),
            curve(request, f"test_{what}", "test", "test", shown, factor),
        ]
    decides, label = " and ".join(model.experiment.decided_by_loss), "test"
    if decides and request.size[0] >= STEERS:
        label = f"test (steers {decides})"
    return [curve(request, f"test_{what}", label, "test", shown, factor, best=True)]


def curve(
    request: Request,
    column: str,
    label: str,
    role: str,
    shown: tuple[float, float],
    factor: float = 1.0,
    *,
    best: bool = False,
) -> Series:
    """The column from the first to the last epoch shown, and a little further, so that the line reaches the edges.

    Smoothed, it is what it would be if all of it were shown: the average begins as far back as it remembers.

    Args:
        factor: what its values are multiplied by.
        best: whether its best point is marked.
    """
    model, weight = request.model, request.view.smoothing
    history = model.history
    assert history is not None
    first, last = shown
    parts = max(request.size[0] * 2, 8)
    beyond = (last - first) / parts + 1
    back = math.log(FORGOTTEN) / math.log(weight) if weight else 0.0
    start, stop = max(first - beyond - back, 0.0), last + beyond
    parts = min(round(parts * (stop - start) / (last - first)), max(MOST, parts))
    at, low, high, mean, missing = _sampled(history, column, start, stop, parts, log=request.view.log_x)
    epoch = model.shown_epoch
    known = (history.last(column) if epoch is None else history.at(column, epoch)) * factor
    found = history.best(column, model.comparable_from if "loss" in column else 0) if best else None
    point = None if found is None or found[0] < 1 else (float(found[0]), found[1] * factor)
    values = mean * factor
    if not weight:
        low, high = low * factor, high * factor
        return Series(label, role, at, values, low, high, exact=known, best=point, missing=missing)
    kept = at >= first - beyond
    line = smooth(values, weight, at)[kept]
    raw, missing = values[kept], missing[kept]
    return Series(label, role, at[kept], line, raw=raw, exact=known, best=point, missing=missing)


def _sampled(
    history: History, column: str, start: float, stop: float, parts: int, *, log: bool
) -> tuple[Floats, Floats, Floats, Floats, Mask]:
    """Places, lowest, highest and mean values, and where any is missing.

    On a logarithmic axis they are as fine in every doubling of the epoch.
    """
    if not log or stop <= 2 * max(start, 1.0):
        return history.window(column, start, stop, parts)
    edges = [stop]
    while edges[-1] > max(start, 1.0) and len(edges) < OCTAVES:
        edges.append(edges[-1] / 2)
    edges.append(start)
    found = []
    for left, right in zip(reversed(edges[1:]), reversed(edges[:-1]), strict=True):
        if left < right:
            found.append(history.window(column, np.nextafter(left, right), right, max(parts // 8, 16)))
    at, low, high, mean = (np.concatenate([part[index] for part in found]) for index in range(4))
    return at, low, high, mean, np.concatenate([part[4] for part in found])
