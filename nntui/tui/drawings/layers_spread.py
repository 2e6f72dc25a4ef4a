"""What each layer puts out over the epochs: mean, spread, and how much of it lies flat or dead."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from textual.strip import Strip

from nntui.charts.frame import message
from nntui.charts.profile import Level, profile
from nntui.charts.spread import spread_over_time
from nntui.training.insights.trends import Trends
from nntui.tui.drawings.curves import epochs_shown
from nntui.tui.drawings.pieces import judged, said_with_room, text_row, title_with_room, unmeasured
from nntui.tui.drawings.trends import Floats, end_of, epochs_of, moment_of, over_time, tiled, trends_of
from nntui.tui.model import Model
from nntui.tui.widgets.panel import Drawing, Request
from nntui.tui.widgets.text import number

NARROWEST, LOWEST = 18, 4
BINS, TINT = 32, 12
TITLES = (
    ("Activation mean ± spread", "Activations"),
    ("Saturated and dead, %", "Saturated, dead", "Flat, dead"),
    ("Activation spread by layer", "Spread by layer"),
)
"""Of each variant, the shorter for where there is little room."""
_SHARES, _BY_LAYER = 1, 2


def draw(request: Request) -> Drawing:
    """A band from mean − σ to mean + σ a layer; or its shares of saturated and dead units; or σ of every layer."""
    model = request.model
    trends = over_time(model)
    if trends is None:
        return Drawing(message(unmeasured(model), request.size, request.look))
    at = epochs_of(model, trends)
    end = end_of(model, at)
    if request.variant == _BY_LAYER:
        return _by_layer(request, trends)

    def one(index: int, width: int, height: int) -> Sequence[Strip]:
        draw_one = _shares if request.variant == _SHARES else _band
        return draw_one(request, trends, at, end, index, (width, height))

    return tiled(
        request, trends.layers, one,
        [moment_of(model, trends).dated(title) for title in TITLES[request.variant]],
        narrowest=NARROWEST, lowest=LOWEST, variants=len(TITLES), said=_measured_on(trends, request.variant),
    )  # fmt: skip


def _measured_on(trends: Trends, variant: int) -> list[str]:
    return judged(trends.samples, trends.dead_samples if variant == _SHARES else 0)


def _by_layer(request: Request, trends: Trends) -> Drawing:
    """The standard deviation of every layer's outputs, all on one scale; of the epoch selected, or now."""
    moment = moment_of(request.model, trends)
    values = moment.trends.std[:, moment.tick].astype(np.float64).tolist()
    levels = [Level(name, value) for name, value in zip(trends.layers, values, strict=True)]
    (width, height), hidden = request.size, values[:-1]
    words = f"hidden 1: {number(hidden[0], 2)}, {trends.layers[-2]}: {number(hidden[-1], 2)}" if len(hidden) > 1 else ""
    spoken = bool(words) and height >= 4
    rows = profile(levels, (width, height - spoken), request.look, unit="σ")
    if spoken:
        rows = [text_row([(words, "text")], width, request.look), *rows]
    title = title_with_room(width, "", *map(moment.dated, TITLES[_BY_LAYER]))
    said = said_with_room(width, title, *_measured_on(trends, _BY_LAYER))
    return Drawing(rows, title, said, variants=len(TITLES))


def _band(request: Request, trends: Trends, at: Floats, end: float, index: int, size: tuple[int, int]) -> list[Strip]:
    mean, std = trends.mean[index].astype(np.float64), trends.std[index].astype(np.float64)
    lines = np.stack([mean - std, mean, mean + std], axis=1)
    seen, tick, _ = moment_of(request.model, trends)
    words = (f"  μ {number(float(seen.mean[index, tick]), 2)}", f"  σ {number(float(seen.std[index, tick]), 2)}")
    return _under(request, trends, index, words, at, lines, end, size, _reach(lines), fill=True)


def _shares(request: Request, trends: Trends, at: Floats, end: float, index: int, size: tuple[int, int]) -> list[Strip]:
    """The share of saturated outputs as the line without gaps, that of dead units as the one with gaps around it."""
    flat, dead = trends.saturated[index].astype(np.float64) * 100, trends.dead[index].astype(np.float64) * 100
    seen, tick, _ = moment_of(request.model, trends)
    shares = (("flat", seen.saturated[index, tick]), ("dead", seen.dead[index, tick]))
    words = tuple(f"  {name} {share:.0%}" for name, share in shares if math.isfinite(share))
    lines = np.stack([dead, flat, dead], axis=1)
    if not words:
        words = (f"  {trends.activations[index]}: neither",)
    return _under(request, trends, index, words, at, lines, end, size, (-1.0, 101.0), fill=False)


def _reach(lines: Floats) -> tuple[float, float]:
    known = lines[np.isfinite(lines)]
    low, high = (float(known.min()), float(known.max())) if known.size else (0.0, 0.0)
    room = max((high - low) * 0.05, abs(high) * 1e-3, abs(low) * 1e-3, 1e-6)
    return low - room, high + room


def _under(
    request: Request, trends: Trends, index: int, words: Sequence[str], at: Floats, lines: Floats, end: float,
    size: tuple[int, int], ends: tuple[float, float], *, fill: bool,
) -> list[Strip]:  # fmt: skip
    """A caption, and lines (T, 3) over the epochs; with ``fill``, what lies between them is tinted."""
    width, height = size
    parts = [(trends.layers[index], "title")]
    for text in words:
        if sum(len(part) for part, _ in parts) + len(text) <= width:
            parts.append((text, "muted"))
    middles = ends[0] + (np.arange(BINS) + 0.5) * (ends[1] - ends[0]) / BINS
    within = (middles >= lines[:, :1]) & (middles <= lines[:, 2:]) if fill else np.zeros((len(at), 0))
    chart = spread_over_time(
        at, *ends, (within * TINT).astype(np.uint8), lines, (width, height - 1), request.look,
        x_range=epochs_shown(request, end, linear=True), x_label="epoch", cursor=request.model.shown_epoch,
    )  # fmt: skip
    return [text_row(parts, width, request.look), *chart]


def facts(model: Model) -> dict[str, str]:
    """Mean and spread of each layer at the moment shown."""
    trends = trends_of(model)
    if trends is None:
        return {}
    seen, tick, _ = moment_of(model, trends)
    return {
        name: f"mean {number(float(seen.mean[index, tick]), 3)}, spread {number(float(seen.std[index, tick]), 3)}"
        for index, name in enumerate(trends.layers)
    }
