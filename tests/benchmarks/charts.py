"""What one chart costs, from arrays to strips and on to the bytes a terminal gets.

    python -m tests.benchmarks.charts [--rounds 60] [--glyphs braille]

Every frame gets new data, so nothing but the drawing's own preparations can be kept. CPU milliseconds of this process,
the median over the rounds; the first frames are left out. Live charts are meant to stay below 2 ms at 80×20.
"""

from __future__ import annotations

import argparse
import io
from collections.abc import Callable
from statistics import median
from time import process_time

import numpy as np
from rich.console import Console
from rich.style import Style
from textual.strip import Strip

from nntui.charts import (
    GLYPH_LEVELS,
    ROLES,
    Look,
    Mark,
    Series,
    framed,
    heat_map,
    histogram,
    line_chart,
    schedule_chart,
    smooth,
    unit_map,
)

SIZES = ((26, 9), (40, 12), (80, 20), (120, 30))
Size = tuple[int, int]
Draw = Callable[[int, Size], list[Strip]]


def charts(look: Look) -> dict[str, Draw]:
    """Name → a function of the frame's number and the size."""
    rng = np.random.default_rng(1)
    noise = rng.normal(0.0, 0.02, (2, 2_000))
    x = np.arange(1.0, 501.0)
    million = np.arange(1.0, 1_000_001.0)
    long = np.exp(-million / 3e5) + rng.normal(0.0, 0.02, 1_000_000)
    counts = rng.integers(1, 500, (100, 64))
    waves = np.sin(np.arange(40) / 6) * np.cos(np.arange(20)[:, None] / 4)
    random = rng.random((20, 140))
    steps = np.linspace(0.0, 200.0, 400)

    def pair(frame: int) -> tuple[np.ndarray, np.ndarray]:
        shift = frame % 1_000
        fall = np.exp(-(x + shift) / 120)
        return fall + noise[0, shift : shift + 500], fall * 0.9 + 0.15 + noise[1, shift : shift + 500]

    def lines(frame: int, size: Size) -> list[Strip]:
        train, test = pair(frame)
        series = [Series("train", "train", x, train), Series("test", "test", x, test)]
        marks = [Mark(100.0, "rate ×0.8"), Mark(300.0, "batch 32")]
        return line_chart(series, size, look, x_label="epoch", marks=marks, baseline=(0.69, "guessing"))

    def smoothed(frame: int, size: Size) -> list[Strip]:
        train, test = pair(frame)
        series = [Series("train", "train", x, smooth(train, 0.9), raw=train)]
        series.append(Series("test", "test", x, smooth(test, 0.9), raw=test))
        return line_chart(series, size, look, x_label="epoch", log_y=True)

    def bars(frame: int, size: Size) -> list[Strip]:
        return histogram(counts[frame % 100], -1.0, 1.0, size, look, start_counts=counts[0], caption="mean 0.01")

    def schedule(frame: int, size: Size) -> list[Strip]:
        return schedule_chart(steps, 0.01 + np.abs((steps / 25) % 2 - 1), frame % 200, size, look, x_label="epoch")

    def rebuilt(frame: int, size: Size) -> list[Strip]:
        rates = 0.01 + (1 + frame / 1000) * np.abs((steps / 25) % 2 - 1)
        return schedule_chart(steps, rates, frame % 200, size, look, x_label="epoch")

    return {
        "line 2×500": lines,
        "line 2×500, raw behind": smoothed,
        "64 bars and their start": bars,
        "heat map 40×20, smooth": lambda frame, size: heat_map(waves * np.sin(frame / 9), size, look, low=-1, high=1),
        "heat map 40×20, random": lambda frame, size: heat_map(random[:, frame % 100 : frame % 100 + 40], size, look),
        "unit map, 128 units": lambda frame, size: unit_map(random[frame % 20, :128], np.arange(128) % 3, size, look),
        "schedule, now moves": schedule,
        "line 2×500, framed": lambda frame, size: framed(
            lines(frame, (size[0] - 2, size[1] - 2)), size, look, title="Loss", subtitle=str(frame)
        ),
        "schedule, all new (plotext)": rebuilt,
        "line 10⁶ points": lambda frame, size: line_chart([Series("train", "train", million, long)], size, look),
    }


def measure(draw: Draw, size: Size, rounds: int, console: Console) -> tuple[float, float]:
    """(arrays to strips, arrays to bytes), ms."""
    strips_only, all_of_it = [], []
    for frame in range(rounds + 3):
        start = process_time()
        strips = draw(frame, size)
        drawn = process_time()
        "\n".join(strip.render(console) for strip in strips).encode()
        if frame >= 3:
            strips_only.append((drawn - start) * 1e3)
            all_of_it.append((process_time() - start) * 1e3)
    return median(strips_only), median(all_of_it)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--glyphs", choices=GLYPH_LEVELS, default="braille")
    arguments = parser.parse_args()
    styles = {role: Style(color=f"color({index + 30})", bgcolor="color(233)") for index, role in enumerate(ROLES)}
    look = Look(arguments.glyphs, styles)
    console = Console(file=io.StringIO(), force_terminal=True, color_system="truecolor")
    print(f"{'to strips / to bytes, ms CPU':30}" + "".join(f"{width}×{height}".rjust(14) for width, height in SIZES))
    for name, draw in charts(look).items():
        rounds = max(5, arguments.rounds // 10) if "10⁶" in name or "plotext" in name else arguments.rounds
        cells = []
        for size in SIZES:
            strips, whole = measure(draw, size, rounds, console)
            cells.append(f"{strips:.2f} / {whole:.2f}".rjust(14))
        print(f"{name:30}" + "".join(cells), flush=True)


if __name__ == "__main__":
    main()
