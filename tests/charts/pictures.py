"""Every chart with every kind of data, as functions of a size and a look."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import numpy.typing as npt
from textual.strip import Strip

from nntui.charts import (
    Look,
    Mark,
    Series,
    framed,
    heat_map,
    histogram,
    line_chart,
    message,
    schedule_chart,
    share_bar,
    smooth,
    unit_map,
)

Array = npt.NDArray[np.float64]
Size = tuple[int, int]
Picture = Callable[[Size, Look], list[Strip]]

NAN, INF = float("nan"), float("inf")


def _falling(count: int = 200, floor: float = 0.02, pace: float = 40.0) -> Array:
    x = np.arange(1.0, count + 1)
    wobble = 0.015 * np.sin(x * 1.7) * np.cos(x * 0.31)
    return np.asarray(np.round(0.69 * np.exp(-x / pace) + floor + np.abs(wobble), 6))


def _numbers(*values: float) -> Array:
    return np.array(values, dtype=np.float64)


TRAIN, TEST = _falling(), _falling(floor=0.09, pace=65.0)
_GAP = TRAIN.copy()
_GAP[60:80] = NAN
_GAP[150] = NAN
_LIMITS = TRAIN.copy()
_LIMITS[[50, 51]] = INF
_LIMITS[120] = -INF
CURVES: Mapping[str, tuple[Array, Array]] = {
    "normal": (TRAIN, TEST),
    "empty": (_numbers(), _numbers()),
    "one point": (_numbers(0.5), _numbers(0.6)),
    "constant": (np.full(50, 0.25), np.full(50, 0.25)),
    "not a number": (_GAP, np.full(200, NAN)),
    "infinite": (_LIMITS, np.full(200, INF)),
    "huge": (TRAIN * 1e308, -TEST * 1e308),
    "tiny": (TRAIN * 1e-300, TEST * 1e-300),
    "many": (_falling(100_000, pace=20_000.0), _falling(100_000, floor=0.09, pace=32_000.0)),
}


def _curves(train: Array, test: Array, *, log: bool = False) -> Picture:
    def draw(size: Size, look: Look) -> list[Strip]:
        x = np.arange(1.0, len(train) + 1)
        series = [Series("train", "train", x, train), Series("test", "test", x, test)]
        marks = [Mark(80.0, "rate ×0.8"), Mark(120.0, "batch 32")]
        return line_chart(
            series, size, look, log_y=log, x_label="epoch", y_unit="loss", marks=marks, baseline=(0.69, "guessing")
        )

    return draw


def _smoothed(size: Size, look: Look) -> list[Strip]:
    x = np.arange(1.0, 201)
    raw = TRAIN + 0.2 * np.round(np.abs(np.sin(x * x)), 6)
    return line_chart([Series("train", "train", x, smooth(raw, 0.9), raw=raw)], size, look, x_label="epoch", cursor=50)


_BINS = np.round(100 * np.exp(-(((np.arange(40) - 20) / 7.0) ** 2)))
_START = np.round(180 * np.exp(-(((np.arange(40) - 19.5) / 3.5) ** 2)))
COUNTS: Mapping[str, tuple[Array, float, float]] = {
    "normal": (_BINS, -1.0, 1.0),
    "empty": (np.zeros(40), -1.0, 1.0),
    "one value": (np.eye(40)[12], 0.0, 1.0),
    "constant": (np.full(40, 5.0), 2.0, 3.0),
    "not a number": (np.where(np.arange(40) % 5 == 0, NAN, _BINS), -1.0, 1.0),
    "infinite": (_BINS, -INF, INF),
    "huge": (_BINS * 1e290, -1e308, 1e308),
    "tiny": (_BINS, -1e-300, 1e-300),
}


def _histogram(counts: Array, low: float, high: float) -> Picture:
    def draw(size: Size, look: Look) -> list[Strip]:
        start = _START if counts.any() else None
        return histogram(counts, low, high, size, look, start_counts=start, caption="mean 0.01  std 0.25")

    return draw


_STATES = np.zeros(64, dtype=np.int64)
_STATES[[5, 20]] = 2
_STATES[[10, 11, 30]] = 1
UNITS: Mapping[str, tuple[Array, npt.NDArray[np.int64]]] = {
    "normal": (np.linspace(0, 1, 64), _STATES),
    "empty": (_numbers(), np.zeros(0, dtype=np.int64)),
    "one unit": (_numbers(0.5), np.zeros(1, dtype=np.int64)),
    "constant": (np.full(200, 0.5), np.zeros(200, dtype=np.int64)),
    "not a number": (np.where(np.arange(64) % 7 == 0, NAN, 0.4), _STATES),
    "infinite": (_numbers(INF, -INF, 1.0), np.zeros(3, dtype=np.int64)),
    "huge": (np.linspace(0, 1, 100_000), np.arange(100_000) % 3),
    "tiny": (np.full(3, 1e-300), np.zeros(3, dtype=np.int64)),
}


def _units(values: Array, states: npt.NDArray[np.int64]) -> Picture:
    return lambda size, look: unit_map(values, states, size, look)


_X = np.linspace(0.0, 200.0, 401)
_CYCLES = 0.01 + 0.09 * np.abs((_X / 25) % 2 - 1)
SCHEDULES: Mapping[str, tuple[Array, Array, float, float | None]] = {
    "normal": (_X, _CYCLES, 80.0, None),
    "steps": (_X, 0.1 * 0.5 ** np.floor(_X / 50), 120.0, None),
    "unknown future": (_X, np.where(_X < 60, 0.1, 0.05), 90.0, 95.0),
    "empty": (_numbers(), _numbers(), 0.0, None),
    "one point": (_numbers(0.0), _numbers(0.1), 0.0, None),
    "constant": (_X, np.full(401, 0.05), 0.0, None),
    "not a number": (_X, np.where((_X > 90) & (_X < 110), NAN, _CYCLES), 300.0, None),
    "infinite": (_X, np.where(_X > 150, INF, _CYCLES), -5.0, None),
    "huge": (_X * 1e300, _CYCLES * 1e300, 80e300, None),
    "tiny": (_X, _CYCLES * 1e-300, 80.0, None),
}


def _schedule(x: Array, y: Array, now: float, unknown: float | None, *, log: bool = False) -> Picture:
    def draw(size: Size, look: Look) -> list[Strip]:
        marks = [Mark(40.0, "rate ×0.8")]
        return schedule_chart(x, y, now, size, look, marks=marks, log_y=log, unknown_from=unknown, x_label="epoch")

    return draw


_WAVES = np.round(np.sin(np.arange(20)[:, None] / 4) * np.cos(np.arange(40) / 6), 6)
_HOLES = _WAVES.copy()
_HOLES[5:9, 10:20] = NAN
_EDGES = _WAVES.copy()
_EDGES[2, :10], _EDGES[15, :10] = INF, -INF
MATRICES: Mapping[str, Array] = {
    "normal": _WAVES,
    "empty": np.zeros((0, 0)),
    "one value": _numbers(3.0).reshape(1, 1),
    "constant": np.full((4, 4), -2.0),
    "not a number": _HOLES,
    "infinite": _EDGES,
    "huge": _WAVES * 1.7e308,
    "tiny": _WAVES * 1e-300,
}


def _heat(matrix: Array, center: float | None = None) -> Picture:
    return lambda size, look: heat_map(matrix, size, look, center=center, caption="hidden 1")


SHARES = {
    "some": 0.3,
    "few": 0.004,
    "most": 0.999,
    "all": 1.0,
    "none": 0.0,
    "unknown": NAN,
    "over": 1.5,
    "without end": INF,
}


def shares_picture(size: Size, look: Look) -> list[Strip]:
    return [share_bar(share, size[0], look, "saturated", label) for label, share in SHARES.items()]


def _framed(title: str, subtitle: str, focused: bool) -> Picture:
    def draw(size: Size, look: Look) -> list[Strip]:
        inner = _curves(TRAIN, TEST)((size[0] - 2, size[1] - 2), look)
        return framed(inner, size, look, title=title, subtitle=subtitle, focused=focused)

    return draw


_SENTENCE = "The first epoch is not over yet; the loss appears here when it is."

PICTURES: Mapping[str, Mapping[str, Picture]] = {
    "line_chart": {kind: _curves(*pair) for kind, pair in CURVES.items()},
    "line_chart_log": {kind: _curves(*pair, log=True) for kind, pair in CURVES.items()},
    "line_chart_smoothed": {"normal": _smoothed},
    "histogram": {kind: _histogram(*given) for kind, given in COUNTS.items()},
    "unit_map": {kind: _units(*given) for kind, given in UNITS.items()},
    "schedule_chart": {kind: _schedule(*given) for kind, given in SCHEDULES.items()},
    "schedule_chart_log": {kind: _schedule(*given, log=True) for kind, given in SCHEDULES.items()},
    "heat_map": {kind: _heat(matrix) for kind, matrix in MATRICES.items()},
    "heat_map_around_0": {kind: _heat(matrix, 0.0) for kind, matrix in MATRICES.items()},
    "framed": {
        "normal": _framed("Loss", "train 0.03", False),
        "focused": _framed("Loss · log", "train 0.03", True),
        "long": _framed("Learning rate · cosine decay with restarts", "0.0012 at step 123456", False),
    },
    "message": {
        "normal": lambda size, look: message(_SENTENCE, size, look),
        "empty": lambda size, look: message("", size, look),
        "long word": lambda size, look: message("x" * 200, size, look),
    },
}
