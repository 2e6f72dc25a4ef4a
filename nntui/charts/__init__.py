"""Arrays and a size in, rows of cells out.

The names below are loaded when first asked for: importing this package alone costs nothing and brings no NumPy.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nntui.charts.bars import histogram
    from nntui.charts.curves import smooth
    from nntui.charts.describe import describe_histogram, describe_series, describe_units
    from nntui.charts.frame import framed, message
    from nntui.charts.ghosts import Ghost
    from nntui.charts.heat import heat_map
    from nntui.charts.line import Series, line_chart
    from nntui.charts.look import GLYPH_LEVELS, ROLES, GlyphLevel, Look
    from nntui.charts.marks import Mark
    from nntui.charts.schedule import schedule_chart
    from nntui.charts.ticks import format_number
    from nntui.charts.units import share_bar, unit_map

_HOMES = {
    "smooth": "curves",
    "describe_histogram": "describe",
    "describe_series": "describe",
    "describe_units": "describe",
    "framed": "frame",
    "message": "frame",
    "Ghost": "ghosts",
    "heat_map": "heat",
    "histogram": "bars",
    "Series": "line",
    "line_chart": "line",
    "GLYPH_LEVELS": "look",
    "ROLES": "look",
    "GlyphLevel": "look",
    "Look": "look",
    "Mark": "marks",
    "schedule_chart": "schedule",
    "format_number": "ticks",
    "share_bar": "units",
    "unit_map": "units",
}

__all__ = [
    "GLYPH_LEVELS",
    "ROLES",
    "Ghost",
    "GlyphLevel",
    "Look",
    "Mark",
    "Series",
    "describe_histogram",
    "describe_series",
    "describe_units",
    "format_number",
    "framed",
    "heat_map",
    "histogram",
    "line_chart",
    "message",
    "schedule_chart",
    "share_bar",
    "smooth",
    "unit_map",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value
