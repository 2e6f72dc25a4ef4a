"""Takes one tick of the log of every layer: how its weights, outputs and gradients are at this step."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from nntui.nn.arrays import Array, IntArray
from nntui.nn.layer import Dense
from nntui.training.bins import BINS, Range, counts, extent, finite, sample_of
from nntui.training.insights.trends import MOST_WEIGHTS, PERCENTILES
from nntui.training.signals import rms, signals
from nntui.training.units import Units, dead_units, judged_on, units_of

if TYPE_CHECKING:
    from nntui.training.session import Session

_UNITS = 4096  # of a larger network no unit is looked at by itself

Values = npt.NDArray[Any]
Tick = dict[str, Any]
_Update = tuple[Array, Array] | None


class Gauge:
    """Looks at one network again and again; its bins widen as the weights do, so that ticks can be compared."""

    def __init__(self, session: Session, inputs: Array, rows: IntArray) -> None:
        """inputs: (n, inputs) the probe set, rows: (n,) which rows of the training part these are."""
        self._inputs, self._targets = inputs, session.prepared.train_y[rows]
        self._all = session.prepared.train_x
        self.samples, self.dead_samples = len(inputs), judged_on(session.network, self._all, len(inputs))
        self._units = sum(layer.size for layer in session.network.layers)
        self._ranges: dict[str, Range] = {}
        self._samples: dict[int, IntArray | None] = {}

    def tick(self, session: Session) -> Tick:
        """How the layers are now: arrays by name, most of them (layers,) or (layers, something)."""
        network = session.network
        traced = network.trace(self._inputs)
        slopes = [layer.activation.derivative(z) for layer, (z, _) in zip(network.layers, traced, strict=True)]
        deltas = signals(network, session.loss, traced, self._targets, slopes)
        update = session.last_update()
        found: dict[str, list[Any]] = {}
        units = units_of(network, traced, dead_units(network, self._all, traced))
        for layer, (_, a), delta, of_layer in zip(network.layers, traced, deltas, units, strict=True):
            for name, value in self._layer(layer, a, delta, of_layer, update).items():
                found.setdefault(name, []).append(value)
        tick: Tick = {name: np.array(values, _dtype(name)) for name, values in found.items()}
        if not session.has_gradient:
            tick["gradient_norm"][:] = math.nan
        tick["step"] = np.array(session.step, np.int64)
        if self._units <= _UNITS:
            tick["unit_mean"] = np.concatenate([a.mean(axis=0) for _, a in traced]).astype(np.float32)
            tick["unit_active"] = np.concatenate([of_layer.active for of_layer in units])
            norms = [np.sqrt(np.square(layer.weights).sum(axis=0)) for layer in network.layers]
            tick["unit_norm"] = np.concatenate(norms).astype(np.float32)
        return tick

    def _layer(self, layer: Dense, a: Array, delta: Array, units: Units, update: _Update) -> Mapping[str, Any]:
        weights = np.sort(self._some(layer.weights))
        low, high = self._ranges.setdefault(layer.name, Range()).cover(*_ends(weights))
        return {
            "low": low,
            "high": high,
            "counts": counts(weights, low, high),
            "percentiles": _percentiles(weights),
            "bias_percentiles": _percentiles(np.sort(finite(layer.bias))),
            "size": norm_of(layer.matrix),
            "gradient_norm": norm_of(layer.matrix_gradient),
            "update_ratio": _update_ratio(layer, update),
            "mean": float(a.mean(dtype=np.float64)),
            "std": float(a.std(dtype=np.float64)),
            "signal": rms(delta),
            "dead": units.dead_share,
            "saturated": units.saturated,
        }

    def _some(self, values: Array) -> Array:
        """Flat, finite; of very many a sample, the same at every tick."""
        size = values.size
        if size not in self._samples:
            chosen: IntArray | None = None
            if size > MOST_WEIGHTS:
                chosen = np.sort(np.random.default_rng(size).choice(size, MOST_WEIGHTS, replace=False))
            self._samples[size] = chosen
        sample = self._samples[size]
        return finite(values if sample is None else values.ravel()[sample])

    def gradients(self, session: Session) -> tuple[Values, Values]:
        """Ends (L, 2) and counts (L, 40) of the gradient of the last step; nothing is counted where there is none."""
        ends, found = [], []
        with np.errstate(all="ignore"):
            for layer in session.network.layers:
                values = layer.matrix_gradient[:-1] if session.has_gradient else layer.matrix_gradient[:0]
                sample = sample_of(values.size)
                kept = finite(values if sample is None else values.ravel()[sample])
                reach = self._ranges.setdefault(f"gradient of {layer.name}", Range())
                ends.append(reach.cover(*extent(kept)))
                found.append(counts(kept, *ends[-1]))
        return np.array(ends, np.float32), np.array(found, np.int32).reshape(-1, BINS)


def _dtype(name: str) -> type[Any]:
    return np.int32 if name == "counts" else np.float64 if name in ("size", "low", "high") else np.float32


def _ends(ordered: Array) -> tuple[float, float]:
    return (float(ordered[0]), float(ordered[-1])) if ordered.size else (0.0, 0.0)


def _percentiles(ordered: Array) -> list[float]:
    """The 5th, 25th, 50th, 75th and 95th of values in order, (5,): linear between neighbours, as NumPy's."""
    if not ordered.size:
        return [math.nan] * len(PERCENTILES)
    places = [(ordered.size - 1) * percent / 100 for percent in PERCENTILES]
    found = []
    for place in places:
        below = int(place)
        first, second = float(ordered[below]), float(ordered[min(below + 1, ordered.size - 1)])
        found.append(first + (second - first) * (place - below))
    return found


def norm_of(values: Array) -> float:
    """L2 norm, whatever the shape."""
    return rms(values) * math.sqrt(values.size)


def _update_ratio(layer: Dense, update: tuple[Array, Array] | None) -> float:
    if update is None:
        return math.nan
    before, after = (vector[layer.slice] for vector in update)
    size = norm_of(before)
    return norm_of(after - before) / size if size else math.nan
