"""Gradient descent, alone and with momentum."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nntui.nn.arrays import Array
from nntui.nn.optimizers.base import Optimizer
from nntui.nn.program import Program


class SGD(Optimizer):
    """w = w - r v with the velocity v = momentum v + g; with ``nesterov`` w = w - r (g + momentum v).

    Without momentum v is the gradient. The velocity does not contain the learning rate, so a changed rate acts at once,
    as in PyTorch's SGD without dampening (Sutskever et al. 2013 have the rate inside). ``weight_decay`` is added to the
    gradient: g + weight_decay w.
    """

    name = "sgd"
    slots = ("velocity",)

    def _reconfigure(self, before: Mapping[str, Any]) -> None:
        if not self.options["momentum"]:
            self._state["velocity"].fill(0.0)

    def _formula(self, do: Program, w: Array, g: Array, own: Mapping[str, Array]) -> None:
        momentum = self.options["momentum"]
        step = do.empty_like(w)
        if not momentum:
            do.multiply(g, own["rate"], out=step)
        else:
            v = self._state["velocity"]
            do.multiply(v, momentum, out=v)
            do.add(v, g, out=v)
            if self.options.get("nesterov", self.name == "nesterov"):
                do.multiply(v, momentum, out=step)
                do.add(step, g, out=step)
                do.multiply(step, own["rate"], out=step)
            else:
                do.multiply(v, own["rate"], out=step)
        do.subtract(w, step, out=w)


class Momentum(SGD):
    """v = momentum v + g; w = w - r v; Polyak 1964 as PyTorch's SGD has it."""

    name = "momentum"


class Nesterov(SGD):
    """v = momentum v + g; w = w - r (g + momentum v); Nesterov 1983 as PyTorch's SGD has it."""

    name = "nesterov"
