"""A border with a title around strips, and a sentence in place of a chart."""

from __future__ import annotations

from collections.abc import Sequence

from rich.segment import Segment
from textual.strip import Strip

from nntui.charts.canvas import Canvas, Size, clip_text, to_cells
from nntui.charts.look import Look, role_index

# top left, top right, bottom left, bottom right, across, down
_ROUND = "╭╮╰╯─│"
_HEAVY = "┏┓┗┛━┃"
_ASCII = "++++-|"
_ASCII_FOCUSED = "####=#"


def message(text: str, size: Size, look: Look, role: str = "muted") -> list[Strip]:
    """``text`` in the middle of ``size``, wrapped at words, cut where it does not fit."""
    canvas = Canvas(size)
    lines = _wrap(text, canvas.width, look)
    if len(lines) > canvas.height:
        lines = lines[: canvas.height]
        if lines:
            lines[-1] = clip_text(lines[-1] + " " * canvas.width, canvas.width, look)
    top = (canvas.height - len(lines)) // 2
    for row, line in enumerate(lines):
        canvas.put((canvas.width - len(to_cells(line))) // 2, top + row, line, role_index(role))
    return canvas.strips(look)


def _wrap(text: str, width: int, look: Look) -> list[str]:
    lines: list[str] = []
    for paragraph in text.splitlines():
        line = ""
        for word in paragraph.split():
            if line and len(to_cells(f"{line} {word}")) <= width:
                line = f"{line} {word}"
                continue
            if line:
                lines.append(line)
            line = clip_text(word, width, look)
        lines.append(line)
    return lines


def framed(
    strips: Sequence[Strip], size: Size, look: Look, *, title: str, subtitle: str = "", focused: bool = False
) -> list[Strip]:
    """A border of ``size`` around ``strips``, with the title at its top left and the subtitle at its top right.

    The focused border has other line characters as well as another colour. Strips that are not
    (width - 2) × (height - 2) are cut or filled up; where there is no room for a border the strips stand alone.
    """
    width, height = max(0, size[0]), max(0, size[1])
    if width < 3 or height < 3:
        return _fit(strips, (width, height))
    plain, heavy = (_ASCII, _ASCII_FOCUSED) if look.glyphs == "ascii" else (_ROUND, _HEAVY)
    corners = heavy if focused else plain
    role = role_index("border_focus" if focused else "border")
    edges = Canvas((width, 2))
    edges.put(0, 0, corners[0] + corners[4] * (width - 2) + corners[1], role)
    edges.put(0, 1, corners[2] + corners[4] * (width - 2) + corners[3], role)
    _write_titles(edges, look, title, subtitle)
    top, bottom = edges.strips(look)
    side = Segment(corners[5], look.role_styles[role])
    inner = _fit(strips, (width - 2, height - 2))
    return [top, *(Strip([side, *strip, side], width) for strip in inner), bottom]


def _write_titles(edges: Canvas, look: Look, title: str, subtitle: str) -> None:
    """The title keeps its room; the subtitle gets what is left, or nothing when that is too little to read."""
    room = edges.width - 4
    title = clip_text(title, room - 2, look) if room >= 4 else ""
    used = len(to_cells(title)) + 2 if title else 0
    if title:
        edges.put(2, 0, f" {title} ", role_index("title"))
    left = room - used - (3 if used else 2)
    wanted = len(to_cells(subtitle))
    if subtitle and left >= min(wanted, 5):
        subtitle = clip_text(subtitle, left, look)
        edges.put(edges.width - 4 - len(to_cells(subtitle)), 0, f" {subtitle} ", role_index("muted"))


def _fit(strips: Sequence[Strip], size: Size) -> list[Strip]:
    width, height = size
    fitting = [strip if strip.cell_length == width else strip.adjust_cell_length(width) for strip in strips[:height]]
    return fitting + [Strip.blank(width)] * (height - len(fitting))
