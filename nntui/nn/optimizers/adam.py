"""Adam and its relatives: a running mean of the gradient over the root of a running mean of its square.

The running means m = beta1 m + (1 - beta1) g and s = beta2 s + (1 - beta2) g^2 are kept divided by (1 - beta1) and
(1 - beta2), which saves two passes over the parameters a step: M = beta1 M + g, S = beta2 S + g^2. What is left over
goes, with the bias corrections c1 = 1 - beta1^t and c2 = 1 - beta2^t, into two scalars: with k = sqrt(c2 / (1 -
beta2))

    r (m / c1) / (sqrt(s / c2) + epsilon)  =  (r k (1 - beta1) / c1) M / (sqrt(S) + k epsilon).
"""

from __future__ import annotations

from collections.abc import Mapping
from math import sqrt
from typing import Any, ClassVar

import numpy as np

from nntui.nn.arrays import Array
from nntui.nn.optimizers.base import Optimizer
from nntui.nn.program import Program


class Adam(Optimizer):
    """w = w - r (m / (1 - beta1^t)) / (sqrt(s / (1 - beta2^t)) + epsilon); Kingma & Ba 2015, algorithm 1.

    m and s are the running means of g and g^2. Epsilon outside the corrected root, as in the paper and PyTorch.
    ``weight_decay`` is added to the gradient, as in PyTorch: g + weight_decay w.
    """

    name = "adam"
    slots: ClassVar[tuple[str, ...]] = ("mean", "squares")

    def _formula(self, do: Program, w: Array, g: Array) -> None:
        mean, squares = self._state["mean"], self._state["squares"]
        step, root = np.empty_like(w), np.empty_like(w)
        self._epsilon = np.zeros((), w.dtype)
        do.multiply(mean, self.options["beta1"], out=mean)
        do.add(mean, g, out=mean)
        do.multiply(squares, self.options["beta2"], out=squares)
        do.multiply(g, g, out=root)
        do.add(squares, root, out=squares)
        do.sqrt(self._largest(do, squares), out=root)
        do.add(root, self._epsilon, out=root)
        do.divide(mean, root, out=step)
        do.multiply(step, self._rate, out=step)
        do.subtract(w, step, out=w)

    def _largest(self, do: Program, squares: Array) -> Array:
        return squares

    def _prepare(self, learning_rate: float) -> None:
        super()._prepare(learning_rate)
        beta1, beta2 = self.options["beta1"], self.options["beta2"]
        k = sqrt((1.0 - beta2**self.steps) / (1.0 - beta2))
        self._rate.fill(learning_rate * k * (1.0 - beta1) / (1.0 - beta1**self.steps))
        self._epsilon.fill(k * self.options["epsilon"])

    def _reconfigure(self, before: Mapping[str, Any]) -> None:
        for slot, vector in self._state.items():
            beta = "beta1" if slot == "mean" else "beta2"
            if self.options[beta] != before[beta]:
                vector *= (1.0 - before[beta]) / (1.0 - self.options[beta])


class AdamW(Adam):
    """Adam after w = w (1 - r weight_decay); Loshchilov & Hutter 2019, algorithm 2."""

    name = "adamw"
    decoupled = True


class AMSGrad(Adam):
    """Adam whose s never sinks: the root of the largest s so far; Reddi, Kale & Kumar 2018, algorithm 2.

    The largest is taken of s before its bias correction, and the correction kept, as in PyTorch (the paper has none).
    """

    name = "amsgrad"
    slots = ("mean", "squares", "largest")

    def _largest(self, do: Program, squares: Array) -> Array:
        largest = self._state["largest"]
        do.maximum(largest, squares, out=largest)
        return largest


class NAdam(Adam):
    """w = w - r (n m / (1 - p n) + (1 - u) g / (1 - p)) / (sqrt(s / (1 - beta2^t)) + epsilon); Dozat 2016.

    u = beta1 (1 - 0.96^(t momentum_decay) / 2) is the momentum of this step, n that of the next, p the product of all
    u so far, as in PyTorch.
    """

    name = "nadam"

    def _start(self) -> None:
        self._product = 1.0

    def _formula(self, do: Program, w: Array, g: Array) -> None:
        mean, squares = self._state["mean"], self._state["squares"]
        step, root = np.empty_like(w), np.empty_like(w)
        self._epsilon, self._gradient_rate = np.zeros((), w.dtype), np.zeros((), w.dtype)
        do.multiply(mean, self.options["beta1"], out=mean)
        do.add(mean, g, out=mean)
        do.multiply(squares, self.options["beta2"], out=squares)
        do.multiply(g, g, out=root)
        do.add(squares, root, out=squares)
        do.multiply(mean, self._rate, out=step)
        do.multiply(g, self._gradient_rate, out=root)
        do.add(step, root, out=step)
        do.sqrt(squares, out=root)
        do.add(root, self._epsilon, out=root)
        do.divide(step, root, out=step)
        do.subtract(w, step, out=w)

    def _momentum(self, step: int) -> float:
        decayed: float = 0.96 ** (step * self.options["momentum_decay"])
        return float(self.options["beta1"] * (1.0 - 0.5 * decayed))

    def _prepare(self, learning_rate: float) -> None:
        beta1, beta2 = self.options["beta1"], self.options["beta2"]
        k = sqrt((1.0 - beta2**self.steps) / (1.0 - beta2))
        now, following = self._momentum(self.steps), self._momentum(self.steps + 1)
        self._product *= now
        self._rate.fill(learning_rate * k * following * (1.0 - beta1) / (1.0 - self._product * following))
        self._gradient_rate.fill(learning_rate * k * (1.0 - now) / (1.0 - self._product))
        self._epsilon.fill(k * self.options["epsilon"])

    def state(self) -> dict[str, Array | int | float]:
        """The vectors and the product of all momenta."""
        return {**super().state(), "product": self._product}

    def restore(self, state: Mapping[str, Array | int | float]) -> None:
        """Take over what ``state`` returned."""
        super().restore(state)
        self._product = float(state["product"])
