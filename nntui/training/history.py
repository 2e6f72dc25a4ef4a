"""The curves of a run: every epoch is kept, and any stretch of them is drawn at the cost of its width.

Beside the values lies a pyramid: lowest, highest, sum and number of finite values of every 16 epochs, of every 256,
and so on. A query takes the level whose blocks are just finer than what it wants to tell apart, so that a million
epochs cost as much as a thousand.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from nntui.training.scalars import COLUMNS, INDEX, Rows

Array = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

FACTOR = 16  # rows, or blocks of the level below, that make a block
POSITIONS = ("epoch", "step")  # what a row lies at: exact beyond float32's 2**24, rising, without a pyramid
CURVES = tuple(name for name in COLUMNS if name not in POSITIONS)
_ROW = {name: row for row, name in enumerate(CURVES)}
_SOURCES = [INDEX[name] for name in CURVES]
_FEWEST = 256  # rows of the first allocation


class _Level:
    """Blocks of ``size`` rows each, a row of blocks for every curve; the last block may be begun only."""

    def __init__(self, size: int, capacity: int) -> None:
        self.size = size
        self.low: npt.NDArray[np.float32] = np.empty((len(CURVES), capacity), np.float32)
        self.high: npt.NDArray[np.float32] = np.empty((len(CURVES), capacity), np.float32)
        self.sum: Array = np.empty((len(CURVES), capacity))
        self.count: npt.NDArray[np.int32] = np.empty((len(CURVES), capacity), np.int32)

    def grow(self, capacity: int, used: int) -> None:
        """Make room for more blocks, keeping those used."""
        for name in ("low", "high", "sum", "count"):
            setattr(self, name, _grown(getattr(self, name), capacity, used))


class History:
    """The rows of a run's epochs, oldest first, their epochs rising. A value that is not finite counts as missing."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Forget everything."""
        self._count = 0
        self._values: npt.NDArray[np.float32] = np.empty((len(CURVES), _FEWEST), np.float32)
        self._positions: Array = np.empty((len(POSITIONS), _FEWEST))
        self._levels: list[_Level] = []

    def __len__(self) -> int:
        return self._count

    def append(self, rows: Rows) -> None:
        """Add the rows of further epochs: (k, columns), as a session gives them.

        Where a run went back, the rows of the epochs that were trained again take the place of the earlier ones.
        """
        back = np.flatnonzero(np.diff(rows[:, 0]) <= 0) + 1
        for part in np.split(rows, back) if len(back) else [rows]:
            if len(part):
                self._append(part)

    def _append(self, rows: Rows) -> None:
        self._count = int(np.searchsorted(self._positions[0, : self._count], rows[0, 0], "left"))
        first, count = self._count, self._count + len(rows)
        self._reserve(count)
        self._positions[:, first:count] = rows[:, : len(POSITIONS)].T
        with np.errstate(over="ignore"):
            fresh = rows[:, _SOURCES].T.astype(np.float32)
        fresh[~np.isfinite(fresh)] = np.nan
        self._values[:, first:count] = fresh
        self._count = count
        self._summarize(first)

    def values(self, name: str) -> npt.NDArray[Any]:
        """The column, a read-only view: (epochs,) float32, of ``epoch`` and ``step`` float64."""
        column = self._positions[POSITIONS.index(name)] if name in POSITIONS else self._values[_ROW[name]]
        view: npt.NDArray[Any] = column[: self._count]
        view.flags.writeable = False
        return view

    def last(self, name: str) -> float:
        """The value of the last row; not-a-number where there is none."""
        return float(self.values(name)[-1]) if self._count else float("nan")

    def at(self, name: str, epoch: float) -> float:
        """The value that held at an epoch: of it, or of the last one before; not-a-number where there is none."""
        row = int(np.searchsorted(self.values("epoch"), epoch, side="right")) - 1
        return float(self.values(name)[row]) if row >= 0 else float("nan")

    def best(self, name: str, since: int = 0) -> tuple[int, float] | None:
        """(epoch, value) of the lowest loss or the highest score, the first of equals; None where there is none.

        Args:
            since: the first epoch that counts.
        """
        if not self._count:
            return None
        row, lowest = _ROW[name], "score" not in name
        if since > 0:
            return self._best_since(row, lowest, since)
        start, stop = 0, self._count
        for level in reversed(self._levels):
            blocks = slice(start // level.size, -(-stop // level.size))
            extremes = level.low[row, blocks] if lowest else level.high[row, blocks]
            found = _first_best(extremes, lowest)
            if found is None:
                return None
            start = (blocks.start + found) * level.size
            stop = min(start + level.size, stop)
        found = _first_best(self._values[row, start:stop], lowest)
        if found is None:
            return None
        return int(self._positions[0, start + found]), float(self._values[row, start + found])

    def _best_since(self, row: int, lowest: bool, since: int) -> tuple[int, float] | None:
        start = int(np.searchsorted(self.values("epoch"), since, "left"))
        values = self._values[row, start : self._count]
        found = _first_best(values, lowest) if len(values) else None
        return None if found is None else (int(self._positions[0, start + found]), float(values[found]))

    def window(
        self, name: str, x0: float, x1: float, buckets: int, by: str = "epoch"
    ) -> tuple[Array, Array, Array, Array, Mask]:
        """What lies from ``x0`` to ``x1`` (inclusive), summed up in at most ``buckets`` parts of about as many epochs.

        Args:
            name: of the curve.
            x0, x1: in epochs, or in optimizer steps where ``by`` is ``step``.
            buckets: about as many as there are columns to draw.

        Returns:
            x, low, high, mean of each part, float64; x is the middle of its first and its last row, the others are
            not-a-number where a part holds no finite value. With no more rows than parts: the rows themselves. Last,
            whether any row of a part is missing.
        """
        positions = self.values(by)
        start = int(np.searchsorted(positions, x0, "left"))
        stop = int(np.searchsorted(positions, x1, "right"))
        row = _ROW[name]
        if stop - start <= max(buckets, 1):
            exact = self._values[row, start:stop].astype(np.float64)
            return positions[start:stop].copy(), exact, exact.copy(), exact.copy(), np.isnan(exact)
        edges, low, high, total, count = self._summed(row, start, stop, max(buckets, 1))
        x = (positions[edges[:-1]] + positions[edges[1:] - 1]) / 2
        with np.errstate(invalid="ignore", divide="ignore"):
            mean = total / count
        return x, low.astype(np.float64), high.astype(np.float64), mean, count < np.diff(edges)

    def _summed(self, row: int, start: int, stop: int, buckets: int) -> tuple[npt.NDArray[Any], ...]:
        """Edges of the parts as row numbers, (n + 1,), and low, high, sum and count of each, (n,)."""
        level = next((level for level in reversed(self._levels) if level.size * (buckets + 1) <= stop - start), None)
        size = level.size if level else 1
        first, last = -(-start // size), stop // size  # whole blocks
        inner = np.linspace(first, last, buckets + 1).astype(np.intp)
        edges = inner * size
        edges[0], edges[-1] = start, stop
        if level is None:
            return edges, *_reduced(_raw(self._values[row, start:stop]), inner[:-1] - start)
        blocks = slice(first, last)
        whole = (level.low[row, blocks], level.high[row, blocks], level.sum[row, blocks], level.count[row, blocks])
        low, high, total, count = _reduced(whole, inner[:-1] - first)
        for part, ragged in ((0, slice(start, first * size)), (-1, slice(last * size, stop))):
            if ragged.start < ragged.stop:
                more = _reduced(_raw(self._values[row, ragged]), np.zeros(1, np.intp))
                low[part] = np.fmin(low[part], more[0][0])
                high[part] = np.fmax(high[part], more[1][0])
                total[part] += more[2][0]
                count[part] += more[3][0]
        return edges, low, high, total, count

    def _reserve(self, count: int) -> None:
        capacity = self._values.shape[1]
        if count <= capacity:
            return
        capacity = max(count, capacity + capacity // 2)
        self._values = _grown(self._values, capacity, self._count)
        self._positions = _grown(self._positions, capacity, self._count)
        for level in self._levels:
            level.grow(-(-capacity // level.size), -(-self._count // level.size))

    def _summarize(self, changed: int) -> None:
        """Bring the pyramid up to date from row ``changed`` on."""
        below: tuple[npt.NDArray[Any], ...] | None = None
        size, depth = 1, 0
        while self._count > size * FACTOR:
            size *= FACTOR
            if depth == len(self._levels):
                self._levels.append(_Level(size, -(-self._values.shape[1] // size)))
                changed = 0
            level = self._levels[depth]
            first, stop = changed // size, -(-self._count // size)
            source = slice(first * FACTOR, -(-self._count * FACTOR // size))
            parts: tuple[npt.NDArray[Any], ...] = below or (self._values,)
            parts = tuple(array[:, source] for array in parts)
            if not depth:
                parts = _raw(parts[0])
            starts = np.arange(0, source.stop - source.start, FACTOR)
            reduced = _reduced(parts, starts)
            kept: tuple[npt.NDArray[Any], ...] = (level.low, level.high, level.sum, level.count)
            for array, fresh in zip(kept, reduced, strict=True):
                array[:, first:stop] = fresh
            below = kept
            depth += 1
        del self._levels[depth:]


def _raw(values: npt.NDArray[np.float32]) -> tuple[npt.NDArray[Any], ...]:
    """Single values as blocks of one: low, high, sum, count."""
    finite = ~np.isnan(values)
    return values, values, np.where(finite, values, 0.0).astype(np.float64), finite.astype(np.int32)


def _reduced(blocks: tuple[npt.NDArray[Any], ...], starts: npt.NDArray[np.intp]) -> tuple[npt.NDArray[Any], ...]:
    """Low, high, sum, count of the blocks from each start to the next, along the last axis; not-a-number is missing."""
    low, high, total, count = blocks
    return (
        np.fmin.reduceat(low, starts, axis=-1),
        np.fmax.reduceat(high, starts, axis=-1),
        np.add.reduceat(total, starts, axis=-1),
        np.add.reduceat(count, starts, axis=-1),
    )


def _first_best(values: npt.NDArray[np.float32], lowest: bool) -> int | None:
    """Index of the lowest (or highest) value that is there."""
    if np.isnan(values).all():
        return None
    return int(np.nanargmin(values) if lowest else np.nanargmax(values))


def _grown(array: npt.NDArray[Any], capacity: int, used: int) -> npt.NDArray[Any]:
    grown = np.empty((array.shape[0], capacity), array.dtype)
    grown[:, :used] = array[:, :used]
    return grown
