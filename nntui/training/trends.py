"""A log of every layer over the whole run, thinned so that it never grows: at most 256 ticks.

When it is full every second tick is dropped, and ticks are taken at least as far apart from then on. They are taken
between slices of training, by the clock, also while nobody looks, for at most 0.3% of the time; so a tick is missing
where training was faster than that. Going back in the run cuts the log.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from nntui.nn.arrays import Array, IntArray
from nntui.training.gauge import Gauge, Values, norm_of
from nntui.training.insights import trends as insights
from nntui.training.rebinning import common, density

if TYPE_CHECKING:
    from nntui.training.measuring import Context
    from nntui.training.session import Session

MOST = 256  # ticks
SHARE = 0.0025  # of all time: what ticks may take; to ask whether one is due takes a little, too
SAVED = 0.001  # seconds of it saved up at most, so that ticks do not come in bursts with gaps between
ALLOWANCE = 0.015  # seconds besides, for the beginning, when most happens and a short run may be over soon
GROWTH = 1.5  # times as many steps from one tick of the beginning to the next
_KEPT = "trends log"


class Log:
    """The ticks of one session."""

    def __init__(self, session: Session, inputs: Array, rows: IntArray) -> None:
        """inputs: (n, inputs) the probe set, rows: (n,) which rows of the training part these are."""
        self._session = session
        self._gauge = Gauge(session, inputs, rows)
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
            found = self._gauge.tick(self._session)
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
        return all(
            norm_of(layer.matrix) == norm for layer, norm in zip(self._session.network.layers, norms, strict=True)
        )

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

    # ---- what is told

    def record(self) -> insights.Trends:
        """All ticks, for the screen."""
        held = {name: column[: self._count] for name, column in self._columns.items()}
        layers = self._session.network.layers
        low, high, binned = common(held["low"], held["high"], held["counts"])
        ends, gradient_counts = self._gauge.gradients(self._session)

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
            self._gauge.samples,
            self._gauge.dead_samples,
        )

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
