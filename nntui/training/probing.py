"""Which training samples the network is looked at with: few, fixed, spread over the training part."""

from __future__ import annotations

import numpy as np

from nntui.nn.arrays import IntArray

SIZE = 256
_FEWEST_ROWS = 64
_PARAMETER_ROWS = 16_000_000  # a forward pass costs as parameters × rows


def probe_rows(samples: int, parameters: int, size: int = SIZE) -> IntArray:
    """(n,) rows of the training part, evenly spread over its ``samples``.

    At most ``size``; fewer, down to 64, where the network is so large that they would slow training down.
    """
    size = min(size, max(_FEWEST_ROWS, _PARAMETER_ROWS // parameters))
    rows: IntArray = np.linspace(0, samples - 1, min(size, samples)).round().astype(np.intp)
    return rows
