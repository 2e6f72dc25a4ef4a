"""A widget that keeps its rows and sends only the cells that changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.style import Style
from textual.filter import ANSIToTruecolor
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget


class Rows(Widget):
    """Draws rows of cells that are made when there is something new, not when Textual asks for them.

    Textual's own way from a widget to the screen costs three times as much, and sends a changed widget whole. Its line
    filters (no color, dim) are part of that way, so they are applied here.
    """

    DEFAULT_CSS = "Rows { width: auto; height: auto; }"

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._drawn: list[Strip] = []
        self._finished: list[Strip] = []
        self._drawn_size = (0, 0)

    def make_rows(self, width: int, height: int) -> Sequence[Strip]:
        """The rows as they should be now; as many as ``height``, each ``width`` cells."""
        raise NotImplementedError

    def redraw(self) -> None:
        """Make the rows, and send the parts that differ from what is on the screen."""
        width, height = self.size
        if not (width and height):
            return
        rows = list(self.make_rows(width, height))
        if self._drawn_size != (width, height):
            self._keep(rows, range(height))
            self._drawn_size = (width, height)
            self.refresh()
            return
        before = self._drawn
        changed = [y for y, row in enumerate(rows) if row is not before[y] and row != before[y]]
        if changed:
            self._keep(rows, changed)
            spans = [(y, *_changed_cells(before[y], rows[y])) for y in changed]
            self.refresh(*(Region(start, y, end - start, 1) for y, start, end in spans if start < end))

    def forget(self) -> None:
        """Draw everything anew the next time: the colors changed."""
        self._drawn_size = (0, 0)

    def _keep(self, rows: list[Strip], changed: Sequence[int]) -> None:
        background = self.background_colors[1]
        under = Style(bgcolor=background.rich_color)
        filters = [item for item in self.get_line_filters() if not isinstance(item, ANSIToTruecolor)]
        if len(self._finished) != len(rows):
            self._finished = [Strip.blank(0)] * len(rows)
        for y in changed:
            strip = rows[y].apply_style(under)
            for line_filter in filters:
                strip = strip.apply_filter(line_filter, background)
            self._finished[y] = strip
        self._drawn = rows

    def render_lines(self, crop: Region) -> list[Strip]:
        width, height = self.size
        if self._drawn_size != (width, height):
            self._keep(list(self.make_rows(width, height)), range(height))
            self._drawn_size = (width, height)
        rows = self._finished[crop.y : crop.bottom]
        if crop.column_span != (0, width):
            rows = [row.crop(*crop.column_span) for row in rows]
        return rows

    def render(self) -> Any:
        return ""

    def text(self) -> str:
        """What is on the screen, as plain text."""
        return "\n".join(strip.text.rstrip() for strip in self._finished)


def _changed_cells(before: Strip, after: Strip) -> tuple[int, int]:
    """The columns between which two rows of one width differ, in whole pieces of one style; the end is not included."""
    old, new = list(before), list(after)
    start = end = 0
    for one, other in zip(old, new, strict=False):
        if one != other:
            break
        start += other.cell_length
    for one, other in zip(reversed(old), reversed(new), strict=False):
        if one != other:
            break
        end += other.cell_length
    return start, max(after.cell_length - end, start)
