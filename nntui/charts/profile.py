"""One positive number a layer over powers of ten, as rows of bars or, where there are many, as columns."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from textual.strip import Strip

from nntui.charts.canvas import Canvas, Size, clip_text, to_cells
from nntui.charts.frame import message
from nntui.charts.look import Look, role_index
from nntui.charts.ticks import format_number

_DECADES = 3.0  # an axis spans so many powers of ten at least


@dataclass(frozen=True)
class Level:
    """A layer's number and how its bar is drawn."""

    name: str
    value: float
    role: str = "weights"


def profile(
    levels: Sequence[Level], size: Size, look: Look, *, unit: str = "", empty: str = "no values"
) -> list[Strip]:
    """A bar a layer, as long as the number's power of ten; what is 0 or not a number has a mark instead."""
    if not levels:
        return message(empty, size, look)
    low, high = _ends([level.value for level in levels])
    shares = [_share(level.value, low, high) for level in levels]
    canvas = Canvas(size)
    if len(levels) <= canvas.height:
        _rows(canvas, levels, shares, look)
    else:
        _columns(canvas, levels, shares, look)
    if len(levels) < canvas.height and unit:
        note = f"{unit}, {_power(low)} … {_power(high)}, log scale"
        canvas.put(0, len(levels), clip_text(note, canvas.width, look), role_index("muted"))
    return canvas.strips(look)


def _ends(values: Sequence[float]) -> tuple[float, float]:
    """The powers of ten that the bars begin and end at."""
    powers = [math.log10(value) for value in values if math.isfinite(value) and value > 0]
    if not powers:
        return -_DECADES, 0.0
    high = math.ceil(max(powers) - 1e-9)
    low = math.floor(min(min(powers) - 0.3, high - _DECADES) + 1e-9)
    return float(low), float(high)


def _power(exponent: float) -> str:
    """``0.001``, ``1e-324``: also of what no number can hold."""
    return format_number(10.0**exponent) if abs(exponent) < 300 else f"1e{exponent:.0f}"


def _share(value: float, low: float, high: float) -> float:
    """Of the full length; not-a-number where there is no logarithm."""
    if math.isnan(value) or value <= 0:
        return math.nan
    power = high if math.isinf(value) else math.log10(value)
    return min(max((power - low) / (high - low), 0.0), 1.0)


def _rows(canvas: Canvas, levels: Sequence[Level], shares: Sequence[float], look: Look) -> None:
    ends = [format_number(level.value) for level in levels]
    names = min(max(len(to_cells(level.name)) for level in levels), max(canvas.width // 3, 2))
    tail = max(map(len, ends))
    room = canvas.width - names - tail - 2
    for row, (level, share, end) in enumerate(zip(levels, shares, ends, strict=True)):
        canvas.put(0, row, clip_text(level.name, names, look), role_index("text"))
        role = role_index(level.role)
        if room >= 3:
            if math.isnan(share):
                canvas.put(names + 1, row, look.characters.nan, role_index("error"))
            else:
                done, half, rest = tuple(look.characters.line)
                full, odd = divmod(max(round(share * room * 2), 1), 2)
                canvas.put(names + 1, row, rest * room, role_index("axis"))
                canvas.put(names + 1, row, (done * full + half * odd)[:room], role)
        canvas.put(canvas.width - len(end), row, end, role)


def _columns(canvas: Canvas, levels: Sequence[Level], shares: Sequence[float], look: Look) -> None:
    """Bars from the bottom; the layers' numbers beneath as far as they fit."""
    labelled = canvas.height >= 2
    height = canvas.height - labelled
    step = max(canvas.width // len(levels), 1)
    bars = look.characters.bars
    free = 0
    for index, (level, share) in enumerate(zip(levels, shares, strict=True)):
        left = index * step
        width = max(step - 1, 1)
        role = role_index(level.role)
        if math.isnan(share):
            canvas.put(left, height - 1, look.characters.nan, role_index("error"))
        else:
            parts = max(round(share * height * (len(bars) - 1)), 1)
            for row in range(height):
                filled = min(max(parts - row * (len(bars) - 1), 0), len(bars) - 1)
                if filled:
                    canvas.put(left, height - 1 - row, bars[filled] * width, role)
        if labelled and left >= free:
            last = level.name.rpartition(" ")[2]
            name = last if last.isdecimal() else level.name[:3]
            if left + len(name) <= canvas.width:
                free = canvas.put(left, canvas.height - 1, name, role_index("muted")) + 1
