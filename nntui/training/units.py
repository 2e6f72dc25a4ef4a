"""What counts as an active, a saturated and a dead unit, and on which samples that is judged.

Active and saturated are shares of the probe set. Dead is for good and is acted on, so it is judged on every sample of
the training set: a unit that is off for the whole probe set may be on elsewhere. Of an output layer none of the three
is said: its activation belongs to the loss, and to be certain is what it is for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nntui.nn.arrays import Array, BoolArray
from nntui.nn.layer import Dense
from nntui.nn.network import Network
from nntui.training.snapshot import DEAD, OK, SATURATED, States

ALWAYS = 0.99  # share of the probe set from which on a unit counts as saturated
MOST_WORK = 16_000_000  # parameters × rows that may be spent, while training goes on, on judging dead units
_CHUNK = 512  # rows

Traced = Sequence[tuple[Array, Array]]
Dead = list[BoolArray | None]
"""A layer each: (units,), or None where no unit can be dead."""


@dataclass(frozen=True, eq=False)
class Units:
    """A layer's units over some samples.

    Attributes:
        flat: (n, units) which outputs are saturated; None where there is no such thing.
        dead: (units,); None where no unit can be dead.
        active: (units,) share of the samples for which each responds; not-a-number in an output layer.
    """

    flat: BoolArray | None
    dead: BoolArray | None
    active: Array

    @property
    def saturated(self) -> float:
        """Share of all outputs that are saturated; not-a-number where there is no such thing."""
        return float("nan") if self.flat is None else float(self.flat.mean())

    @property
    def dead_share(self) -> float:
        """Share of the units that are dead; not-a-number where none can be."""
        return float("nan") if self.dead is None else float(self.dead.mean())

    @property
    def states(self) -> States:
        """(units,): DEAD, or SATURATED for more than 99% of the samples, or OK."""
        states = np.full(len(self.active), OK, np.int8)
        if self.flat is not None:
            states[self.flat.mean(axis=0) > ALWAYS] = SATURATED
        if self.dead is not None:
            states[self.dead] = DEAD
        return states


def units_of(network: Network, traced: Traced, dead: Dead) -> list[Units]:
    """Of every layer, the output last; ``dead`` as of `dead_units`."""
    found = []
    for layer, (z, a), off in zip(network.layers, traced, dead, strict=True):
        if layer is network.layers[-1]:
            found.append(Units(None, None, np.full(layer.size, np.nan, np.float32)))
        else:
            active = layer.activation.responsive(z, a).mean(axis=0, dtype=np.float32)
            found.append(Units(layer.activation.saturated(z, a), off, active))
    return found


def judged_on(network: Network, inputs: Array, probed: int) -> int:
    """On how many samples dead units are judged while training goes on: all of these or, in a large network, the
    probe set's."""
    return len(inputs) if len(network.parameters) * len(inputs) <= MOST_WORK else probed


def dead_units(network: Network, inputs: Array, traced: Traced | None = None) -> Dead:
    """Which units are dead for all of these samples; of the output layer none.

    Args:
        inputs: (n, inputs) the training set.
        traced: of some of these samples, sums and outputs of every layer: what is on there is not looked at again.
    """
    layers = network.layers
    start = traced if traced is not None else network.trace(inputs[:_CHUNK])
    found = [_dead(layer, *one) for layer, one in zip(layers[:-1], start, strict=False)]
    if traced is None or judged_on(network, inputs, 0):
        for begin in range(0, len(inputs), _CHUNK):
            if not any(off is not None and off.any() for off in found):
                break
            for index, one in enumerate(network.trace(inputs[begin : begin + _CHUNK])[:-1]):
                off, here = found[index], _dead(layers[index], *one)
                found[index] = None if off is None or here is None else off & here
    return [*found, None]


def _dead(layer: Dense, z: Array, a: Array) -> BoolArray | None:
    return layer.activation.dead_units(z, a)
