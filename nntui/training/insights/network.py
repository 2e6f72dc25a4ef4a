"""The network with one sample in it: every unit's output, and the weights between the layers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from nntui.training.snapshot import Counts, Floats, States

Shares = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Edges:
    """Weights into one layer: all of them, or of very many the largest.

    Attributes:
        source, target: (n,) unit in the layer before (or input), and unit, 0-based.
        weight: (n,), the largest by size last.
        total: how many weights there are.
    """

    source: Counts
    target: Counts
    weight: Floats
    total: int


@dataclass(frozen=True, slots=True)
class LayerUnits:
    """One layer's units.

    Attributes:
        layer, activation: ``hidden 1`` … ``output``, and its activation's name.
        output: (units,) for the chosen sample.
        mean: (units,) over the probe set.
        active: (units,) share of the probe set for which the unit is on its responsive part; NaN of an
            output.
        flat: (units,) share of the probe set for which it is on a flat part; NaN where there is none.
        state: (units,) OK, SATURATED (flat for more than 99% of the probe set) or DEAD (on the training
            set).
        edges: into this layer.
    """

    layer: str
    activation: str
    output: Floats
    mean: Floats
    active: Floats
    flat: Floats
    state: States
    edges: Edges


@dataclass(frozen=True, slots=True)
class Network:
    """What there is to draw of a network.

    Attributes:
        sample: row of the training part that is put in.
        samples: how many rows that part has.
        names: of the inputs, (inputs,); empty where they are pixels or more than 64.
        inputs: (inputs,) of the sample, scaled as the network gets them.
        right, said: what should come out for it and what does, in words.
        layers: hidden ones, then the output.
        place: of the sample in the data, ``row 812`` or ``line 813``.
        probed: samples of the probe set.
        dead_samples: on which dead units were judged.
    """

    sample: int
    samples: int
    names: tuple[str, ...]
    inputs: Floats
    right: str
    said: str
    layers: tuple[LayerUnits, ...]
    place: str = ""
    probed: int = 0
    dead_samples: int = 0
