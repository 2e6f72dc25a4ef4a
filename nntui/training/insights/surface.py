"""The loss around the present weights, over two directions out of very many."""

from __future__ import annotations

from dataclasses import dataclass

from nntui.training.snapshot import Floats


@dataclass(frozen=True, slots=True)
class Plane:
    """A slice through the loss: θ = center + x·d₁ + y·d₂.

    Attributes:
        values: (n, n) loss, the highest y on top; NaN where it is not worked out yet, infinite where it is no number.
        done: share of the places that are.
        low, high: ends of the axes, (x, y).
        center_step: step at which the weights were at the center.
        center_loss: loss there.
        path_x, path_y: (k,) where the weights were, oldest first, as seen in the plane.
        here: where they are now.
        seen: share of the way they have gone that lies in the plane.
        away: distance of the present weights from the plane, as a share of their own length.
    """

    values: Floats
    done: float
    low: tuple[float, float]
    high: tuple[float, float]
    center_step: int
    center_loss: float
    path_x: Floats
    path_y: Floats
    here: tuple[float, float]
    seen: float
    away: float


@dataclass(frozen=True, slots=True)
class Surface:
    """Both kinds of slice.

    Attributes:
        random: over two random directions; every unit's part is as long as the weights that come into the unit.
        path: over the two main directions of the way the weights have gone.
        why_not: in words, where there is no random slice, and why_no_path where there is none along the path.
        samples: of the training part, that the loss is of.
        parameters: how many directions there are.
        points: how many places of the way are kept.
    """

    random: Plane | None
    path: Plane | None
    why_not: str
    why_no_path: str
    samples: int
    parameters: int
    points: int
