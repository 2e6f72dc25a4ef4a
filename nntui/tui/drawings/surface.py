"""The loss over a slice through all weights there could be, with the way the weights have gone."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from nntui.charts.cells import OWN, smoothly
from nntui.charts.frame import message
from nntui.charts.grounds import BRIGHT, contours, ramp_colors
from nntui.charts.plane import Cells, Entry, Spots, plane_chart
from nntui.charts.ticks import format_number
from nntui.training.insights.surface import Plane, Surface
from nntui.tui.drawings.pieces import said_with_room
from nntui.tui.drawings.predictions import nothing, record
from nntui.tui.model import Model
from nntui.tui.widgets.panel import Drawing, Request
from nntui.tui.widgets.text import number

BANDS = 10
_REACH = 1e4  # from the least loss to the greatest that has a band of its own

Array = npt.NDArray[np.float64]


def draw(request: Request) -> Drawing:
    """Its variants: over random directions, over the main directions of the path."""
    found: Surface | None = record(request.model, "surface")
    if found is None:
        return nothing(request)
    plane, name = (found.random, "random slice") if request.variant == 0 else (found.path, "along the path")
    title = f"Loss surface · {name}"
    if plane is None:
        why = found.why_no_path if request.variant else found.why_not
        return Drawing(message(why or "measuring", request.size, request.look), title, variants=2)
    values = filled(np.asarray(plane.values, np.float64))
    edges = bands(values)
    if edges is None:
        return Drawing(message("working it out", request.size, request.look), title, variants=2)
    rows = plane_chart(
        lambda down, across: _paint(values, edges, down, across, request), _spots(plane, request),
        request.size, request.look,
        x_range=(plane.low[0], plane.high[0]), y_range=(plane.low[1], plane.high[1]),
        x_name="d1", y_name="d2", legend=_legend(edges, request),
    )  # fmt: skip
    parts = _said(plane)
    said = (" · ".join(parts[:count]) for count in range(len(parts), 0, -1))
    return Drawing(rows, title, said_with_room(request.size[0], title, *said), variants=2)


def _said(plane: Plane) -> list[str]:
    parts = []
    if plane.done < 1:
        parts.append(f"{plane.done:.0%} worked out")
    if math.isfinite(plane.seen):
        parts.append(f"{max(plane.seen, 0):.0%} of the way lies in it")
    if plane.away > 0.005:
        parts.append(f"{plane.away:.0%} off it now")
    return parts


def filled(values: Array) -> Array:
    """Places not worked out yet as the nearest of the next coarser grid that is; (n, n) with n - 1 divisible by 4."""
    result = values.copy()
    for stride in (2, 4):
        unknown = np.isnan(result)
        if not unknown.any():
            break
        rows, columns = np.nonzero(unknown)
        last = len(values) - 1
        near = [np.minimum((at + stride // 2) // stride * stride, last) for at in (rows, columns)]
        result[rows, columns] = values[near[0], near[1]]
    return result


def bands(values: Array) -> Array | None:
    """(BANDS - 1,) losses where one band ends and the next begins, evenly on a logarithmic scale; None of nothing."""
    known = values[np.isfinite(values)]
    if not known.size:
        return None
    low, high = float(known.min()), float(known.max())
    if low > 0 and high > 3 * low:
        low = max(low, high / _REACH)
        return np.geomspace(low, high, BANDS + 1)[1:-1]
    if low <= 0 < high:
        return np.geomspace(high / _REACH, high, BANDS + 1)[1:-1]
    if not high > low:
        return np.full(BANDS - 1, high)
    return np.linspace(low, high, BANDS + 1)[1:-1]


def _paint(values: Array, edges: Array, rows: int, columns: int, request: Request) -> Cells:
    held = np.where(np.isposinf(values), 10 * max(float(edges[-1]), 1e-30), values)
    logarithmic = edges[0] > 0 and not math.isclose(edges[1] - edges[0], edges[2] - edges[1], rel_tol=1e-6)
    if logarithmic:
        floor = float(edges[0]) / 10
        here = np.exp(smoothly(np.log(np.maximum(held, floor)), rows, columns))
    else:
        here = smoothly(held, rows, columns)
    with np.errstate(invalid="ignore"):
        found = np.where(np.isnan(here), -1, np.searchsorted(edges, here, side="right"))
    if edges[0] == edges[-1]:
        found = np.where(found > 0, 0, found)
    return contours(found.astype(np.intp), BANDS, request.look)


def _spots(plane: Plane, request: Request) -> list[Spots]:
    look = request.look
    white = BRIGHT if look.colors and look.glyphs != "ascii" else OWN
    dark = 16 if white == BRIGHT else None
    spots = []
    if len(plane.path_x) > 1:
        across, up = _joined(plane)
        spots.append(Spots(across, up, "•", white, dark))
    spots.append(Spots(plane.path_x[:1], plane.path_y[:1], "o", white, dark))
    spots.append(Spots([plane.here[0]], [plane.here[1]], "@", white, dark))
    return spots


def _joined(plane: Plane) -> tuple[Array, Array]:
    """The path with points between, so that it is a line."""
    x, y = np.asarray(plane.path_x, np.float64), np.asarray(plane.path_y, np.float64)
    at = np.linspace(0, len(x) - 1, min(len(x) * 60, 4000))
    return np.interp(at, np.arange(len(x)), x), np.interp(at, np.arange(len(y)), y)


def _legend(edges: Array, request: Request) -> list[Entry]:
    entries = [Entry("@", "now"), Entry("o", "start"), Entry("•", "path")]
    colored = request.look.colors and request.look.glyphs != "ascii"
    tones = ramp_colors((np.arange(BANDS) + 0.5) / BANDS).tolist() if colored else [OWN] * BANDS
    for band in (1, 3, 5, 7, 9):
        words = f"≥ {format_number(float(edges[band - 1]), 2)}"
        entries.append(Entry(str(band), words, 236 if colored and band > 5 else 250 if colored else OWN, tones[band]))
    return entries


def facts(model: Model) -> dict[str, str]:
    """What it is made from."""
    found: Surface | None = record(model, "surface")
    if found is None:
        return {}
    told = {"samples": f"{found.samples} training samples", "weights": f"{found.parameters:,} directions in all"}
    if found.random is not None:
        told["loss in the middle"] = number(found.random.center_loss, 4)
    return told
