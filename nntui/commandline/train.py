"""``nntui train``: a run without a screen, in this process."""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from types import FrameType
from typing import TYPE_CHECKING

from nntui.cli import DONE, FAILED, INTERRUPTED
from nntui.commandline.presets import read_experiment

if TYPE_CHECKING:
    from nntui.training.events import Event
    from nntui.training.session import Session

SLICE = 0.05  # seconds between looks at the clock, the keyboard and the output


def run(values: argparse.Namespace) -> int:
    """Train a preset to its end, or until Ctrl+C."""
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"):
        os.environ[name] = str(values.threads)  # read when NumPy is imported, below
    experiment = read_experiment(values)

    from nntui.commandline.reports import JsonLines, Lines, ProgressLine, Report

    report: Report
    if values.json:
        report = JsonLines(sys.stdout)
    else:
        report = ProgressLine(sys.stdout) if sys.stdout.isatty() else Lines(sys.stdout)
    try:
        with _interruptible() as interrupted:
            from nntui.training.session import Session

            try:
                session = Session(experiment, progress=report.loading)
            except Exception as error:  # whatever stands in the way: data, memory, a layer that cannot be
                report.failed(str(error) or type(error).__name__)
                return FAILED
            return _train(session, report.show, interrupted)
    except BrokenPipeError:  # nobody reads any further
        with contextlib.suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED


@contextlib.contextmanager
def _interruptible() -> Iterator[Callable[[], bool]]:
    """Turns the first Ctrl+C (or SIGTERM) into a request, so that the run ends in order; the second ends it as usual."""
    asked = False

    def ask(number: int, frame: FrameType | None) -> None:
        nonlocal asked
        asked = True
        signal.signal(signal.SIGINT, signal.default_int_handler)

    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield lambda: asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _train(session: Session, show: Callable[[Session, list[Event]], None], interrupted: Callable[[], bool]) -> int:
    """Advance the session to its end, telling ``show`` what happened; the exit status."""
    from nntui.training.commands import Stop
    from nntui.training.events import Diverged, RunEnded
    from nntui.training.scalars import epoch_ended
    from nntui.worker.rhythm import Pace, SliceLength, stamp

    started = session.started()
    show(session, [started])
    length, pace = SliceLength(SLICE), Pace()
    begun = now = time.perf_counter()
    pace.set(session.pace, begun)
    told: list[Event] = []
    while session.state == "running" and not interrupted():
        count = pace.steps_due(now, session.steps_per_epoch, length.steps)
        if count == 0:
            time.sleep(min(pace.wait(now, session.steps_per_epoch), 0.1))
            now = time.perf_counter()
            continue
        first, since = session.step, now
        told = session.advance(count)
        now = time.perf_counter()
        done = session.step - first
        rows = session.take_rows()
        stamp(rows, (first, session.step), (since - begun, now - begun))
        length.learn(done, now - since)
        pace.trained(done / session.steps_per_epoch)
        show(session, [*(epoch_ended(row, started.task) for row in rows), *told])
    if session.state == "running":
        show(session, session.apply(Stop()))
        return INTERRUPTED
    if session.state == "diverged":
        if not any(isinstance(event, RunEnded) for event in told):
            last = next(event for event in told if isinstance(event, Diverged))
            show(session, [RunEnded("diverged", last.epoch, last.step)])
        return FAILED
    return DONE

