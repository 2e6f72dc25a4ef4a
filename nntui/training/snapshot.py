"""What a measurement found, small enough to travel and to draw from: counts and shares, never the weights themselves.

All are computed on the training side from a fixed probe set (at most 256 training inputs), but for dead units, which
are judged on the whole training set (`nntui.training.units`); the screen only draws them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from nntui.training.commands import Watch

Floats = npt.NDArray[np.float32]
Counts = npt.NDArray[np.int32]
States = npt.NDArray[np.int8]

WEIGHTS = "weights"
ACTIVATIONS = "activations"
GRADIENTS = "gradients"
QUANTITIES = (WEIGHTS, ACTIVATIONS, GRADIENTS)

OK, SATURATED, DEAD = 0, 1, 2  # a unit's state


@dataclass(frozen=True, slots=True)
class LayerWeights:
    """One layer's weights (biases apart): 40 equal bins from ``low`` to ``high``, now and at the start of the run.

    ``low`` and ``high`` cover both; they grow in steps, so that the picture does not tremble.
    """

    layer: str
    low: float
    high: float
    counts: Counts
    start_counts: Counts
    mean: float
    std: float
    bias_mean: float
    bias_std: float


@dataclass(frozen=True, slots=True)
class LayerActivations:
    """What one layer's units put out over the probe set.

    Attributes:
        layer: ``hidden 1`` … ``hidden n``, ``output``.
        activation: its name.
        low, high, counts: histogram of all outputs, 40 equal bins.
        mean, std: of all outputs.
        saturated: share of outputs on the activation's flat part, as the activation defines it; NaN where it has none,
            and of an output layer.
        dead: share of units that are dead for every sample of the training set; NaN where there can be none.
        unit_mean: (units,) mean output of each unit.
        unit_active: (units,) share of the probe set for which the unit is on its responsive part; NaN of an output.
        unit_state: (units,) OK, SATURATED (on the flat part for more than 99% of the probe set) or DEAD.
        samples: of the probe set.
        dead_samples: on which dead units were judged: all of the training set, or in a large network the probe set.
    """

    layer: str
    activation: str
    low: float
    high: float
    counts: Counts
    mean: float
    std: float
    saturated: float
    dead: float
    unit_mean: Floats
    unit_active: Floats
    unit_state: States
    samples: int = 0
    dead_samples: int = 0


@dataclass(frozen=True, slots=True)
class LayerGradients:
    """One layer's gradient of the last batch, and how far the last update went.

    Attributes:
        layer: as above.
        norm: L2 norm of the gradient of weights and biases.
        low, high, counts: histogram of the weights' gradient, 40 equal bins.
        update_ratio: L2 norm of the update really applied at the last step ÷ L2 norm of the parameters.
    """

    layer: str
    norm: float
    low: float
    high: float
    counts: Counts
    update_ratio: float


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The measurements asked for, at one moment; a quantity nobody watches is an empty tuple.

    Attributes:
        insights: the records of `nntui.training.insights`, by the names of their quantities.
        watch: the request that they answer; None: whatever is asked.
    """

    epoch: int
    step: int
    weights: tuple[LayerWeights, ...] = ()
    activations: tuple[LayerActivations, ...] = ()
    gradients: tuple[LayerGradients, ...] = ()
    insights: Mapping[str, Any] = field(default_factory=dict)
    watch: Watch | None = None

    def answers(self, wanted: Watch) -> bool:
        """Whether these measurements are what ``wanted`` asks for: its quantities, of its selection."""
        asked = self.watch
        return asked is None or (set(wanted.quantities) <= set(asked.quantities) and wanted.selects_as(asked))
