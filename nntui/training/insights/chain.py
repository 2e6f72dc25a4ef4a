"""One weight's gradient for one sample, taken apart by the chain rule."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

MOST_PARAMETERS = 4_000_000
"""Of larger networks there is no second copy in double precision."""

Numbers = npt.NDArray[np.float64]
Which = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class ChainLayer:
    """What one layer does with the sample, forward and backward; L is the loss of this sample.

    Attributes:
        layer: ``hidden 1`` … ``output``.
        activation: its name.
        units: how many it has.
        shown: (n,) the units that follow, those with the largest ∂L/∂z and the chosen one.
        z, a: (n,) weighted sums and outputs.
        back: (n,) ∂L/∂a, what comes back from the layers above.
        slope: (n,) ∂a/∂z; of softmax the diagonal only.
        delta: (n,) ∂L/∂z.
        rms_delta: root of the mean of the squares of all its ∂L/∂z.
        rms_output: the same of its outputs.
    """

    layer: str
    activation: str
    units: int
    shown: Which
    z: Numbers
    a: Numbers
    back: Numbers
    slope: Numbers
    delta: Numbers
    rms_delta: float
    rms_output: float


@dataclass(frozen=True, slots=True)
class Terms:
    """The sum that a signal on its way back is: one term a unit above, or an output beside.

    Attributes:
        total: how many terms there are.
        shown: (n,) the units or outputs of the terms that follow, the largest products first.
        factor: (n,) the weight to the unit above; in the output layer ∂a/∂z of that output.
        signal: (n,) ∂L/∂z of the unit above; in the output layer ∂L/∂a of that output.
        product: (n,).
        rest: sum of the terms not shown.
    """

    total: int
    shown: Which
    factor: Numbers
    signal: Numbers
    product: Numbers
    rest: float


@dataclass(frozen=True, slots=True)
class Chain:
    """∂L/∂w = ∂L/∂a · ∂a/∂z · ∂z/∂w for a weight w of one unit, in double precision, without dropout and penalties.

    Attributes:
        sample, samples: row of the training part (0-based) and how many there are.
        true, said: what the sample is, and what the network says.
        sizes: inputs, then the units of every layer.
        layer, unit, source: the weight, as there is one; ``source`` is -1 for the bias.
        source_name: where it comes from.
        loss_name: of the loss; ``output``: activation of the output layer.
        loss: of this sample.
        weight: w.
        bias: of the unit.
        x: ∂z/∂w, what comes in through the weight; 1 for the bias.
        z, a: weighted sum and output of the unit.
        back: ∂L/∂a; not a number where an output is so near 0 or 1 that it has no finite value.
        slope: ∂a/∂z.
        delta: ∂L/∂z.
        product: ∂L/∂z · ∂z/∂w.
        terms: the sum that ``back`` is; in the output layer the one that ``delta`` is.
        paths: ways from the weight to the outputs.
        backpropagated: ∂L/∂w by the formulas that train, in double precision.
        nudged: (L(w + h) - L(w - h)) / 2h.
        h: the nudge.
        difference: of both, relative to the larger.
        at_kink: whether some activation or the loss bends between w - h and w + h.
        layers: all, inputs first.
        place: of the sample in the data, ``row 812`` or ``line 813``.
    """

    sample: int
    samples: int
    true: str
    said: str
    sizes: tuple[int, ...]
    layer: int
    unit: int
    source: int
    source_name: str
    loss_name: str
    output: str
    loss: float
    weight: float
    bias: float
    x: float
    z: float
    a: float
    back: float
    slope: float
    delta: float
    product: float
    terms: Terms
    paths: float
    backpropagated: float
    nudged: float
    h: float
    difference: float
    at_kink: bool
    layers: tuple[ChainLayer, ...]
    place: str = ""
