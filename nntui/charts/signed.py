"""Numbers above and below 0 as bars that start in the middle, one a row."""

from __future__ import annotations

import math
from collections.abc import Sequence

from textual.strip import Strip

from nntui.charts.canvas import Canvas, Size, clip_text, to_cells
from nntui.charts.frame import message
from nntui.charts.look import Look, role_index
from nntui.charts.ticks import format_number

_EIGHTHS = " ▏▎▍▌▋▊▉█"
POSITIVE, NEGATIVE = "train", "test"


def signed_bars(
    labels: Sequence[str],
    values: Sequence[float],
    size: Size,
    look: Look,
    *,
    reach: float | None = None,
    words: Sequence[str] | None = None,
    marked: int | None = None,
    empty: str = "nothing",
) -> list[Strip]:
    """A row each: label, bar to the right for positive and to the left for negative values, the number at the end.

    Rows that find no room are counted in the last: ``… 12 more``.

    Args:
        labels, values: as many of each.
        reach: the value of a bar that is as long as can be; by default the largest.
        words: what stands at the end of each row instead of the number.
        marked: number of a row whose label is emphasised.
    """
    if len(labels) != len(values) or (words is not None and len(words) != len(values)):
        raise ValueError(f"{len(labels)} labels, {len(values)} values")
    if not values:
        return message(empty, size, look)
    canvas = Canvas(size)
    shown = len(values) if len(values) <= canvas.height else max(canvas.height - 1, 0)
    ends = [format_number(value) for value in values[:shown]] if words is None else list(words[:shown])
    finite = [abs(value) for value in values if math.isfinite(value)]
    most = reach if reach is not None and reach > 0 else max(finite, default=0.0)
    name_room = min(max((len(to_cells(label)) for label in labels[:shown]), default=0), max(canvas.width * 2 // 5, 3))
    end_room = max((len(to_cells(end)) for end in ends), default=0)
    bar_room = canvas.width - name_room - end_room - 2
    muted, text = role_index("muted"), role_index("text")
    for row, (label, value, end) in enumerate(zip(labels[:shown], values[:shown], ends, strict=True)):
        role = role_index("title") if row == marked else text
        canvas.put(0, row, clip_text(label, name_room, look), role)
        if bar_room >= 3:
            _draw_bar(canvas, row, name_room + 1, bar_room, value, most, look)
        sign = role_index(POSITIVE if value >= 0 else NEGATIVE) if math.isfinite(value) else role_index("error")
        clipped = clip_text(end, max(canvas.width - name_room - 1, 0), look)
        canvas.put(canvas.width - len(to_cells(clipped)), row, clipped, sign)
    if shown < len(values) and canvas.height:
        more = f"{look.characters.ellipsis} {len(values) - shown} more"
        canvas.put(0, canvas.height - 1, clip_text(more, canvas.width, look), muted)
    return canvas.strips(look)


def _draw_bar(canvas: Canvas, row: int, left: int, width: int, value: float, most: float, look: Look) -> None:
    middle = width // 2
    canvas.put(left + middle, row, look.characters.vertical, role_index("axis"))
    if not math.isfinite(value):
        canvas.put(left + middle, row, look.characters.nan, role_index("error"))
        return
    room = middle if value < 0 else width - middle - 1
    share = min(abs(value) / most, 1.0) if most > 0 else 0.0
    role = role_index(POSITIVE if value >= 0 else NEGATIVE)
    if look.glyphs == "ascii":
        cells = round(share * room) or (1 if value else 0)
        at = left + middle + 1 if value >= 0 else left + middle - cells
        canvas.put(at, row, ("+" if value >= 0 else "-") * min(cells, room), role)
        return
    eighths = max(round(share * room * 8), 1 if value else 0)
    full, rest = divmod(eighths, 8)
    if value >= 0:
        canvas.put(left + middle + 1, row, ("█" * full + (_EIGHTHS[rest] if rest else ""))[:room], role)
        return
    # A block that fills from the right is one that fills from the left with its colours changed places.
    canvas.put(left + middle - full, row, "▓" * full, role)
    if rest and full < room:
        canvas.put(left + middle - full - 1, row, _EIGHTHS[8 - rest], role_index(NEGATIVE, reverse=True))
