"""Dots finer than a cell: braille (2×4 a cell), quadrant blocks (2×2), or one character a cell."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from nntui.charts.canvas import Canvas
from nntui.charts.look import GlyphLevel

Mask = npt.NDArray[np.bool_]
Bits = npt.NDArray[np.uint8]

DOTS: dict[GlyphLevel, tuple[int, int]] = {"braille": (2, 4), "block": (2, 2), "ascii": (1, 1)}
# weight of the dot in row y, column x of a cell
_BRAILLE = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
_QUADRANT = ((1, 2), (4, 8))
_QUADRANTS = np.array([ord(character) for character in " ▘▝▀▖▌▞▛▗▚▐▜▄▙▟█"], dtype=np.uint32)
# dots drawn of how many, by dots across a cell, a way of dotting each
_GAPS = {2: ((2, 4), (1, 3), (3, 8), (1, 2)), 1: ((1, 2), (1, 3), (2, 5), (1, 4))}
FINELY = 4  # the way of dotting that shows the most of a curve
ASCII_MARKERS = "*o+x@%&="
ASCII_QUIET = "."


def pack(mask: Mask, level: GlyphLevel) -> Bits:
    """Dots to cells: (height × dots down, width × dots across) → (height, width) bits, 0 where a cell is empty."""
    across, down = DOTS[level]
    weights = {"braille": _BRAILLE, "block": _QUADRANT, "ascii": ((1,),)}[level]
    height, width = mask.shape[0] // down, mask.shape[1] // across
    bits = np.zeros((height, width), dtype=np.uint8)
    dots = mask.view(np.uint8)
    for y in range(down):
        for x in range(across):
            bits |= dots[y::down, x::across] * np.uint8(weights[y][x])
    return bits


def unpack(codes: npt.NDArray[np.uint32], level: GlyphLevel) -> Mask:
    """Cells to dots, as `pack` undone; characters that are no dots of this level have none.

    Args:
        codes: (height, width) code points.
        level: ``braille`` or ``block``.
    """
    across, down = DOTS[level]
    if level == "braille":
        weights: tuple[tuple[int, ...], ...] = _BRAILLE
        bits = np.where((codes >= 0x2800) & (codes < 0x2900), codes - 0x2800, 0)
    else:
        weights = _QUADRANT
        order = np.argsort(_QUADRANTS)
        found = order[np.minimum(np.searchsorted(_QUADRANTS, codes, sorter=order), len(order) - 1)]
        bits = np.where(_QUADRANTS[found] == codes, found, 0)
    mask = np.zeros((codes.shape[0] * down, codes.shape[1] * across), dtype=bool)
    for y in range(down):
        for x in range(across):
            mask[y::down, x::across] = bits & weights[y][x] != 0
    return mask


def dotted(mask: Mask, level: GlyphLevel, style: int) -> Mask:
    """``mask`` with gaps, so that a series is told from the others without colour; style 0 has none.

    The gaps stand still on the grid: a curve that moves does not shimmer. Flat parts have gaps across, steep ones down.
    """
    if style <= 0:
        return mask
    height, width = mask.shape
    across = DOTS[level][0]
    on, period = _GAPS[across][(style - 1) % 4]
    steep = mask.sum(axis=0) > 2
    keep_columns = (np.arange(width) % period < on) & ~steep
    keep_rows = (np.arange(height) % period < on)[:, None] & steep
    return np.asarray(mask & (keep_columns | keep_rows))


class Plot:
    """The dots of several series over one another on the same cells, the last on top.

    What is added as background shows only in cells without a line: a cell has one colour, it would take the line's.

    Args:
        size: (width, height) in cells.
    """

    def __init__(self, size: tuple[int, int], level: GlyphLevel) -> None:
        self.level = level
        across, down = DOTS[level]
        self.width, self.height = size
        self.dots_across, self.dots_down = self.width * across, self.height * down
        self._bits = np.zeros((self.height, self.width), dtype=np.uint8)
        self._roles = np.zeros((self.height, self.width), dtype=np.uint8)
        self._markers = np.zeros((self.height, self.width), dtype=np.uint32)
        self._background = np.zeros((self.height, self.width), dtype=bool)

    def add(self, mask: Mask, role: int, marker: str = "*", *, background: bool = False) -> None:
        """Lay the dots of ``mask`` (dots down, dots across) over what is there; ``marker`` stands for them in ASCII."""
        bits = pack(mask, self.level)
        here = bits != 0
        if not background:
            self._bits[here & self._background] = 0
        self._background[here] = background
        self._bits |= bits
        self._roles[here] = role
        self._markers[here] = ord(marker)

    def draw(self, canvas: Canvas, left: int, top: int) -> None:
        """Put the cells with dots on the canvas; the others stay as they are."""
        here = self._bits != 0
        if self.level == "braille":
            codes = self._bits.astype(np.uint32) + 0x2800
        elif self.level == "block":
            codes = _QUADRANTS[self._bits]
        else:
            codes = self._markers
        area = slice(top, top + self.height), slice(left, left + self.width)
        canvas.codes[area][here] = codes[here]
        canvas.roles[area][here] = self._roles[here]


def sample(level: GlyphLevel, style: int) -> str:
    """Three cells of a flat line, as the legend shows it."""
    if level == "ascii":
        marker = ASCII_MARKERS[style % len(ASCII_MARKERS)]
        return marker * 3 if style == 0 else f"{marker} {marker}"
    plot = Plot((4, 1), level)
    mask = np.zeros((plot.dots_down, plot.dots_across), dtype=bool)
    mask[plot.dots_down // 2 - 1 + (level == "block")] = True
    canvas = Canvas((4, 1))
    plot.add(dotted(mask, level, style), 0)
    plot.draw(canvas, 0, 0)
    return "".join(map(chr, canvas.codes[0, :3].tolist()))
