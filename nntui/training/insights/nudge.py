"""What a small change of one weight does to the loss, and what the next step will do to the weight."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class NextUpdate:
    """The next optimizer step, taken on a copy: the same batch, dropout, noise, state and learning rate.

    Attributes:
        step: its number, 0-based.
        batch: samples in the batch.
        optimizer: its name.
        learning_rate: in force.
        gradient: of the batch's mean loss, as dropout and noise leave it; turned around where the loss is maximised.
        penalty_l1, penalty_l2: what these penalties add to it.
        clipped: what clipping leaves of the sum.
        weight_decay: the optimizer's own, its strength; 0 where it has none.
        before, after: the weight, as the network's precision holds it.
        frozen: whether the layer is frozen.
        maximised: whether training climbs the loss.
    """

    step: int
    batch: int
    optimizer: str
    learning_rate: float
    gradient: float
    penalty_l1: float
    penalty_l2: float
    clipped: float
    weight_decay: float
    before: float
    after: float
    frozen: bool
    maximised: bool


@dataclass(frozen=True, slots=True)
class Nudge:
    """Difference quotients of the sample's loss beside its back-propagated gradient, in double precision.

    Attributes:
        layer, unit, source: the weight.
        weight: its value.
        gradient: ∂L/∂w back-propagated.
        h: (n,) nudges, falling.
        quotient: (n,) (L(w + h) - L(w - h)) / 2h.
        error: (n,) how far it is from the gradient, relative to the larger of both.
        update: None where the network is too large to try the next step on a copy.
    """

    layer: int
    unit: int
    source: int
    weight: float
    gradient: float
    h: Numbers
    quotient: Numbers
    error: Numbers
    update: NextUpdate | None
