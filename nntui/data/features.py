"""Inputs derived from the two of a plane, as in TensorFlow Playground."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import numpy as np

from nntui.data.dataset import Dataset, Floats
from nntui.data.derived import DERIVED
from nntui.data.errors import DataError

_FORMULAS: Mapping[str, Callable[[Any, Any], Any]] = MappingProxyType(
    {
        "x1": lambda x1, x2: x1,
        "x2": lambda x1, x2: x2,
        "x1^2": lambda x1, x2: x1 * x1,
        "x2^2": lambda x1, x2: x2 * x2,
        "x1*x2": lambda x1, x2: x1 * x2,
        "sin x1": lambda x1, x2: np.sin(np.pi * x1),
        "sin x2": lambda x1, x2: np.sin(np.pi * x2),
    }
)
assert tuple(_FORMULAS) == DERIVED


def derive(dataset: Dataset, names: tuple[str, ...]) -> Dataset:
    """The data set with exactly these inputs, in this order; without names, the data set as it is.

    sin x1 is sin(π x1): one wave over the square -1 … 1.

    Raises:
        DataError: the data set does not have two inputs.
    """
    if not names:
        return dataset
    if dataset.inputs.shape[1] != 2:
        raise DataError(f"derived inputs need a data set with two inputs; {dataset.name} has {dataset.inputs.shape[1]}")
    return replace(
        dataset,
        inputs=derived_columns(dataset.inputs, names),
        feature_names=names,
        image_shape=None,
        plane=dataset.inputs,
        plane_names=dataset.feature_names,
    )


def derived_columns(points: Floats, names: tuple[str, ...]) -> Floats:
    """(n, len(names)): these inputs of points of the plane, (n, 2)."""
    x1, x2 = points.T
    return np.column_stack([derived_values(name, x1, x2) for name in names])


def derived_values(name: str, x1: Any, x2: Any) -> Any:
    """One derived input of the two columns, or of whatever follows NumPy's ufuncs as an array does."""
    return _FORMULAS[name](x1, x2)
