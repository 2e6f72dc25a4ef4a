"""A picture that is out of date until the next one comes: the same, in fainter colors."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from rich.color import Color, ColorSystem, ColorType, blend_rgb
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from nntui.charts.look import Look

SHARE = 0.5
"""How far each color moves to the background's."""

_DIM = Style(dim=True)


def faded(rows: Iterable[Strip], look: Look) -> list[Strip]:
    """The rows with every color halfway to the background's; dim where there are no colors, or only sixteen."""
    ground = look.style("text").bgcolor
    if ground is not None and (ground.is_default or not look.colors):
        ground = None
    return [
        Strip([Segment(text, _faded(style or Style.null(), ground)) for text, style, _ in row], row.cell_length)
        for row in rows
    ]


@lru_cache(maxsize=8192)
def _faded(style: Style, ground: Color | None) -> Style:
    colors = [color for color in (style.color, style.bgcolor) if color is not None and not color.is_default]
    if ground is None or not colors or any(color.type is ColorType.STANDARD for color in colors):
        return style + _DIM
    return style + Style(color=_towards(style.color, ground), bgcolor=_towards(style.bgcolor, ground))


def _towards(color: Color | None, ground: Color) -> Color | None:
    if color is None or color.is_default:
        return color
    mixed = Color.from_triplet(blend_rgb(color.get_truecolor(), ground.get_truecolor(), SHARE))
    return mixed.downgrade(ColorSystem.EIGHT_BIT) if color.type is ColorType.EIGHT_BIT else mixed
