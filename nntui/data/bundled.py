"""Real data sets that are shipped with the program, each checked against its checksum when it is loaded.

They were written once from scikit-learn's copies, value for value; source and licence of each are in the registry.
"""

from __future__ import annotations

import hashlib
import io
from pathlib import Path
from typing import Any

import numpy as np

from nntui.data.dataset import Dataset, Progress
from nntui.data.errors import DataError
from nntui.files import Unreadable, read_file

_LARGEST = 16 << 20  # bytes of a file

CHECKSUMS = {
    "digits": "88b33138d9522ea390f93db6d1c04fbd286445858afba9132c4a71f2a4ae35be",
    "iris": "d2beb8f8a7f740a9ca0b55a99e50caa99df1296338dda9ac7e070120e3ee48b9",
    "wine": "5662891cc78b55a3c4ea3fbf3457901e9beaa361a5da103fef7dfda69cef4cca",
    "breast_cancer": "93ddf4541cd87740aac068f7903b1fa2b75a5d06ac92137991edde9cb092c129",
    "diabetes": "7cf67508b90d2971a3cab59dfc153585d65136f8ace4bd0d13fb7c192bb91d44",
}  # sha256 of the file


def _read(name: str) -> dict[str, Any]:
    """The arrays of a shipped file.

    Raises:
        DataError: the file is missing or not the one that was shipped.
    """
    file = Path(__file__).parent / f"{name}.npz"
    try:
        content = read_file(file, _LARGEST)
    except Unreadable as error:
        raise DataError(f"{file}: {error}; install nntui again") from None
    if hashlib.sha256(content).hexdigest() != CHECKSUMS[name]:
        raise DataError(f"{file}: differs from the file that was shipped (sha256); install nntui again")
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        return dict(arrays)


def _dataset(name: str) -> Dataset:
    arrays = _read(name)
    inputs = arrays["inputs"].astype(np.float64)
    features = tuple(str(feature) for feature in arrays["feature_names"])
    if "labels" not in arrays:
        targets = arrays["targets"].astype(np.float64)
        return Dataset(name, inputs, None, targets, features, (), tuple(map(str, arrays["target_names"])))
    shape = arrays.get("image_shape")
    image_shape = None if shape is None else (int(shape[0]), int(shape[1]))
    classes = tuple(str(label) for label in arrays["class_names"])
    return Dataset(name, inputs, arrays["labels"].astype(np.int64), None, features, classes, (), image_shape)


def digits(rng: np.random.Generator, progress: Progress | None = None) -> Dataset:
    """1,797 images of 8×8 pixels, 0 … 16 each, and the digit they show."""
    return _dataset("digits")


def iris(rng: np.random.Generator, progress: Progress | None = None) -> Dataset:
    """150 flowers: lengths and widths of sepal and petal in cm, and the species."""
    return _dataset("iris")


def wine(rng: np.random.Generator, progress: Progress | None = None) -> Dataset:
    """178 wines: 13 chemical measures, and the grower."""
    return _dataset("wine")


def breast_cancer(rng: np.random.Generator, progress: Progress | None = None) -> Dataset:
    """569 tumours: 30 measures of cell nuclei, malignant or benign."""
    return _dataset("breast_cancer")


def diabetes(rng: np.random.Generator, progress: Progress | None = None) -> Dataset:
    """442 patients: ten measures (age in years, …), and the disease's progress after a year."""
    return _dataset("diabetes")
