"""What one unit has learned to look for."""

from __future__ import annotations

from dataclasses import dataclass

from nntui.training.snapshot import Counts, Floats


@dataclass(frozen=True, slots=True)
class NeuronMap:
    """The chosen unit, seen from the inputs.

    Attributes:
        layer, unit: name of the layer, and the unit, 0-based.
        kind: ``plane``: two inputs of their own; ``image``: the inputs are pixels; ``features``: anything else.
        of_sample: whether ``effect`` is the slope ∂z/∂x at the chosen sample; else it is the unit's own weights.
        names: of both axes, or of the features.
        low, high: ends of the plane in the units of the data, (x1, x2) each; or of all pixels, one number each.
        values: plane: (rows, columns) the unit's output, the highest ``x2`` on top; else empty.
        x, y: (n,) samples of the probe set on the plane; else empty.
        label: (n,) class of each; empty for regression.
        effect: image: (height, width); features: (1, features); else empty.
        best: image: (k, height, width) the samples of the probe set that excite it most; else empty.
        samples: of how many training samples these are the best.
        best_outputs: (k,) what it puts out for them.
        best_labels: what they show.
    """

    layer: str
    unit: int
    kind: str
    of_sample: bool
    names: tuple[str, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    values: Floats
    x: Floats
    y: Floats
    label: Counts
    effect: Floats
    best: Floats
    best_outputs: Floats
    best_labels: tuple[str, ...]
    samples: int = 0
