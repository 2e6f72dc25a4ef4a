"""A table of counts, rows against columns, shaded by each row's shares."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from textual.strip import Strip

from nntui.charts.canvas import Canvas, Size, clip_text, to_cells
from nntui.charts.cells import OWN, Codes, Colors, colored_rows
from nntui.charts.frame import message
from nntui.charts.look import Look, role_index
from nntui.charts.ticks import format_number

Table = npt.NDArray[np.int64]
Shares = npt.NDArray[np.float64]

_RIGHT = (236, 23, 24, 24, 25, 31)
_WRONG = (236, 52, 88, 88, 124, 160)
WITH_SHARE = (3, 6)
"""Lines and columns of a cell from which on it says its share of the row as well."""

_SHADES = " ·░▒▓█"
_PLAIN_SHADES = " .:+*#"


def confusion_matrix(
    counts: npt.ArrayLike,
    names: Sequence[str],
    size: Size,
    look: Look,
    *,
    columns: Sequence[tuple[str, Sequence[str]]] = (),
    first: int = 0,
    empty: str = "no samples",
) -> tuple[list[Strip], int]:
    """Rows: the true classes; columns: what is said. On the diagonal one color, beside it another.

    Where there is no room for numbers there is one cell a count, shaded; where there is none for all rows, some.

    Args:
        counts: (classes, classes).
        names: of the classes.
        columns: more columns at the right, (heading, a text a row), as many as fit.
        first: of the rows shown.

    Returns:
        The strips, and how many rows are shown.
    """
    table = np.atleast_2d(np.asarray(counts, np.int64))
    width, height = max(size[0], 0), max(size[1], 0)
    if not table.size or not table.sum() or width < 6 or height < 3:
        return message(empty if table.size and not table.sum() else "", (width, height), look), len(names)
    totals = table.sum(axis=1, keepdims=True)
    shares: Shares = table / np.maximum(totals, 1)
    rows = min(height - 1, len(names))
    tall = max(1, (height - 1) // len(names))
    first = max(0, min(first, len(names) - rows))
    cell, label = _widths(table, names, width, sum(wide for _, _, wide in _fitting(columns, width)))
    canvas = Canvas((width, height))
    more = _fitting(columns, width - label - 1 - cell * len(names))
    left = width - label - 1 - sum(wide for _, _, wide in more)
    longest = max(len(to_cells(name)) for name in names) + 1
    cell = max(cell, min(left // len(names), max(longest, 12, 4 * tall))) if cell > 2 else cell
    _head(canvas, names, label, cell, more, look)
    strips = canvas.strips(look)
    for at in range(rows):
        for line in range(tall):
            said = line - (tall - 1) // 2  # 0: counts; 1: shares, where cells are large
            strips[1 + at * tall + line] = _row(table, shares, first + at, names, label, cell, more, width, look,
                                                said if said == 0 or tall >= WITH_SHARE[0] else -1)  # fmt: skip
    return strips, rows


def _widths(table: Table, names: Sequence[str], width: int, beside: int) -> tuple[int, int]:
    """Cells of a count and of a row's name; where numbers fit with so many cells left beside them, these are left."""
    label = min(max(len(to_cells(name)) for name in names), max(width // 4, 3), 14)
    room = (width - label - 1) // len(names)
    wanted = max(len(str(int(table.max()))) + 1, 3)
    if room < wanted:
        label = min(label, 3)
        room = (width - label - 1) // len(names)
    if room < wanted:
        return max(min(room, 2), 1), label
    with_all = (width - label - 1 - beside) // len(names)
    return min(with_all if with_all >= wanted else room, wanted + 2), label


def _fitting(columns: Sequence[tuple[str, Sequence[str]]], room: int) -> list[tuple[str, Sequence[str], int]]:
    found = []
    for heading, texts in columns:
        wide = max(len(to_cells(text)) for text in (heading, *texts)) + 2
        if wide > room:
            break
        room -= wide
        found.append((heading, texts, wide))
    return found


def _head(
    canvas: Canvas,
    names: Sequence[str],
    label: int,
    cell: int,
    more: Sequence[tuple[str, Sequence[str], int]],
    look: Look,
) -> None:
    canvas.put(0, 0, "true" if label >= 4 else "", role_index("muted"))
    column = label + 1
    for name in names:
        shown = name if len(to_cells(name)) < cell else _short(name, cell - 1)
        canvas.put(column + cell - len(to_cells(shown)), 0, shown, role_index("muted"))
        column += cell
    for heading, _, wide in more:
        canvas.put(column + wide - len(to_cells(heading)), 0, heading, role_index("muted"))
        column += wide


def _short(name: str, room: int) -> str:
    """What tells it best from others: the end of a name that ends in a number, else its beginning."""
    last = name.split()[-1] if name.split() else name
    room = max(room, 1)
    return last[-room:] if last.isdigit() else name[:room]


def _row(
    table: Table,
    shares: Shares,
    row: int,
    names: Sequence[str],
    label: int,
    cell: int,
    more: Sequence[tuple[str, Sequence[str], int]],
    width: int,
    look: Look,
    said: int,
) -> Strip:
    """One line of a row: with its counts (``said`` 0), with their shares (1), or its colors alone."""
    words = said == 0
    canvas = Canvas((width, 1))
    fits = len(to_cells(names[row])) <= label
    name = names[row] if fits or not names[row][-1:].isdigit() else _short(names[row], label)
    if words:
        canvas.put(0, 0, clip_text(name, label, look), role_index("text"))
    left = label + 1
    numbered = cell > len(str(int(table.max())))
    colored = look.colors and look.glyphs != "ascii"
    shades = _SHADES if look.glyphs != "ascii" else _PLAIN_SHADES
    codes: Codes = np.full((1, cell * len(names)), ord(" "), np.uint32)
    fore: Colors = np.full(codes.shape, OWN, np.int16)
    back: Colors = np.full(codes.shape, OWN, np.int16)
    for column in range(len(names)):
        count, share = int(table[row, column]), float(shares[row, column])
        begin, end = column * cell, (column + 1) * cell
        level = min(int(share * 5) + 1, 5) if count else 0
        if colored:
            back[0, begin:end] = (_RIGHT if column == row else _WRONG)[level]
            fore[0, begin:end] = 231 if count else 244
        if numbered and words:
            text = str(count) if count or colored else "·" if look.glyphs != "ascii" else "."
            if column == row and not colored and cell > len(text) + 2:
                text = f"[{text}]"
            codes[0, end - len(text) : end] = to_cells(text)
        elif said == 1 and count and cell >= WITH_SHARE[1]:
            text = percent(share)
            codes[0, end - len(text) : end] = to_cells(text)
        elif not colored and not numbered:
            codes[0, begin:end] = ord(shades[level])
    column = left + codes.shape[1]
    for _, texts, wide in more if words else ():
        shown = texts[row]
        canvas.put(column + wide - len(to_cells(shown)), 0, shown, role_index("text"))
        column += wide
    whole = canvas.strips(look)[0]
    painted = colored_rows(codes, fore, back, look)[0].crop(0, width - left)
    return Strip.join([whole.crop(0, left), painted, whole.crop(left + painted.cell_length, width)])


def percent(share: float) -> str:
    """A share as a table has it."""
    return "–" if np.isnan(share) else f"{format_number(round(share * 100, 1))}%"
