"""Sizes that differ by powers of ten, a bar each."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from textual.strip import Strip

from nntui.charts.canvas import Canvas, Size, clip_text, to_cells
from nntui.charts.frame import message
from nntui.charts.look import Look, role_index
from nntui.charts.ticks import format_number

_BLOCKS = " ▏▎▍▌▋▊▉█"
_PLAIN = " #"


def log_bars(
    names: Sequence[str],
    values: npt.ArrayLike,
    size: Size,
    look: Look,
    *,
    role: str = "train",
    marked: int = -1,
    first: int = 0,
    least_decades: int = 3,
    empty: str = "no values",
) -> list[Strip]:
    """The name, a bar on a logarithmic scale, the value, as thick as the room allows; below the ends of the scale.

    Args:
        names, values: (n,); a value that is 0 or not finite has no bar, and says so.
        marked: the one whose name stands out.
        first: of those shown, where there is no room for all.
        least_decades: the scale has at least so many.
    """
    given = np.atleast_1d(np.asarray(values, np.float64))
    if len(given) != len(names):
        raise ValueError(f"{len(names)} names but {len(given)} values")
    width, height = max(size[0], 0), max(size[1], 0)
    if not len(given):
        return message(empty, (width, height), look)
    canvas = Canvas((width, height))
    seen = given[np.isfinite(given) & (given > 0)]
    high = math.ceil(math.log10(seen.max()) - 1e-9) if seen.size else 0
    low = min(math.floor(math.log10(max(float(seen.min()), 1e-300)) - 1e-9) if seen.size else -1, high - least_decades)
    label = min(max(len(to_cells(name)) for name in names), max(width // 3, 4))
    number = max(len(format_number(float(value))) for value in given)
    room = width - label - number - 2
    scaled = height >= 4 and room >= 12
    rows = min(height - scaled, len(names))
    pitch = max(1, (height - scaled) // max(rows, 1))
    thick = pitch - (pitch > 2)  # a blank line between thick bars
    for index, at in enumerate(range(first, min(first + rows, len(names)))):
        top = index * pitch
        row = top + (thick - 1) // 2
        canvas.put(0, row, clip_text(names[at], label, look), role_index("now" if at == marked else "text"))
        value = float(given[at])
        if room > 0:
            share = (math.log10(value) - low) / (high - low) if math.isfinite(value) and value > 0 else 0.0
            for line in range(top, top + thick):
                canvas.put(label + 1, line, _bar(min(max(share, 0.0), 1.0), room, look), role_index(role))
        text = format_number(value)
        canvas.put(width - len(text), row, text, role_index("text" if math.isfinite(value) else "error"))
    if scaled and rows < height:
        rows = rows * pitch
        left, right = f"1e{low}", f"1e{high}"
        canvas.put(label + 1, rows, left, role_index("muted"))
        canvas.put(label + 1 + room - len(right), rows, right, role_index("muted"))
        middle = f"1e{(low + high) // 2}"
        place = int(((low + high) // 2 - low) / (high - low) * room)
        if len(left) + 1 < place < room - len(right) - len(middle) - 1:
            canvas.put(label + 1 + place, rows, middle, role_index("muted"))
    return canvas.strips(look)


def _bar(share: float, room: int, look: Look) -> str:
    ramp = _PLAIN if look.glyphs == "ascii" else _BLOCKS
    parts = len(ramp) - 1
    filled = round(share * room * parts)
    if share > 0:
        filled = max(filled, 1)
    full, rest = divmod(filled, parts)
    return ramp[-1] * full + (ramp[rest] if rest else "")
