"""From any number of points to one span a dot column, and smoothing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]


def cells_at(places: npt.ArrayLike, count: int) -> Array:
    """Which of ``count`` equal cells (or dots) along an axis holds each place, 0 … 1; what lies outside stays outside.

    Ticks, curves and points all use this rule, so a value lies in the row of its tick at any number of dots per cell:
    the cell of a dot is the cell of the place. A place on a boundary belongs to the cell above, whatever the last bit
    of its floating-point number says.
    """
    scaled = np.asarray(places, np.float64) * count
    cells = np.floor(scaled + 1e-9)
    return np.asarray(np.where((cells == count) & (scaled <= count + 1e-9), count - 1.0, cells))


def smooth(values: npt.ArrayLike, weight: float, at: npt.ArrayLike | None = None) -> Array:
    """Exponential moving average with bias correction, as TensorBoard's scalar charts do it.

    s_t = weight · s_(t-1) + (1 - weight) · v_t with s_0 = 0, shown as s_t / (1 - weight^t), so that the start is not
    pulled towards 0. Values that are not finite are passed through and leave the average alone. Where values are
    unevenly spaced, one that stands d apart from the last counts as d values would: weight^d instead of weight.

    Args:
        values: (n,).
        weight: 0 ≤ weight < 1 for a distance of 1; 0 changes nothing.
        at: (n,) finite places of the values, not falling; by default 1 apart.

    Raises:
        ValueError: ``weight`` out of bounds.
    """
    if not 0 <= weight < 1:
        raise ValueError(f"weight is {weight}; 0 <= weight < 1 is allowed")
    result = np.array(values, dtype=np.float64)
    if weight == 0 or not result.size:
        return result
    usable = np.isfinite(result)
    if not usable.any():
        return result
    if at is None:
        ages = np.arange(1.0, usable.sum() + 1.0)
    else:
        places = np.asarray(at, dtype=np.float64)[usable]
        first = places[1] - places[0] if len(places) > 1 else 1.0
        ages = places - places[0] + (first or 1.0)
    result[usable] = _average(result[usable], weight, ages)
    return result


_BLOCK = 128


def _average(values: Array, weight: float, ages: Array) -> Array:
    """The recursion, a block at a time: inside a block it is a product with a triangular matrix of powers.

    Args:
        ages: (n,) distance from the point where the average began, above 0, not falling.
    """
    fade = np.log(weight)
    shares = -np.expm1(np.diff(ages, prepend=0.0) * fade)  # 1 - weight^d
    result = np.empty_like(values)
    carried, before = 0.0, 0.0
    for start in range(0, len(values), _BLOCK):
        block, age = values[start : start + _BLOCK], ages[start : start + _BLOCK]
        kernel = np.tril(np.exp(np.subtract.outer(age, age).clip(0.0) * fade))
        scale = max(1.0, float(np.abs(block).max()) / 1e300)
        part = (kernel * shares[start : start + _BLOCK]) @ (block / scale) * scale
        part += np.exp((age - before) * fade) * carried
        result[start : start + _BLOCK] = part
        carried, before = float(part[-1]), float(age[-1])
    with np.errstate(over="ignore"):  # by rounding alone: a mean lies among its values
        mean = result / -np.expm1(ages * fade)
    return np.asarray(mean.clip(values.min(), values.max()))


@dataclass(frozen=True)
class Columns:
    """A curve over dot columns, in plot coordinates (0 bottom … 1 top); NaN where nothing is drawn.

    Attributes:
        middle: (columns,) the line.
        low, high: (columns,) the least and the greatest value within the column.
        band: whether low and high are worth drawing beside the line.
        missing, above, below: (columns,) where a value is not a number, or infinitely large or small.
        lonely: (k,) columns of single points without neighbours to draw a line to.
    """

    middle: Array
    low: Array
    high: Array
    band: bool
    missing: Mask
    above: Mask
    below: Mask
    lonely: npt.NDArray[np.int64]


def to_columns(x: Array, y: Array, low: Array, high: Array, columns: int, missing_too: Mask | None = None) -> Columns:
    """Thin or interpolate a curve to one value and one range for each of ``columns``.

    Columns with several points keep their mean, minimum and maximum, so no spike is lost among 10^6 points; columns
    without a point are interpolated between their neighbours, except across a gap.

    Args:
        x: (n,) in plot coordinates (0 left … 1 right), not falling.
        y, low, high: (n,) in plot coordinates.
        missing_too: (n,) where a point stands for several values, one of them not a number; the line breaks there.
    """
    position = cells_at(np.clip(x, -2.0, 3.0), columns).astype(np.int64)
    inside = (position >= 0) & (position < columns)
    finite = np.isfinite(y) & np.isfinite(x)
    missing, above, below = (np.zeros(columns, dtype=bool) for _ in range(3))
    if not finite.all():
        for flags, wrong in ((missing, np.isnan(y)), (above, y == np.inf), (below, y == -np.inf)):
            flags[position[inside & wrong]] = True
    broken = np.empty(0, np.int64) if missing_too is None else position[inside & missing_too]
    missing[broken] = True
    kept = np.flatnonzero(finite)
    empty = np.full(columns, np.nan)
    if not kept.size:
        return Columns(empty, empty, empty, False, missing, above, below, np.empty(0, dtype=np.int64))
    where, xs = position[kept], x[kept] * columns - 0.5
    middle = _between(np.arange(columns, dtype=np.float64), xs, y[kept], kept, where)
    column, first, sizes = np.unique(where, return_index=True, return_counts=True)
    shown = (column >= 0) & (column < columns)
    middle[column[shown]] = (np.add.reduceat(y[kept], first) / sizes)[shown]
    bottom, top = middle.copy(), middle.copy()
    bottom[column[shown]] = np.minimum.reduceat(np.fmin(low[kept], y[kept]), first)[shown]
    top[column[shown]] = np.maximum.reduceat(np.fmax(high[kept], y[kept]), first)[shown]
    middle[broken] = np.nan
    given = low is not y or high is not y
    lonely = _lonely(kept, len(x), where)
    lonely = lonely[(lonely >= 0) & (lonely < columns)]
    return Columns(middle, bottom, top, given or sizes.max() > 2, missing, above, below, lonely)


def _between(at: Array, x: Array, y: Array, kept: npt.NDArray[np.int64], where: npt.NDArray[np.int64]) -> Array:
    """``y`` interpolated at ``at``; NaN outside the data and across gaps, where ``kept`` jumps."""
    result: Array = np.interp(at, x, y)
    result[(at < where[0]) | (at > where[-1])] = np.nan
    gaps = np.flatnonzero(np.diff(kept) > 1)
    if gaps.size:
        after = np.searchsorted(x, at, side="right")
        crossing = np.isin(after - 1, gaps) & (after > 0)
        result[crossing] = np.nan
    return result


def _lonely(kept: npt.NDArray[np.int64], count: int, where: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    before = np.diff(kept, prepend=-2) > 1
    after = np.diff(kept, append=count + 1) > 1
    alone = where[before & after]
    return alone if alone.size <= 16 else np.empty(0, dtype=np.int64)


def dot_rows(values: Array, dots: int) -> Array:
    """Plot coordinates as dot rows, 0 at the bottom; what lies outside stays outside."""
    return cells_at(np.clip(values, -4.0, 5.0), dots)


def line_spans(values: Array, dots: int) -> tuple[Array, Array]:
    """For each column the lowest and the highest dot row (0 at the bottom) of a line without breaks through ``values``.

    A column reaches half the way to its neighbours. NaN where nothing is drawn.
    """
    rows = dot_rows(values, dots)
    if len(rows) < 2:
        return rows, rows
    half = (rows[1:] + rows[:-1]) / 2
    rising = rows[1:] >= rows[:-1]
    # the column on the upper side takes the dots above the middle, the other one those below
    low, high = rows.copy(), rows.copy()
    with np.errstate(invalid="ignore"):
        high[:-1] = np.fmax(high[:-1], np.where(rising, np.floor(half), rows[:-1]))
        low[1:] = np.fmin(low[1:], np.where(rising, np.fmin(np.floor(half) + 1, rows[1:]), rows[1:]))
        low[:-1] = np.fmin(low[:-1], np.where(rising, rows[:-1], np.fmin(np.floor(half) + 1, rows[:-1])))
        high[1:] = np.fmax(high[1:], np.where(rising, rows[1:], np.floor(half)))
    return low, high


def fill(low: Array, high: Array, dots: int) -> Mask:
    """Dots (dots, columns), row 0 on top, between two dot rows a column."""
    rows = np.arange(dots - 1, -1, -1.0)[:, None]
    return np.asarray((rows >= low) & (rows <= high))
