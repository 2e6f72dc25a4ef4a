"""How soon a view is complete after the key that asks for it, measured in a real terminal.

    python -m tests.benchmarks.views [--quick] [--presets xor digits …] [--sizes 120x40 …] [--rates 0 200]

For every preset, terminal size and speed of the terminal (in KB/s; 0 is as fast as it can), training runs as fast as
the machine can while the views are shown in turn. A view is complete when every one of its panels has been drawn from
measurements of what is asked for: its frame is there with something in it, and neither the mark of a panel that waits
(`nntui.tui.widgets.panel.WAITING`) nor the word ``measuring``. First visits have a line of their own.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.benchmarks.dashboard import quantile
from tests.harness.isolation import at_home
from tests.harness.terminal import Emulator, Piece
from tests.terminal.dashboard import Dashboard

VIEWS = {"1": "Overview", "2": "Layers", "3": "Neurons", "4": "Predictions", "5": "Gradients", "6": "Runs"}
SHOWN = {"1": " Loss", "2": " Weights over", "3": " Network ", "4": " Loss by", "5": " Chain rule", "6": " Runs "}
SIZES = ("120x40", "200x60")
RATES = (0, 200)
TARGETS = {0: 150.0, 200: 400.0}  # milliseconds, p95
DEEP = """
[data]
name = "spirals"
[network]
hidden = [16, 16, 16, 16, 16, 16, 16, 16]
activation = "relu"
[optimizer]
name = "adam"
learning_rate = 0.003
"""
FLAT_OUT = ("--set", "training.epochs=100000000", "--set", "training.pace=0", "--set", "training.patience=0")
_FRAME = re.compile(r"[╭┏][─━][^╭╮┏┓]*[╮┓]")
_WAITS = re.compile(r" … [─━]*[╮┓]$")


@dataclass
class Press:
    """A key, what the view looked like when it had settled, and the time at which it was complete (None: never)."""

    key: str
    at: float
    until: float = 0.0
    frames: tuple[tuple[int, int], ...] = ()
    complete: float | None = None


@dataclass
class Row:
    """One line of the table: delays in milliseconds."""

    name: str
    delays: list[float] = field(default_factory=list)

    def line(self, target: float | None) -> str:
        p50, p95 = quantile(self.delays, 0.5), quantile(self.delays, 0.95)
        missed = "MISSED" if target is not None and p95 > target else ""
        bound = "" if target is None else f"≤ {target:g} ms"
        return f"{self.name:<44} {len(self.delays):>4} {p50:>8.0f} {p95:>8.0f} {bound:<10} {missed}".rstrip()


def frames_of(rows: Sequence[str]) -> list[tuple[int, int, int, str]]:
    """(row, first column, width, top line) of every panel's frame."""
    found = []
    for y, row in enumerate(rows):
        for match in _FRAME.finditer(row):
            found.append((y, match.start(), match.end() - match.start(), match.group()))
    return found


def places(found: Sequence[tuple[int, int, int, str]]) -> tuple[tuple[int, int], ...]:
    """(first column, width) of every frame; their rows change when a line about the run appears above them."""
    return tuple((x, width) for _, x, width, _ in found)


def is_complete(rows: Sequence[str], frames: tuple[tuple[int, int], ...]) -> bool:
    """Whether these frames are on the screen, each with a picture that waits for nothing."""
    found = frames_of(rows)
    if sorted(places(found)) != sorted(frames) or "measuring" in "\n".join(rows):
        return False
    return not any(_WAITS.search(top) or _is_blank(rows, y, x, width) for y, x, width, top in found)


def _is_blank(rows: Sequence[str], y: int, x: int, width: int) -> bool:
    for row in rows[y + 1 :]:
        if row[x : x + 1] in ("╰", "┗"):
            break
        if row[x + 1 : x + width - 1].strip():
            return False
    return True


def complete_after(pieces: Sequence[Piece], first: int, presses: Sequence[Press], size: tuple[int, int]) -> None:
    """Find when each view was complete, from what the terminal took."""
    emulator = Emulator(*size)
    for piece in pieces[:first]:
        emulator.feed(piece.data)
    coming, now = list(presses), None
    for piece in pieces[first:]:
        while coming and coming[0].at <= piece.at:
            now = coming.pop(0)
        emulator.feed(piece.data)
        if now is None or now.complete is not None or piece.at > now.until:
            continue
        if SHOWN[now.key] in "\n".join(emulator.rows) and is_complete(emulator.rows, now.frames):
            now.complete = piece.at


def delays(preset: Sequence[str], size: tuple[int, int], rate: int, rounds: int) -> Iterator[tuple[str, bool, float]]:
    """(key, whether it was the first visit, milliseconds) of every press."""
    presses: list[Press] = []
    dwell = 1.2 if rate else 0.7
    with Dashboard(*preset, columns=size[0], rows=size[1]) as dashboard:
        dashboard.begun()
        time.sleep(1.5)
        dashboard.rate = 1000 * rate
        first = len(dashboard.pieces)
        settled: list[tuple[Press, int]] = []
        for index in range(rounds * len(VIEWS)):
            key = list(VIEWS)[(index + 1) % len(VIEWS)]
            press = Press(key, dashboard.press(key))
            time.sleep(dwell + 0.13 * (index % 4))
            press.until = time.perf_counter()
            settled.append((press, len(dashboard.pieces)))
            presses.append(press)
        pieces = list(dashboard.pieces)
    emulator, fed = Emulator(*size), 0
    for press, count in settled:
        for piece in pieces[fed:count]:
            emulator.feed(piece.data)
        fed = count
        if SHOWN[press.key] in "\n".join(emulator.rows):
            press.frames = places(frames_of(emulator.rows))
    for press in presses:  # a view that was never seen whole is as wide as it was at another time
        press.frames = press.frames or next((p.frames for p in presses if p.key == press.key and p.frames), ())
    complete_after(pieces, first, presses, size)
    for index, press in enumerate(presses):
        ended = press.complete if press.complete is not None else press.until
        yield press.key, index < len(VIEWS) - 1, 1e3 * (ended - press.at)


def table(name: str, preset: Sequence[str], size: str, rate: int, rounds: int) -> Iterator[tuple[Row, float | None]]:
    width, height = (int(part) for part in size.split("x"))
    where = f"{name} {size}{f' {rate} KB/s' if rate else ''}"
    rows = {key: Row(f"{where}  {key} {title}") for key, title in VIEWS.items()}
    first, together = Row(f"{where}  first visit"), Row(f"{where}  all views")
    for key, is_first, delay in delays(preset, (width, height), rate, rounds):
        if is_first:
            first.delays.append(delay)
        else:
            rows[key].delays.append(delay)
            together.delays.append(delay)
    for row in (*rows.values(), first):
        if row.delays:
            yield row, None
    yield together, TARGETS.get(rate)


def main() -> None:
    """Measure and print, line by line."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.views", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="two rounds through the views instead of eight")
    parser.add_argument("--presets", nargs="+", default=["xor", "spirals", "digits", "deep"])
    parser.add_argument("--sizes", nargs="+", default=list(SIZES))
    parser.add_argument("--rates", nargs="+", type=int, default=list(RATES), help="KB/s; 0: no limit")
    values = parser.parse_args()
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, {platform.system()}")
    print(f"{'milliseconds from the key to all panels':<44} {'n':>4} {'p50':>8} {'p95':>8}")
    missed = 0
    with at_home(), TemporaryDirectory() as folder:
        deep = Path(folder) / "deep.toml"
        deep.write_text(DEEP)
        for name in values.presets:
            for size in values.sizes:
                for rate in values.rates:
                    preset = (str(deep) if name == "deep" else name, *FLAT_OUT)
                    for row, target in table(name, preset, size, rate, 2 if values.quick else 8):
                        line = row.line(target)
                        missed += line.endswith("MISSED")
                        print(line, flush=True)
                    print(f"    load average {os.getloadavg()[0]:.1f}", flush=True)
    sys.exit(min(missed, 1))


if __name__ == "__main__":
    main()
