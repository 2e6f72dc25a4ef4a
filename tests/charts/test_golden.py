"""Each chart against the picture somebody agreed to; see golden.py for how to renew one."""

from __future__ import annotations

import pytest

from nntui.charts import GLYPH_LEVELS, GlyphLevel, Look
from tests.charts.golden import assert_size, check_golden
from tests.charts.pictures import PICTURES, SHARES, shares_picture

SIZES = ((26, 9), (60, 16), (120, 30))


def _wanted(kind: str, size: tuple[int, int], glyphs: GlyphLevel) -> bool:
    """Ordinary data at every size; the odd kinds at the smallest, and once at the middle one."""
    return kind == "normal" or size == SIZES[0] or (size == SIZES[1] and glyphs == "braille")


@pytest.mark.parametrize("glyphs", GLYPH_LEVELS)
@pytest.mark.parametrize("chart", PICTURES)
def test_chart_is_the_picture_agreed_to(chart: str, glyphs: GlyphLevel) -> None:
    pictures = {}
    for kind, draw in PICTURES[chart].items():
        for size in SIZES:
            strips = draw(size, Look.plain(glyphs))
            assert_size(strips, size)
            if _wanted(kind, size, glyphs):
                pictures[f"{kind} {size[0]}x{size[1]}"] = strips
    check_golden(f"{chart}.{glyphs}", pictures)


@pytest.mark.parametrize("glyphs", GLYPH_LEVELS)
def test_share_bar_is_the_picture_agreed_to(glyphs: GlyphLevel) -> None:
    pictures = {}
    for width in (5, 12, 26, 60, 120):
        strips = shares_picture((width, len(SHARES)), Look.plain(glyphs))
        assert_size(strips, (width, len(SHARES)))
        pictures[f"{width} wide"] = strips
    check_golden(f"share_bar.{glyphs}", pictures)
