"""Steps that follow the sign of the gradient, not its size."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from nntui.nn.arrays import Array
from nntui.nn.optimizers.base import Optimizer
from nntui.nn.program import Program


class RProp(Optimizer):
    """Each parameter has a step size of its own: it grows while the gradient keeps its sign, shrinks when that turns.

    d = d up where g h > 0, d down where g h < 0, kept within [smallest, largest]; g = 0 where g h < 0; w = w - d
    sign(g); h = g. Riedmiller & Braun 1993 without their step back, as in PyTorch. d starts at the learning rate of
    the first step; later rates have no effect. Made for gradients of the whole training set: a gradient of a batch
    turns its sign by chance.
    """

    name = "rprop"
    slots = ("size", "previous")

    def _formula(self, do: Program, w: Array, g: Array, own: Mapping[str, Array]) -> None:
        size, previous = self._state["size"], self._state["previous"]
        product, step = do.empty_like(w), do.empty_like(w)
        kept, turned = do.empty(w.shape, np.bool_), do.empty(w.shape, np.bool_)
        do.multiply(g, previous, out=product)
        do.greater(product, 0.0, out=kept)
        do.less(product, 0.0, out=turned)
        do.multiply(size, self.options["up"], out=step)
        do.call(np.copyto, size, step, where=kept)
        do.multiply(size, self.options["down"], out=step)
        do.call(np.copyto, size, step, where=turned)
        do.maximum(size, self.options["smallest"], out=size)
        do.minimum(size, self.options["largest"], out=size)
        do.call(np.copyto, previous, g)
        do.call(np.copyto, previous, 0.0, where=turned)
        do.sign(previous, out=step)
        do.multiply(step, size, out=step)
        do.subtract(w, step, out=w)

    def _prepare(self, own: Mapping[str, Array], rates: Array) -> None:
        if self.steps == 0:
            self._state["size"].fill(rates[0])


class Lion(Optimizer):
    """w = w (1 - r weight_decay) - r sign(beta1 m + (1 - beta1) g); m = beta2 m + (1 - beta2) g.

    Chen et al. 2023, algorithm 2.
    """

    name = "lion"
    slots = ("mean",)
    decoupled = True

    def _formula(self, do: Program, w: Array, g: Array, own: Mapping[str, Array]) -> None:
        beta1, beta2 = self.options["beta1"], self.options["beta2"]
        mean, step, scratch = self._state["mean"], do.empty_like(w), do.empty_like(w)
        do.multiply(mean, beta1, out=step)
        do.multiply(g, 1.0 - beta1, out=scratch)
        do.add(step, scratch, out=step)
        do.sign(step, out=step)
        do.multiply(step, own["rate"], out=step)
        do.subtract(w, step, out=w)
        do.multiply(mean, beta2, out=mean)
        do.multiply(g, 1.0 - beta2, out=scratch)
        do.add(mean, scratch, out=mean)
