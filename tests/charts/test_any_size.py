"""What holds for every chart with agreed pictures, whatever room it is given."""

from __future__ import annotations

import pytest

from nntui.charts import GLYPH_LEVELS, GlyphLevel, Look
from tests.charts import pictures, pictures_inside
from tests.charts.golden import assert_size

PICTURES = {**pictures.PICTURES, **pictures_inside.PICTURES}
SIZES = ((26, 9), (60, 16), (120, 30))


@pytest.mark.parametrize("chart", PICTURES)
def test_ascii_pictures_are_ascii_throughout(chart: str) -> None:
    for draw in PICTURES[chart].values():
        for size in SIZES:
            assert all(strip.text.isascii() for strip in draw(size, Look.plain("ascii")))


@pytest.mark.parametrize("glyphs", GLYPH_LEVELS)
@pytest.mark.parametrize(
    "size",
    [(0, 5), (1, 1), (12, 3)]
    + [pytest.param(size, marks=pytest.mark.slow) for size in ((0, 0), (3, 2), (5, 0), (2, 9), (80, 1), (-1, -1))],
)
def test_any_size_gives_exactly_that_size(size: tuple[int, int], glyphs: GlyphLevel) -> None:
    for kinds in PICTURES.values():
        for draw in kinds.values():
            for look in (Look.plain(glyphs), Look(glyphs)):
                assert_size(draw(size, look), size)
