"""When numbers stop being finite: at which step, in which quantity, and the way back to just before it.

A state is kept every thousand steps or so, and at every command. Where not-a-number turns up later, training is
repeated from there, step by step, until it is found who made it. Repeating is exact, so the answer does not depend on
when anybody looked.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from nntui.nn.arrays import Array
from nntui.training.loop import Figures, Loop

_MOST_STEPS = 1000
_FEWEST_STEPS = 100
_PARAMETERS_A_STEP = 50_000  # so many may be looked at a step without slowing it down
_PARAMETER_STEPS = 20_000_000  # keeping costs as the parameters, repeating as parameters × steps


@dataclass(frozen=True, slots=True)
class Fault:
    """The step that spoilt it.

    Attributes:
        step: the first one (0-based) whose outcome is not finite.
        quantity: ``gradient of hidden 2``; ``weights of hidden 1`` where its gradient was finite; ``loss`` where the
            weights are, but not the loss of the next batch under them; ``test loss`` likewise.
        certain: False where an earlier step, before the state that was repeated from, may be the one.
    """

    step: int
    quantity: str
    certain: bool = True


class Keeper:
    """The last two states known to be finite."""

    def __init__(self, loop: Loop) -> None:
        steps = _PARAMETER_STEPS // len(loop.network.parameters)
        self._every = min(_MOST_STEPS, max(_FEWEST_STEPS, steps))
        self.start(loop)

    def start(self, loop: Loop) -> None:
        """Nothing before this moment is gone back to."""
        self._states: list[dict[str, Any]] = []
        self.keep(loop)

    def keep(self, loop: Loop) -> None:
        """Keep the state of now, which must be finite."""
        self._states = [*self._states[-1:], loop.state()]
        self.due = loop.step + self._every
        self._look_from = loop.step

    def finds_fault(self, loop: Loop) -> bool:
        """Whether a parameter is not finite. In large networks, where looking costs, only once in a number of steps."""
        parameters = loop.network.parameters
        if loop.step < self._look_from:
            return False
        self._look_from = loop.step + len(parameters) // _PARAMETERS_A_STEP
        return not is_finite(parameters)

    def go_back(self, loop: Loop) -> Fault:
        """Find the fault that lies before where the loop is, and put the loop just before the step that made it."""
        limit = loop.step
        fault: Fault | None = None
        state = self._states[-1]
        for state in reversed(self._states):
            loop.restore(state)
            fault = _first_fault(loop, limit)
            if fault is not None and fault.certain:
                break
        if fault is None:  # each step is finite, only their mean is not
            fault = Fault(limit - 1, "loss")
        loop.restore(state)
        run_to(loop, fault.step)
        self.start(loop)
        return fault


def run_to(loop: Loop, step: int) -> None:
    """Train until ``step`` steps are done, across epochs."""
    while loop.step < step:
        if loop.run(step):
            loop.end_epoch(loop.figures())


def is_finite(vector: Array) -> bool:
    """Whether all components are finite. The sum of squares tells at a glance, unless it overflows."""
    return math.isfinite(vector.dot(vector)) or bool(np.isfinite(vector).all())


def is_sound(figures: Figures) -> bool:
    """Whether both losses are finite."""
    return math.isfinite(figures.train_loss) and math.isfinite(figures.test_loss)


def _first_fault(loop: Loop, limit: int) -> Fault | None:
    begun = loop.step if loop.lap.order is not None else -1
    earliest = loop.step  # ended epochs stand: their figures were told
    while loop.step < limit:
        step = loop.step
        if loop.lap.order is None:
            earliest = step
        ended = loop.run(step + 1)
        if not math.isfinite(loop.lap.last_loss()):
            return Fault(max(step - 1, earliest), "loss", certain=step != begun)
        if not is_finite(loop.network.parameters):
            return Fault(step, _culprit(loop))
        if ended:
            figures = loop.figures()
            if not math.isfinite(figures.test_loss):
                return Fault(step, "test loss")
            loop.end_epoch(figures)
    return None


def _culprit(loop: Loop) -> str:
    """The first layer on the way back whose gradient is not finite; if there is none, the first with bad weights."""
    layers, gradient = loop.network.layers, loop.network.gradient
    for layer in reversed(layers):
        if not is_finite(gradient[layer.slice]):
            return f"gradient of {layer.name}"
    for layer in layers:
        if not is_finite(loop.network.parameters[layer.slice]):
            return f"weights of {layer.name}"
    raise AssertionError("there is nothing that is not finite")
