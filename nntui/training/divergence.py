"""When numbers stop being finite: at which step, in which quantity, and the way back to just before it.

A state is kept every thousand steps or so, and at every command. Where not-a-number turns up later, training is
repeated from there, step by step, until it is found who made it. Repeating is exact, so the answer does not depend on
when anybody looked.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from nntui.nn.arrays import Array
from nntui.training.loop import Figures, Loop

_MOST_STEPS = 1000
_FEWEST_STEPS = 100
_SOUND = 10.0  # a loss is sound up to so many times that of guessing
_PARAMETERS_A_STEP = 50_000  # so many may be looked at a step without slowing it down
_PARAMETER_STEPS = 20_000_000  # keeping costs as the parameters, repeating as parameters × steps


@dataclass(frozen=True, slots=True)
class Fault:
    """What stopped being finite.

    Attributes:
        step: at which optimizer step (0-based).
        epoch: epochs ended before it.
        quantity: in the order in which a step makes them: ``loss`` of its batch, ``gradient of hidden 2``, ``weights of
            hidden 1`` after the update; ``test loss`` at the end of an epoch.
    """

    step: int
    epoch: int
    quantity: str


@dataclass(frozen=True, slots=True)
class _Trail:
    """What repeating showed: the fault, the last step whose loss was sound, and the one whose loss was lowest."""

    fault: Fault | None
    sound: int | None
    lowest: int


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

    def state(self) -> dict[str, Any]:
        """What going back depends on, so that a run taken up again goes back to where the first would have."""
        return {"states": list(self._states), "due": self.due, "look_from": self._look_from}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take over what ``state`` returned for a loop in the same state."""
        if not isinstance(state["states"], list) or not state["states"]:
            raise ValueError("there is no state to go back to")
        self._states = list(state["states"])
        self.due, self._look_from = int(state["due"]), int(state["look_from"])

    def finds_fault(self, loop: Loop) -> bool:
        """Whether a parameter is not finite. In large networks, where looking costs, only once in a number of steps."""
        parameters = loop.network.parameters
        if loop.step < self._look_from:
            return False
        self._look_from = loop.step + len(parameters) // _PARAMETERS_A_STEP
        return not is_finite(parameters)

    def go_back(self, loop: Loop) -> Fault:
        """Find the fault that lies before where the loop is, and put the loop where it can go on from.

        That is just before the last step whose loss was sound: not far above that of guessing. The weights just before
        the fault itself are of no use: finite still, but already beyond what any learning rate brings back.
        """
        limit, epoch = loop.step, loop.epoch
        for state in reversed(self._states):
            loop.restore(state)
            trail = _repeat(loop, limit)
            if trail.sound is not None:
                break
        loop.restore(state)
        run_to(loop, trail.lowest if trail.sound is None else trail.sound)
        self.start(loop)
        return trail.fault or Fault(limit - 1, epoch, "loss")  # each step's loss is finite, but not their mean


def run_to(loop: Loop, step: int) -> None:
    """Train until ``step`` steps are done, across epochs."""
    while loop.step < step:
        if loop.run(step):
            loop.end_epoch(loop.figures())


def is_finite(vector: Array) -> bool:
    """Whether all components are finite. The sum of squares tells at a glance, unless it overflows."""
    return math.isfinite(vector.dot(vector)) or bool(np.isfinite(vector).all())


def is_sound(figures: Figures, loop: Loop) -> bool:
    """Whether the losses are finite."""
    return math.isfinite(figures.train_loss) and not _fault_of_figures(figures, loop)


def _fault_of_figures(figures: Figures, loop: Loop) -> str:
    """Which loss of samples that are not trained on is not finite; empty if none."""
    if not math.isfinite(figures.test_loss):
        return "test loss"
    return "" if math.isfinite(loop.deciding_loss(figures)) else "validation loss"


def _repeat(loop: Loop, limit: int) -> _Trail:
    """Train step by step until something is not finite, at most until ``limit`` steps are done."""
    bound = _SOUND * loop.prepared.guessing_loss
    sound, lowest, least = None, loop.step, math.inf
    fault = None
    while loop.step < limit and fault is None:
        step = loop.step
        ended = loop.run(step + 1)
        loss = loop.lap.last_loss()
        if loss <= bound:
            sound = step
        if loss < least:
            lowest, least = step, loss
        quantity = _fault_of_step(loop, loss)
        if ended and not quantity:
            figures = loop.figures()
            quantity = _fault_of_figures(figures, loop)
            if not quantity:
                loop.end_epoch(figures)
        if quantity:
            fault = Fault(step, loop.epoch, quantity)
    return _Trail(fault, sound, lowest)


def _fault_of_step(loop: Loop, loss: float) -> str:
    """What the step just run made that is not finite; empty if nothing."""
    if not math.isfinite(loss):
        return "loss"
    return "" if is_finite(loop.network.parameters) else _culprit(loop)


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
