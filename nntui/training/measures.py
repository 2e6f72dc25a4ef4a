"""What goes on inside the network, in small numbers: for whoever watches, at the moment of asking.

Nothing here touches training or its generators. The inputs that activations are measured on are chosen once and stay
the same; of very large layers a fixed sample of values is counted in histograms; mean and deviation are of all.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from nntui.nn.arrays import Array, IntArray
from nntui.nn.layer import Dense
from nntui.training.bins import Range, counts, extent, finite, sample_of
from nntui.training.commands import Watch
from nntui.training.insights import KINDS
from nntui.training.measuring import Context, measure
from nntui.training.measuring.path import hand_over_path, note_path
from nntui.training.probing import SIZE, probe_rows
from nntui.training.snapshot import (
    ACTIVATIONS,
    GRADIENTS,
    WEIGHTS,
    Counts,
    LayerActivations,
    LayerGradients,
    LayerWeights,
    Snapshot,
)
from nntui.training.trends import hand_over, log_of
from nntui.training.units import Units, dead_units, judged_on, units_of

if TYPE_CHECKING:
    from nntui.training.session import Session

class Probe:
    """Measures a session's network. The ranges of its histograms are its own, so a new run takes a new probe.

    Attributes:
        is_behind: whether a measurement of a run that waits was not finished, so as not to keep others waiting.
    """

    def __init__(self, session: Session, before: Probe | None = None, *, size: int = SIZE, once: bool = False) -> None:
        """
        Args:
            before: of the same run, later on: the session went back, and its log goes on from there.
            size: rows of the training part, evenly spread over it, that activations are measured on; fewer, down to
                64, where the network is so large that they would slow training down.
            once: of a session that is not trained on: what is measured is measured once.
        """
        self._session, self._once = session, once
        self.is_behind = False
        inputs = session.prepared.train_x
        self._rows: IntArray = probe_rows(len(inputs), len(session.network.parameters), size)
        self._inputs: Array = inputs[self._rows]
        self._kept: dict[str, Any] = {}
        self._ranges: dict[tuple[str, str], Range] = {}
        self._samples: dict[int, IntArray | None] = {}
        self._starts: dict[str, Array] = {}
        self._start_counts: dict[tuple[str, float, float], Counts] = {}

        if before is not None:
            hand_over(before._context(Watch()), self._context(Watch()))
            hand_over_path(before._kept, self._kept)

    def measure(self, watch: Watch) -> Snapshot:
        """What is asked for, as it is now; what there is no name for is left out."""
        quantities = watch.quantities
        session = self._session
        layers = session.network.layers
        with np.errstate(all="ignore"):
            return Snapshot(
                epoch=session.epoch,
                step=session.step,
                weights=tuple(map(self._weights, layers)) if WEIGHTS in quantities else (),
                activations=self._activations() if ACTIVATIONS in quantities else (),
                gradients=tuple(map(self._gradients, layers)) if GRADIENTS in quantities else (),
                insights=self._insights(watch),
                watch=watch,
            )

    def follow(self, clock: Callable[[], float]) -> None:
        """Keep the logs of how every layer goes and of where the weights have been, where it is time for it; ``clock``:
        seconds, monotonic."""
        context = self._context(Watch())
        log_of(context).follow(clock)
        note_path(context)

    def _context(self, watch: Watch) -> Context:
        once = self._once or self._session.state != "running"
        return Context(self._session, self._inputs, self._rows, watch, self._kept, once, None if self._once else set())

    def _insights(self, watch: Watch) -> dict[str, Any]:
        context = self._context(watch)
        found = {name: measure(name, context) for name in watch.quantities if name in KINDS}
        self.is_behind = bool(context.unfinished)
        return {name: record for name, record in found.items() if record is not None}

    def _weights(self, layer: Dense) -> LayerWeights:
        name = layer.name
        if name not in self._starts:
            start = self._session.start_parameters[layer.slice].reshape(layer.matrix.shape)
            self._starts[name] = self._counted(start[:-1])
        now, then = self._counted(layer.weights), self._starts[name]
        (low, high), (start_low, start_high) = extent(now), extent(then)
        low, high = self._range(WEIGHTS, layer).cover(min(low, start_low), max(high, start_high))
        if (name, low, high) not in self._start_counts:
            self._start_counts[name, low, high] = counts(then, low, high)
        return LayerWeights(
            name,
            low,
            high,
            counts(now, low, high),
            self._start_counts[name, low, high],
            *_mean_and_deviation(layer.weights),
            *_mean_and_deviation(layer.bias),
        )

    def _activations(self) -> tuple[LayerActivations, ...]:
        network, inputs = self._session.network, self._session.prepared.train_x
        traced = network.trace(self._inputs)
        units = units_of(network, traced, dead_units(network, inputs, traced))
        return tuple(
            self._layer_activations(layer, a, found)
            for layer, (_, a), found in zip(network.layers, traced, units, strict=True)
        )

    def _layer_activations(self, layer: Dense, a: Array, units: Units) -> LayerActivations:
        values = self._counted(a)
        ends = self._range(ACTIVATIONS, layer).cover(*extent(values))
        return LayerActivations(
            layer.name,
            layer.spec.activation,
            *ends,
            counts(values, *ends),
            *_mean_and_deviation(a),
            saturated=units.saturated,
            dead=units.dead_share,
            unit_mean=a.mean(axis=0).astype(np.float32),
            unit_active=units.active,
            unit_state=units.states,
            samples=len(a),
            dead_samples=judged_on(self._session.network, self._session.prepared.train_x, len(a)),
        )

    def _gradients(self, layer: Dense) -> LayerGradients:
        gradient = layer.matrix_gradient if self._session.has_gradient else layer.matrix_gradient[:0]
        values = self._counted(gradient[:-1])
        ends = self._range(GRADIENTS, layer).cover(*extent(values))
        return LayerGradients(
            layer.name,
            _norm(gradient) if len(gradient) else math.nan,
            *ends,
            counts(values, *ends),
            update_ratio=self._update_ratio(layer),
        )

    def _update_ratio(self, layer: Dense) -> float:
        update = self._session.last_update()
        if update is None:
            return math.nan
        before, after = (vector[layer.slice] for vector in update)
        size = _norm(before)
        return _norm(after - before) / size if size else math.nan

    def _counted(self, values: Array) -> Array:
        """Those that are counted: flat, finite, of very many a sample."""
        if values.size not in self._samples:
            self._samples[values.size] = sample_of(values.size)
        sample = self._samples[values.size]
        return finite(values if sample is None else values.ravel()[sample])

    def _range(self, quantity: str, layer: Dense) -> Range:
        return self._ranges.setdefault((quantity, layer.name), Range())


def _mean_and_deviation(values: Array) -> tuple[float, float]:
    """Of all finite values; of very many by a dot product, which takes a quarter of the time that `std` takes."""
    known = finite(values)
    if not known.size:
        return math.nan, math.nan
    mean = float(known.mean(dtype=np.float64))
    apart = known - known.dtype.type(mean)
    deviation = math.sqrt(float(apart.dot(apart)) / known.size)
    return mean, deviation if math.isfinite(deviation) else float(known.std(dtype=np.float64))


def _norm(values: Array) -> float:
    """L2 norm; in double precision where single overflows."""
    flat = values.ravel()
    squares = float(flat.dot(flat))
    if not math.isfinite(squares):
        wide = flat.astype(np.float64)
        squares = float(wide.dot(wide))
    return math.sqrt(squares) if squares == squares else math.nan
