"""A log of every layer over the whole run, thinned so that it never grows: at most 256 ticks.

When it is full every second tick is dropped, and ticks are taken at least as far apart from then on. They are taken
between slices of training, by the clock, also while nobody looks, for at most 0.3 % of the time; so a tick is missing
where training was faster than that. Going back in the run cuts the log.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from nntui.nn.activations import FLAT, Activation
from nntui.nn.arrays import Array, BoolArray, IntArray
from nntui.nn.layer import Dense
from nntui.training.bins import BINS, Range, counts, extent, finite, sample_of
from nntui.training.insights import trends as insights
from nntui.training.insights.trends import PERCENTILES
from nntui.training.rebinning import common, density
from nntui.training.signals import rms, signals

if TYPE_CHECKING:
    from nntui.training.measuring import Context
    from nntui.training.session import Session

MOST = 256  # ticks
SHARE = 0.0025  # of all time: what ticks may take; to ask whether one is due takes a little, too
SAVED = 0.01  # seconds of it saved up at most
ALLOWANCE = 0.015  # seconds besides, for the beginning, when most happens and a short run may be over soon
GROWTH = 1.5  # times as many steps from one tick of the beginning to the next
_ROWS = 128  # of the probe set; a forward and a backward pass over them is most of a tick
_WEIGHTS = 4096  # of a larger layer a sample is looked at
_UNITS = 4096  # of a larger network no unit's history is kept

Values = npt.NDArray[Any]
_Tick = dict[str, Any]
_Update = tuple[Array, Array] | None
_KEPT = "trends log"


class Log:
    """The ticks of one session."""

    def __init__(self, session: Session, inputs: Array, rows: IntArray) -> None:
        """inputs: (n, inputs) the probe set, rows: (n,) which rows of the training part these are."""
        self._session = session
        few = np.linspace(0, len(rows) - 1, min(len(rows), _ROWS)).round().astype(np.intp)
        self._inputs, self._targets = inputs[few], session.prepared.train_y[rows[few]]
        self._units = sum(layer.size for layer in session.network.layers)
        self._ranges: dict[str, Range] = {}
        self._samples: dict[int, IntArray | None] = {}
        self._columns: dict[str, Values] = {}
        self._count = 0
        self._interval = 1
        self._credit = 0.0
        self._looked_at: float | None = None
        self._allowance = ALLOWANCE
        self._last = -MOST  # the step of the last tick
        self._whole = True  # whether the last tick stays, or makes room for the next

    # ---- when

    def follow(self, clock: Callable[[], float]) -> None:
        """Take a tick if one is due and there is time for it; ``clock``: seconds, monotonic."""
        session, last, now = self._session, self._last, clock()
        passed = now - self._looked_at if self._looked_at is not None else 0.0
        credit = min(SAVED, self._credit + SHARE * passed)
        self._credit, self._looked_at = credit, now
        step = session.step
        due = credit > 0 and step >= last + self._interval
        early = self._allowance > 0 and step >= last * GROWTH + 1
        if due or early or step < last or (step > last and session.state != "running"):
            self.tick()
            spent = clock() - now
            self._credit, self._allowance = credit - spent * due, self._allowance - spent * (not due)

    def tick(self) -> None:
        """Note how things are now, unless they are noted already."""
        step = self._session.step
        self._cut(step)
        if self._count and self._last_kept() == step and self._is_unchanged():
            return
        with np.errstate(all="ignore"):
            found = self._look()
        if self._count and (not self._whole or self._last_kept() == step):
            self._count -= 1
        if self._count == MOST:
            self._thin()
        self._whole = not self._count or step - self._last_kept() >= self._interval
        if not self._columns:
            self._columns = {name: np.zeros((MOST, *value.shape), value.dtype) for name, value in found.items()}
        for name, value in found.items():
            self._columns[name][self._count] = value
        self._count += 1
        self._last = step

    def go_on(self, session: Session) -> None:
        """Look at this session from now on: of the same experiment, at an earlier step of the same run."""
        self._session = session

    def _last_kept(self) -> int:
        return int(self._columns["step"][self._count - 1]) if self._count else -MOST

    def _is_unchanged(self) -> bool:
        """Whether nobody has edited the weights since the last tick, by their norms."""
        norms = self._columns["size"][self._count - 1]
        return all(_norm(layer.matrix) == norm for layer, norm in zip(self._session.network.layers, norms, strict=True))

    def _cut(self, step: int) -> None:
        """Drop what comes after this step: the run went back."""
        if self._count and self._last_kept() > step:
            self._count = int(np.searchsorted(self._columns["step"][: self._count], step, side="right"))
            self._whole = True

    def _thin(self) -> None:
        """Keep every second tick; the next are as far apart as these."""
        for column in self._columns.values():
            column[: MOST // 2] = column[:MOST:2].copy()
        self._count = MOST // 2
        span = self._last_kept() - int(self._columns["step"][0])
        self._interval = max(2 * self._interval, span // (self._count - 1))

    # ---- what

    def _look(self) -> _Tick:
        """One tick: arrays by name, most of them (layers,) or (layers, something)."""
        session = self._session
        network = session.network
        traced = network.trace(self._inputs)
        slopes = [layer.activation.derivative(z) for layer, (z, _) in zip(network.layers, traced, strict=True)]
        deltas = signals(network, session.loss, traced, self._targets, slopes)
        update = session.last_update()
        found: dict[str, list[Any]] = {}
        active: list[Array] = []
        for layer, (z, a), slope, delta in zip(network.layers, traced, slopes, deltas, strict=True):
            flat = _flat(layer.activation, z, a, slope)
            for name, value in self._layer(layer, z, a, delta, flat, update).items():
                found.setdefault(name, []).append(value)
            active.append(_active(layer.activation, z, a, flat))
        tick: _Tick = {name: np.array(values, _dtype(name)) for name, values in found.items()}
        tick["step"] = np.array(session.step, np.int64)
        if self._units <= _UNITS:
            tick["unit_mean"] = np.concatenate([a.mean(axis=0) for _, a in traced]).astype(np.float32)
            tick["unit_active"] = np.concatenate(active)
            norms = [np.sqrt(np.square(layer.weights).sum(axis=0)) for layer in network.layers]
            tick["unit_norm"] = np.concatenate(norms).astype(np.float32)
        return tick

    def _layer(
        self, layer: Dense, z: Array, a: Array, delta: Array, flat: BoolArray | None, update: _Update
    ) -> Mapping[str, Any]:
        weights = np.sort(self._some(layer.weights))
        low, high = self._ranges.setdefault(layer.name, Range()).cover(*_ends(weights))
        dead = layer.activation.dead_units(z, a)
        return {
            "low": low,
            "high": high,
            "counts": counts(weights, low, high),
            "percentiles": _percentiles(weights),
            "bias_percentiles": _percentiles(np.sort(finite(layer.bias))),
            "size": _norm(layer.matrix),
            "gradient_norm": _norm(layer.matrix_gradient) if self._session.step else math.nan,
            "update_ratio": _update_ratio(layer, update),
            "mean": float(a.mean(dtype=np.float64)),
            "std": float(a.std(dtype=np.float64)),
            "signal": rms(delta),
            "dead": math.nan if dead is None else float(dead.mean()),
            "saturated": math.nan if flat is None else float(flat.mean()),
        }

    def _some(self, values: Array) -> Array:
        """Flat, finite; of very many a sample, the same at every tick."""
        size = values.size
        if size not in self._samples:
            chosen: IntArray | None = None
            if size > _WEIGHTS:
                chosen = np.sort(np.random.default_rng(size).choice(size, _WEIGHTS, replace=False))
            self._samples[size] = chosen
        sample = self._samples[size]
        return finite(values if sample is None else values.ravel()[sample])

    # ---- what is told

    def record(self) -> insights.Trends:
        """All ticks, for the screen."""
        held = {name: column[: self._count] for name, column in self._columns.items()}
        layers = self._session.network.layers
        low, high, binned = common(held["low"], held["high"], held["counts"])
        ends, gradient_counts = self._gradients()

        def of(name: str) -> Any:
            return np.ascontiguousarray(np.moveaxis(held[name], 1, 0), np.float32)

        return insights.Trends(
            tuple(layer.name for layer in layers),
            tuple(layer.spec.activation for layer in layers),
            held["step"].copy(),
            low.astype(np.float32),
            high.astype(np.float32),
            density(np.moveaxis(binned, 1, 0)),
            of("percentiles"),
            of("bias_percentiles"),
            of("gradient_norm"),
            of("update_ratio"),
            of("mean"),
            of("std"),
            of("signal"),
            of("dead"),
            of("saturated"),
            ends[:, 0],
            ends[:, 1],
            gradient_counts,
        )

    def _gradients(self) -> tuple[Values, Values]:
        """Ends (L, 2) and counts (L, 40) of the gradient of now."""
        ends, found = [], []
        with np.errstate(all="ignore"):
            for layer in self._session.network.layers:
                values = layer.matrix_gradient[:-1]
                sample = sample_of(values.size)
                kept = finite(values if sample is None else values.ravel()[sample])
                reach = self._ranges.setdefault(f"gradient of {layer.name}", Range())
                ends.append(reach.cover(*extent(kept)))
                found.append(counts(kept, *ends[-1]))
        return np.array(ends, np.float32), np.array(found, np.int32).reshape(-1, BINS)

    def of_unit(self, layer: int, unit: int) -> dict[str, Values]:
        """(T,) each: ``step``, and of this unit ``mean`` output, share ``active``, ``norm`` of its weights.

        Empty arrays where the network is so large that they are not kept.
        """
        if "unit_mean" not in self._columns:
            return {name: np.zeros(0, np.float32) for name in ("step", "mean", "active", "norm")}
        index = sum(each.size for each in self._session.network.layers[:layer]) + unit
        held = {name: column[: self._count] for name, column in self._columns.items()}
        parts = {name: held[f"unit_{name}"][:, index].copy() for name in ("mean", "active", "norm")}
        return {"step": held["step"].copy(), **parts}


def log_of(context: Context) -> Log:
    """The log of a context's session; a new one where there is none yet."""
    log = context.kept.get(_KEPT)
    if not isinstance(log, Log):
        log = context.kept[_KEPT] = Log(context.session, context.inputs, context.rows)
    return log


def hand_over(before: Context, after: Context) -> None:
    """Let the log of one session go on with another: the same run at an earlier step, which cuts it."""
    log = log_of(before)
    log.go_on(after.session)
    after.kept[_KEPT] = log


def _flat(activation: Activation, z: Array, a: Array, slope: Array) -> BoolArray | None:
    """As ``activation.saturated``, from the slope where that is all it goes by."""
    if type(activation).saturated is not Activation.saturated:
        return activation.saturated(z, a)
    flat: BoolArray = np.abs(slope) < FLAT * activation.steepest
    return flat


def _active(activation: Activation, z: Array, a: Array, flat: BoolArray | None) -> Values:
    """(units,) share of the rows for which each unit responds, as ``activation.responsive``."""
    if type(activation).responsive is not Activation.responsive:
        share: Values = activation.responsive(z, a).mean(axis=0, dtype=np.float32)
    elif flat is None:
        share = np.ones(z.shape[1], np.float32)
    else:
        share = 1.0 - flat.mean(axis=0, dtype=np.float32)
    return share


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


def _norm(values: Array) -> float:
    """L2 norm."""
    return rms(values) * math.sqrt(values.size)


def _update_ratio(layer: Dense, update: tuple[Array, Array] | None) -> float:
    if update is None:
        return math.nan
    before, after = (vector[layer.slice] for vector in update)
    size = _norm(before)
    return _norm(after - before) / size if size else math.nan
