"""What an exported network takes and gives: raw rows as they stand in the data, answers in the data's own terms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from nntui.runs.export.formulas import Formula, of_derived_input
from nntui.training.session import Session

Numbers = npt.NDArray[np.float64]
FloatType = Literal["float32", "float64"]

_LARGEST_OFFSET = 1000.0  # deviations from 0, up to which float32 keeps four digits or more of a scaled number
_FLOAT32_RANGE = 1e-30, 1e30  # with room for numbers that are far from the mean


@dataclass(frozen=True, eq=False, slots=True)
class Interface:
    """The ends of a network.

    Attributes:
        input_names: of the raw columns, in their order.
        derived: a formula for every input that is computed from the raw columns; empty where they are the inputs.
        mean, std: (inputs,) the network takes ``(input - mean) / std``.
        class_names: in the order of their numbers; empty for regression.
        target_names: empty for classification.
        target_mean, target_std: (targets,) a prediction is ``output * std + mean``; empty for classification.
        threshold: the output above which a network with one output says class 1; None with one output per class.
    """

    input_names: tuple[str, ...]
    derived: tuple[tuple[str, Formula], ...]
    mean: Numbers
    std: Numbers
    class_names: tuple[str, ...]
    target_names: tuple[str, ...]
    target_mean: Numbers
    target_std: Numbers
    threshold: float | None

    @property
    def columns(self) -> tuple[str, ...]:
        """Names for the raw columns in source code, which formulas of derived inputs are written in."""
        return COLUMNS if self.derived else ()

    @property
    def input_type(self) -> FloatType:
        """What raw rows must be read in so that their scaling keeps its digits."""
        return "float32" if self.derived else _type_for(self.mean, self.std)

    @property
    def target_type(self) -> FloatType:
        """The same for what a regression answers."""
        return _type_for(self.target_mean, self.target_std)


COLUMNS = ("x1", "x2")


def _type_for(mean: Numbers, std: Numbers) -> FloatType:
    smallest, largest = _FLOAT32_RANGE
    held = (np.abs(mean) <= _LARGEST_OFFSET * std) & (smallest <= std) & (np.abs(mean) + std <= largest)
    return "float32" if held.all() else "float64"


def interface(session: Session) -> Interface:
    """Of the session's network."""
    prepared = session.prepared
    parts, dataset = prepared.split, prepared.split.dataset
    derived = dataset.plane is not None
    one_output = prepared.task == "classification" and prepared.outputs == 1
    return Interface(
        input_names=dataset.plane_names if derived else dataset.feature_names,
        derived=tuple((name, of_derived_input(name, COLUMNS)) for name in dataset.feature_names) if derived else (),
        mean=parts.mean,
        std=parts.std,
        class_names=prepared.class_names,
        target_names=prepared.target_names,
        target_mean=parts.target_mean,
        target_std=parts.target_std,
        threshold=session.loss.output_threshold if one_output else None,
    )
