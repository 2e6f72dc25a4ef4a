"""How many threads the linear algebra library uses; it asks once, when NumPy is imported."""

from __future__ import annotations

import os

VARIABLES = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")


def use_threads(count: int) -> None:
    """So many, in this process; to be called before NumPy is imported."""
    os.environ.update(dict.fromkeys(VARIABLES, str(count)))
