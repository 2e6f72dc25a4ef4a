"""What the dashboard costs and how soon it answers, measured in a real terminal beside what was asked for.

    python -m tests.benchmarks.dashboard [--quick] [--only start speed keys cost quit memory] [--beside COMMIT]

With ``--beside HEAD~1`` the same is measured with that commit, part by part in turn; it stands at the end of the lines.

Linux, on a machine with nothing else to do; the head of the table says how busy it was. The speed that training keeps
is a ratio of runs that take turns: the dashboard at 120×40, and the same child with a client that takes every batch
and draws nothing.
"""

from __future__ import annotations

import argparse
import os
import platform
import random
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from tests.harness.isolation import at_home
from tests.harness.terminal import Emulator, Piece, alive
from tests.terminal.dashboard import FLAT_OUT, Dashboard, command, surroundings

TICKS = os.sysconf("SC_CLK_TCK")
SMALL = '[data]\nname = "moons"\n[network]\nhidden = [8, 8]\n[training]\nepochs = 100000000\nbatch_size = 32\n'
LARGE = '[data]\nname = "digits"\n[network]\nhidden = [128, 64]\n[training]\nepochs = 100000000\nbatch_size = 32\n'
NETWORKS = {"2-8-8-1": SMALL, "64-128-64-10": LARGE}
PRESS = ("tab", "space", "l", "]", "space", "s", "[")


@dataclass(frozen=True)
class Figure:
    """One line of the table; ``asked`` is a bound, from below where ``at_least``."""

    name: str
    measured: float
    asked: float | None
    unit: str
    at_least: bool = False

    def line(self) -> str:
        sign = "≥" if self.at_least else "≤"
        bound = "" if self.asked is None else f"{sign} {self.asked:g} {self.unit}"
        met = self.asked is None or (self.measured >= self.asked if self.at_least else self.measured <= self.asked)
        return f"{self.name:<58} {self.measured:>9.4g} {self.unit:<8} {bound:<14} {'' if met else 'MISSED'}".rstrip()


def cpu_seconds(pid: int) -> float:
    """Processor time a process has used, all its threads together."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def resident(pid: int) -> float:
    """Megabytes of memory a process has in use."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def busy_cores(seconds: float = 1.0) -> float:
    """How many cores are in use by all programs together."""

    def busy() -> int:
        fields = [int(word) for word in Path("/proc/stat").read_text().splitlines()[0].split()[1:]]
        return sum(fields[:3]) + sum(fields[5:8])

    before = busy()
    time.sleep(seconds)
    return (busy() - before) / TICKS / seconds


def quantile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)]


def epoch_of(rows: Sequence[str]) -> int:
    """The epoch on the status line, -1 where there is none."""
    for row in rows[:3]:
        if match := re.search(r"epoch +([\d,]+)/", row):
            return int(match.group(1).replace(",", ""))
    return -1


# -- start and end ----------------------------------------------------------------------------------------------------


def start(quick: bool) -> Iterator[Figure]:
    """From the return key to the first picture, and to a network that is seen to train."""
    paints, trainings = [], []
    for _ in range(3 if quick else 9):
        with Dashboard() as dashboard:
            dashboard.begun()
            paint = training = 0.0
            for at, emulator in dashboard.replay():
                text = "\n".join(emulator.rows)
                if not paint and "Hyperparameters" in text and "Quit" in text:
                    paint = at - dashboard.started
                if re.search(r"running .*(epoch +[1-9]|step +[1-9])", text):
                    training = at - dashboard.started
                    break
        paints.append(paint)
        trainings.append(training)
    yield Figure("first paint, median", median(paints), 0.5, "s")
    yield Figure("training visible, median", median(trainings), 0.9, "s")
    helps = []
    for _ in range(5 if quick else 15):
        begun = time.perf_counter()
        subprocess.run(command("--help"), capture_output=True, check=True, env=surroundings())
        helps.append(time.perf_counter() - begun)
    yield Figure("nntui --help, median", median(helps), 0.15, "s")


def leave(quick: bool) -> Iterator[Figure]:
    """From the key or the signal to the shell's prompt, the terminal as it was and no child left."""
    ways: dict[str, Callable[[Dashboard], object]] = {
        "q": lambda dashboard: dashboard.press("q"),
        "ctrl+c": lambda dashboard: dashboard.press("ctrl+c"),
        "SIGTERM": lambda dashboard: dashboard.send_signal(signal.SIGTERM),
        "SIGHUP": lambda dashboard: dashboard.send_signal(signal.SIGHUP),
    }
    for name, way in ways.items():
        times = []
        for _ in range(1 if quick else 3):
            with Dashboard(*FLAT_OUT) as dashboard:
                child = dashboard.begun().trainer()
                begun = time.perf_counter()
                way(dashboard)
                dashboard.wait_end()
                times.append(time.perf_counter() - begun)
                dashboard.wait_exit()
                if dashboard.leftovers() or alive(child):
                    raise RuntimeError(f"{name} left {dashboard.leftovers()}, child alive: {alive(child)}")
        yield Figure(f"quit by {name}, slowest", max(times), 0.7, "s")


# -- what training keeps ----------------------------------------------------------------------------------------------

HEADLESS = """
import asyncio, sys, time
from pathlib import Path
from nntui.experiment import read_preset
from nntui.worker.client import Client

async def main(preset, seconds):
    client, moments = Client.launch(), []
    client.start(read_preset(Path(preset)).to_dict())
    def wake():
        batch = client.take()
        if batch is not None and batch.status.epoch > 0:
            moments.append((time.perf_counter(), batch.status.epoch))
    client.attach(asyncio.get_running_loop(), wake)
    while not moments:
        await asyncio.sleep(0.01)
    await asyncio.sleep(1.0)
    first = moments[-1]
    await asyncio.sleep(seconds)
    last = moments[-1]
    print((last[1] - first[1]) / (last[0] - first[0]))
    await client.close()

asyncio.run(main(sys.argv[1], float(sys.argv[2])))
"""


def without_screen(preset: Path, seconds: float) -> float:
    """Epochs a second of a child whose batches are taken and thrown away."""
    program = [command()[0], "-c", HEADLESS, str(preset), str(seconds)]
    done = subprocess.run(program, capture_output=True, text=True, check=True, env=surroundings())
    return float(done.stdout)


def with_screen(preset: Path, seconds: float) -> float:
    """Epochs a second with the dashboard open, by what its status line says when."""
    with Dashboard(str(preset)) as dashboard:
        dashboard.begun()
        time.sleep(1.0)
        dashboard.screen  # noqa: B018 (the emulator catches up, so that it takes no time while it is measured)
        first = len(dashboard.pieces)
        time.sleep(seconds)
        moments = [(at, epoch_of(emulator.rows)) for at, emulator in dashboard.replay(first)]
    seen = [(at, epoch) for at, epoch in moments if epoch > 0]
    changes = [now for before, now in pairwise(seen) if now[1] != before[1]]
    (begun, low), (ended, high) = changes[0], changes[-1]
    return (high - low) / (ended - begun)


def speed(quick: bool) -> Iterator[Figure]:
    """The share of its speed that training keeps while the dashboard is open."""
    seconds = 3.0 if quick else 5.0
    with TemporaryDirectory() as folder:
        for name, text in NETWORKS.items():
            preset = Path(folder) / "network.toml"
            preset.write_text(text)
            ratios, speeds = [], []
            for turn in range(2 if quick else 6):
                measure = [with_screen, without_screen] if turn % 2 else [without_screen, with_screen]
                result = {way: way(preset, seconds) for way in measure}
                ratios.append(100 * result[with_screen] / result[without_screen])
                speeds.append(result[without_screen])
            yield Figure(f"training speed kept, {name}, median", median(ratios), 92, "%", at_least=True)
            yield Figure(f"  from {min(ratios):.3g} to {max(ratios):.3g} %; alone", median(speeds), None, "epochs/s")


# -- answers ----------------------------------------------------------------------------------------------------------


def watched(key: str, rows: Sequence[str]) -> object:
    """What on the screen a key changes."""
    text = "\n".join(rows)
    match key:
        case "tab":
            return re.findall(r"┏━ (\w+)", text)
        case "l" | "s":
            return re.findall(r"Loss[ ·\w.]*", text)
        case "space":
            return re.findall(r"running|paused", text)
    return re.findall(r"rate scale +(\S+(?: → \S+)?)", text)


def keys(quick: bool) -> Iterator[Figure]:
    """From a key to what it changes on the screen, while training flat out at 120×40."""
    for preset in (FLAT_OUT, ("digits", *FLAT_OUT[1:])):
        delays = delays_of_keys(preset, 35 if quick else 504)
        for name, share, asked in (("p50", 0.5, 5), ("p95", 0.95, 20), ("p99", 0.99, 30)):
            yield Figure(f"key to screen, {preset[0]} flat out, {name}", 1e3 * quantile(delays, share), asked, "ms")


def delays_of_keys(preset: Sequence[str], count: int) -> list[float]:
    chance = random.Random(1)
    presses: list[tuple[str, float]] = []
    with Dashboard(*preset) as dashboard:
        dashboard.begun()
        first = len(dashboard.pieces)
        for index in range(count):
            time.sleep(chance.uniform(0.2, 0.4))
            key = PRESS[index % len(PRESS)]
            presses.append((key, dashboard.press(key)))
        time.sleep(0.5)
    return list(answers(dashboard.pieces, first, presses))


def answers(pieces: Sequence[Piece], first: int, presses: Sequence[tuple[str, float]]) -> Iterator[float]:
    """Seconds from each key to the piece with which the screen changed as it should, in the order of the answers."""
    emulator = Emulator(120, 40)
    for piece in pieces[:first]:
        emulator.feed(piece.data)
    coming, waiting = list(presses), list[tuple[str, float, object]]()
    for piece in pieces[first:]:
        while coming and coming[0][1] < piece.at:
            key, at = coming.pop(0)
            waiting.append((key, at, watched(key, emulator.rows)))
        emulator.feed(piece.data)
        for pressed in list(waiting):
            key, at, before = pressed
            if watched(key, emulator.rows) != before:
                waiting.remove(pressed)
                yield piece.at - at
    if coming or waiting:
        raise RuntimeError(f"keys that were not seen to do anything: {[*waiting, *coming]}")


# -- cost -------------------------------------------------------------------------------------------------------------


def cost(quick: bool) -> Iterator[Figure]:
    """What the dashboard's own process takes, at 20 and 30 frames a second and paused."""
    seconds = 3.0 if quick else 10.0
    cases = (((80, 24), 20, None), ((120, 40), 20, 18.0), ((120, 40), 30, 26.0), ((200, 60), 30, 30.0))
    for size, rate, asked in cases:
        with Dashboard(*FLAT_OUT, "--fps", str(rate), columns=size[0], rows=size[1]) as dashboard:
            dashboard.begun()
            time.sleep(1.0)
            first, begun, used = len(dashboard.pieces), time.perf_counter(), cpu_seconds(dashboard.pid)
            time.sleep(seconds)
            took = time.perf_counter() - begun
            used = cpu_seconds(dashboard.pid) - used
            frames = dashboard.frames(first) / took
            written = sum(len(piece.data) for piece in dashboard.pieces[first:]) / took / 1e3
            where = f"{size[0]}×{size[1]} at {rate} frames/s"
            yield Figure(f"of a core, {where}", 100 * used / took, asked, "%")
            yield Figure(f"written, {where}", written, 200.0 if rate == 20 else None, "KB/s")
            yield Figure(f"  updates, {where}", frames, None, "/s")
            if (size, rate) == ((120, 40), 20):
                yield from paused(dashboard, seconds)


def paused(dashboard: Dashboard, seconds: float) -> Iterator[Figure]:
    dashboard.press("space")
    dashboard.until(lambda: dashboard.state == "paused")
    time.sleep(1.5)
    child = dashboard.trainer()
    pieces, used, training = len(dashboard.pieces), cpu_seconds(dashboard.pid), cpu_seconds(child)
    time.sleep(2 * seconds)
    share = 50 / seconds
    yield Figure("paused: of a core, the dashboard", share * (cpu_seconds(dashboard.pid) - used), 0.5, "%")
    yield Figure("paused: of a core, the training process", share * (cpu_seconds(child) - training), 0.5, "%")
    yield Figure("paused: written", sum(len(piece.data) for piece in dashboard.pieces[pieces:]), 0, "bytes")


def memory(quick: bool) -> Iterator[Figure]:
    """What a long run adds."""
    last = 20_000 if quick else 200_000
    with Dashboard(*FLAT_OUT) as dashboard:
        dashboard.until(lambda: dashboard.epoch >= 2_000)
        child = dashboard.trainer()
        before = (resident(dashboard.pid), resident(child))
        dashboard.until(lambda: dashboard.epoch >= last, timeout=900)
        after = (resident(dashboard.pid), resident(child))
    yield Figure(f"memory added, epochs 2,000 to {last:,}", sum(after) - sum(before), 20, "MB")
    yield Figure(f"  dashboard {before[0]:.0f} → {after[0]:.0f}", after[0] - before[0], None, "MB")
    yield Figure(f"  training process {before[1]:.0f} → {after[1]:.0f}", after[1] - before[1], None, "MB")


PARTS: dict[str, Callable[[bool], Iterator[Figure]]] = {
    "start": start, "quit": leave, "keys": keys, "cost": cost, "speed": speed, "memory": memory,
}  # fmt: skip


@contextmanager
def checked_out(commit: str) -> Iterator[Path]:
    """A folder with the files of a commit."""
    root = Path(__file__).resolve().parents[2]
    packed = subprocess.run(["git", "archive", commit], cwd=root, capture_output=True, check=True).stdout
    with TemporaryDirectory() as folder:
        subprocess.run(["tar", "-x", "-C", folder], input=packed, check=True)
        yield Path(folder)


def measured_in(folder: Path, part: str, quick: bool) -> dict[str, str]:
    """Name → value and unit of a part's figures, as measured by the files of another commit."""
    words = [sys.executable, "-m", "tests.benchmarks.dashboard", "--only", part, *(["--quick"] if quick else [])]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    found = re.findall(r"^(.{58}) +(\S+) (\S+)", done.stdout, re.MULTILINE)
    return {name.strip(): f"{value} {unit}" for name, value, unit in found}


def main() -> None:
    """Measure and print, line by line."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.dashboard", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer and shorter measurements, about a minute")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS))
    parser.add_argument("--beside", metavar="COMMIT", help="measure this commit too")
    values = parser.parse_args()
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, {platform.system()}")
    print(f"in use by other programs before: {busy_cores():.2f} cores")
    missed = 0
    with at_home(), checked_out(values.beside) if values.beside else nullcontext() as folder:
        for name in values.only:
            before = measured_in(folder, name, values.quick) if folder is not None else {}
            for figure in PARTS[name](values.quick):
                line = figure.line()
                missed += line.endswith("MISSED")
                beside = before.get(figure.name.strip())
                print(f"{line:<96} {values.beside}: {beside}" if beside else line, flush=True)
    print(f"in use by other programs after: {busy_cores():.2f} cores; {missed} missed")
    sys.exit(min(missed, 1))


if __name__ == "__main__":
    main()
