"""Is the gradient right? Every layer's, compared with what the loss really does when a parameter moves a little."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from nntui.nn.arrays import Array
from nntui.nn.evaluate import record_forward
from nntui.nn.losses import Loss
from nntui.nn.network import Network
from nntui.nn.program import Program
from nntui.nn.regularization import Regularization, on_weights
from nntui.nn.step import StepRecorder

_EPSILON = float(np.finfo(np.float64).eps)
_STEP = _EPSILON ** (1 / 5)  # balances rounding, ε/h, with truncation, h⁴
_SHRINKS = (1.0, 0.1, 0.01, 1e-3)  # a smaller step may stay on one side of a kink, or follow a loss that bends sharply
_GOOD = 1e-7  # a relative error for which no other step is tried
_STENCIL = ((1, 8 / 12), (-1, -8 / 12), (2, -1 / 12), (-2, 1 / 12))
_SMALL = 1e-3  # components below this share of the layer's largest count as if they were as large


@dataclass(frozen=True)
class LayerCheck:
    """How well one layer's gradient agrees with central differences.

    Attributes:
        layer: ``hidden 1`` … ``output``.
        parameters: how many weights and biases the layer has.
        checked: how many of them were compared.
        skipped: how many more were chosen but lie at a kink, where there is no derivative to compare with.
        worst: largest relative error |g - d| / max(|g|, |d|), d being the difference quotient; NaN without any.
        where: (row, column) of that parameter in the layer's matrix, whose last row holds the biases; None without any.
        gradient: g there.
        difference: d there.
    """

    layer: str
    parameters: int
    checked: int
    skipped: int
    worst: float
    where: tuple[int, int] | None
    gradient: float
    difference: float


def check_gradients(
    network: Network, loss: Loss, x: Array, y: Array, regularization: Regularization | None = None, *,
    per_layer: int = 300, seed: int = 0,
) -> list[LayerCheck]:  # fmt: skip
    """Compare the gradient of every layer with central differences, in float64, on a copy of the network.

    d = (8 (L(w + h) - L(w - h)) - (L(w + 2h) - L(w - 2h))) / 12h, L being the mean loss (its negative where it is
    maximised) plus penalties; of several h the one that agrees best, for a gradient that is wrong agrees with none. A
    parameter is skipped when no h keeps every sum, error and margin on its side of a kink. Errors are relative to the
    larger of both values, but to no less than 1/1000 of the layer's largest component, nor to less than 10⁶ times the
    rounding of d at the largest h.
    Dropout, input noise and clipping are left out (they are not part of the loss), frozen layers are checked like the
    others. After CS231n, "Neural Networks Part 3", gradient checks.

    Args:
        network: stays as it is.
        loss: the network's.
        x: (n, inputs), a few samples.
        y: (n, outputs).
        regularization: of which the penalties matter.
        per_layer: most parameters to compare in a layer; of more, so many are chosen by chance.
        seed: of that chance.
    """
    given = regularization or Regularization()
    comparison = _Comparison(_exact_copy(network), loss, x, y, Regularization(l1=given.l1, l2=given.l2))
    rng = np.random.default_rng(seed)
    return [comparison.check(index, per_layer, rng) for index in range(len(network.layers))]


def _exact_copy(network: Network) -> Network:
    """The same network in float64, without dropout and frozen layers."""
    specs = [replace(layer.spec, dropout=0.0, frozen=False) for layer in network.layers]
    copy = Network(network.inputs, specs[:-1], specs[-1], np.float64)
    copy.parameters[:] = network.parameters
    return copy


class _Comparison:
    """The loss of a network on some samples as a function of any one parameter, and its gradient."""

    def __init__(self, network: Network, loss: Loss, x: Array, y: Array, penalties: Regularization) -> None:
        self._network, self._loss, self._penalties = network, loss, penalties
        self._y: Array = y.astype(np.float64)
        with_ones = np.ones((x.shape[1] + 1, len(x)))
        with_ones[:-1] = x.T
        targets: Array = np.ascontiguousarray(loss.encode(self._y).T)
        self._z: Array = np.empty_like(targets)
        self._forward = Program()
        self._sums = record_forward(self._forward, network, with_ones, self._z)
        self._has_l1 = on_weights(network, penalties.l1) > 0
        self._gradient = self._calculate_gradient(with_ones, targets)

    def _calculate_gradient(self, x: Array, targets: Array) -> Array:
        """(P,): by the same recorded formulas that train."""
        do, rng = Program(), np.random.default_rng(0)
        StepRecorder(self._network, self._loss, self._penalties, rng, rng).record(do, x, targets, self._z)
        with np.errstate(all="ignore"):
            do.run()
        return self._network.gradient.copy()

    def check(self, index: int, most: int, rng: np.random.Generator) -> LayerCheck:
        """Compare one layer."""
        layer = self._network.layers[index]
        gradient = self._gradient[layer.slice]
        chosen = np.arange(gradient.size)
        if gradient.size > most:
            chosen = np.sort(rng.choice(gradient.size, most, replace=False))
        floor = _SMALL * float(np.abs(gradient).max())
        found: list[tuple[float, int, float, float]] = []
        for at in chosen.tolist():
            best = self._compare(layer.slice.start + at, float(gradient[at]), floor)
            if best is not None:
                found.append((best[0], at, float(gradient[at]), best[1]))
        skipped = len(chosen) - len(found)
        if not found:
            return LayerCheck(layer.name, gradient.size, 0, skipped, np.nan, None, np.nan, np.nan)
        worst, at, g, d = max(found)
        return LayerCheck(layer.name, gradient.size, len(found), skipped, worst, divmod(at, layer.size), g, d)

    def _compare(self, at: int, g: float, floor: float) -> tuple[float, float] | None:
        """The smallest relative error of a component of the gradient, and the quotient; None at a kink."""
        best: tuple[float, float] | None = None
        for d, rounding in self._differences(at):
            floor = max(floor, 1e6 * rounding) if best is None else floor
            error = abs(g - d) / max(abs(g), abs(d), floor)
            if best is None or error < best[0]:
                best = (np.inf if np.isnan(error) else error), d
            if best[0] <= _GOOD:
                break
        return best

    def _differences(self, at: int) -> Iterator[tuple[float, float]]:
        """The difference quotient at one parameter and its rounding, for every step that crosses no kink."""
        here = float(self._network.parameters[at])
        for shrink in _SHRINKS:
            h = shrink * _STEP * max(1.0, abs(here))
            found = [self._loss_at(at, here + steps * h) for steps, _ in _STENCIL]
            self._network.parameters[at] = here
            if all(np.array_equal(pieces, found[0][1]) for _, pieces in found):
                difference = sum(weight * loss for (_, weight), (loss, _) in zip(_STENCIL, found, strict=True))
                yield difference / h, _EPSILON * max(abs(loss) for loss, _ in found) / h

    def _loss_at(self, at: int, value: float) -> tuple[float, Array]:
        """Loss with penalties when a parameter has a value, and on which smooth piece of each function it lies."""
        self._network.parameters[at] = value
        with np.errstate(all="ignore"):
            self._forward.run()
        sign = -1.0 if self._loss.maximise else 1.0
        loss = sign * self._loss.value(self._z.T, self._y) + self._penalties.penalty(self._network)
        sides: Sequence[Any] = [
            np.sign(sums - kink).ravel()
            for layer, sums in zip(self._network.layers[:-1], self._sums, strict=True)
            for kink in layer.activation.kinks()
        ]
        side = np.array([np.sign(value) if self._has_l1[at] else 0.0])
        return loss, np.concatenate([*sides, self._loss.pieces(self._z.T, self._y).ravel(), side])
