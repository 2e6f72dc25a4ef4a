"""Rates that adapt to the squared gradients seen so far."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nntui.nn.arrays import Array
from nntui.nn.optimizers.base import Optimizer
from nntui.nn.program import Program


def _running_mean(do: Program, mean: Array, value: Array, kept: float, scratch: Array) -> None:
    """mean = kept mean + (1 - kept) value."""
    do.multiply(mean, kept, out=mean)
    do.multiply(value, 1.0 - kept, out=scratch)
    do.add(mean, scratch, out=mean)


class AdaGrad(Optimizer):
    """s = s + g^2; w = w - r g / (sqrt(s) + epsilon); Duchi, Hazan & Singer 2011.

    s starts at ``initial_accumulator``. Epsilon outside the root, as in PyTorch.
    """

    name = "adagrad"
    slots = ("squares",)

    def _start(self) -> None:
        self._state["squares"].fill(self.options["initial_accumulator"])

    def _formula(self, do: Program, w: Array, g: Array, own: Mapping[str, Array]) -> None:
        squares, step, root = self._state["squares"], do.empty_like(w), do.empty_like(w)
        do.multiply(g, g, out=step)
        do.add(squares, step, out=squares)
        do.sqrt(squares, out=root)
        do.add(root, self.options["epsilon"], out=root)
        do.divide(g, root, out=step)
        do.multiply(step, own["rate"], out=step)
        do.subtract(w, step, out=w)


class RMSProp(Optimizer):
    """s = rho s + (1 - rho) g^2; w = w - r g / (sqrt(s) + epsilon); Hinton 2012, lecture 6e.

    ``centered`` takes the square of the mean gradient, m = rho m + (1 - rho) g, from s: sqrt(s - m^2) (Graves 2013).
    With ``momentum`` the velocity v = momentum v + g / (sqrt(s) + epsilon) is followed instead: w = w - r v. Epsilon
    outside the root, as in PyTorch (Graves has it inside).
    """

    name = "rmsprop"
    slots = ("squares", "mean", "velocity")

    def _reconfigure(self, before: Mapping[str, Any]) -> None:
        for option, slot in (("momentum", "velocity"), ("centered", "mean")):
            if not self.options[option]:
                self._state[slot].fill(0.0)

    def _formula(self, do: Program, w: Array, g: Array, own: Mapping[str, Array]) -> None:
        rho, momentum = self.options["rho"], self.options["momentum"]
        squares, mean, velocity = self._state["squares"], self._state["mean"], self._state["velocity"]
        step, root = do.empty_like(w), do.empty_like(w)
        do.multiply(g, g, out=root)
        _running_mean(do, squares, root, rho, step)
        if self.options["centered"]:
            _running_mean(do, mean, g, rho, step)
            do.multiply(mean, mean, out=root)
            do.subtract(squares, root, out=root)
            do.maximum(root, 0.0, out=root)
            do.sqrt(root, out=root)
        else:
            do.sqrt(squares, out=root)
        do.add(root, self.options["epsilon"], out=root)
        do.divide(g, root, out=step)
        if momentum:
            do.multiply(velocity, momentum, out=velocity)
            do.add(velocity, step, out=velocity)
            do.multiply(velocity, own["rate"], out=step)
        else:
            do.multiply(step, own["rate"], out=step)
        do.subtract(w, step, out=w)


class AdaDelta(Optimizer):
    """s = rho s + (1 - rho) g^2; d = sqrt(u + epsilon) / sqrt(s + epsilon) g; u = rho u + (1 - rho) d^2; w = w - r d.

    Zeiler 2012, algorithm 1, where r = 1. Epsilon inside both roots, as there and in PyTorch.
    """

    name = "adadelta"
    slots = ("squares", "steps_squared")

    def _formula(self, do: Program, w: Array, g: Array, own: Mapping[str, Array]) -> None:
        rho, epsilon = self.options["rho"], self.options["epsilon"]
        squares, steps_squared = self._state["squares"], self._state["steps_squared"]
        step, root = do.empty_like(w), do.empty_like(w)
        do.multiply(g, g, out=root)
        _running_mean(do, squares, root, rho, step)
        do.add(squares, epsilon, out=root)
        do.sqrt(root, out=root)
        do.add(steps_squared, epsilon, out=step)
        do.sqrt(step, out=step)
        do.divide(step, root, out=step)
        do.multiply(step, g, out=step)
        do.multiply(step, step, out=root)
        do.multiply(steps_squared, rho, out=steps_squared)
        do.multiply(root, 1.0 - rho, out=root)
        do.add(steps_squared, root, out=steps_squared)
        do.multiply(step, own["rate"], out=step)
        do.subtract(w, step, out=w)
