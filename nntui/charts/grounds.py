"""Grounds for `nntui.charts.plane`: which of two or many classes, a number, a height."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from nntui.charts.cells import OWN, Codes, Colors, nearest, smoothly
from nntui.charts.heat import SEQUENTIAL
from nntui.charts.look import Look
from nntui.charts.plane import Cells, Ground

Array = npt.NDArray[np.float64]
Labels = npt.NDArray[np.int16]

# Of every class: its ground where the network is sure, where it is less so, and its points. xterm's 256 colors; blue,
# orange and green first, which common kinds of color blindness leave apart.
PALETTE = (
    (25, 60, 153), (130, 95, 223), (29, 65, 158), (88, 52, 217), (91, 53, 183), (100, 101, 229), (240, 239, 254),
    (30, 66, 159), (132, 96, 225), (58, 59, 187),
)  # fmt: skip
UNSURE = 238
BETWEEN = (25, 24, 60, 59, 95, 94, 130)
"""From the first of two classes to the second."""
BRIGHT, DARK = 231, 16

_ACROSS, _DOWN = 16, 4
"""A letter in so many cells across and down."""
_SURE, _FAIRLY = 0.85, 0.65


def class_color(label: int) -> int:
    """Of the points of a class."""
    return PALETTE[label % len(PALETTE)][2]


def class_ground(label: int) -> int:
    """Where the network says this class."""
    return PALETTE[label % len(PALETTE)][0]


def letter(label: int) -> str:
    """a, b, … z, a, …"""
    return chr(ord("a") + label % 26)


def between_two(share: npt.ArrayLike, look: Look, *, middle: float = 0.5, smooth: bool = False) -> Ground:
    """The ground of two classes.

    Args:
        share: (rows, columns) how much for the second class, at the points of a grid from edge to edge.
        middle: the share between both.
        smooth: in steps, not just on which side of the middle.
    """
    shares = np.atleast_2d(np.asarray(share, np.float64))

    def paint(rows: int, columns: int) -> Cells:
        colored = _is_colored(look)
        here = smoothly(shares, rows * 2 if colored else rows, columns)
        count = len(BETWEEN) if smooth else 2
        place = np.clip(np.nan_to_num(here - middle + 0.5), 0.0, 1.0)
        level = np.minimum((place * count).astype(np.intp), count - 1)
        ramp = np.array(BETWEEN if smooth else (BETWEEN[0], BETWEEN[-1]), np.int16)
        if not colored:
            shades = " ·░▒▓" if smooth else " ░"
            return _shaded(shades, place, np.isnan(here))
        return _lettered_halves(ramp[level], (place > 0.5).astype(np.intp), np.isnan(here))

    return paint


def among_classes(labels: Labels, sure: npt.ArrayLike, look: Look, *, smooth: bool = False) -> Ground:
    """The ground of any number of classes.

    Args:
        labels: (rows, columns) the class said.
        sure: (rows, columns) how surely.
        smooth: paler where less sure.
    """
    certain = np.asarray(sure, np.float64)

    def paint(rows: int, columns: int) -> Cells:
        colored = _is_colored(look)
        down = rows * 2 if colored else rows
        here = np.asarray(nearest(labels, down, columns), np.intp)
        surely = np.asarray(nearest(certain, down, columns), np.float64)
        unknown = np.isnan(surely)
        if not colored:
            return _lettered(here, surely, unknown, smooth)
        table = np.array(PALETTE, np.int16)[here % len(PALETTE)]
        tone = table[..., 0]
        if smooth:
            tone = np.where(surely >= _SURE, tone, np.where(surely >= _FAIRLY, table[..., 1], np.int16(UNSURE)))
        return _lettered_halves(tone, here, unknown)

    return paint


def height(values: npt.ArrayLike, look: Look, low: float, high: float) -> Ground:
    """The ground of a number, from the first color at ``low`` to the last at ``high``; values: (rows, columns)."""
    given = np.atleast_2d(np.asarray(values, np.float64))

    def paint(rows: int, columns: int) -> Cells:
        colored = _is_colored(look)
        here = smoothly(given, rows * 2 if colored else rows, columns)
        unknown = np.isnan(here)
        place = ramp_place(here, low, high)
        if not colored:
            return _shaded(" ·░▒▓", place, unknown)
        return _halves(ramp_colors(place), unknown)

    return paint


def ramp_place(values: Array, low: float, high: float) -> Array:
    """0 at ``low`` to 1 at ``high``, held to it; NaN counts as 0."""
    with np.errstate(all="ignore"):
        place = (values - low) / (high - low) if high > low else np.full(values.shape, 0.5)
    return np.clip(np.nan_to_num(place, nan=0.0, posinf=1.0, neginf=0.0), 0.0, 1.0)


def ramp_colors(place: Array) -> Colors:
    """Of places from 0 to 1."""
    ramp = np.array(SEQUENTIAL, np.int16)
    return ramp[np.minimum((place * len(ramp)).astype(np.intp), len(ramp) - 1)]


def contours(bands: npt.NDArray[np.intp], count: int, look: Look) -> Cells:
    """A ground of bands, with the number of a band on its border to the next: read by color or by number.

    Args:
        bands: (rows, columns) of 0 … count - 1; -1 is not known yet, and blank.
    """
    known = bands >= 0
    place = np.where(known, (bands + 0.5) / count, 0.0)
    border = np.zeros(bands.shape, np.bool_)
    border[:, :-1] |= bands[:, :-1] != bands[:, 1:]
    border[:-1] |= bands[:-1] != bands[1:]
    border &= known
    digits = np.array([ord(digit) for digit in "0123456789"], np.uint32)[np.clip(bands, 0, 9)]
    if not _is_colored(look):
        codes, fore, back = _shaded(" ·░▒▓", place, ~known)
        codes[~known] = ord(" ")
        codes[border] = digits[border]
        return codes, fore, back
    codes = np.full(bands.shape, ord(" "), np.uint32)
    back = ramp_colors(place)
    back[~known] = OWN
    codes[border] = digits[border]
    fore = np.where(known, np.where(place < 0.6, 250, 236), OWN).astype(np.int16)
    return codes, fore, back


def _is_colored(look: Look) -> bool:
    return look.colors and look.glyphs != "ascii"


def _halves(tones: Colors, unknown: npt.NDArray[np.bool_]) -> Cells:
    """Two rows a cell."""
    upper, lower = tones[0::2].copy(), tones[1::2].copy()
    codes: Codes = np.where(upper == lower, ord(" "), ord("▀")).astype(np.uint32)
    missing = unknown[0::2] | unknown[1::2]
    codes[missing], upper[missing], lower[missing] = ord("×"), OWN, OWN
    upper[codes == ord(" ")] = lower[codes == ord(" ")]
    return codes, upper, lower


def _lettered_halves(tones: Colors, labels: npt.NDArray[np.intp], unknown: npt.NDArray[np.bool_]) -> Cells:
    """As `_halves`, with the letter of the class here and there, for those who cannot tell the colors apart."""
    codes, fore, back = _halves(tones, unknown)
    rows, columns = np.indices(codes.shape)
    upper, lower = labels[0::2], labels[1::2]
    here = ((columns + rows // _DOWN % 2 * (_ACROSS // 2)) % _ACROSS == _ACROSS // 4) & (rows % _DOWN == _DOWN // 2)
    here &= (codes == ord(" ")) & (upper == lower)
    letters = np.array([ord(letter(label)) for label in range(26)], np.uint32)
    codes[here] = letters[upper[here] % 26]
    fore[here] = DARK
    return codes, fore, back


def _shaded(shades: str, place: Array, unknown: npt.NDArray[np.bool_]) -> Cells:
    table = np.array([ord(shade) for shade in shades], np.uint32)
    level = np.minimum((np.nan_to_num(place) * len(table)).astype(np.intp), len(table) - 1)
    codes: Codes = table[level]
    codes[unknown] = ord("×")
    return codes, _own(codes), _own(codes)


def _lettered(labels: npt.NDArray[np.intp], sure: Array, unknown: npt.NDArray[np.bool_], smooth: bool) -> Cells:
    """Every third cell the letter of its class, a capital where it is sure and that matters."""
    letters = np.array([ord(letter(label)) for label in range(26)], np.uint32)
    codes: Codes = letters[labels % 26]
    if smooth:
        codes = np.where(sure >= _SURE, codes - 32, codes).astype(np.uint32)
    rows, columns = np.indices(codes.shape)
    codes[(columns + rows * 2) % 4 != 0] = ord(" ")
    codes[unknown] = ord("×")
    return codes, _own(codes), _own(codes)


def _own(codes: Codes) -> Colors:
    return np.full(codes.shape, OWN, np.int16)


def legend_classes(names: Sequence[str], look: Look) -> list[tuple[str, str, int, int]]:
    """(sign, words, color, ground) of every class."""
    if _is_colored(look):
        return [(f" {letter(at)} ", name, class_color(at), class_ground(at)) for at, name in enumerate(names)]
    if len(names) == 2:
        return [("[ ]", names[0], OWN, OWN), ("░░░", names[1], OWN, OWN)]
    return [(f"{letter(at)}", name, OWN, OWN) for at, name in enumerate(names)]
