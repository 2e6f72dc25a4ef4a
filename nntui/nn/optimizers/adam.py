"""Adam and its relatives: a running mean of the gradient over the root of a running mean of its square.

The running means m = beta1 m + (1 - beta1) g and s = beta2 s + (1 - beta2) g^2 are kept divided by (1 - beta1) and
(1 - beta2), which saves two passes over the parameters a step: M = beta1 M + g, S = beta2 S + g^2. What is left over
goes into two scalars, with the bias corrections c1 = 1 - beta1^t, c2 = 1 - beta2^t, and k = sqrt(c2 / (1 - beta2)):

    r (m / c1) / (sqrt(s / c2) + epsilon)  =  (r k (1 - beta1) / c1) M / (sqrt(S) + k epsilon).

The scalars but for r are worked out for a stretch of steps at once: at every step they would cost a small network as
much as three passes over its parameters.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import sqrt
from typing import Any, ClassVar

import numpy as np

from nntui.nn.arrays import Array
from nntui.nn.optimizers.base import STRETCH, Optimizer
from nntui.nn.program import Program

_LARGEST_AT_ONCE = 2048  # parameters up to which a call for both means is faster than one for each
_STRETCH = np.arange(1.0, 1.0 + STRETCH)


class Adam(Optimizer):
    """w = w - r (m / (1 - beta1^t)) / (sqrt(s / (1 - beta2^t)) + epsilon); Kingma & Ba 2015, algorithm 1.

    m and s are the running means of g and g^2. Epsilon outside the corrected root, as in the paper and PyTorch.
    ``weight_decay`` is added to the gradient, as in PyTorch: g + weight_decay w.
    """

    name = "adam"
    slots: ClassVar[tuple[str, ...]] = ("mean", "squares")
    scalars: ClassVar[tuple[str, ...]] = ("rate", "shrink", "epsilon")

    def _formula(self, do: Program, w: Array, g: Array, own: Mapping[str, Array]) -> None:
        step = root = do.empty_like(w)
        mean, squares = self._record_means(do, g, root)
        do.sqrt(self._largest(do, squares), out=root)
        do.add(root, own["epsilon"], out=root)
        do.divide(mean, root, out=step)
        do.multiply(step, own["rate"], out=step)
        do.subtract(w, step, out=w)

    def _record_means(self, do: Program, g: Array, scratch: Array) -> tuple[Array, Array]:
        """M and S of this step."""
        mean, squares = self._state["mean"], self._state["squares"]
        beta1, beta2 = self.options["beta1"], self.options["beta2"]
        if g.size <= _LARGEST_AT_ONCE:
            both, betas = self._vectors[:2], do.empty((2, g.size), g.dtype)
            betas[0], betas[1] = beta1, beta2
            do.multiply(both, betas, out=both)
        else:
            do.multiply(mean, beta1, out=mean)
            do.multiply(squares, beta2, out=squares)
        do.add(mean, g, out=mean)
        do.multiply(g, g, out=scratch)
        do.add(squares, scratch, out=squares)
        return mean, squares

    def _largest(self, do: Program, squares: Array) -> Array:
        return squares

    def _record(self) -> None:
        super()._record()
        self._times, self._epsilons, self._factors = np.empty((3, STRETCH))
        self._stretch = -1

    def _prepare(self, own: Mapping[str, Array], rates: Array) -> None:
        super()._prepare(own, rates)
        stretch, first = divmod(self.steps, STRETCH)
        if stretch != self._stretch:
            self._stretch = stretch
            self._work_out(stretch * STRETCH)
        steps = slice(first, first + len(rates))
        own["rate"][:] = rates * self._factors[steps]
        own["epsilon"][:] = self._epsilons[steps]

    def _work_out(self, done: int) -> None:
        """k (1 - beta1) / c1 and k epsilon of a stretch before which so many steps were done."""
        beta1, beta2 = self.options["beta1"], self.options["beta2"]
        t, k, factors = self._times, self._epsilons, self._factors
        np.add(_STRETCH, done, out=t)
        np.power(beta2, t, out=k)
        np.subtract(1.0, k, out=k)
        np.divide(k, 1.0 - beta2, out=k)
        np.sqrt(k, out=k)
        np.power(beta1, t, out=factors)
        np.subtract(1.0, factors, out=factors)
        np.divide(1.0 - beta1, factors, out=factors)
        np.multiply(factors, k, out=factors)
        np.multiply(k, self.options["epsilon"], out=k)

    def _reconfigure(self, before: Mapping[str, Any]) -> None:
        for slot, vector in self._state.items():
            beta = "beta1" if slot == "mean" else "beta2"
            if self.options[beta] != before[beta]:
                vector *= (1.0 - before[beta]) / (1.0 - self.options[beta])


class AdamW(Adam):
    """Adam after w = w (1 - r weight_decay); after Loshchilov & Hutter 2019, algorithm 2.

    The decay is multiplied by the learning rate as in PyTorch; in the paper by the schedule alone.
    """

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
    u so far, as in PyTorch (which keeps p in single precision by default: the two part by about 1e-9).
    """

    name = "nadam"

    scalars = ("rate", "shrink", "epsilon", "gradient_rate")

    def _start(self) -> None:
        self._product = 1.0

    def _formula(self, do: Program, w: Array, g: Array, own: Mapping[str, Array]) -> None:
        step, root = do.empty_like(w), do.empty_like(w)
        mean, squares = self._record_means(do, g, root)
        do.multiply(mean, own["rate"], out=step)
        do.multiply(g, own["gradient_rate"], out=root)
        do.add(step, root, out=step)
        do.sqrt(squares, out=root)
        do.add(root, own["epsilon"], out=root)
        do.divide(step, root, out=step)
        do.subtract(w, step, out=w)

    def _momentum(self, step: int) -> float:
        decayed: float = 0.96 ** (step * self.options["momentum_decay"])
        return float(self.options["beta1"] * (1.0 - 0.5 * decayed))

    def _prepare(self, own: Mapping[str, Array], rates: Array) -> None:
        beta1, beta2 = self.options["beta1"], self.options["beta2"]
        for i, rate in enumerate(rates.tolist()):
            t = self.steps + 1 + i
            k = sqrt((1.0 - beta2**t) / (1.0 - beta2))
            now, following = self._momentum(t), self._momentum(t + 1)
            self._product *= now
            own["rate"][i] = rate * k * following * (1.0 - beta1) / (1.0 - self._product * following)
            own["gradient_rate"][i] = rate * k * (1.0 - now) / (1.0 - self._product)
            own["epsilon"][i] = k * self.options["epsilon"]

    def state(self) -> dict[str, Array | int | float]:
        """The vectors and the product of all momenta."""
        return {**super().state(), "product": self._product}

    def restore(self, state: Mapping[str, Array | int | float]) -> None:
        """Take over what ``state`` returned."""
        super().restore(state)
        self._product = float(state["product"])
