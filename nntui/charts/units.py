"""A layer's units one by one, and a share as a bar."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from textual.strip import Strip

from nntui.charts.canvas import Canvas, Size, clip_text, to_cells
from nntui.charts.frame import message
from nntui.charts.look import Look, role_index

OK, SATURATED, DEAD = 0, 1, 2  # the states that unit_map takes


def unit_map(
    values: npt.ArrayLike, states: npt.ArrayLike, size: Size, look: Look, *, role: str = "activation"
) -> list[Strip]:
    """One cell a unit, row by row: the darker, the larger its value; ``#`` saturated, ``x`` dead, ``?`` not a number.

    Where there is room for it a blank cell parts them. Units that find no cell are counted in the last: ``+n more``.

    Args:
        values: (units,) from 0 to 1; others are held to it.
        states: (units,) OK, SATURATED or DEAD.
    """
    shares = np.atleast_1d(np.asarray(values, dtype=np.float64)).ravel()
    kinds = np.atleast_1d(np.asarray(states, dtype=np.int64)).ravel()
    if len(shares) != len(kinds):
        raise ValueError(f"{len(shares)} values but {len(kinds)} states")
    if not len(shares):
        return message("no units", size, look)
    canvas = Canvas(size)
    cells = canvas.width * canvas.height
    if not cells:
        return canvas.strips(look)
    codes, roles = unit_cells(shares, kinds, look, role)
    a_row = (canvas.width + 1) // 2
    if len(shares) <= a_row * canvas.height:
        at = np.arange(len(shares))
        places = at // a_row * canvas.width + at % a_row * 2
        note = ""
    else:
        note = _more(len(shares), cells, canvas.width) if len(shares) > cells else ""
        places = np.arange(min(len(shares), cells - len(note)))
    canvas.codes.reshape(-1)[places] = codes[: len(places)]
    canvas.roles.reshape(-1)[places] = roles[: len(places)]
    canvas.put(canvas.width - len(note), canvas.height - 1, note, role_index("muted"))
    return canvas.strips(look)


def unit_cells(
    shares: npt.NDArray[np.float64], kinds: npt.NDArray[np.int64], look: Look, role: str
) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.uint8]]:
    """The characters and roles of units, (units,) each, by the share that each is active and by its state."""
    glyphs = look.characters
    shades = np.array([ord(shade) for shade in glyphs.shades], dtype=np.uint32)
    unknown = np.isnan(shares)
    held = np.where(unknown, 0.0, np.clip(shares, 0.0, 1.0))
    codes = shades[np.minimum((held * len(shades)).astype(np.int64), len(shades) - 1)]
    roles = np.full(len(shares), role_index(role), dtype=np.uint8)
    saturated, dead = kinds == SATURATED, kinds == DEAD
    for here, character, name in (
        (unknown, "?", "muted"),
        (saturated, "#", "saturated"),
        (dead, glyphs.nan, "dead"),
    ):
        codes[here] = ord(character)
        roles[here] = role_index(name)
    return codes, roles


def _more(units: int, cells: int, width: int) -> str:
    """The longest note that fits a row and still says how many are not shown."""
    for pattern in (" +{} more", " +{}", "+{}", "+"):
        note = pattern.format(units - cells)
        note = pattern.format(units - cells + len(note))
        note = pattern.format(units - cells + len(note))
        if len(note) <= width:
            return note
    return ""


def share_bar(share: float, width: int, look: Look, role: str, label: str) -> Strip:
    """``label``, a bar from 0 to 1 and the share in percent, in one row of ``width`` cells.

    A share that is not a number has no bar and reads n/a. Narrow, the bar goes first, then the label is cut.
    """
    canvas = Canvas((width, 1))
    width = canvas.width
    known = not math.isnan(share)
    number = _percent(share) if known else "n/a"
    used = len(to_cells(label)) + (1 if label else 0)
    canvas.put(0, 0, clip_text(label, max(0, width - len(number) - 1), look), role_index("text"))
    bar = width - used - 5
    if bar >= 3:
        _draw_bar(canvas, used, bar, min(1.0, max(0.0, share)) if known else 0.0, role, look)
    shown = clip_text(number, width, look)
    canvas.put(width - len(to_cells(shown)), 0, shown, role_index(role if known else "muted", bold=known))
    return canvas.strips(look)[0]


def _percent(share: float) -> str:
    """Whole percent; what is neither none nor all is never shown as 0% or 100%."""
    if not math.isfinite(share):
        return "inf" if share > 0 else "-inf"
    percent = round(min(max(share, -9.0), 99.0) * 100)
    if percent <= 0 < share:
        return "<1%"
    if percent >= 100 and share < 1:
        return "99%"
    return f"{percent}%" if abs(percent) < 1000 else "999%" if percent > 0 else "-99%"


def _draw_bar(canvas: Canvas, left: int, width: int, share: float, role: str, look: Look) -> None:
    done, half, rest = tuple(look.characters.line)
    halves = round(share * width * 2)
    if share > 0:
        halves = max(1, halves)
    full, odd = divmod(halves, 2)
    canvas.put(left, 0, rest * width, role_index("axis"))
    canvas.put(left, 0, (done * full + half * odd)[:width], role_index(role))
