"""What the rules judge by: one pass forward and two back over a fixed probe set.

Nothing here touches training or its generators, and the same state of the same session gives the same numbers.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from nntui.nn.activations import Identity
from nntui.nn.arrays import Array
from nntui.nn.layer import Dense
from nntui.training.probing import probe_rows
from nntui.training.units import ALWAYS, Dead, dead_units, judged_on

if TYPE_CHECKING:
    from nntui.training.session import Session

_TEST_ROWS = 2048
_SURE = 0.2  # 4p(1 - p) below this: the output is certain of what it says


@dataclass(frozen=True, slots=True)
class LayerStatistics:
    """One hidden layer.

    Attributes:
        name: ``hidden 1`` …
        units: how many.
        activation: its name.
        spread: largest difference between two units' weights from one and the same source, biases included.
        size: root mean square of the weights.
        output: standard deviation of all outputs.
        delta: root mean square of ∂L/∂z.
        flat: share of outputs on the activation's flat part; NaN where it has none.
        stuck: share of units there for more than 99% of the probe set; NaN likewise.
        dead: share of units that are dead on the training set; NaN where none can be.
    """

    name: str
    units: int
    activation: str
    spread: float
    size: float
    output: float
    delta: float
    flat: float
    stuck: float
    dead: float


@dataclass(frozen=True, slots=True)
class Statistics:
    """The run at one moment. What does not apply is NaN.

    Attributes:
        step, epoch: done and ended.
        loss: mean over the probe set.
        finite: whether loss, weights and gradient all are.
        layers: the hidden ones.
        wrong: share of the probe set that a sigmoid output under squared error is surely wrong about.
        straight: R² of the best straight plane through the logits, where no layer bends it.
        alpha: -(g₁·d)/(g₀·d) of the last step d, with the probe set's gradient before (g₀) and after it (g₁): -1 where
            it made no headway, 0 where it ended on the floor of its valley, 1 as high on the other side.
        uphill: g₀·d > 0: 1 or 0.
        update: L2 norm of the last update ÷ that of the parameters, of the layer where it is largest.
        dead_samples: on which dead units were judged.
        test_loss: of at most 2,048 rows of the validation set (the test set, if there is none); NaN if not taken.
        samples: training samples in the probe set.
        test_samples: of how many samples the test loss is; 0 if of all there are.
    """

    step: int
    epoch: int
    loss: float
    finite: bool
    layers: tuple[LayerStatistics, ...]
    wrong: float
    straight: float
    alpha: float
    uphill: float
    update: float
    test_loss: float = math.nan
    dead_samples: int = 0
    samples: int = 0
    test_samples: int = 0


@dataclass(frozen=True)
class _Pass:
    """(n, units) sums, outputs and ∂L/∂z of every layer, and the gradient, (P,)."""

    loss: float
    traced: list[tuple[Array, Array]]
    deltas: list[Array]
    gradient: Array


class Examiner:
    """Takes the statistics of one session; its probe set is chosen once."""

    def __init__(self, session: Session) -> None:
        self._session = session
        prepared, parameters = session.prepared, len(session.network.parameters)
        rows = probe_rows(len(prepared.train_x), parameters)
        self._x: Array = prepared.train_x[rows]
        self._y: Array = prepared.train_y[rows]
        x, y = prepared.test_x, prepared.test_y
        if prepared.has_validation:
            x, y = prepared.validation_x, prepared.validation_y
        tested = probe_rows(len(x), parameters, _TEST_ROWS)
        self._test: tuple[Array, Array] = (x[tested], y[tested])
        self._test_samples = len(tested) if len(tested) < len(x) else 0

    def examine(self, *, tested: bool = False) -> Statistics:
        """As things are now; with ``tested``, the test loss too."""
        session = self._session
        return self._statistics(session.network.parameters, session.last_update(), tested)

    def at_start(self) -> Statistics:
        """As things were before the first step."""
        return self._statistics(self._session.start_parameters, None, tested=False)

    def _statistics(self, vector: Array, update: tuple[Array, Array] | None, tested: bool) -> Statistics:
        session = self._session
        with np.errstate(all="ignore"):
            now = self._pass(vector)
            slope, alpha = self._step(now, update)
            return Statistics(
                session.step,
                session.epoch,
                now.loss,
                math.isfinite(now.loss) and all(bool(np.isfinite(each).all()) for each in (vector, now.gradient)),
                self._layers(vector, now),
                self._wrong(now),
                self._straight(now),
                alpha,
                math.nan if math.isnan(slope) else float(slope > 0),
                math.nan if update is None else self._update(*update),
                self._test_loss() if tested else math.nan,
                judged_on(session.network, session.prepared.train_x, len(self._x)),
                len(self._x),
                self._test_samples,
            )

    def _pass(self, vector: Array) -> _Pass:
        """Forward and back with these parameters, (P,)."""
        session = self._session
        layers, loss = session.network.layers, session.loss
        traced: list[tuple[Array, Array]] = []
        inputs: list[Array] = []
        x = self._x
        for layer in layers:
            inputs.append(x)
            z = np.ascontiguousarray(x @ _weights(layer, vector)[:-1] + _weights(layer, vector)[-1])
            x = layer.activation(z)
            traced.append((z, x))
        logits = traced[-1][0]
        gradient: Array = np.empty_like(vector)
        deltas: list[Array] = []
        delta = loss.gradient(logits, self._y)
        for index in range(len(layers) - 1, -1, -1):
            layer = layers[index]
            deltas.insert(0, delta)
            part = _weights(layer, gradient)
            part[:-1], part[-1] = inputs[index].T @ delta, delta.sum(axis=0)
            if index:
                below = layers[index - 1].activation
                delta = delta @ _weights(layer, vector)[:-1].T * below.derivative(traced[index - 1][0])
        return _Pass(loss.value(logits, self._y), traced, deltas, gradient)

    def _layers(self, vector: Array, now: _Pass) -> tuple[LayerStatistics, ...]:
        found = []
        hidden = self._session.network.layers[:-1]
        off = self._dead(vector, now)
        for layer, (z, a), delta, dead in zip(hidden, now.traced, now.deltas, off, strict=False):
            matrix = _weights(layer, vector)
            flat = layer.activation.saturated(z, a)
            found.append(
                LayerStatistics(
                    layer.name,
                    layer.size,
                    layer.spec.activation,
                    float(np.ptp(matrix, axis=1).max()),
                    _rms(matrix[:-1]),
                    float(a.std(dtype=np.float64)),
                    _rms(delta),
                    math.nan if flat is None else float(flat.mean()),
                    math.nan if flat is None else float((flat.mean(axis=0) > ALWAYS).mean()),
                    math.nan if dead is None else float(dead.mean()),
                )
            )
        return tuple(found)

    def _dead(self, vector: Array, now: _Pass) -> Dead:
        """Of the network as it is, on the training set; of the weights it began with, on the probe set."""
        network = self._session.network
        if vector is network.parameters:
            return dead_units(network, self._session.prepared.train_x, now.traced)
        return [layer.activation.dead_units(z, a) for layer, (z, a) in zip(network.layers, now.traced, strict=True)]

    def _step(self, now: _Pass, update: tuple[Array, Array] | None) -> tuple[float, float]:
        """(g₀·d, alpha) of the last step."""
        if update is None:
            return math.nan, math.nan
        before, after = update
        step = after.astype(np.float64) - before
        first = float(self._pass(before).gradient @ step)
        after_it = now if np.array_equal(after, self._session.network.parameters) else self._pass(after)
        return first, -float(after_it.gradient @ step) / first if first else math.nan

    def _update(self, before: Array, after: Array) -> float:
        ratios = [0.0]
        for layer in self._session.network.layers:
            old = _rms(before[layer.slice])
            if old > 0:
                ratios.append(_rms(after[layer.slice] - before[layer.slice]) / old)
        return max(ratios)

    def _wrong(self, now: _Pass) -> float:
        loss = self._session.loss
        if loss.output != "sigmoid" or loss.name != "mean_squared_error" or loss.targets != "binary":
            return math.nan
        p = now.traced[-1][1]
        return float((((p > 0.5) != (self._y > 0.5)) & (4 * p * (1 - p) < _SURE)).mean())

    def _straight(self, now: _Pass) -> float:
        hidden = self._session.network.layers[:-1]
        if not hidden or not all(isinstance(layer.activation, Identity) for layer in hidden):
            return math.nan
        logits = now.traced[-1][0].astype(np.float64)
        columns = np.column_stack((self._x, np.ones(len(self._x)))).astype(np.float64)
        if not np.isfinite(logits).all():
            return math.nan
        plane = np.linalg.lstsq(columns, logits, rcond=None)[0]
        total = float(np.square(logits - logits.mean(axis=0)).sum())
        return 1.0 - float(np.square(logits - columns @ plane).sum()) / total if total > 0 else 1.0

    def _test_loss(self) -> float:
        x, y = self._test
        return self._session.loss.value(self._session.network.forward(x), y)


def _weights(layer: Dense, vector: Array) -> Array:
    """A layer's matrix in a flat vector, a view: (inputs + 1, units), biases last."""
    return vector[layer.slice].reshape(layer.matrix.shape)


def _rms(values: Array) -> float:
    return math.sqrt(float(np.square(values, dtype=np.float64).mean())) if values.size else 0.0
