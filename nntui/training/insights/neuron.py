"""One unit from close by: what goes in, what it makes of it, where it goes, and what would be without it."""

from __future__ import annotations

from dataclasses import dataclass

from nntui.training.insights.trends import Steps
from nntui.training.snapshot import Counts, Floats


@dataclass(frozen=True, slots=True)
class Neuron:
    """The chosen unit, for the chosen sample.

    Attributes:
        index, unit, sample: layer, unit in it and row of the training part, 0-based, as chosen or the nearest there is.
        layer, activation: name of the layer, and of its activation.
        units: of its layer.
        before, after: name of the layer before (``inputs`` of the first) and after (empty of the output).
        names: of the inputs where ``before`` is ``inputs`` and they are at most 4096; else empty.
        inputs, weights: (n,) what comes in and the weight of each.
        bias, total, output, slope: b, z = Σ wᵢxᵢ + b, a = φ(z), φ'(z).
        out_weights: (m,) its weights to the units of the layer after.
        curve_z, curve_a: (k,) φ over all z that matter; of softmax, with the other units as they are for the sample.
        low, high, counts: histogram of z over the probe set, 40 equal bins.
        active: share of the probe set for which it is on its responsive part; NaN of an output.
        state: OK, SATURATED (on a flat part for more than 99% of the probe set) or DEAD (on the training set).
        score_name: ``accuracy`` or ``R²``.
        score, score_without: on the probe set, and with this unit's output replaced by its mean; NaN for outputs.
        probed: samples of the probe set.
        steps, past_mean, past_active, past_norm: (t,) its history: mean output, share active, L2 norm of its weights.
    """

    index: int
    unit: int
    sample: int
    layer: str
    activation: str
    units: int
    before: str
    after: str
    names: tuple[str, ...]
    inputs: Floats
    weights: Floats
    bias: float
    total: float
    output: float
    slope: float
    out_weights: Floats
    curve_z: Floats
    curve_a: Floats
    low: float
    high: float
    counts: Counts
    active: float
    state: int
    score_name: str
    score: float
    score_without: float
    steps: Steps
    past_mean: Floats
    past_active: Floats
    past_norm: Floats
    probed: int = 0
