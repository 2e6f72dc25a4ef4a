"""What recording costs, and how fast recordings are listed, opened and gone back into.

    python -m tests.benchmarks.runs
    python -m tests.benchmarks.runs --minutes 10

The cost is the processor time spent in the recorder over that spent on everything else, at full speed. ``--minutes``:
how long the runs are trained in which then any epoch is gone to.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from nntui.experiment import find_preset, read_preset
from nntui.runs.catalogue import list_runs
from nntui.runs.fork import fork_at_epoch
from nntui.runs.recorder import record
from nntui.runs.rewind import rewind
from nntui.runs.run import open_run
from nntui.runs.summary import Summary, write_summary
from nntui.training.history import History
from nntui.training.scalars import INDEX
from nntui.training.session import Session
from nntui.worker.rhythm import SliceLength

SLICE = 0.004


def train(runs: Path, preset: str, at_most: float = float("inf"), **values: object) -> tuple[Path, float, float]:
    """Record a run at full speed: its folder, the seconds it took, the recorder's share of the processor time.

    Args:
        at_most: seconds; then it is left.
    """
    wanted = {name.replace("__", "."): value for name, value in values.items()}
    session = Session(read_preset(find_preset(preset)).with_values(wanted))
    recorder = record(runs, session, preset)
    length, inside = SliceLength(SLICE), 0.0
    begun, processor = time.perf_counter(), time.process_time()
    while session.state == "running" and time.perf_counter() - begun < at_most:
        first, since = session.step, time.perf_counter()
        told = session.advance(length.steps)
        now = time.perf_counter()
        rows = session.take_rows()
        rows[:, INDEX["seconds"]] = now - begun
        length.learn(session.step - first, now - since)
        before = time.process_time()
        recorder.trained(rows, told, now - begun)
        inside += time.process_time() - before
    seconds, all_of_it = time.perf_counter() - begun, time.process_time() - processor
    recorder.close()
    return recorder.folder, seconds, inside / (all_of_it - inside)


def timed(what: str, action: object, times: int = 3) -> None:
    """Print the best of some times, in milliseconds."""
    assert callable(action)
    best = float("inf")
    for _ in range(times):
        begun = time.perf_counter()
        action()
        best = min(best, time.perf_counter() - begun)
    print(f"{what:<58}{best * 1000:10.1f} ms")


def go_anywhere(runs: Path, name: str, preset: str, seconds: float, **values: object) -> None:
    """Train so long, then go to epochs drawn at random: what it takes until the network is as it was, and until the run
    could go on from there as a branch with all of its curves."""
    folder, _, _ = train(runs, preset, seconds, training__epochs=100_000_000, training__patience=0, **values)
    run = open_run(folder)
    like = Session(run.experiment)
    last = int(run.scalars().rows[-1, 0])
    dice = random.Random(0)
    there, back, processor = [], [], []
    for _ in range(20):
        epoch = dice.randint(1, last)
        begun, before = time.perf_counter(), time.process_time()
        rewind(open_run(folder), epoch, None, like)
        there.append(time.perf_counter() - begun)
        processor.append(time.process_time() - before)
        begun = time.perf_counter()
        fork_at_epoch(open_run(folder), epoch, None, like)
        back.append(time.perf_counter() - begun)
    print(f"{name}, {last:,} epochs in {seconds / 60:g} min")
    for what, taken in (
        ("    any as it was", there),
        ("    the same, processor time", processor),
        ("    any to go on from, with its curves", back),
    ):
        print(f"{what:<58}{sorted(taken)[10] * 1000:10.1f} ms, at most {max(taken) * 1000:,.0f} ms")
    begun = time.perf_counter()
    recorder = fork_at_epoch(run, last // 2, None, like).branch()
    print(
        f"{'    beginning a branch half-way, going there included':<58}{(time.perf_counter() - begun) * 1000:10.1f} ms"
    )
    recorder.close()


def show(folder: Path) -> None:
    """What opening a run for its curves takes."""
    History().append(open_run(folder).scalars().rows)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--minutes", type=float, default=0.5)
    seconds = 60 * parser.parse_args().minutes
    with tempfile.TemporaryDirectory() as place:
        runs = Path(place)
        for name, preset, values in (
            ("2-8-8-1", "spirals", {"network__hidden": (8, 8), "training__epochs": 15_000}),
            ("digits", "digits", {"training__epochs": 4_000}),
        ):
            _, seconds, share = train(runs, preset, **values)
            print(f"{f'recording {name}, {seconds:.0f} s at full speed':<58}{share:10.2%}")
        folder, seconds, share = train(runs, "xor", training__epochs=100_000)
        size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
        print(f"{f'recording xor, 100,000 epochs in {seconds:.0f} s':<58}{share:10.2%}")
        print(f"{'its folder':<58}{size / 1e6:10.1f} MB")
        timed("opening it", lambda: show(folder))
        run = open_run(folder)
        for epoch in (1_000, 33_333, 50_001, 98_765):
            timed(f"going back to epoch {epoch:,}", lambda epoch=epoch: rewind(run, epoch), 1)
        go_anywhere(runs, "xor", "xor", seconds)
        go_anywhere(runs, "digits", "digits", seconds)
        go_anywhere(runs, "digits with 50,000 weights", "digits", seconds, network__hidden=(256, 128))
        runs = Path(place) / "many"
        for number in range(1000):
            identifier = f"20260101-{number:06d}-xor-0000"
            (runs / identifier).mkdir(parents=True)
            write_summary(runs / identifier, Summary(identifier, "xor", "XOR", "2026-01-01T00:00:00Z", "interrupted"))
        timed("listing 1,000 runs", lambda: list_runs(runs))


if __name__ == "__main__":
    threads = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
    if all(name in os.environ for name in threads):
        main()
    else:  # NumPy reads them when it is imported: once more, with one thread as the program uses
        again = os.environ | dict.fromkeys(threads, "1")
        sys.exit(subprocess.call([sys.executable, "-m", "tests.benchmarks.runs", *sys.argv[1:]], env=again))
