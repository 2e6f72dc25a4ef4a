"""What a closer look at a small network may find, made up by formulas, so that a picture of it stays the same."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from nntui.training.insights.chain import Chain, ChainLayer, Terms
from nntui.training.insights.confusion import Confusion, Counted
from nntui.training.insights.decision_map import DecisionMap, Points
from nntui.training.insights.fit import Fit, Fitted
from nntui.training.insights.mistakes import Mistake, Mistakes
from nntui.training.insights.nudge import NextUpdate, Nudge
from nntui.training.insights.roc import Curve, Roc
from nntui.training.insights.sample_losses import SampleLosses, Spread
from nntui.training.insights.surface import Plane, Surface
from nntui.training.snapshot import Snapshot
from tests.tui.fakes import snapshot

_ROWS, _COLUMNS = np.mgrid[0:32, 0:32]
_X, _Y = _COLUMNS / 31 * 2 - 1, 1 - _ROWS / 31 * 2


def _points(count: int, total: int, classes: int, phase: float) -> Points:
    at = np.linspace(0, 1, count)
    x, y = np.cos(7 * at + phase) * at, np.sin(7 * at + phase) * at
    label = (np.arange(count) % max(classes, 1)).astype(np.int16)
    return Points(
        total, x.astype(np.float32), y.astype(np.float32), label if classes else label[:0],
        (x * y).astype(np.float32) if not classes else np.empty(0, np.float32), np.arange(count) % 9 == 4,
        (np.arange(count) * 3).astype(np.int32),
    )  # fmt: skip


def decision_map(classes: int = 2) -> DecisionMap:
    values = 1 / (1 + np.exp(-6 * (_X**2 + _Y - 0.3)))
    labels = ((np.arctan2(_Y, _X) / np.pi + 1) * max(classes, 1) / 2 % max(classes, 1)).astype(np.int16)
    names = tuple(f"class {at + 1}" for at in range(classes))
    return DecisionMap(
        ("x1", "x2"), (-1.0, -1.0), (1.0, 1.0), names, "" if classes else "y", True, 0.5,
        (values if classes else _X * _Y).astype(np.float32), labels if classes else labels[:0],
        _points(40, 40, classes, 0.0), _points(25, 9000, classes, 2.0), 12, (-0.6, 0.55),
    )  # fmt: skip


def along_one_input(classes: int = 3) -> DecisionMap:
    x = np.linspace(0, 1, 201)
    values = np.stack([np.exp(-((x - at / max(classes - 1, 1)) ** 2) * 9) for at in range(max(classes, 1))])
    values = values / values.sum(axis=0) if classes else values
    found = decision_map(classes)
    none = np.empty(0, np.float32)
    points = [replace(part, x=np.abs(part.x), y=none) for part in (found.train, found.test)]
    return replace(
        found, names=("size",), low=(0.0,), high=(1.0,), values=values.astype(np.float32), labels=found.labels[:0],
        train=points[0], test=points[1], sample_at=(0.3,),
    )  # fmt: skip


def fit(targets: int = 1) -> Fit:
    true = np.linspace(20, 300, 60)[:, None] * np.ones(targets)
    predicted = true + 30 * np.sin(np.arange(60))[:, None]
    part = Fitted(60, true.astype(np.float32), predicted.astype(np.float32), (0.81,) * targets, (21.2,) * targets)
    return Fit(tuple(f"price {at + 1}" for at in range(targets)), part, replace(part, total=5000))


def confusion(classes: int = 3) -> Confusion:
    counts = (np.diag(np.arange(classes) + 40) + np.eye(classes, k=1) * 3).astype(np.int32)
    names = tuple(f"class {at + 1}" for at in range(classes))
    return Confusion(names, Counted(int(counts.sum()) * 3, counts * 3), Counted(9000, counts))


def mistakes(images: bool = False, task: str = "classification", worst: int = 9) -> Mistakes:
    is_class = task == "classification"
    shape = (8, 8) if images else None
    inputs = np.arange(64, dtype=np.float32) % 17 if images else np.array([5.1, -0.25, 1200.0], np.float32)
    found = tuple(
        Mistake(
            at * 7, "8" if is_class else "151", "3" if is_class else "92.4", 0.98 - at / 20 if is_class else np.nan,
            0.01 if is_class else np.nan, 4.6 - at / 3, inputs,
        )
        for at in range(worst)
    )  # fmt: skip
    names = tuple(f"pixel {at}" for at in range(64)) if images else ("length", "width", "price in all")
    return Mistakes(task, True, worst if is_class else 0, 120, 120, names, shape, 0.0, 16.0, found)


def roc() -> Roc:
    rates = np.linspace(0, 1, 50)
    curve = Curve(120, 120, rates.astype(np.float32), (rates**0.3).astype(np.float32), 0.769, (0.1, 0.501))
    return Roc("yes", curve, replace(curve, true_positives=(rates**0.5).astype(np.float32), area=0.667))


def sample_losses() -> SampleLosses:
    bell = np.round(200 * np.exp(-(((np.arange(40) - 14) / 6) ** 2))).astype(np.int32)
    spread = Spread(int(bell.sum()), bell, int(bell.sum()), 0.031, 0.012, 1.9, 0.61)
    return SampleLosses(1e-4, 10.0, spread, replace(spread, counts=np.roll(bell, 6), worst=4.2))


def _layer(name: str, activation: str, units: int, scale: float) -> ChainLayer:
    at = np.arange(units, dtype=np.float64)
    z = np.sin(at + 1)
    a = np.tanh(z)
    back = scale * np.cos(at)
    return ChainLayer(
        name, activation, units, at.astype(np.int32), z, a, back, 1 - a * a, back * (1 - a * a), scale, 0.6
    )  # fmt: skip


def chain(layer: int = 0, unit: int = 2, source: int = 1) -> Chain:
    layers = (
        _layer("hidden 1", "tanh", 4, 0.02),
        _layer("hidden 2", "tanh", 3, 0.05),
        _layer("output", "softmax", 3, 0.3),
    )
    factor, signal = np.array([0.5, -1.2, 0.03]), np.array([-0.1, 0.02, 0.08])
    terms = Terms(3, np.arange(3, dtype=np.int32), factor, signal, factor * signal, 0.0)
    return Chain(
        sample=3, samples=576, true="class 2", said="class 1 (0.62)", sizes=(2, 4, 3, 3), layer=layer, unit=unit,
        source=source, source_name="x2" if source >= 0 else "bias", loss_name="categorical_cross_entropy",
        output="softmax", loss=0.97, weight=0.1837, bias=-0.2, x=0.4417, z=0.4521, a=0.4236, back=-0.0512, slope=0.8206,
        delta=-0.04201, product=-0.01856, terms=terms,
        paths=9.0, backpropagated=-0.01856, nudged=-0.01856, h=1e-5, difference=3.1e-11, at_kink=False, layers=layers,
    )  # fmt: skip


def nudge(**fields: Any) -> Nudge:
    h = np.logspace(-1, -13, 25)
    error = h**2 + 1e-16 / h
    update = NextUpdate(1234, 32, "adam", 0.01, -0.0213, 0.001, 0.0042, -0.0161, 0.0, 0.18372, 0.19112, False, False)
    return Nudge(0, 2, 1, 0.1837, -0.01856, h, -0.01856 * (1 + error), error, replace(update, **fields))


def surface(**fields: Any) -> Surface:
    y, x = np.mgrid[1:-1:25j, -1:1:25j]
    values = 0.01 + x**2 + 3 * (y - 0.2 * np.sin(4 * x)) ** 2
    plane = Plane(
        values.astype(np.float32), 1.0, (-1.0, -1.0), (1.0, 1.0), 500, 0.0134,
        np.linspace(-0.8, 0, 12).astype(np.float32), (0.7 * np.cos(np.linspace(0, 1.57, 12))).astype(np.float32),
        (0.0, 0.0), 0.93, 0.02,
    )  # fmt: skip
    return Surface(replace(plane, **fields), plane, "", "", 256, 371, 12)


def looked_at(**insights: Any) -> Snapshot:
    """Measurements with these records in them."""
    return replace(snapshot(), insights=insights)
