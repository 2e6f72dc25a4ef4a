"""Close the terminal, or kill a process, at random moments, and see whether everything ends.

    python -m tests.benchmarks.hangups
    python -m tests.benchmarks.hangups --trials 200 --busy 2
    python -m tests.benchmarks.hangups --only signal --seed 7

Prints one row per kind: how many trials ended in time, and how long the slowest process stayed. ``--busy`` starts as
many processes that keep a core busy.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.harness.isolation import at_home, usual_process
from tests.harness.terminal import Terminal, alive
from tests.terminal.dashboard import command, surroundings

LIMIT = 15.0
"""Seconds until every process must be gone: the exit guard's patience, and the start of a busy machine."""
LONGEST = 4.0
"""Seconds of the program's life before something happens to it."""

DASHBOARD = ("spirals", "--set", "training.pace=0", "--set", "training.epochs=1000000")
TRAIN = ("train", "spirals", "--epochs", "1000000")
SEEDS = ("train", "spirals", "--epochs", "1000000", "--seeds", "3")

Blow = Callable[[Terminal], None]


@dataclass(frozen=True)
class Kind:
    """One way to end.

    Attributes:
        arguments: of the command line.
        keys: pressed before, at random moments.
        blow: what happens to the program.
        rows: of the terminal.
    """

    arguments: tuple[str, ...]
    blow: Blow
    keys: tuple[str, ...] = ()
    prepare: Blow | None = None
    environment: Mapping[str, str] | None = None


def _signal(number: signal.Signals) -> Blow:
    return lambda terminal: terminal.send_signal(number)


def _workers(terminal: Terminal) -> list[int]:
    return [pid for pid in terminal.family() if pid != terminal.pid]


def _stop_workers(terminal: Terminal) -> None:
    for pid in _workers(terminal):
        with contextlib.suppress(OSError):
            os.kill(pid, signal.SIGSTOP)


def _stalled_then_closed(terminal: Terminal) -> None:
    with terminal.stalled():
        terminal.press(*"12345")
        time.sleep(1.0)
        terminal.hang_up()


def _stalled_then_terminated(terminal: Terminal) -> None:
    with terminal.stalled():
        terminal.press(*"12345")
        time.sleep(1.0)
        terminal.send_signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            terminal.wait_end(LIMIT)


def _stopped_workers_then_closed(terminal: Terminal) -> None:
    _stop_workers(terminal)
    terminal.hang_up()


def _closed(terminal: Terminal) -> None:
    terminal.hang_up()


DIALOGS = ("e", "p", "?", "i", "ctrl+p")
KINDS = {
    "closed": Kind(DASHBOARD, _closed),
    "closed, SIGHUP ignored": Kind(DASHBOARD, _closed, environment={"NNTUI_TEST_NOHUP": "1"}),
    "closed in a dialog": Kind(DASHBOARD, _closed, keys=DIALOGS),
    "closed while looking back": Kind(DASHBOARD, _closed, keys=("left", "left", "right")),
    "closed while saving": Kind(DASHBOARD, _closed, keys=("w", "W", "y", "enter")),
    "stalled, then closed": Kind(DASHBOARD, _stalled_then_closed),
    "stalled, then SIGTERM": Kind(DASHBOARD, _stalled_then_terminated),
    "SIGHUP": Kind(DASHBOARD, _signal(signal.SIGHUP)),
    "SIGTERM": Kind(DASHBOARD, _signal(signal.SIGTERM)),
    "SIGINT": Kind(DASHBOARD, _signal(signal.SIGINT)),
    "SIGKILL": Kind(DASHBOARD, _signal(signal.SIGKILL)),
    "training process stopped, closed": Kind(DASHBOARD, _stopped_workers_then_closed),
    "learn: closed": Kind(("learn",), _closed),
    "learn: SIGTERM": Kind(("learn",), _signal(signal.SIGTERM)),
    "train: closed": Kind(TRAIN, _closed),
    "train: SIGTERM": Kind(TRAIN, _signal(signal.SIGTERM)),
    "train: SIGKILL": Kind(TRAIN, _signal(signal.SIGKILL)),
    "train --seeds: closed": Kind(SEEDS, _closed),
    "train --seeds: SIGTERM": Kind(SEEDS, _signal(signal.SIGTERM)),
    "train --seeds: SIGKILL": Kind(SEEDS, _signal(signal.SIGKILL)),
}


@contextlib.contextmanager
def neighbors(count: int) -> Iterator[None]:
    """Processes that keep a core busy each."""
    busy = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(count)]
    try:
        yield
    finally:
        for process in busy:
            process.kill()
            process.wait()


def trial(kind: Kind, chance: random.Random, runs: Path) -> tuple[float, list[int]]:
    """Start the program, let the thing happen at a random moment: seconds until all was gone, and what was not."""
    words = command(*kind.arguments)
    if kind.environment and "NNTUI_TEST_NOHUP" in kind.environment:
        words = ["/bin/sh", "-c", 'trap "" HUP; exec "$@"', "sh", *words]
    environment = {**surroundings(), "NNTUI_RUNS": str(runs)}
    with Terminal(words, environment=environment, cwd=Path("/")) as terminal:
        end = time.monotonic() + chance.uniform(0.05, LONGEST)
        keys = [key for key in kind.keys for _ in range(2)]
        chance.shuffle(keys)
        if keys:
            time.sleep(max(0.0, end - time.monotonic()) * 0.75)
            for key in keys:
                if time.monotonic() < end:
                    terminal.press(key)
                    time.sleep(chance.uniform(0.0, 0.05))
        time.sleep(max(0.0, end - time.monotonic()))
        family = terminal.family()
        begun = time.monotonic()
        kind.blow(terminal)
        while (left := [pid for pid in family if alive(pid)]) and time.monotonic() < begun + LIMIT:
            family += [pid for pid in terminal.family() if pid not in family]
            time.sleep(0.02)
        return time.monotonic() - begun, left


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--trials", type=int, default=200, help="of all kinds together")
    parser.add_argument("--busy", type=int, default=0, help="processes that keep a core busy meanwhile")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="kinds whose name contains this")
    values = parser.parse_args()
    usual_process()  # under nohup the program would ignore SIGHUP, and live on without a terminal
    chance = random.Random(values.seed)
    names = [name for name in KINDS if values.only in name]
    seconds: dict[str, list[float]] = defaultdict(list)
    left: dict[str, int] = defaultdict(int)
    with at_home(), neighbors(values.busy), tempfile.TemporaryDirectory() as folder:
        for number in range(values.trials):
            name = names[number % len(names)]
            took, remaining = trial(KINDS[name], chance, Path(folder) / str(number))
            seconds[name].append(took)
            if remaining:
                left[name] += 1
                print(f"{name}, trial {number}: {len(remaining)} left after {took:.1f} s", file=sys.stderr)
    print(f"{'':34}  trials  left  median  slowest   load {os.getloadavg()[0]:.1f}")
    for name in names:
        times = sorted(seconds[name])
        if times:
            print(f"{name:34}  {len(times):6}  {left[name]:4}  {times[len(times) // 2]:5.2f} s  {times[-1]:6.2f} s")
    total = sum(map(len, seconds.values()))
    print(f"{'all':34}  {total:6}  {sum(left.values()):4}")


if __name__ == "__main__":
    main()
