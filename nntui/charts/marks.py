"""What lies behind the curves: changes made, the cursor, a value to compare with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nntui.charts.axes import Area, Scale, column_of, row_of
from nntui.charts.canvas import Canvas, clip_text, to_cells
from nntui.charts.look import Look, role_index

_HELD = "\N{NO-BREAK SPACE}"  # a label's own blanks, until the lines behind it are drawn


@dataclass(frozen=True)
class Mark:
    """A place on the x axis worth a vertical line and a word: something was changed there."""

    x: float
    label: str
    role: str = "mark"


def draw_decorations(
    canvas: Canvas,
    area: Area,
    x: Scale,
    y: Scale,
    look: Look,
    marks: Sequence[Mark],
    cursor: float | None,
    baseline: tuple[float, str] | None,
) -> None:
    """All in cells that are still empty, so no data is hidden; the labels first, then the lines."""
    glyphs = look.characters
    lines: dict[int, tuple[str, int]] = {}
    for mark in marks:
        column = column_of(x.place_one(mark.x), area)
        if column is not None:
            lines[column] = glyphs.mark, role_index(mark.role)
    if cursor is not None:
        column = column_of(x.place_one(cursor), area)
        if column is not None:
            lines[column] = glyphs.cursor, role_index("now")
    _label_marks(canvas, area, x, look, marks, set(lines))
    level = row_of(y.place_one(baseline[0]), area) if baseline else None
    if baseline and level is not None:
        _label_baseline(canvas, area, level, baseline[1])
    for column, (glyph, role) in lines.items():
        _fill_blank(canvas, slice(area.top, area.bottom), slice(column, column + 1), glyph, role)
    if level is not None:
        across = slice(area.left, area.left + area.width)
        _fill_blank(canvas, slice(level, level + 1), across, glyphs.baseline, role_index("muted"))
    canvas.codes[canvas.codes == ord(_HELD)] = ord(" ")


def _fill_blank(canvas: Canvas, rows: slice, columns: slice, glyph: str, role: int) -> None:
    codes, roles = canvas.codes[rows, columns], canvas.roles[rows, columns]
    blank = codes == ord(" ")
    codes[blank] = ord(glyph)
    roles[blank] = role


def _label_marks(canvas: Canvas, area: Area, x: Scale, look: Look, marks: Sequence[Mark], lines: set[int]) -> None:
    """The latest marks first; each label beside its line in the first row with room, shortened or across other marks'
    lines if it must be.
    """
    done: set[int] = set()
    for mark in reversed(marks):
        column = column_of(x.place_one(mark.x), area)
        if column is None or column in done:
            continue
        done.add(column)
        short = clip_text(mark.label, 10, look)
        for label, avoided in ((mark.label, lines), (short, lines), (mark.label, set[int]()), (short, set[int]())):
            if label and _place_label(canvas, area, column, label, role_index(mark.role), avoided):
                break


def _place_label(canvas: Canvas, area: Area, column: int, label: str, role: int, avoided: set[int]) -> bool:
    cells = len(to_cells(label))
    for row in range(area.top, area.bottom):
        for start in (column + 1, column - cells):
            stop = start + cells
            if start < area.left or stop > area.left + area.width or avoided.intersection(range(start, stop)):
                continue
            # a blank cell on both sides keeps the label apart from data and from other labels
            first, last = max(area.left, start - 1), min(area.left + area.width, stop + 1)
            if canvas.is_blank(first, row, last - first):
                canvas.put(start, row, label.replace(" ", _HELD), role)
                return True
    return False


def _label_baseline(canvas: Canvas, area: Area, level: int, label: str) -> None:
    """At the right end or else the left one, on its line or beside it, where neither data nor a label is near."""
    cells = len(to_cells(label))
    edge = area.left + area.width
    for start in (edge - cells, area.left + 1):
        first, last = max(area.left, start - 1), min(edge, start + cells + 1)
        for row in (level, level - 1, level + 1):
            if start >= area.left and area.top <= row < area.bottom and canvas.is_blank(first, row, last - first):
                canvas.put(start, row, label.replace(" ", _HELD), role_index("muted"))
                return
