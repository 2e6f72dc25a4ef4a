"""The samples that the network is most wrong about."""

from __future__ import annotations

from dataclasses import dataclass

from nntui.training.snapshot import Floats


@dataclass(frozen=True, slots=True)
class Mistake:
    """One sample.

    Attributes:
        row: by which a person finds it, as ``numbered_by`` says.
        true, said: names of classes; for regression the numbers, in the units of the data.
        sure: the output for the class that is said; NaN for regression.
        sure_of_true: the output for the right class; NaN for regression.
        loss: of this sample.
        inputs: (features,) in the units of the data.
    """

    row: int
    true: str
    said: str
    sure: float
    sure_of_true: float
    loss: float
    inputs: Floats


@dataclass(frozen=True, slots=True)
class Mistakes:
    """The worst of the test part first: wrong classes by how surely they are said; for regression by their loss.

    Attributes:
        task: ``classification`` or ``regression``.
        numbered_by: ``row``: rows are counted from 1 in the whole data set; ``line``: by the lines of the user's file.
        probabilities: whether the outputs are probabilities.
        wrong: how many of the rows looked at are said wrong; 0 for regression.
        rows: how many rows were looked at.
        total: how many there are.
        features: names of the inputs.
        image_shape: (height, width) where a row of inputs is an image.
        low, high: least and greatest value of the inputs of all images.
        worst: at most 24.
    """

    task: str
    probabilities: bool
    wrong: int
    rows: int
    total: int
    features: tuple[str, ...]
    image_shape: tuple[int, int] | None
    low: float
    high: float
    worst: tuple[Mistake, ...]
    numbered_by: str = "row"
