"""A data set by its name."""

from __future__ import annotations

from typing import Any

import numpy as np

from nntui.data.dataset import Dataset, Progress
from nntui.data.errors import DataError
from nntui.data.registry import DATASETS


def load(name: str, rng: np.random.Generator, *, progress: Progress | None = None, **options: Any) -> Dataset:
    """Draw, unpack or read a data set.

    Args:
        name: of the registry.
        rng: where the points of a drawn set come from; not used by others.
        progress: told what is going on and the share done (None: not known) where that takes long.
        options: of the set; what is not given has its default.

    Raises:
        DataError: no such data set or option, or a file that cannot be used.
    """
    entry = DATASETS.get(name)
    if entry is None:
        raise DataError(f"unknown data set {name!r}; there are {', '.join(DATASETS)}")
    strange = [option for option in options if option not in entry.takes]
    if strange:
        raise DataError(f"{name} does not take {', '.join(strange)}; it takes {', '.join(entry.takes) or 'no options'}")
    dataset: Dataset = entry.load()(rng, progress, **{**entry.defaults(), **options})
    return dataset
