"""How each layer went over the whole run: the thinned log of `nntui.training.trends`."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from nntui.training.snapshot import Counts, Floats

PERCENTILES = (5, 25, 50, 75, 95)
MOST_WEIGHTS = 4096  # of larger layers, percentiles and density are of a fixed sample of this size

Steps = npt.NDArray[np.int64]
Densities = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Trends:
    """Every layer at the same moments, the last of which is now.

    Attributes:
        layers: ``hidden 1`` … ``output``; L of them.
        activations: their names.
        steps: (T,) optimizer steps done at each moment.
        low, high: (L,) ends of the 40 equal bins of ``density``, common to all moments.
        density: (L, T, 40) how many weights lie in each bin: 255 in the fullest bin of the moment, 0 in an empty one.
        percentiles: (L, T, 5) of the weights: 5th, 25th, 50th, 75th, 95th.
        bias_percentiles: (L, T, 5) of the biases.
        gradient_norm: (L, T) L2 norm of the gradient of the last batch, biases included.
        update_ratio: (L, T) L2 norm of the update really applied ÷ L2 norm of the parameters before it.
        mean, std: (L, T) of all the layer's outputs over the probe set.
        signal: (L, T) root mean square of δ = ∂L/∂z over the probe set, L being each sample's own loss.
        dead, saturated: (L, T) share of dead units, and of outputs on a flat part; NaN where there is no such thing.
        samples, dead_samples: on how many training samples these are measured, and dead units judged.
        gradient_low, gradient_high, gradient_counts: (L,), (L,), (L, 40) histogram of the weights' gradient of now.
    """

    layers: tuple[str, ...]
    activations: tuple[str, ...]
    steps: Steps
    low: Floats
    high: Floats
    density: Densities
    percentiles: Floats
    bias_percentiles: Floats
    gradient_norm: Floats
    update_ratio: Floats
    mean: Floats
    std: Floats
    signal: Floats
    dead: Floats
    saturated: Floats
    gradient_low: Floats
    gradient_high: Floats
    gradient_counts: Counts
    samples: int = 0
    dead_samples: int = 0
