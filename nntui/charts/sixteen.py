"""Charts' own colors on a terminal that has sixteen.

Charts choose among xterm's 256 colors. Brought down to sixteen by the nearest color, two classes of a decision map
become one, and a ramp turns back on itself; so every number that a chart uses has its place here, chosen such that
classes stay apart and ramps keep their order from dark to light.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from rich.color import Color

BLACK, RED, GREEN, YELLOW, BLUE, MAGENTA, CYAN, WHITE = range(8)
GRAY, BRIGHT_RED, BRIGHT_GREEN, BRIGHT_YELLOW, BRIGHT_BLUE, BRIGHT_MAGENTA, BRIGHT_CYAN, BRIGHT_WHITE = range(8, 16)


def _all(color: int, numbers: Iterable[int]) -> dict[int, int]:
    return dict.fromkeys(numbers, color)


SIXTEEN: dict[int, int] = {
    **_all(BLACK, (16, 53, 54, 52, 59, 65, 66, 95, 96, 101, 235, 236, 237, 238, 239)),
    **_all(RED, (88, 124, 160)),
    **_all(GREEN, (29, 187)),
    **_all(YELLOW, (94, 130, 136, 172, 229)),
    **_all(BLUE, (23, 24, 25, 55, 60, 61)),
    **_all(MAGENTA, (91,)),
    **_all(CYAN, (35, 36, 38, 44, 68, 71, 74, 159)),
    **_all(WHITE, (152, 240, 250)),
    **_all(GRAY, (242, 244, 254)),
    **_all(BRIGHT_RED, (217,)),
    **_all(BRIGHT_GREEN, (58, 77, 113, 149, 158)),
    **_all(BRIGHT_YELLOW, (100, 173, 184, 215, 220, 222, 223)),
    **_all(BRIGHT_BLUE, (30, 31, 32, 67)),
    **_all(BRIGHT_MAGENTA, (132, 183)),
    **_all(BRIGHT_CYAN, (75, 80, 110, 116, 117, 153)),
    **_all(BRIGHT_WHITE, (225, 231, 253)),
}


@lru_cache(maxsize=1024)
def chart_color(number: int, sixteen: bool) -> Color:
    """One of xterm's 256 colors, or what stands for it among sixteen."""
    if sixteen and number >= 16:
        return Color.from_ansi(SIXTEEN[number])
    return Color.from_ansi(number)
