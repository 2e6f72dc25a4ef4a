"""The samples the network is most wrong about, with what it says of them."""

from __future__ import annotations

import math
from collections.abc import Sequence

from textual.strip import Strip

from nntui.charts.frame import message
from nntui.charts.picture import picture
from nntui.charts.ticks import format_number
from nntui.training.insights.mistakes import Mistake, Mistakes
from nntui.tui.drawings.pieces import beside, said_with_room, split_width, text_row
from nntui.tui.drawings.predictions import nothing, record, sampled
from nntui.tui.model import Model
from nntui.tui.widgets.panel import Drawing, Request
from nntui.tui.widgets.text import Part, clipped, number

_NARROWEST = 12
_MOST_FEATURES = 8
_SHORTEST_NAME = 6


def draw(request: Request) -> Drawing:
    """As many as fit; the others on further pages."""
    found: Mistakes | None = record(request.model, "mistakes")
    if found is None:
        return nothing(request)
    width = request.size[0]
    if not found.worst:
        said = said_with_room(width, "Mistakes", *_subtitles(found))
        return Drawing(message("no mistake on the test part", request.size, request.look, "ok"), "Mistakes", said)
    if found.image_shape is not None:
        rows, pages = _images(request, found, found.image_shape)
    else:
        rows, pages = _table(request, found)
    title = "Worst mistakes" if found.task == "classification" else "Largest errors"
    if pages > 1:
        title += f" {min(request.page, pages - 1) + 1}/{pages} ↑↓"
    return Drawing(rows, title, said_with_room(width, title, *_subtitles(found)), pages)


def _subtitles(found: Mistakes) -> list[str]:
    """The longest first."""
    few = sampled(found.rows, found.total)
    if found.task == "regression":
        return [few or "test part"]
    return [f"{found.wrong} of {few or found.rows} wrong", f"{found.wrong} wrong"]


def _images(request: Request, found: Mistakes, shape: tuple[int, int]) -> tuple[list[Strip], int]:
    (width, height), look = request.size, request.look
    colored = look.colors and look.glyphs != "ascii"
    tall = shape[0] // 2 if colored else shape[0]
    wide = shape[1]
    while tall * 2 + 2 <= height // 2 and wide * 2 <= width // 3 and tall * 2 <= 16:
        tall, wide = tall * 2, wide * 2
    tall, wide = min(tall, max(height - 2, 1)), min(wide, width)
    columns = max((width + 1) // (max(wide, _NARROWEST) + 1), 1)
    lines = max(height // (tall + 2), 1)
    pages = -(-len(found.worst) // (columns * lines))
    first = min(request.page, pages - 1) * columns * lines
    shown = found.worst[first : first + columns * lines]
    widths = split_width(width, columns)
    strips: list[Strip] = []
    for line in range(lines):
        some = shown[line * columns : (line + 1) * columns]
        blocks: list[Sequence[Strip]] = []
        for mistake, room in zip(some, widths, strict=False):
            image = picture(
                mistake.inputs.reshape(shape), (min(wide, room), tall), look, low=found.low, high=found.high
            )
            image = [strip.adjust_cell_length(room, look.style("text")) for strip in image]
            blocks.append([*_caption(mistake, found, room, request), *image])
        blocks += [[]] * (columns - len(blocks))
        strips += beside(blocks, widths, min(tall + 2, height - len(strips)), look)
    return _filled(strips, request), pages


def _caption(mistake: Mistake, found: Mistakes, room: int, request: Request) -> list[Strip]:
    if found.task == "regression":
        first: list[Part] = [(f"true {mistake.true}", "text")]
        second: list[Part] = [(f"says {mistake.said}", "error")]
    else:
        first = [("is ", "muted"), (mistake.true, "text")]
        second = [("says ", "muted"), (mistake.said, "error"), (f" {_sure(mistake.sure, found)}", "muted")]
    where = f"  {found.numbered_by} {mistake.row}"
    if sum(len(text) for text, _ in first) + len(where) <= room:
        first.append((where, "muted"))
    return [text_row(first, room, request.look), text_row(second, room, request.look)]


def _sure(value: float, found: Mistakes) -> str:
    if math.isnan(value):
        return "–"
    return f"{value * 100:.0f}%" if found.probabilities else number(value, 2)


def _table(request: Request, found: Mistakes) -> tuple[list[Strip], int]:
    width, height = request.size
    lines = max(height - 1, 1)
    pages = -(-len(found.worst) // lines)
    first = min(request.page, pages - 1) * lines
    shown = found.worst[first : first + lines]
    classes = found.task == "classification"
    heads = ["is", "says", "sure", "true"] if classes else ["true", "says", "loss"]
    heads.insert(0, found.numbered_by)
    cells = [_cells(mistake, found) for mistake in shown]
    wide = [max(len(head), *(len(row[at]) for row in cells)) for at, head in enumerate(heads)]
    wide = _shrunk([min(size, 14) for size in wide], width, (1, 2) if classes else ())
    heads, cells = heads[: len(wide)], [row[: len(wide)] for row in cells]
    names, values = _features(found, shown, width - sum(wide) - 2 * len(wide))
    heads, wide = [*heads, *names], [*wide, *(max(len(name), 6) for name in names)]
    rows = [_line(heads, wide, "muted", request)]
    for row, more in zip(cells, values, strict=True):
        rows.append(_line([*row, *more], wide, "text", request))
    return _filled(rows, request), pages


def _shrunk(wide: list[int], room: int, names: Sequence[int]) -> list[int]:
    """Widths of columns, two blanks apart, that fit: names of classes give way first, then the last columns go."""
    wide = list(wide)
    while names and sum(wide) + 2 * (len(wide) - 1) > room and max(wide[at] for at in names) > _SHORTEST_NAME:
        wide[max(names, key=lambda at: wide[at])] -= 1
    while len(wide) > 1 and sum(wide) + 2 * (len(wide) - 1) > room:
        wide.pop()
    return wide


def _cells(mistake: Mistake, found: Mistakes) -> list[str]:
    """``true``: how sure it is of the right class."""
    if found.task == "regression":
        return [str(mistake.row), mistake.true, mistake.said, number(mistake.loss, 3)]
    sure = _sure(mistake.sure, found), _sure(mistake.sure_of_true, found)
    return [str(mistake.row), mistake.true, mistake.said, *sure]


def _features(found: Mistakes, shown: Sequence[Mistake], room: int) -> tuple[list[str], list[list[str]]]:
    """The names and values of as many inputs as fit."""
    names: list[str] = []
    for name in found.features[:_MOST_FEATURES]:
        wide = max(min(len(name), 12), 6) + 2
        if wide > room:
            break
        room -= wide
        names.append(name[:12])
    return names, [[format_number(float(value)) for value in mistake.inputs[: len(names)]] for mistake in shown]


def _line(cells: Sequence[str], wide: Sequence[int], role: str, request: Request) -> Strip:
    ellipsis = "…" if request.look.glyphs != "ascii" else "~"
    text = "  ".join(f"{clipped(cell, size, ellipsis):>{size}}" for cell, size in zip(cells, wide, strict=True))
    return text_row([(text, role)], request.size[0], request.look)


def _filled(rows: list[Strip], request: Request) -> list[Strip]:
    width, height = request.size
    blank = text_row([], width, request.look)
    return [*rows, *[blank] * (height - len(rows))][:height]


def facts(model: Model) -> dict[str, str]:
    """The worst of them in words."""
    found: Mistakes | None = record(model, "mistakes")
    if found is None:
        return {}
    return {
        f"{found.numbered_by} {mistake.row}": f"is {mistake.true}, says {mistake.said}"
        + (f", {_sure(mistake.sure, found)} sure" if found.task == "classification" else "")
        for mistake in found.worst[:5]
    }
