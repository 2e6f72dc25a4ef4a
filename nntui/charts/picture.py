"""A small picture in shades of gray."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from textual.strip import Strip

from nntui.charts.canvas import Size
from nntui.charts.cells import OWN, Codes, Colors, colored_rows, nearest
from nntui.charts.look import Look

_GRAYS = np.array([16, *range(232, 256), 231], np.int16)
_SHADES = " ·░▒▓█"
_PLAIN_SHADES = " .:+*#"


def picture(values: npt.ArrayLike, size: Size, look: Look, *, low: float, high: float) -> list[Strip]:
    """The values over the whole of ``size``, black at ``low``; two rows a cell where there are colors.

    values: (rows, columns), row 0 on top; what is not a number is a cross.
    """
    width, height = max(size[0], 0), max(size[1], 0)
    given = np.atleast_2d(np.asarray(values, np.float64))
    if not given.size or not width or not height:
        return [Strip.blank(width, look.style("text")) for _ in range(height)]
    colored = look.colors and look.glyphs != "ascii"
    here = np.asarray(nearest(given, height * 2 if colored else height, width), np.float64)
    with np.errstate(all="ignore"):
        place = np.clip(np.nan_to_num((here - low) / (high - low)), 0, 1) if high > low else np.zeros(here.shape)
    if not colored:
        shades = _SHADES if look.glyphs != "ascii" else _PLAIN_SHADES
        table = np.array([ord(shade) for shade in shades], np.uint32)
        codes: Codes = table[np.minimum((place * len(table)).astype(np.intp), len(table) - 1)]
        codes[np.isnan(here)] = ord("x")
        own: Colors = np.full(codes.shape, OWN, np.int16)
        return colored_rows(codes, own, own, look)
    tones: Colors = _GRAYS[np.minimum((place * len(_GRAYS)).astype(np.intp), len(_GRAYS) - 1)]
    upper, lower = tones[0::2], tones[1::2]
    codes = np.full(upper.shape, ord("▀"), np.uint32)
    codes[np.isnan(here[0::2]) | np.isnan(here[1::2])] = ord("x")
    return colored_rows(codes, upper.copy(), lower.copy(), look)
