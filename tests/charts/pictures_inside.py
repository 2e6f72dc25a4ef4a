"""The charts of what goes on inside a network with every kind of data, as functions of a size and a look."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
from textual.strip import Strip

from nntui.charts import Look
from nntui.charts.bars import bars
from nntui.charts.profile import Level, profile
from nntui.charts.ridges import ridgeline
from nntui.charts.signed import signed_bars
from nntui.charts.spread import spread_over_time
from nntui.charts.unit_rows import Row, UnitRows
from nntui.charts.wiring import Column, Wires, Wiring
from tests.charts.pictures import INF, NAN, Picture, Size

Array = npt.NDArray[np.float64]

_T = 60
_AT = np.linspace(0.0, 30.0, _T)
_PLACES = np.linspace(-3.0, 3.0, 40)


def _bells(width: Array) -> npt.NDArray[np.uint8]:
    """(T, 40) bell curves that wander and grow wider."""
    middle = np.sin(_AT / 8)[:, None]
    bells = np.exp(-(((_PLACES - middle) / width[:, None]) ** 2))
    heights: npt.NDArray[np.uint8] = np.round(bells / bells.max(axis=1, keepdims=True) * 255).astype(np.uint8)
    return heights


_WIDTHS = 0.4 + _AT / 40
_NORMAL = _bells(_WIDTHS)
_LINES = np.round(np.sin(_AT / 8)[:, None] + _WIDTHS[:, None] * np.array([-1.2, -0.5, 0.0, 0.5, 1.2]), 6)
_HOLES = _LINES.copy()
_HOLES[20:30] = NAN
_NONE = np.zeros((_T, 0), np.uint8)

SPREADS: Mapping[str, tuple[Any, ...]] = {
    "normal": (_AT, -3.0, 3.0, _NORMAL, _LINES),
    "lines alone": (_AT, -3.0, 3.0, _NONE, _LINES),
    "empty": (np.zeros(0), -1.0, 1.0, np.zeros((0, 40), np.uint8), np.zeros((0, 5))),
    "one point": (np.zeros(1), -3.0, 3.0, _NORMAL[:1], _LINES[:1]),
    "constant": (_AT, 0.5, 0.5, np.tile(np.eye(40, dtype=np.uint8)[20] * 255, (_T, 1)), np.full((_T, 5), 0.5)),
    "not a number": (_AT, -3.0, 3.0, _NORMAL, _HOLES),
    "infinite": (_AT, -INF, INF, _NORMAL, np.where(_LINES > 1, INF, _LINES)),
    "huge": (_AT * 1e300, -1e308, 1e308, _NORMAL, _LINES * 3e307),
    "tiny": (_AT * 1e-300, -3e-300, 3e-300, _NORMAL, _LINES * 1e-300),
}


def _spread(x: Array, low: float, high: float, density: npt.NDArray[np.uint8], lines: Array) -> Picture:
    return lambda size, look: spread_over_time(x, low, high, density, lines, size, look, x_label="epoch")


def _ridges(x: Array, low: float, high: float, density: npt.NDArray[np.uint8], _: Array) -> Picture:
    return lambda size, look: ridgeline(x, low, high, density, size, look, x_label="epoch")


LEVELS: Mapping[str, list[float]] = {
    "normal": [3e-4, 2e-3, 0.03, 0.1],
    "many": [10.0 ** (-index / 2) for index in range(21)],
    "empty": [],
    "one": [0.25],
    "constant": [1.0] * 5,
    "not a number": [0.1, NAN, 0.2],
    "infinite": [0.1, INF, 0.0, -1.0],
    "huge": [1e300, 1e308, 1e290],
    "tiny": [1e-300, 5e-324, 1e-310],
}


def _profile(values: list[float]) -> Picture:
    names = [f"hidden {index + 1}" for index in range(len(values) - 1)] + ["output"]
    levels = [Level(name, value) for name, value in zip(names, values, strict=False)]
    return lambda size, look: profile(levels, size, look, unit="rms ∂L/∂z")


SIGNED: Mapping[str, list[float]] = {
    "normal": [0.74, -0.87, 0.03, 0.68],
    "many": [float(value) for value in np.round(np.cos(np.arange(70)), 4)],
    "empty": [],
    "one": [-0.25],
    "constant": [0.0] * 3,
    "not a number": [0.1, NAN, -0.2],
    "infinite": [0.1, INF, -INF],
    "huge": [1e308, -1e308, 1.0],
    "tiny": [1e-310, -5e-324],
}


def _signed(values: list[float]) -> Picture:
    labels = [f"unit {index + 1}" for index in range(len(values))]
    return lambda size, look: signed_bars(labels, values, size, look, marked=0)


def _network(*sizes: int, factor: float = 1.0, holes: bool = False) -> tuple[list[Column], list[Wires]]:
    columns, wires = [], []
    for index, size in enumerate(sizes):
        values = np.round(np.sin(np.arange(size) * 1.7 + index), 4) * factor
        if holes:
            values[::2], values[1::3] = NAN, INF
        name = "inputs" if index == 0 else "output" if index == len(sizes) - 1 else f"hidden {index}"
        dead = np.arange(size) % 5 == 3
        names = ("x1", "x2") if index == 0 and size == 2 else ()
        columns.append(Column(name, values, dead if index else None, names, index - 1))
    for before, after in pairwise(sizes):
        weights = np.round(np.cos(np.arange(before * after) * 2.3), 4) * factor
        if holes:
            weights[::3] = NAN
        order = np.argsort(np.abs(weights), kind="stable")[-240:]
        source, target = np.divmod(order, after)
        wires.append(Wires(source, target, weights[order], before * after))
    return columns, wires


def _wiring(columns: list[Column], wires: list[Wires]) -> Picture:
    def draw(size: Size, look: Look) -> list[Strip]:
        return Wiring(columns, wires, size, (0, 1)).with_dots(look).draw(look)

    return draw


def _rows(*sizes: int, nan: bool = False) -> list[Row]:
    rows = []
    for index, size in enumerate(sizes):
        shares = np.linspace(0, 1, size) if not nan else np.full(size, NAN)
        states = np.arange(size) % 7 // 5
        name = "output" if index == len(sizes) - 1 else f"hidden {index + 1}"
        rows.append(Row(name, shares, states, "tanh  active 62%  2 dead"))
    return rows


def _unit_rows(rows: list[Row], selected: tuple[int, int] = (0, 1)) -> Picture:
    return lambda size, look: UnitRows(rows, size, selected).draw(look)


_HEIGHTS: Mapping[str, Array] = {
    "normal": np.exp(-np.square(np.linspace(-2, 2, 50))),
    "empty": np.zeros(0),
    "constant": np.full(9, 3.0),
    "not a number": np.array([NAN, 1.0, INF, 2.0]),
    "huge": np.array([1e308, 5e307]),
    "tiny": np.array([1e-300, 2e-300]),
}


def _bars(heights: Array) -> Picture:
    return lambda size, look: bars(heights, size, look)


PICTURES: Mapping[str, Mapping[str, Picture]] = {
    "spread_over_time": {kind: _spread(*given) for kind, given in SPREADS.items()},
    "ridgeline": {kind: _ridges(*given) for kind, given in SPREADS.items()},
    "profile": {kind: _profile(values) for kind, values in LEVELS.items()},
    "signed_bars": {kind: _signed(values) for kind, values in SIGNED.items()},
    "bars": {kind: _bars(heights) for kind, heights in _HEIGHTS.items()},
    "wiring": {
        "normal": _wiring(*_network(2, 8, 8, 1)),
        "wide": _wiring(*_network(64, 128, 64, 10)),
        "deep": _wiring(*_network(2, *[16] * 20, 3)),
        "one unit": _wiring(*_network(1, 1)),
        "zero": _wiring(*_network(3, 4, 2, factor=0.0)),
        "not a number": _wiring(*_network(3, 4, 2, holes=True)),
        "huge": _wiring(*_network(3, 4, 2, factor=1e308)),
        "tiny": _wiring(*_network(3, 4, 2, factor=1e-308)),
    },
    "unit_rows": {
        "normal": _unit_rows(_rows(8, 8, 1)),
        "wide": _unit_rows(_rows(64, 128, 64, 10), (1, 100)),
        "deep": _unit_rows(_rows(*[16] * 20, 3), (15, 2)),
        "empty": _unit_rows([]),
        "one unit": _unit_rows(_rows(1), (0, 0)),
        "not a number": _unit_rows(_rows(9, 9, nan=True)),
    },
}
