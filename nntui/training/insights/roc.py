"""How well two classes are told apart, wherever the line between them is drawn."""

from __future__ import annotations

from dataclasses import dataclass

from nntui.training.snapshot import Floats


@dataclass(frozen=True, slots=True)
class Curve:
    """The receiver operating characteristic of one part (Fawcett 2006, algorithm 1).

    Attributes:
        total: how many rows the part has.
        rows: how many were looked at.
        false_positives, true_positives: (n,) rates, both rising from 0 to 1; empty where a class is missing.
        area: under the curve: the chance that a sample of the second class gets a higher output than one of the first,
            equal ones counted half; NaN where a class is missing.
        here: the rates where the network draws its line now.
    """

    total: int
    rows: int
    false_positives: Floats
    true_positives: Floats
    area: float
    here: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Roc:
    """Every set; ``positive``: the name of the second class, whose share found counts as true positives.

    ``validation``: None without a validation set.
    """

    positive: str
    train: Curve
    test: Curve
    validation: Curve | None = None
