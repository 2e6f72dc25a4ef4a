"""A ground for `nntui.charts.plane`: a number by the side of the middle on which it lies, and how far."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from nntui.charts.cells import OWN, smoothly
from nntui.charts.heat import DIVERGING
from nntui.charts.look import Look
from nntui.charts.plane import Cells, Ground

_SHADES = "=- +#"  # far below the middle, below, near, above, far above


def leaning(values: npt.ArrayLike, look: Look, low: float, high: float) -> Ground:
    """From blue (or ``=``) at ``low`` over dark to orange (or ``#``) at ``high``; not-a-number is a cross.

    Args:
        values: (rows, columns) at the points of a grid from edge to edge.
    """
    given = np.atleast_2d(np.asarray(values, np.float64))
    colored = look.colors and look.glyphs != "ascii"
    ramp = np.array(DIVERGING, np.int16)
    shades = np.array([ord(shade) for shade in _SHADES], np.uint32)

    def paint(rows: int, columns: int) -> Cells:
        here = smoothly(given, rows * 2 if colored else rows, columns)
        unknown = np.isnan(here)
        with np.errstate(all="ignore"):
            place = np.clip(np.nan_to_num((here - low) / (high - low) if high > low else here * 0 + 0.5), 0.0, 1.0)
        if not colored:
            codes: npt.NDArray[np.uint32] = shades[np.minimum((place * len(shades)).astype(np.intp), len(shades) - 1)]
            codes[unknown] = ord("×")
            own = np.full(codes.shape, OWN, np.int16)
            return codes, own, own.copy()
        tones = ramp[np.minimum((place * len(ramp)).astype(np.intp), len(ramp) - 1)]
        upper, lower = tones[0::2].copy(), tones[1::2].copy()
        missing = unknown[0::2] | unknown[1::2]
        upper[missing] = lower[missing] = OWN
        codes = np.where(missing, ord("×"), np.where(upper == lower, ord(" "), ord("▀"))).astype(np.uint32)
        return codes, upper, lower

    return paint
